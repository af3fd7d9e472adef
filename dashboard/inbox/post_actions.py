"""What a person says of a post."""

from collections.abc import Mapping

import streamlit as st

from dashboard import session
from dashboard.ui.outcomes import action_feedback
from monitor import desk
from monitor.models.posts import Sentiment


def open_case(mention_id: int, brand: str) -> None:
    """Opens a case for the post, or joins the open case of its conversation."""
    with action_feedback("action.case_opened") as record:
        decision = desk.open_case(session.load_settings(), mention_id, brand, actor=session.actor(), now=session.now())
        record(*decision.done, corrections=decision.corrections)


def dismiss(mention_id: int, versions: Mapping[int, int]) -> None:
    """Says that the post is no complaint; `versions` are its cases with the versions the person saw."""
    with action_feedback("action.dismissed") as record:
        decision = desk.dismiss_mention(
            session.load_settings(), mention_id, actor=session.actor(), now=session.now(), versions=versions
        )
        record(*decision.done, corrections=decision.corrections)


def correct_sentiment(mention_id: int, sentiment: Sentiment) -> None:
    """Stores a person's word on the sentiment."""
    with action_feedback("action.corrected") as record:
        decision = desk.correct(
            session.load_settings(), mention_id, actor=session.actor(), now=session.now(), sentiment=sentiment
        )
        record(*decision.done, corrections=decision.corrections)


def correct_sentiment_from(mention_id: int, key: str) -> None:
    """The callback of a card's sentiment control, whose value is in the session under `key`."""
    sentiment = st.session_state.get(key)
    if sentiment is not None:
        correct_sentiment(mention_id, sentiment)
