"""When the desk works: hours of each weekday, holidays, and from which day on."""

from datetime import date

import streamlit as st

from dashboard.i18n import t
from dashboard.settings import entries, forms, shown
from dashboard.settings.fields import Field
from dashboard.ui import formatting
from monitor.settings.service_hours import WEEKDAYS

_PLACE = ("desk", "calendars")
_FREE = (
    Field(("country",), default="ES", hint="settings.h_country"),
    Field(("region",), hint="settings.h_region"),
    Field(("closed",), "dates"),
    Field(("open",), "dates"),
)
_HOURS = tuple(Field(("hours", day), "spans") for day in WEEKDAYS)


def show() -> None:
    """Draws the part."""
    calendars = shown.current().settings.desk.calendars
    at = entries.choose(_PLACE, [_name(calendar.since) for calendar in calendars])
    is_new = at == len(calendars)
    place = (*_PLACE, at)
    since = (Field(("since",), "date", hint="settings.h_since"),) if at else ()
    changes = (forms.new_entry if is_new else forms.in_columns)(place, (*since, *_HOURS), _FREE)
    if forms.foot(changes):
        entries.show_next(_PLACE, at)
        st.rerun()
    if not is_new:
        entries.take_out(_PLACE, at, disabled=len(calendars) == 1)


def _name(since: date) -> str:
    return t("settings.always") if since == date.min else t("settings.from_day", day=formatting.calendar_day(since))
