"""The versions of the file: when each came, by whom, what it changed, and the way back to it."""

import streamlit as st

from dashboard.i18n import t
from dashboard.settings import actions, shown
from dashboard.ui import escaping, formatting
from monitor import settings_editing
from monitor.settings_editing import SettingsVersion

_MOST = 30


def show() -> None:
    """Draws the part."""
    file = shown.current()
    versions = settings_editing.list_versions(file.path, file.content)
    if not versions:
        st.text(t("settings.no_versions"))
        return
    for number, version in enumerate(versions[:_MOST]):
        with st.container(horizontal=True, vertical_alignment="center", key=f"row-version-{number}"):
            st.html(f'<p class="plain">{_words(version)}</p>', width="stretch")
            if version.version == file.version:
                st.text(t("settings.in_force"), width="content")
            else:
                st.button(
                    t("settings.back_to"),
                    key=f"settings-back-{number}",
                    on_click=actions.go_back,
                    args=(version.version,),
                    disabled=shown.is_unsaved() or file.barred_by is not None,
                )


def _words(version: SettingsVersion) -> str:
    if version.at is None and not version.changed:
        return escaping.escape(t("settings.oldest"))
    at = formatting.date_time(version.at) if version.at else t("settings.some_time")
    who = version.actor or t("settings.by_hand")
    changed = ", ".join(version.changed) or t("settings.remarks")
    return f"<b>{escaping.escape(at)}</b> · {escaping.escape(who)}<br><code>{escaping.escape(changed)}</code>"
