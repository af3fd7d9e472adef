"""What stands in the widgets of a case and was not saved."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from dashboard.case import answer_actions
from dashboard.ui.case_actions import widget_text

FIELDS = (("step", "note-{}"), ("note", "words-{}"), ("contact", "contact-words-{}"))
"""The kinds of words, with the keys of the widgets of dashboard.case.handling that hold them; answers come besides."""


@dataclass(frozen=True, slots=True)
class UnsavedText:
    """Words in a widget: what they are (step, note, contact or answer), its key, and what it holds when emptied."""

    kind: str
    key: str
    text: str
    emptied: str = ""


def unsaved_texts(case_id: int) -> list[UnsavedText]:
    """The words typed on the case; from now on they are in the session without their widgets, which are not drawn."""
    drafts: dict[str, UnsavedText] = st.session_state.setdefault(_key(case_id), {})
    words = [UnsavedText(kind, key.format(case_id), widget_text(key.format(case_id))) for kind, key in FIELDS]
    drafts |= {draft.key: draft for draft in (*words, _answer(case_id)) if draft.text != draft.emptied.strip()}
    return list(drafts.values())


def _answer(case_id: int) -> UnsavedText:
    """The answer that is being written: the person's words where they are not the template's any more."""
    key = answer_actions.text_key(case_id)
    return UnsavedText("answer", key, widget_text(key), str(st.session_state.get(f"{key}-filled") or ""))


def bring_back(case_id: int, words: Mapping[str, str]) -> None:
    """Puts words by kind into their widgets, but for those that hold others meanwhile."""
    current = [UnsavedText(kind, key.format(case_id), widget_text(key.format(case_id))) for kind, key in FIELDS]
    for draft in (*current, _answer(case_id)):
        if draft.kind in words and draft.text == draft.emptied.strip():
            st.session_state[draft.key] = words[draft.kind]


def restore(case_id: int) -> None:
    """Puts the words back into their widgets, which are about to be drawn again."""
    for draft in st.session_state.pop(_key(case_id), {}).values():
        st.session_state[draft.key] = draft.text


def dismiss(case_id: int) -> None:
    """Forgets the words."""
    for draft in unsaved_texts(case_id):
        st.session_state[draft.key] = draft.emptied
    del st.session_state[_key(case_id)]
    st.session_state[_forgotten_key(case_id)] = True


def are_forgotten(case_id: int) -> bool:
    """Whether the words were dismissed since this was asked last."""
    return bool(st.session_state.pop(_forgotten_key(case_id), False))


def _forgotten_key(case_id: int) -> str:
    return f"unsaved-forgotten-{case_id}"


def _key(case_id: int) -> str:
    return f"unsaved-{case_id}"
