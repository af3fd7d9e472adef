"""After the closing: contacts planned and made, and the satisfaction question."""

from datetime import datetime

import streamlit as st

from dashboard import rights, session
from dashboard.i18n import t
from dashboard.queries.cases import CasePage
from dashboard.ui import cards, contact_form, due, escaping, formatting
from dashboard.ui import follow_up_actions as actions
from monitor.access import Permission
from monitor.models.cases import Case
from monitor.store.cases import follow_ups, surveys
from monitor.store.cases.follow_ups import FollowUp
from monitor.store.cases.surveys import Survey
from monitor.surveys import links


def draw(page: CasePage, now: datetime) -> None:
    """Draws the part, once the case was closed for the first time."""
    case = page.case
    with session.read_connection() as connection:
        contacts = follow_ups.of_case(connection, case.case_id)
        case_surveys = surveys.of_case(connection, case.case_id)
    is_closed = case.stage == "closed" and case.merged_into is None
    if not (is_closed or contacts or case_surveys):
        return
    st.subheader(t("following.title"))
    for contact in contacts:
        _contact(contact, case, now)
    if any(contact.status == "planned" for contact in contacts):
        st.caption(t("following.counted", zone=escaping.escape_markdown(session.load_settings().time_zone)))
    if is_closed:
        if not contacts:
            st.text(t("following.nothing"))
        contact_form.log(case.case_id, case.code)
    _surveys(case, case_surveys, now, is_closed=is_closed)


def _contact(contact: FollowUp, case: Case, now: datetime) -> None:
    if contact.status == "planned":
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            day = escaping.escape(formatting.local_day(contact.due_at))
            when = f"{escaping.escape(t('following.planned'))} <b>{day}</b>"
            st.html(f'<p class="plain">{when}{due.chip(contact.due_at, now)}</p>')
            with st.container(width="content"):
                contact_form.settle(contact.follow_up_id, case.code, contact.due_at, now)
        return
    st.html(f'<ol class="events"><li>{_outcome(contact, now)}</li></ol>')


def _outcome(contact: FollowUp, now: datetime) -> str:
    if contact.status == "dropped":
        words = t("following.dropped")
    else:
        words = f"{t(f'channel.{contact.channel}')} · {t(f'outcome.{contact.outcome}')}"
    at = cards.time_tag(contact.done_at, now) if contact.done_at else ""
    note = f'<div class="note" dir="auto">{escaping.escape(contact.note)}</div>' if contact.note else ""
    who = f'<span class="quiet">{escaping.escape(contact.done_by)} · {at}</span>'
    return f"<b>{escaping.escape(words)}</b><br>{who}{note}"


def _surveys(case: Case, case_surveys: list[Survey], now: datetime, *, is_closed: bool) -> None:
    current = next((survey for survey in case_surveys if is_closed and survey.closed_at == case.resolved_at), None)
    if is_closed and (current is None or current.answered_at is None) and rights.may(Permission.ANSWER):
        st.html(f'<p class="plain"><b>{escaping.escape(t("survey.title"))}</b></p>')
        _open_survey(case, current, now)
    for survey in case_surveys:
        if survey.answered_at is not None:
            _answer(survey, now)


@st.fragment
def _open_survey(case: Case, survey: Survey | None, now: datetime) -> None:
    if survey is not None and survey.expires_at > now:
        st.caption(t("survey.send", day=formatting.local_day(survey.expires_at)))
        with st.container(key="copy-survey"):
            link = links.link(session.load_settings(), survey.survey_id, survey.link_key)
            st.code(link, language=None, wrap_lines=True)
        if not session.load_settings().desk.survey.url:
            st.html(f'<p class="state warn">{escaping.escape(t("survey.no_address"))}</p>')
    else:
        st.caption(t("survey.expired") if survey else t("survey.what"))
    with st.container(horizontal=True, gap="small"):
        if survey is None or survey.expires_at <= now:
            st.button(
                t("survey.ask"), icon=":material/link:", key=f"survey-{case.case_id}", on_click=actions.ask,
                args=(case.case_id, case.code),
            )  # fmt: skip
        _by_hand(case)
    session.show_after_action()


def _by_hand(case: Case) -> None:
    key = f"said-{case.case_id}"
    popover = st.popover(t("survey.by_hand"), key=key, on_change="rerun", icon=":material/call:")
    if not popover.open:
        return
    with popover:
        st.radio(
            t("survey.satisfaction"), (5, 4, 3, 2, 1), index=None, key=f"{key}-satisfaction",
            format_func=lambda points: t(f"survey.points_{points}"),
        )  # fmt: skip
        st.segmented_control(t("survey.recommend"), tuple(range(11)), key=f"{key}-recommend")
        st.text_area(t("survey.comment"), key=f"{key}-comment", height=90, max_chars=2_000)
        st.button(
            t("survey.save"), type="primary", key=f"{key}-save",
            disabled=st.session_state.get(f"{key}-satisfaction") is None,
            on_click=actions.answer, args=(case.case_id, case.code, key),
        )  # fmt: skip


def _answer(survey: Survey, now: datetime) -> None:
    words = t("survey.answer", satisfaction=survey.satisfaction)
    if survey.recommend is not None:
        words = f"{words} · {t('survey.would', points=survey.recommend)}"
    source = escaping.escape(t(f"survey.source_{survey.source}"))
    at = cards.time_tag(survey.answered_at, now) if survey.answered_at else ""
    note = f'<div class="note" dir="auto">{escaping.escape(survey.comment)}</div>' if survey.comment else ""
    st.html(
        f'<ol class="events"><li><b>{escaping.escape(words)}</b><br><span class="quiet">{source} · {at}</span>'
        f"{note}</li></ol>"
    )
