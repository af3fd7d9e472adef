"""What a case asks before it is closed or dismissed, the same wherever that is done: whether the customer agrees, why.

To be drawn in a fragment: an answer then draws that part anew and not the page, whose redrawing would move the popover.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

import streamlit as st

from dashboard.i18n import t
from dashboard.ui import case_actions as actions
from monitor.models.cases import Agreement, Case, DismissReason
from monitor.models.posts import Stage

ButtonKind: TypeAlias = Literal["primary", "secondary", "tertiary"]
ICONS: Mapping[str, str] = {
    "dismissed": ":material/block:",
    "closed": ":material/task_alt:",
    "reopened": ":material/undo:",
}
QUESTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "closed": ("agreement", get_args(Agreement)),
    "dismissed": ("reason", get_args(DismissReason)),
}
"""What is asked by stage: the name of the answer, and the answers there are."""


def draw(case: Case, stage: Stage, note_key: str = "", *, kind: ButtonKind) -> None:
    """Draws the popover with the stage's question, and the button that takes the case there once it is answered."""
    name, options = QUESTIONS[stage]
    key = f"{name}-{case.case_id}"
    with st.popover(t(f"move.{stage}"), icon=ICONS[stage], type=kind, key=f"ask-{stage}-{case.case_id}"):
        closing = stage == "closed"
        st.radio(
            t("handling.agreed" if closing else "handling.why"),
            options,
            index=None,
            key=key,
            format_func=lambda option: t(f"agreement.{option}" if closing else f"dismissal.{option}"),
        )
        answer = st.session_state.get(key)
        if answer == "other" and not actions.widget_text(note_key):
            note_key = f"reason-words-{case.case_id}"
            st.text_input(t("handling.why_other"), key=note_key, max_chars=300)
        says_why = answer != "other" or bool(actions.widget_text(note_key))
        st.button(
            t("handling.confirm_closed" if closing else "handling.confirm_dismissed"),
            type="primary",
            icon=ICONS[stage],
            key=f"move-{case.case_id}-{stage}",
            disabled=answer is None or not says_why,
            on_click=actions.move,
            args=(case, stage, note_key),
            kwargs={f"{name}_key": key},
        )
