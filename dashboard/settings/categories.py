"""The kinds of complaint: what people see, and the words and examples that suggest them."""

import streamlit as st

from dashboard.settings import entries, forms, shown
from dashboard.settings.fields import Field
from dashboard.ui import labels

_PLACE = ("desk", "categories")
_CODE = (Field(("name",), label="code", hint="settings.h_code"),)
_FIELDS = (
    Field(("es",), hint="settings.h_own_words"),
    Field(("en",), hint="settings.h_own_words"),
    Field(("words",), "lines", hint="settings.h_words"),
    Field(("examples",), "lines", hint="settings.h_examples"),
)


def show() -> None:
    """Draws the part."""
    categories = shown.current().settings.desk.categories
    at = entries.choose(_PLACE, [labels.value("category", category.name) for category in categories])
    place, is_new = (*_PLACE, at), at == len(categories)
    changes = forms.new_entry(place, (*_CODE, *_FIELDS)) if is_new else forms.changes_of(place, _FIELDS)
    if forms.foot(changes):
        entries.show_next(_PLACE, at)
        st.rerun()
    if not is_new:
        entries.take_out(_PLACE, at, disabled=categories[at].name == "other")
