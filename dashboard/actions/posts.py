"""What a person says of a post."""

import streamlit as st

from dashboard import session
from dashboard.actions import telling
from monitor import desk
from monitor.models import Sentiment


def open_case(mention_id: int, brand: str) -> None:
    """Opens a case for the post, or joins the open case of its conversation."""
    with telling("action.case_opened"):
        desk.open_case(session.load_settings(), mention_id, brand, actor=session.actor(), now=session.now())


def dismiss(mention_id: int) -> None:
    """Says that the post is no complaint."""
    with telling("action.dismissed"):
        desk.dismiss_mention(session.load_settings(), mention_id, actor=session.actor(), now=session.now())


def correct_sentiment(mention_id: int, sentiment: Sentiment) -> None:
    """Stores a person's word on the sentiment."""
    with telling("action.corrected"):
        desk.correct(session.load_settings(), mention_id, actor=session.actor(), now=session.now(), sentiment=sentiment)


def sentiment_chosen(mention_id: int, key: str) -> None:
    """The callback of a card's sentiment control, whose value is in the session under `key`."""
    chosen = st.session_state.get(key)
    if chosen is not None:
        correct_sentiment(mention_id, chosen)
