"""The settings file as the page shows it, and what was typed and is not saved: of this browser session."""

import streamlit as st

from dashboard import session
from monitor import settings_editing
from monitor.settings import text_files
from monitor.settings_editing import SettingsFile

_FILE, _TYPED, _BEFORE = "settings-file", "settings-typed", "settings-before"


def load() -> bool:
    """Reads the file for this run. Returns whether it is another one than what was typed here was typed for."""
    shown: SettingsFile | None = st.session_state.get(_FILE)
    if shown is None or not is_unsaved():
        st.session_state[_FILE] = settings_editing.read()
        return False
    return shown.version != text_files.digest()


def current() -> SettingsFile:
    """The file as it is shown."""
    file: SettingsFile = st.session_state[_FILE]
    return file


def is_unsaved() -> bool:
    """Whether something was typed that is not saved."""
    return bool(st.session_state.get(_TYPED))


def note_typed() -> None:
    """Something is being typed."""
    st.session_state[_TYPED] = True


def note_nothing_typed() -> None:
    """What is typed is what the file says."""
    st.session_state[_TYPED] = False


def discard() -> None:
    """Forgets what was typed, and reads the file anew in the coming run."""
    for key in [str(key) for key in st.session_state if str(key).startswith("set-")]:
        del st.session_state[key]
    st.session_state.pop(_FILE, None)
    note_nothing_typed()


def saved(before: str) -> None:
    """The file was changed: what it was before can be gone back to at a click."""
    discard()
    st.session_state[_BEFORE] = before
    session.add_message("settings.saved")


def before() -> str:
    """The version before the last change of this session; '' for none."""
    return str(st.session_state.get(_BEFORE) or "")


def forget_before() -> None:
    """There is no last change any more."""
    st.session_state.pop(_BEFORE, None)
