"""Marking answers as sent, and saying what is one. Nothing is posted: a person has done that by hand."""

from functools import partial

import streamlit as st

from dashboard import session
from dashboard.case import addressees
from dashboard.ui import escaping, labels
from dashboard.ui.case_actions import widget_text
from dashboard.ui.outcomes import action_feedback
from monitor import desk
from monitor.models.cases import Case
from monitor.models.posts import Stage


def round_key(case_id: int) -> str:
    """Where the session counts the answers marked in a case: the next one starts from a fresh template."""
    return f"answered-{case_id}"


def key_prefix(case_id: int) -> str:
    """What the keys of the answer that is being written begin with."""
    return f"answer-{case_id}-{st.session_state.get(round_key(case_id), 0)}"


def text_key(case_id: int) -> str:
    """The key of the text that is being written; under it with "-filled" the session keeps what the template gave."""
    return str(st.session_state.get(f"{key_prefix(case_id)}-written", key_prefix(case_id)))


def set_category(case: Case, key: str) -> None:
    """Gives the case the category in the widget of that key."""
    category = str(st.session_state[key])
    values = {
        "code": escaping.escape_markdown(case.code),
        "category": escaping.escape_markdown(labels.category(category)),
    }
    with action_feedback("answering.categorised", **values) as record:
        settings, actor, now = session.load_settings(), session.actor(), session.now()
        change = {"category": category}
        record(desk.edit(settings, case.case_id, change, version=case.version, actor=actor, now=now))


def mark_sent(case: Case, template: str, text_key: str, stage_key: str, to_key: str) -> None:
    """Notes the text in the widget of that key as sent to those chosen, and takes the case to the stage chosen."""
    to_stage: Stage | None = st.session_state.get(stage_key) or None
    with action_feedback("answering.marked", code=escaping.escape_markdown(case.code)) as record:
        record(
            desk.mark_sent(
                session.load_settings(),
                case.case_id,
                widget_text(text_key),
                template,
                version=case.version,
                actor=session.actor(),
                now=session.now(),
                to_stage=to_stage,
                to=addressees.chosen(to_key),
            )
        )
        record.refill = partial(_return_to, case.case_id, st.session_state.get(round_key(case.case_id), 0))
        st.session_state[round_key(case.case_id)] = st.session_state.get(round_key(case.case_id), 0) + 1


def is_untouched(case_id: int) -> bool:
    """Whether the answer that is being written is as its template filled it, or empty."""
    key = text_key(case_id)
    return widget_text(key) in ("", str(st.session_state.get(f"{key}-filled") or "").strip())


def _return_to(case_id: int, number: int) -> None:
    """Offers the text of that round again, unless another one is being written."""
    if is_untouched(case_id):
        st.session_state[round_key(case_id)] = number


def needs_answer(case: Case, mention_id: int) -> None:
    """Makes thanks of the customer a question: the clock runs from when they were written."""
    with action_feedback("action.needs_answer", code=escaping.escape_markdown(case.code)) as record:
        record(
            *desk.needs_answer(
                session.load_settings(),
                case.case_id,
                mention_id,
                version=case.version,
                actor=session.actor(),
                now=session.now(),
            )
        )


def is_answer(case: Case, mention_id: int) -> None:
    """Makes an automatic reply of ours an answer, and all that are the same."""
    with action_feedback("action.is_answer") as record:
        done = desk.is_answer(
            session.load_settings(),
            case.case_id,
            mention_id,
            version=case.version,
            actor=session.actor(),
            now=session.now(),
        )
        record.words(n=len(done))
        record(*done)
