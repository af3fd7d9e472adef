"""Saved filters: choose, keep, rename, forget."""

import streamlit as st

from dashboard import plain, session
from dashboard.actions import problems_told
from dashboard.sections import case_filters
from monitor import desk
from monitor.casefilters import CaseFilters
from monitor.desk import Saved


def choose(saved: Saved) -> None:
    """Makes a saved filter the current one; says what of it is no filter any more."""
    case_filters.put(saved.filters)
    st.session_state["saved-chosen"] = saved.name
    if saved.dropped:
        session.say(
            "saved.dropped", "problem", name=plain.label(saved.name), parts=plain.label(", ".join(saved.dropped))
        )


def save(key: str, chosen: CaseFilters) -> None:
    """Keeps the filters under the name in the widget of that key."""
    name = str(st.session_state.get(key) or "")
    with problems_told():
        desk.save_filter(session.load_settings(), session.actor(), name, chosen)
        session.say("saved.saved", name=plain.label(name))
        st.session_state[key] = ""


def rename(name: str, key: str) -> None:
    """Gives a saved filter the name in the widget of that key."""
    to = str(st.session_state.get(key) or "")
    with problems_told():
        desk.rename_filter(session.load_settings(), session.actor(), name, to)
        session.say("saved.renamed", name=plain.label(to))
        st.session_state[key] = ""


def delete(name: str) -> None:
    """Forgets a saved filter."""
    with problems_told():
        desk.delete_filter(session.load_settings(), session.actor(), name)
        session.say("saved.deleted", name=plain.label(name))
