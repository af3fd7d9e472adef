"""What is listened for: brands, their queries with what these would find, and their own accounts."""

import streamlit as st

from dashboard.i18n import t
from dashboard.settings import entries, forms, preview, shown
from dashboard.settings.fields import Field

_PLACE = ("brands",)
_FIELDS = (
    Field(("name",)),
    Field(("queries",), "lines", hint="settings.h_queries"),
    Field(("own_accounts",), "lines", hint="settings.h_own_accounts"),
)
_RARE = (
    Field(("automatic_accounts",), "lines", hint="settings.h_automatic_accounts"),
    Field(("automatic_replies",), "lines", hint="settings.h_automatic_replies"),
    Field(("languages",), "lines", hint="settings.h_languages"),
)


def show() -> None:
    """Draws the part."""
    names = [brand.name for brand in shown.current().settings.brands]
    at = entries.choose(_PLACE, names)
    place = (*_PLACE, at)
    is_new = at == len(names)
    draw = forms.new_entry if is_new else forms.changes_of
    changes = draw(place, _FIELDS)
    if not is_new:
        with st.expander(t("settings.more")):
            changes += draw(place, _RARE)
    if forms.foot(changes, preview.draw):
        entries.show_next(_PLACE, at)
        st.rerun()
    if not is_new:
        entries.take_out(_PLACE, at)
