"""What waits for the person, in the sidebar: notices, cases to answer or overdue, absent people's, a standstill."""

import streamlit as st

from dashboard import rights, session
from dashboard.frame import alerts
from dashboard.frame import notice_actions as actions
from dashboard.i18n import t
from dashboard.ui import escaping, formatting
from monitor import store
from monitor.access import Permission
from monitor.store.cases.notices import QUIET, RULE, Notice

_SHOWN = 4


def draw() -> None:
    """Draws the notices and the number of overdue cases, where there are any; the notices of the open case are seen."""
    if not store.exists(session.load_settings().store):
        return
    waiting_now = _read()
    number = st.query_params.get("case", "")
    of_case = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else None
    if waiting_now.notices and of_case is not None and rights.may(Permission.KEEP_FILTERS):
        actions.mark_case_seen(of_case)
        waiting_now = _read()
    if waiting_now.standstill is not None:
        key = "standstill_planned" if waiting_now.standstill.planned else "standstill"
        since = formatting.date_time(waiting_now.standstill.since)
        st.page_link(session.page("health"), label=t(f"notices.{key}", since=since), icon=":material/sync_problem:")
    _links(waiting_now)
    if waiting_now.notices:
        _list(waiting_now)


def _links(waiting_now: alerts.Alerts) -> None:
    """Lists that wait for the person, or for everybody, each with how many cases it holds."""
    mine = {"owner": session.person()}
    for name, count, icon, query in (
        ("turn", waiting_now.turn, "forum", {"view": "turn", **mine}),
        ("warning", waiting_now.warning, "hourglass_bottom", {"view": "warning", "order": "due", **mine}),
        ("breaching", waiting_now.breaching, "alarm", {"view": "breaching", "order": "due"}),
        ("absent", waiting_now.absent, "person_off", {"view": "absent"}),
    ):
        if count:
            st.page_link(
                session.page("cases"),
                label=t(f"notices.{name}", n=count),
                icon=f":material/{icon}:",
                query_params=query,
            )


def _read() -> alerts.Alerts:
    with session.read_connection() as connection:
        return alerts.of_person(
            connection,
            session.person(),
            session.team(),
            session.now(),
            rhythm=session.rhythm(),
            limit=_SHOWN,
        )


def _list(waiting_now: alerts.Alerts) -> None:
    unseen = waiting_now.unseen
    label = t("notices.some", n=unseen) if unseen else t("notices.quiet")
    with st.popover(label, icon=":material/notifications:", key="notices"):
        for notice in waiting_now.notices:
            with st.container(key=f"notice-{notice.notice_id}", gap=None):
                _notice(notice)
        told = sum(notice.cases for notice in waiting_now.notices if notice.subject not in QUIET)
        if unseen > told:
            st.caption(t("notices.more", n=unseen - told))
        if rights.may(Permission.KEEP_FILTERS):
            st.button(t("notices.seen"), key="notices-seen", type="tertiary", on_click=actions.mark_all_seen)


def _notice(notice: Notice) -> None:
    """What it is about, as a link to the case, and the words; of several cases that the rule gave, to all of them."""
    actor, code = escaping.escape_markdown(notice.actor), escaping.escape_markdown(notice.code)
    if notice.cases > 1:
        query = {"view": "mine"}
        st.page_link(session.page("cases"), label=t("notices.shared", n=notice.cases), query_params=query)
        return
    by_rule = notice.subject == "given" and notice.actor == RULE
    key = "shared" if by_rule else notice.subject
    label = t(f"notices.{key}", actor=actor, code=code, n=1)
    st.page_link(session.page("case"), label=label, query_params={"case": str(notice.case_id)})
    words = "" if notice.subject in ("given", "lost") else notice.note
    if words:
        st.html(f'<p class="plain quiet">{escaping.escape(words[:200])}</p>')
