"""What the page of the settings does to the file."""

from collections.abc import Sequence

import streamlit as st

from dashboard import session
from dashboard.settings import shown
from dashboard.ui.outcomes import report_problems
from monitor import settings_editing
from monitor.settings_editing import SettingsConflict
from monitor.settings_editing.document import SettingChange

_THIS_MACHINE = "local"


def save(changes: Sequence[SettingChange]) -> SettingsConflict | None:
    """Makes the changes. Returns what somebody else did meanwhile; anything else that went wrong is a message."""
    version = shown.current().version
    conflict = None
    with report_problems():
        try:
            settings_editing.edit(
                session.load_settings(),
                changes,
                shown=version,
                actor=session.actor(),
                now=session.now(),
                origin=origin(),
            )
            shown.saved(version)
        except SettingsConflict as error:
            conflict = error
    return conflict


def go_back(version: str) -> None:
    """Makes the file what it was; used as a callback."""
    at = shown.current().version
    with report_problems():
        settings_editing.go_back(
            session.load_settings(), version, shown=at, actor=session.actor(), now=session.now(), origin=origin()
        )
        shown.saved(at)


def origin() -> str:
    """From where somebody acts, for the audit log."""
    address = st.context.ip_address
    return address if isinstance(address, str) else _THIS_MACHINE
