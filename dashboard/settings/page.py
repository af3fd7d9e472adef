"""The settings for administrators: each part a form that changes the file, and the versions of it."""

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard.i18n import t
from dashboard.settings import (
    actions,
    brands,
    categories,
    general,
    hours,
    levels,
    networks,
    shown,
    team,
    templates,
    versions,
)
from dashboard.ui import filters, tables

_PARTS: Mapping[str, Callable[[], None]] = {
    "brands": brands.show,
    "team": team.show,
    "hours": hours.show,
    "levels": levels.show,
    "categories": categories.show,
    "templates": templates.show,
    "networks": networks.show,
    "general": general.show,
    "versions": versions.show,
}


def show() -> None:
    """Draws the page."""
    is_other = shown.load()
    st.title(t("settings.title"))
    _state(is_other=is_other)
    _undo()
    part = filters.choice(
        t("settings.parts"), tuple(_PARTS), lambda name: t(f"settings.part_{name}"), name="section", default="brands",
        collapsed=True,
    )  # fmt: skip
    st.caption(t(f"settings.holds_{part}"))
    _PARTS[part]()


def _state(*, is_other: bool) -> None:
    """Which file it is, and what is in the way of changing it."""
    file = shown.current()
    where = t("settings.where" if file.version else "settings.where_new", path=file.path.absolute())
    tables.status_line(where, warn=False)
    if file.settings.store.is_server:
        tables.status_line(t("settings.machine"), warn=False)
    if barred := file.barred_by:
        tables.status_line(t(f"settings.barred_{barred}"), warn=True)
    if is_other:
        with st.container(horizontal=True, vertical_alignment="center"):
            tables.status_line(t("settings.other"), warn=True)
            st.button(t("settings.load"), key="settings-load-other", on_click=shown.discard)


def _undo() -> None:
    before = shown.before()
    if before and not shown.is_unsaved():
        st.button(
            t("settings.undo"), icon=":material/undo:", key="settings-undo", on_click=actions.go_back, args=(before,)
        )
