"""The board: open cases by stage, each with its clock."""

import streamlit as st

from dashboard.i18n import t


def show() -> None:
    """Draws the page."""
    st.title(t("board.title"))
