"""Follow-ups and surveys. What was typed stands in the session under keys that begin alike, emptied once it is kept."""

from datetime import date

import streamlit as st

from dashboard import session
from dashboard.ui import escaping
from dashboard.ui.outcomes import action_feedback
from monitor.desk import follow_ups
from monitor.desk.follow_ups import Contact
from monitor.models.cases import Channel
from monitor.store.cases.follow_ups import ContactOutcome
from monitor.surveys import answers
from monitor.surveys.answers import SurveyAnswer


def complete(follow_up_id: int, code: str, key: str) -> None:
    """Notes that a planned contact was made; the widgets `key`-channel, -outcome, -words, -reopen say how it went."""
    with action_feedback("following.told_done", code=escaping.escape_markdown(code)) as record:
        record(
            follow_ups.complete(
                session.load_settings(),
                follow_up_id,
                _contact(key),
                actor=session.actor(),
                now=session.now(),
                reopen=_reopens(key),
            )
        )
        record.empty(f"{key}-words")


def log(case_id: int, code: str, key: str) -> None:
    """Notes a contact that nobody had planned."""
    with action_feedback("following.told_done", code=escaping.escape_markdown(code)) as record:
        record(
            follow_ups.log(
                session.load_settings(),
                case_id,
                _contact(key),
                actor=session.actor(),
                now=session.now(),
                reopen=_reopens(key),
            )
        )
        record.empty(f"{key}-words")


def postpone(follow_up_id: int, code: str, key: str) -> None:
    """Puts a contact off to the day in the widget `key`-day."""
    day: date = st.session_state[f"{key}-day"]
    with action_feedback("following.told_postponed", code=escaping.escape_markdown(code)) as record:
        record(
            follow_ups.postpone(session.load_settings(), follow_up_id, day, actor=session.actor(), now=session.now())
        )


def drop(follow_up_id: int, code: str, key: str) -> None:
    """Says that a contact is not needed, for the reason in the widget `key`-reason."""
    reason = str(st.session_state.get(f"{key}-reason") or "")
    with action_feedback("following.told_dropped", code=escaping.escape_markdown(code)) as record:
        record(follow_ups.drop(session.load_settings(), follow_up_id, reason, actor=session.actor(), now=session.now()))
        record.empty(f"{key}-reason")


def ask(case_id: int, code: str) -> None:
    """Makes the link to the survey of a closed case."""
    with action_feedback("survey.told_asked", code=escaping.escape_markdown(code)):
        answers.ask(session.load_settings(), case_id, actor=session.actor(), now=session.now())


def answer(case_id: int, code: str, key: str) -> None:
    """Stores what the customer said by word of mouth: the widgets `key`-satisfaction, -recommend and -comment."""
    satisfaction: int = st.session_state[f"{key}-satisfaction"]
    recommend: int | None = st.session_state.get(f"{key}-recommend")
    survey_answer = SurveyAnswer(satisfaction, recommend, str(st.session_state.get(f"{key}-comment") or ""))
    with action_feedback("survey.told_answered", code=escaping.escape_markdown(code)) as record:
        settings, actor, now = session.load_settings(), session.actor(), session.now()
        record(answers.save_answer_by_hand(settings, case_id, survey_answer, actor=actor, now=now))
        record.empty(f"{key}-comment")


def _contact(key: str) -> Contact:
    channel: Channel = st.session_state[f"{key}-channel"]
    outcome: ContactOutcome = st.session_state[f"{key}-outcome"]
    return Contact(channel, outcome, str(st.session_state.get(f"{key}-words") or ""))


def _reopens(key: str) -> bool:
    return st.session_state[f"{key}-outcome"] == "again" and bool(st.session_state.get(f"{key}-reopen"))
