"""Handling cases: every callback takes the version of the case that the person saw.

What was typed stands in the session under a key, and is emptied only once it is kept.
"""

from collections.abc import Sequence

import streamlit as st

from dashboard import session
from dashboard.ui import escaping
from dashboard.ui.outcomes import action_feedback
from monitor import desk
from monitor.cases import codes
from monitor.models.cases import Agreement, Case, Channel, DismissReason
from monitor.models.posts import Stage


def widget_text(key: str) -> str:
    """What stands in the widget of that key, without spaces around it."""
    return str(st.session_state.get(key) or "").strip()


def merge_words(case_id: int, other_ids: Sequence[int]) -> dict[str, str]:
    """What the message of a merge names: the cases that were taken in, and the one that took them in."""
    home, *others = (escaping.escape_markdown(codes.format_code(each)) for each in (case_id, *other_ids))
    return {"home": home, "codes": ", ".join(others)}


def take(case_id: int, code: str, version: int) -> None:
    """Makes the case the person's own, out of the inbox; the customer is told nothing by it."""
    with action_feedback("action.taken", code=escaping.escape_markdown(code)) as record:
        record(desk.take(session.load_settings(), case_id, version=version, actor=session.actor(), now=session.now()))


def assign(case: Case, owner_key: str) -> None:
    """Gives the case to the person chosen or typed in the widget of that key."""
    give(case, widget_text(owner_key))


def give(case: Case, owner: str) -> None:
    """Gives the case to a person; '' to nobody."""
    with action_feedback(
        "action.assigned" if owner else "action.freed",
        code=escaping.escape_markdown(case.code),
        owner=escaping.escape_markdown(owner),
    ) as record:
        record(
            desk.edit(
                session.load_settings(),
                case.case_id,
                {"owner": owner},
                version=case.version,
                actor=session.actor(),
                now=session.now(),
            )
        )


def move(case: Case, stage: Stage, note_key: str = "", *, reason_key: str = "", agreement_key: str = "") -> None:
    """Takes a case to a stage, with the note, the reason and the agreement in the widgets of those keys."""
    reason: DismissReason | None = st.session_state.get(reason_key) if reason_key else None
    agreement: Agreement | None = st.session_state.get(agreement_key) if agreement_key else None
    _move(case, stage, note_key, reason, agreement)


def dismiss_as_no_complaint(case: Case) -> None:
    """Dismisses a case that turned out to be no complaint."""
    _move(case, "dismissed", reason="not_a_complaint")


def _move(
    case: Case,
    stage: Stage,
    note_key: str = "",
    reason: DismissReason | None = None,
    agreement: Agreement | None = None,
) -> None:
    with action_feedback(f"action.moved_{stage}", code=escaping.escape_markdown(case.code)) as record:
        record(
            desk.move_case(
                session.load_settings(),
                case.case_id,
                stage,
                version=case.version,
                actor=session.actor(),
                now=session.now(),
                note=widget_text(note_key) if note_key else "",
                reason=reason,
                agreement=agreement,
            )
        )
        if note_key:
            record.empty(note_key)


def pause_or_resume(case: Case, note_key: str) -> None:
    """Stops the clocks of a case until the customer answers, or lets them run again."""
    settings, actor, now = session.load_settings(), session.actor(), session.now()
    act = desk.resume if case.paused_at else desk.wait
    with action_feedback(
        "action.resumed" if case.paused_at else "action.waiting", code=escaping.escape_markdown(case.code)
    ) as record:
        record(act(settings, case.case_id, version=case.version, actor=actor, now=now, note=widget_text(note_key)))
        record.empty(note_key)


def add_note(case: Case, text_key: str) -> None:
    """Keeps a note; whoever it names with @ is told."""
    with action_feedback("action.noted", code=escaping.escape_markdown(case.code)) as record:
        record(
            desk.add_note(
                session.load_settings(), case.case_id, widget_text(text_key), actor=session.actor(), now=session.now()
            )
        )
        record.empty(text_key)


def log_contact(case: Case, keys: Sequence[str]) -> None:
    """Logs a call, visit or message; `keys` are those of its channel, direction and words, and with whom it was."""
    channel_key, direction_key, text_key, to_key = keys
    channel: Channel = st.session_state[channel_key]
    with action_feedback("action.contacted", code=escaping.escape_markdown(case.code)) as record:
        record(
            desk.log_contact(
                session.load_settings(),
                case.case_id,
                channel,
                st.session_state[direction_key],
                widget_text(text_key),
                actor=session.actor(),
                now=session.now(),
                to=st.session_state.get(to_key) or None,
            )
        )
        record.empty(text_key)
