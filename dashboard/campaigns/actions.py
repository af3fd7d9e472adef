"""Deciding about a campaign; what it says is in the widget of the key given."""

import streamlit as st

from dashboard import session
from dashboard.i18n import t
from dashboard.ui.outcomes import action_feedback
from monitor import desk
from monitor.models.campaigns import Ruling


def decide(incident_id: int, ruling: Ruling, seen: str, answer_key: str = "") -> None:
    """Decides about all copies, those to come too."""
    answer = str(st.session_state.get(answer_key) or "") if answer_key else ""
    bar = None
    if ruling == "real":
        bar = st.progress(0.0, t("campaigns.opening"))

    def progress(step: str, done: int, total: int) -> None:
        del step, total
        if bar:
            bar.progress(0.5, t("campaigns.opened", n=done))

    with action_feedback(f"campaigns.done_{ruling}") as record:
        outcome = desk.decide_campaign(
            session.load_settings(), incident_id, ruling, seen=seen, actor=session.actor(), now=session.now(),
            answer=answer, progress=progress,
        )  # fmt: skip
        record(*outcome.done, ruled=(outcome.decision,))
        if outcome.left:
            session.add_message("campaigns.left", n=outcome.left)
        if answer_key:
            record.empty(answer_key)
    if bar:
        bar.empty()


def open_case(mention_id: int, brand: str) -> None:
    """Opens a case for one post of a campaign."""
    with action_feedback("action.case_opened") as record:
        decision = desk.open_case(session.load_settings(), mention_id, brand, actor=session.actor(), now=session.now())
        record(*decision.done, corrections=decision.corrections)
