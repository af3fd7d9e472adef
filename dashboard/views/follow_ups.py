"""Follow-ups: which customers are to be contacted, and what they said."""

import streamlit as st

from dashboard.i18n import t


def show() -> None:
    """Draws the page."""
    st.title(t("followups.title"))
