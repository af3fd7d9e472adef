"""What waits for the person, in the sidebar: notes that name her, and cases whose clock has run out."""

import streamlit as st

from dashboard import session
from dashboard.frame import notice_actions as actions
from dashboard.frame import waiting
from dashboard.i18n import t
from dashboard.ui import escaping

_SHOWN = 4


def draw() -> None:
    """Draws the notices and the number of overdue cases, where there are any; the notices of the open case are seen."""
    path = session.load_settings().store.path
    if not path.exists():
        return
    found = _read()
    asked = st.query_params.get("case", "")
    of_case = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None
    if found.unseen and of_case is not None:
        actions.see_of(of_case)
        found = _read()
    if found.breaching:
        st.page_link(
            session.page("cases"),
            label=t("notices.breaching", n=found.breaching),
            icon=":material/alarm:",
            query_params={"view": "breaching", "order": "due"},
        )
    if found.notices:
        _list(found)


def _read() -> waiting.Waiting:
    with session.reading() as connection:
        return waiting.of_person(connection, session.actor(), session.now(), limit=_SHOWN)


def _list(found: waiting.Waiting) -> None:
    with st.popover(t("notices.some", n=found.unseen), icon=":material/notifications:", key="notices"):
        for notice in found.notices:
            with st.container(key=f"notice-{notice.notice_id}", gap=None):
                st.page_link(
                    session.page("case"),
                    label=t("notices.by", actor=escaping.label(notice.actor), code=escaping.label(notice.code)),
                    query_params={"case": str(notice.case_id)},
                )
                st.html(f'<p class="plain quiet">{escaping.escape(notice.note[:200])}</p>')
        if found.unseen > len(found.notices):
            st.caption(t("notices.more", n=found.unseen - len(found.notices)))
        st.button(t("notices.seen"), key="notices-seen", type="tertiary", on_click=actions.see_all)
