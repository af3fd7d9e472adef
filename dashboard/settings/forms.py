"""A form of settings: what its fields ask to change, what would be wrong with that, and the buttons that save it."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from dashboard import session
from dashboard.i18n import catalogue, language, t
from dashboard.settings import actions, shown
from dashboard.settings.fields import Field, draw
from dashboard.ui import escaping, refusals
from monitor import settings_editing
from monitor.errors import EscuchaError, FaultySettings
from monitor.i18n import tell
from monitor.settings.loading import Settings
from monitor.settings_editing import SettingsConflict, dotted
from monitor.settings_editing.document import SettingChange, SettingPath

_SHOWN = 300  # characters of a value that somebody else wrote


def changes_of(place: SettingPath, fields: Sequence[Field]) -> list[SettingChange]:
    """Draws the fields below a place, and returns what they change."""
    typed = [((*place, *field.path), *draw(place, field)) for field in fields]
    return [SettingChange(path, value) for path, value, is_new in typed if is_new]


def in_columns(place: SettingPath, *columns: Sequence[Field]) -> list[SettingChange]:
    """The same with the fields beside each other."""
    changes = []
    for fields, column in zip(columns, st.columns(len(columns)), strict=True):
        with column:
            changes += changes_of(place, fields)
    return changes


def new_entry(place: SettingPath, *columns: Sequence[Field]) -> list[SettingChange]:
    """Draws the fields of an entry to be, and returns what adds it, once something is typed."""
    entry: dict[str, Any] = {}
    for change in in_columns(place, *columns):
        _put(entry, change.path[len(place) :], change.value)
    return [SettingChange(place, entry)] if entry else []


def _put(entry: dict[str, Any], path: SettingPath, value: Any) -> None:
    for part in path[:-1]:
        entry = entry.setdefault(str(part), {})
    entry[str(path[-1])] = value


def foot(changes: Sequence[SettingChange], preview: Callable[[Settings, Settings], None] | None = None) -> bool:
    """What is wrong with what was typed, else `preview`, and the buttons. Returns whether it was saved just now."""
    if shown.current().barred_by:
        return False
    if not changes:
        shown.note_nothing_typed()
        st.button(t("settings.save"), type="primary", disabled=True, key="settings-save")
        return False
    shown.note_typed()
    holds = _check(changes, preview)
    with st.container(horizontal=True, vertical_alignment="center"):
        is_asked = st.button(t("settings.save"), type="primary", disabled=not holds, key="settings-save")
        st.button(t("settings.discard"), key="settings-discard", on_click=shown.discard)
        st.text(t("settings.unsaved"))
    if not is_asked:
        return False
    conflict = actions.save(changes)
    if conflict is not None:
        _tell(conflict)
        return False
    return True


def _check(changes: Sequence[SettingChange], preview: Callable[[Settings, Settings], None] | None) -> bool:
    """Whether the settings hold with the changes; says why they do not."""
    try:
        after = settings_editing.check(shown.current(), changes)
    except FaultySettings as error:
        for key, fault in error.faults.items():
            st.error(_fault(key, fault), icon=session.ICONS["problem"])
        return False
    except EscuchaError as error:
        st.error(escaping.escape_markdown(refusals.describe(error)), icon=session.ICONS["problem"])
        return False
    if preview is not None:
        preview(shown.current().settings, after)
    return True


def _fault(key: str, fault: str) -> str:
    message = f"settings.f_{key.rpartition('.')[2].partition('[')[0]}"
    name = t(message) if message in catalogue(language()) else key
    first = fault.partition("\n")[0]  # of a query's fault, without the mark under it
    return escaping.escape_markdown(f"{name}: {tell(language(), first)}")


def _tell(conflict: SettingsConflict) -> None:
    """What somebody else wrote where something was typed, and that it can be loaded."""
    st.error(t("settings.meanwhile"), icon=session.ICONS["problem"])
    for one in conflict.differences:
        words = t("settings.both", setting=dotted(one.path), theirs=_value(one.meanwhile), yours=_value(one.wanted))
        st.text(words)
    st.button(t("settings.load"), key="settings-load", on_click=shown.discard)


def _value(value: Any) -> str:
    if value in (None, "", []):
        return t("settings.nothing")
    return escaping.clean(", ".join(map(str, value)) if isinstance(value, list) else str(value))[:_SHOWN]
