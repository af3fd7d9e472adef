"""Corrective actions: planning one, and saying that it was done or was not."""

import streamlit as st

from dashboard import session
from dashboard.ui.outcomes import action_feedback
from monitor import desk


def plan() -> None:
    """Plans what was typed; on an error nothing that was typed is lost."""
    texts = {name: str(st.session_state.get(f"action-{name}") or "") for name in ("cause", "title", "owner", "note")}
    with action_feedback("metrics.planned"):
        desk.plan_action(
            session.load_settings(),
            texts["cause"],
            texts["title"],
            owner=texts["owner"],
            note=texts["note"],
            actor=session.actor(),
            now=session.now(),
        )
        for name in ("title", "owner", "note"):
            st.session_state[f"action-{name}"] = ""
        st.session_state["action-cause"] = None


def finish(action_id: int) -> None:
    """Says that an action has been done."""
    with action_feedback("metrics.said_done"):
        desk.finish_action(session.load_settings(), action_id, actor=session.actor(), now=session.now())


def reopen(action_id: int) -> None:
    """Says that an action has not been done after all."""
    with action_feedback("metrics.said_not_done"):
        desk.reopen_action(session.load_settings(), action_id, actor=session.actor())
