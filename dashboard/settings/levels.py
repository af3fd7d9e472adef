"""Service levels: within how many hours of work a customer is answered, by the case's priority."""

import streamlit as st

from dashboard.i18n import t
from dashboard.settings import forms
from dashboard.settings.fields import Field
from monitor.models.cases import LEVELS
from monitor.settings_editing.document import SettingChange

_SERVICE = ("desk", "service")
_TARGETS = tuple(
    Field((name,), "number", lowest=0.1, highest=87_600, step=0.5)
    for name in ("first_response_hours", "next_response_hours", "resolution_hours")
)
_WARN = (Field(("warn_at",), "number", lowest=0.05, highest=0.95, step=0.05, hint="settings.h_warn_at"),)
_ANSWER = (Field(("answer_days",), "number", highest=365, hint="settings.h_answer_days"),)


def show() -> None:
    """Draws the part."""
    changes: list[SettingChange] = []
    for level in LEVELS:
        st.subheader(t(f"level.{level}"))
        changes += forms.in_columns((*_SERVICE, level), *((target,) for target in _TARGETS))
    changes += forms.changes_of(_SERVICE, _WARN)
    changes += forms.changes_of(("desk",), _ANSWER)
    if forms.foot(changes):
        st.rerun()
