"""Merging and splitting cases, and incidents; what to link is in the widgets of the keys given."""

from collections.abc import Sequence

import streamlit as st

from dashboard import session
from dashboard.i18n import Phrase
from dashboard.ui import case_actions, escaping
from dashboard.ui.outcomes import action_feedback
from monitor import desk
from monitor.cases import codes
from monitor.models.cases import Agreement
from monitor.models.posts import Stage


def _selected_ids(key: str) -> list[int]:
    return list(st.session_state.get(key) or ())


def merge(case_id: int, version: int, versions_seen: dict[int, int], chosen_key: str, code_key: str) -> None:
    """Takes the chosen cases, and the one whose code was typed, into this one."""
    with action_feedback("links.merged") as record:
        other_ids = _selected_ids(chosen_key)
        code = str(st.session_state.get(code_key) or "").strip()
        if code and (code_id := codes.parse_code(code)) not in other_ids:
            other_ids.append(code_id)
        others_seen = {other_id: seen for other_id, seen in versions_seen.items() if other_id in other_ids}
        versions = {case_id: version} | others_seen
        record.words(**case_actions.merge_words(case_id, other_ids))
        record(
            *desk.merge(
                session.load_settings(), case_id, other_ids, versions=versions, actor=session.actor(), now=session.now()
            )
        )
        record.empty(code_key)


def undo_merge(absorbed: int) -> None:
    """Gives a merged case its posts back."""
    with action_feedback("links.unmerged"):
        desk.undo_merge(session.load_settings(), absorbed, actor=session.actor(), now=session.now())


def split(case_id: int, version: int, chosen_key: str) -> None:
    """Moves the chosen posts to a case of their own."""
    with action_feedback("links.parted") as record:
        record(
            *desk.split(
                session.load_settings(),
                case_id,
                _selected_ids(chosen_key),
                version=version,
                actor=session.actor(),
                now=session.now(),
            )
        )


def undo_split(case_id: int) -> None:
    """Takes the posts of this case back where they came from."""
    with action_feedback("links.rejoined") as record:
        record(*desk.undo_split(session.load_settings(), case_id, actor=session.actor(), now=session.now()))


def open_incident(case_id: int, title_key: str, chosen_key: str) -> None:
    """Links the case, and the chosen ones, as a new incident."""
    title = str(st.session_state.get(title_key) or "")
    with action_feedback("links.incident_opened", title=escaping.escape_markdown(title)) as record:
        _, done = desk.open_incident(
            session.load_settings(),
            title,
            [case_id, *_selected_ids(chosen_key)],
            actor=session.actor(),
            now=session.now(),
        )
        record(*done)


def join_incident(incident_id: int, case_ids: Sequence[int]) -> None:
    """Links cases to an incident."""
    with action_feedback("links.incident_joined") as record:
        record(
            *desk.join_incident(
                session.load_settings(), incident_id, case_ids, actor=session.actor(), now=session.now()
            )
        )


def leave_incident(case_id: int, version: int) -> None:
    """Takes the case out of its incident."""
    with action_feedback("links.incident_left") as record:
        record(
            desk.leave_incident(
                session.load_settings(), case_id, version=version, actor=session.actor(), now=session.now()
            )
        )


def move_incident(incident_id: int, stage: Stage, note_key: str, agreement_key: str) -> None:
    """Takes every case of the incident that may go there to a stage."""
    agreement: Agreement | None = st.session_state.get(agreement_key) if stage == "closed" else None
    with action_feedback("links.incident_moved", stage=Phrase(f"stage.{stage}")) as record:
        outcome = desk.move_incident(
            session.load_settings(),
            incident_id,
            stage,
            actor=session.actor(),
            now=session.now(),
            note=str(st.session_state.get(note_key) or ""),
            agreement=agreement,
        )
        record(*outcome.done)
        record.empty(note_key)
        if outcome.left:
            codes_left = ", ".join(outcome.left[:10])
            session.add_message("links.incident_left_over", "problem", n=len(outcome.left), codes=codes_left)


def answer_incident(versions: dict[int, int], answered: Sequence[int], text_key: str, move_key: str) -> None:
    """Marks the answer that was typed as sent to these cases; those of `answered` may be moved there with it."""
    text = str(st.session_state.get(text_key) or "")
    stages: dict[int, Stage] = dict.fromkeys(answered, "answered") if st.session_state.get(move_key) else {}
    with action_feedback("links.answered", n=len(versions)) as record:
        record(
            *desk.mark_sent_many(
                session.load_settings(),
                versions,
                dict.fromkeys(versions, text),
                "",
                actor=session.actor(),
                now=session.now(),
                stages=stages,
            )
        )
        record.empty(text_key)
