"""What waits for the person, in the sidebar: notes that name her, cases whose clock has run out, and a standstill."""

import streamlit as st

from dashboard import session
from dashboard.frame import alerts
from dashboard.frame import notice_actions as actions
from dashboard.i18n import t
from dashboard.ui import escaping, formatting
from monitor import store

_SHOWN = 4


def draw() -> None:
    """Draws the notices and the number of overdue cases, where there are any; the notices of the open case are seen."""
    if not store.exists(session.load_settings().store):
        return
    waiting_now = _read()
    number = st.query_params.get("case", "")
    of_case = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else None
    if waiting_now.unseen and of_case is not None:
        actions.mark_case_seen(of_case)
        waiting_now = _read()
    if waiting_now.standstill_since is not None:
        st.page_link(
            session.page("health"),
            label=t("notices.standstill", since=formatting.date_time(waiting_now.standstill_since)),
            icon=":material/sync_problem:",
        )
    if waiting_now.breaching:
        st.page_link(
            session.page("cases"),
            label=t("notices.breaching", n=waiting_now.breaching),
            icon=":material/alarm:",
            query_params={"view": "breaching", "order": "due"},
        )
    if waiting_now.notices:
        _list(waiting_now)


def _read() -> alerts.Alerts:
    with session.read_connection() as connection:
        return alerts.of_person(connection, session.person(), session.now(), rhythm=session.rhythm(), limit=_SHOWN)


def _list(waiting_now: alerts.Alerts) -> None:
    with st.popover(t("notices.some", n=waiting_now.unseen), icon=":material/notifications:", key="notices"):
        for notice in waiting_now.notices:
            with st.container(key=f"notice-{notice.notice_id}", gap=None):
                st.page_link(
                    session.page("case"),
                    label=t(
                        "notices.by",
                        actor=escaping.escape_markdown(notice.actor),
                        code=escaping.escape_markdown(notice.code),
                    ),
                    query_params={"case": str(notice.case_id)},
                )
                st.html(f'<p class="plain quiet">{escaping.escape(notice.note[:200])}</p>')
        if waiting_now.unseen > len(waiting_now.notices):
            st.caption(t("notices.more", n=waiting_now.unseen - len(waiting_now.notices)))
        st.button(t("notices.seen"), key="notices-seen", type="tertiary", on_click=actions.mark_all_seen)
