"""What the page of the settings does to answer templates."""

from typing import Any

import streamlit as st

from dashboard import session
from dashboard.settings import shown
from dashboard.settings.actions import origin
from dashboard.ui.outcomes import report_problems
from monitor.settings_editing import answers
from monitor.settings_editing.own_templates import OwnTemplate

_BEFORE = "templates-before"


def save(language: str, template: dict[str, Any], own: OwnTemplate) -> None:
    """Writes the team's template; what was typed stays where that fails."""
    with report_problems():
        answers.save_template(
            session.load_settings(),
            language,
            template,
            shown=own.version,
            actor=session.actor(),
            now=session.now(),
            origin=origin(),
        )
        _done(language, str(template["id"]), own.version)


def remove(language: str, template_id: str, version: str) -> None:
    """Takes the team's template out; used as a callback."""
    with report_problems():
        answers.remove_template(
            session.load_settings(),
            language,
            template_id,
            shown=version,
            actor=session.actor(),
            now=session.now(),
            origin=origin(),
        )
        _done(language, template_id, version)


def undo(language: str, template_id: str, before: str, version: str) -> None:
    """Takes the last change of this session back; used as a callback."""
    with report_problems():
        answers.undo_template(
            session.load_settings(),
            language,
            template_id,
            before,
            shown=version,
            actor=session.actor(),
            now=session.now(),
            origin=origin(),
        )
        _done(language, template_id, version)


def before_last(language: str, template_id: str) -> str | None:
    """The version of the template's file before its last change of this session; '' for no file, None for no change."""
    versions: dict[tuple[str, str], str] = st.session_state.get(_BEFORE, {})
    return versions.get((language, template_id))


def _done(language: str, template_id: str, before: str) -> None:
    shown.discard()
    st.session_state.setdefault(_BEFORE, {})[language, template_id] = before
    session.add_message("settings.saved")
