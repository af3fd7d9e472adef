"""One case: its conversation, ours included, what may be done next, and its history."""

from contextlib import suppress
from datetime import datetime

import streamlit as st

from dashboard import rights, session
from dashboard.case import (
    answer,
    conversation,
    customer,
    fields,
    follow_ups,
    handling,
    history,
    links,
    typed_words,
    unsaved,
)
from dashboard.i18n import t
from dashboard.queries import cases
from dashboard.record import panel as record
from dashboard.ui import cards, clocks, escaping
from monitor.access import Permission
from monitor.cases import codes
from monitor.errors import Refusal

_PARTS = (
    (clocks, Permission.READ_POSTS),
    (handling, Permission.HANDLE_CASES),
    (follow_ups, Permission.READ_CUSTOMERS),
    (record, Permission.ANSWER),
    (fields, Permission.READ_POSTS),
    (customer, Permission.READ_CUSTOMERS),
    (links, Permission.MERGE_SPLIT),
    (history, Permission.READ_POSTS),
)
"""What is drawn beside the conversation, and what it takes."""


def show() -> None:
    """Draws the page of the case that the URL names (`?case=12`, or by its code)."""
    st.page_link(session.page("cases"), label=t("case.back"), icon=":material/arrow_back:")
    case_id = _case_id(st.query_params.get("case", ""))
    with session.read_connection() as connection:
        page = cases.case_page(connection, case_id) if case_id is not None else None
    if page is None:
        st.title(t("case.none"))
        st.text(t("case.none_help"))
        if case_id is not None:
            unsaved.draw_lost(case_id)
            typed_words.keep(case_id)
        return
    now = session.now()
    _head(page, now)
    unsaved.draw(page)
    with st.container(key="narrow-case"):
        left, right = st.columns([5, 3], gap="large")
    with right:
        for part, permission in _PARTS:
            if rights.may(permission):
                part.draw(page, now)
    with left:
        conversation.draw(page, now)
        if rights.may(Permission.ANSWER):
            answer.draw(page, now)
    typed_words.keep(page.case.case_id)


def _case_id(text: str) -> int | None:
    if text.isascii() and text.isdigit() and len(text) < 16:
        return int(text)
    with suppress(Refusal):
        return codes.parse_code(text) if text.upper().startswith("ESC") else None
    return None


def _head(page: cases.CasePage, now: datetime) -> None:
    case = page.case
    st.title(escaping.escape_markdown(case.code), anchor=False)
    stage = cards.chip(t(f"stage.{case.stage}"), case.stage)
    standing = stage if case.merged_into is None else cards.chip(t("cases.merged"))
    marks = [standing, cards.chip(cards.brand_name(case.brand), "brand")]
    if any(row.sample for row in page.conversation if row.mention_id in page.members):
        marks.append(cards.chip(t("post.sample"), "sample"))
    who = escaping.escape(f"{cards.author(case.author)} · {cards.network_name(case.network)}")
    opened = escaping.escape(t("case.opened_by", actor=escaping.clean(case.opened_by)))
    since = f'<span class="quiet">{opened} {cards.time_tag(case.opened_at, now)}</span>'
    st.html(f'<p class="plain">{who} {"".join(marks)} {since}</p>')
