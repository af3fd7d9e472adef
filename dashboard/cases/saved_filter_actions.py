"""Saved filters: choose, keep, rename, forget."""

from collections.abc import Callable

import streamlit as st

from dashboard import session
from dashboard.cases import filters
from dashboard.ui import escaping
from dashboard.ui.outcomes import report_problems
from monitor import desk
from monitor.desk import SavedFilter
from monitor.models.case_filters import CaseFilters


def choose(saved: SavedFilter) -> None:
    """Makes a saved filter the current one; says what of it is no filter any more."""
    filters.set_filters(saved.filters)
    st.session_state["saved-chosen"] = saved.name
    if saved.dropped:
        session.add_message(
            "saved.dropped",
            "problem",
            name=escaping.escape_markdown(saved.name),
            parts=escaping.escape_markdown(", ".join(saved.dropped)),
        )


def save(key: str, case_filter: CaseFilters) -> None:
    """Keeps the filters under the name in the widget of that key."""
    _act_with_name(
        key, "saved.saved", lambda name: desk.save_filter(session.load_settings(), session.actor(), name, case_filter)
    )


def rename(name: str, key: str) -> None:
    """Gives a saved filter the name in the widget of that key."""
    _act_with_name(
        key, "saved.renamed", lambda to: desk.rename_filter(session.load_settings(), session.actor(), name, to)
    )


def _act_with_name(key: str, message_key: str, act: Callable[[str], object]) -> None:
    """Acts with the name that was typed in the widget of that key, which is empty again when it went well."""
    name = str(st.session_state.get(key) or "")
    with report_problems():
        act(name)
        session.add_message(message_key, name=escaping.escape_markdown(name))
        st.session_state[key] = ""


def delete(name: str) -> None:
    """Forgets a saved filter."""
    with report_problems():
        desk.delete_filter(session.load_settings(), session.actor(), name)
        session.add_message("saved.deleted", name=escaping.escape_markdown(name))
