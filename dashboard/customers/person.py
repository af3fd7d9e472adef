"""The cases of one person, a customer or an author on a network: a line each, with what was said, brand and stage."""

from datetime import datetime

import streamlit as st

from dashboard import session
from dashboard.audit import notes
from dashboard.customers import person_queries as queries
from dashboard.i18n import t
from dashboard.queries import cases
from dashboard.ui import cards, case_row, escaping, filters

_SIZE = 25


def draw_author(network: str, author: str, now: datetime) -> None:
    """Draws the page of somebody who is no customer that we know."""
    st.page_link(session.page("customers"), label=t("customers.back"), icon=":material/arrow_back:")
    notes.looked_at("person", f"{network}:{author.casefold()}")
    who = f"{cards.author(author)} · {cards.network_name(network)}" if network else cards.author(author)
    st.title(escaping.escape_markdown(who), anchor=False)
    st.caption(t("customers.not_linked"))
    draw_cases(now, network=network, author=author)


def draw_cases(now: datetime, *, customer_id: str = "", network: str = "", author: str = "") -> None:
    """Draws the cases as a list, the most pressing open ones first."""
    page_key = f"person-cases-{customer_id or f'{network}-{author}'}"
    start = int(st.session_state.get(page_key, 0)) * _SIZE
    with session.read_connection() as connection:
        whose = queries.Whose(customer_id, network, author)
        ids, total = queries.case_ids_of(connection, whose, offset=start, limit=_SIZE)
        entries = cases.entries(connection, ids)
    st.subheader(t("customers.cases"))
    st.text(t("customers.cases_told", n=total) if total else t("customers.no_cases"))
    for entry in entries:
        case_row.draw(entry, now, tick=False)
    filters.turn_pages(total, _SIZE, page_key)
