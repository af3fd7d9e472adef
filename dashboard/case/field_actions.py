"""Saving what people say of a case: only what they changed, under the version they saw."""

from typing import Any

import streamlit as st

from dashboard import session
from dashboard.ui import escaping
from dashboard.ui.outcomes import action_feedback
from monitor import desk
from monitor.models.cases import EDITABLE, Case

FIELDS = tuple(name for name in EDITABLE if name != "owner")


def key(case: Case, name: str) -> str:
    """The key of a field's widget."""
    return f"field-{case.case_id}-{name}"


def fill(case: Case) -> None:
    """Puts the case as it stands into the widgets, but for those in which something else was typed and not saved."""
    filled: dict[str, Any] = st.session_state.setdefault(_filled_key(case), {})
    for name in FIELDS:
        value, widget = _widget_value(case, name), key(case, name)
        if widget not in st.session_state or name not in filled or st.session_state[widget] == filled[name]:
            st.session_state[widget] = value
        filled[name] = value


def save(case: Case) -> None:
    """Saves what was typed in the form of the case, which the person saw as it is given here."""
    fields = {name: _field_value(case, name) for name in FIELDS}
    changed = {name: value for name, value in fields.items() if value != getattr(case, name)}
    if not changed:
        session.add_message("fields.nothing")
        return
    with action_feedback("fields.saved", code=escaping.escape_markdown(case.code)) as record:
        record(
            desk.edit(
                session.load_settings(),
                case.case_id,
                changed,
                version=case.version,
                actor=session.actor(),
                now=session.now(),
            )
        )
        # Nothing is half typed any more: the widgets follow the case again.
        st.session_state[_filled_key(case)] = {name: st.session_state.get(key(case, name)) for name in FIELDS}


def _filled_key(case: Case) -> str:
    return f"fields-filled-{case.case_id}"


def _widget_value(case: Case, name: str) -> Any:
    """A field's value as its widget holds it."""
    value = getattr(case, name)
    if name == "tags":
        return str(value).split()
    return value or None if name in ("root_cause", "team") else value


def _field_value(case: Case, name: str) -> Any:
    """What the widget holds, as the field keeps it."""
    value = st.session_state.get(key(case, name), _widget_value(case, name))
    if name == "tags":
        return " ".join(sorted({"-".join(str(tag).lower().removeprefix("#").split()) for tag in value} - {""}))
    return " ".join(str(value or "").split()) if name in ("root_cause", "team") else value
