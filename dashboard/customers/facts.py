"""How a customer is told: segments as chips, facts in a line."""

from datetime import UTC, date, datetime, time

import streamlit as st

from dashboard import session
from dashboard.customers.queries import Customer, Told
from dashboard.i18n import number, t
from dashboard.ui import cards, escaping, measures
from monitor.cases import segments


def today() -> date:
    """The day in the settings' time zone."""
    return session.now().astimezone(session.load_settings().zone).date()


def chips(one: Customer) -> str:
    """HTML of the customer's segments; one that is not known has none."""
    often = segments.frequency(one.purchases, session.load_settings().desk.segments)
    found = [cards.chip(t(f"segment.{one.value}"), f"value-{one.value}")] if one.value else []
    found += [cards.chip(t(f"segment.{often}"))] if often else []
    found += [cards.chip(t(f"segment.{one.lifecycle}"), one.lifecycle)] if one.lifecycle else []
    return "".join(found)


def name(one: Customer) -> str:
    """The name, or the id of somebody without one."""
    return escaping.clean(one.name) or escaping.clean(one.customer_id)


def worth(one: Customer) -> str:
    """Lifetime value, purchases and the last one, as far as they are known."""
    known = []
    if one.lifetime_value is not None:
        known.append(t("customers.worth", amount=measures.money(one.lifetime_value)))
    if one.purchases is not None:
        known.append(t("customers.purchases", n=one.purchases))
    if one.last_purchase is not None:
        known.append(t("customers.last_purchase", day=written(one.last_purchase)))
    return " · ".join(known) or t("customers.nothing_known")


def written(day: date) -> str:
    """A day the way the language writes it."""
    return cards.day(datetime.combine(day, time(12), UTC))


def complaints(one: Customer) -> str:
    """Open cases, complaints in all, and the last satisfaction."""
    said = t("customers.satisfaction", points=one.satisfaction) if one.satisfaction else t("customers.not_asked")
    return " · ".join((t("customers.open", n=one.open), t("customers.complaints", n=one.complaints), said))


def case_line(told: Told, now: datetime) -> None:
    """Draws a case of a customer in one line, with a link to it."""
    with st.container(key=f"row-told-{told.case_id}", horizontal=True, vertical_alignment="center", wrap=False):
        with st.container(width=130):
            st.page_link(
                session.page("case"), label=escaping.label(told.code), query_params={"case": str(told.case_id)}
            )
        st.html(
            f'<p class="plain">{cards.chip(t("stage." + told.stage), told.stage)} '
            f'<span class="quiet">{cards.when(told.opened_at, now)}</span></p>'
        )


def figure(n: int) -> str:
    """A count for a table; a dash for none."""
    return number(n) if n else "–"
