"""The team: who gets new cases, and each person with what they take on and when they are away."""

import streamlit as st

from dashboard.i18n import t
from dashboard.settings import entries, forms, shown
from dashboard.settings.fields import Field
from dashboard.ui import labels
from monitor.settings_editing.document import SettingChange

_DESK, _PLACE = ("desk",), ("desk", "people")
_ASSIGN = ("by_hand", "round_robin", "capacity")
_RULE = (
    Field(("assign",), "choice", _ASSIGN, lambda rule: t(f"settings.assign_{rule}")),
    Field(("over_capacity",), "number", highest=10, step=0.1, hint="settings.h_over_capacity"),
)
_EMPLOYEES = (Field(("employees",), "lines", hint="settings.h_employees"),)


def show() -> None:
    """Draws the part."""
    settings = shown.current().settings
    changes: list[SettingChange] = forms.changes_of(_DESK, _RULE)
    people = settings.desk.people
    at = entries.choose(_PLACE, [person.name for person in people])
    fields = (
        Field(("name",), label="person", hint="settings.h_person"),
        Field(("team",)),
        Field(("categories",), "choices", [category.name for category in settings.desk.categories], labels.category),
        Field(("languages",), "lines", hint="settings.h_person_languages"),
        Field(("capacity",), "number", default=30, highest=10_000, hint="settings.h_capacity"),
        Field(("away_from",), "date"),
        Field(("away_until",), "date"),
    )
    place = (*_PLACE, at)
    with st.container(border=True):
        if at == len(people):
            changes += forms.new_entry(place, fields)
        else:
            changes += forms.changes_of(place, fields)
            entries.take_out(_PLACE, at)
    changes += forms.changes_of(_DESK, _EMPLOYEES)
    if forms.foot(changes):
        entries.show_next(_PLACE, at)
        st.rerun()
