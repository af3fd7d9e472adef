"""Metrics: how fast and how well complaints are handled, and what causes them."""

import streamlit as st

from dashboard.i18n import t


def show() -> None:
    """Draws the page."""
    st.title(t("metrics.title"))
