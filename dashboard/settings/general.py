"""What is of everything: language, time zone, and how often things are done."""

import streamlit as st

from dashboard.i18n import NAMES
from dashboard.settings import forms
from dashboard.settings.fields import Field
from monitor.models.languages import LANGUAGES

_FIELDS = (
    Field(("language",), "choice", LANGUAGES, lambda code: NAMES[code]),
    Field(("time_zone",), hint="settings.h_time_zone"),
)
_RHYTHM = (
    Field(("collect_minutes",), "number", lowest=1, highest=525_600, hint="settings.h_restart"),
    Field(("pipeline_minutes",), "number", lowest=1, highest=525_600, hint="settings.h_restart"),
    Field(("recheck_hours",), "number", lowest=1, highest=87_600, hint="settings.h_restart"),
)


def show() -> None:
    """Draws the part."""
    if forms.foot(forms.changes_of((), _FIELDS) + forms.changes_of(("schedule",), _RHYTHM)):
        st.rerun()
