"""Changing the settings file from the program: checked as a whole, kept in versions, told in the audit log."""

from monitor.settings_editing.editing import check, edit, go_back
from monitor.settings_editing.file import SettingsFile, read
from monitor.settings_editing.keys import EDITABLE, dotted, is_editable
from monitor.settings_editing.versions import SettingsVersion, list_versions
from monitor.settings_editing.writing import SettingsConflict

__all__ = [
    "EDITABLE",
    "SettingsConflict",
    "SettingsFile",
    "SettingsVersion",
    "check",
    "dotted",
    "edit",
    "go_back",
    "is_editable",
    "list_versions",
    "read",
]
