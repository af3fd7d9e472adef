"""A customer in a few words: segments as chips, figures in a line."""

from datetime import date, datetime

import streamlit as st

from dashboard import session
from dashboard.customers.queries import Customer, CustomerCase
from dashboard.i18n import t
from dashboard.ui import cards, case_row, escaping, formatting
from dashboard.ui.formatting import number
from monitor.cases import segments


def today() -> date:
    """The day in the settings' time zone."""
    return session.now().astimezone(session.load_settings().zone).date()


def chips(customer: Customer) -> str:
    """HTML of the customer's segments; one that is not known has none."""
    often = segments.frequency(customer.purchases, session.load_settings().desk.segments)
    marks = [cards.chip(t(f"segment.{customer.value}"), f"value-{customer.value}")] if customer.value else []
    marks += [cards.chip(t(f"segment.{often}"))] if often else []
    marks += [cards.chip(t(f"segment.{customer.lifecycle}"), customer.lifecycle)] if customer.lifecycle else []
    return "".join(marks)


def name(customer: Customer) -> str:
    """The name, or the id of somebody without one."""
    return escaping.clean(customer.name) or escaping.clean(customer.customer_id)


def worth(customer: Customer) -> str:
    """Lifetime value, purchases and the last one, as far as they are known."""
    parts = []
    if customer.lifetime_value is not None:
        parts.append(t("customers.worth", amount=formatting.money(customer.lifetime_value)))
    if customer.purchases is not None:
        parts.append(t("customers.purchases", n=customer.purchases))
    if customer.last_purchase is not None:
        parts.append(t("customers.last_purchase", day=formatting.calendar_day(customer.last_purchase)))
    return " · ".join(parts) or t("customers.nothing_known")


def complaints(customer: Customer) -> str:
    """Open cases, complaints in all, and the last satisfaction."""
    points = customer.satisfaction
    satisfaction = t("customers.satisfaction", points=points) if points else t("customers.not_asked")
    counts = (t("customers.open", n=customer.open), t("customers.complaints", n=customer.complaints))
    return " · ".join((*counts, satisfaction))


def case_line(case: CustomerCase, now: datetime) -> None:
    """Draws a case of a customer in one line, with a link to it."""
    with st.container(key=f"row-told-{case.case_id}", horizontal=True, vertical_alignment="center", wrap=False):
        with st.container(width=130):
            case_row.code_link(case.case_id, case.code)
        st.html(
            f'<p class="plain">{cards.chip(t("stage." + case.stage), case.stage)} '
            f'<span class="quiet">{cards.time_tag(case.opened_at, now)}</span></p>'
        )


def figure(count: int) -> str:
    """A count for a table; a dash for none."""
    return number(count) if count else "–"
