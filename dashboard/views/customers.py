"""Customers: their segments, their cases, and links that wait for a person."""

import streamlit as st

from dashboard.i18n import t


def show() -> None:
    """Draws the page."""
    st.title(t("customers.title"))
