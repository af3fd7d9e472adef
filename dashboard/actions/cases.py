"""Handling cases: every callback takes the version of the case that the person saw."""

import streamlit as st

from dashboard import plain, session
from dashboard.actions import telling
from monitor import desk
from monitor.casework import Agreement, DismissReason
from monitor.models import Stage


def take(case_id: int, code: str, version: int) -> None:
    """Makes the case the person's own, and acknowledges it."""
    with telling("action.taken", code=plain.label(code)):
        desk.take(session.load_settings(), case_id, version=version, actor=session.actor(), now=session.now())


def move(
    case_id: int,
    code: str,
    stage: Stage,
    version: int,
    note_key: str | None = None,
    *,
    reason_key: str = "",
    agreement_key: str = "",
) -> None:
    """Takes a case, seen at `version`, to a stage, with the note typed in the widget of that key."""
    note = str(st.session_state.get(note_key) or "").strip() if note_key else ""
    reason: DismissReason | None = st.session_state.get(reason_key)
    agreement: Agreement | None = st.session_state.get(agreement_key)
    with telling("action.moved", code=plain.label(code)):
        desk.move_case(
            session.load_settings(),
            case_id,
            stage,
            version=version,
            actor=session.actor(),
            now=session.now(),
            note=note,
            reason=reason,
            agreement=agreement,
        )
        if note_key:
            st.session_state[note_key] = ""
