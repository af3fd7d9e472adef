"""A team's own answer templates, changed from the program: files of the folder `desk.templates`, a folder a language.

A template with the id of one of Escucha's stands in its place. What is new goes into `own.toml`.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.access import Permission, permitted
from monitor.answers import drafts, templates
from monitor.errors import Refusal, SettingsError
from monitor.settings import text_files
from monitor.settings.loading import Settings
from monitor.settings_editing import document, file, own_templates, versions, writing
from monitor.settings_editing.document import SettingChange, SettingPath
from monitor.settings_editing.own_templates import OwnTemplate
from monitor.settings_editing.writing import FileDraft

_SETTING: SettingPath = ("desk", "templates")


@permitted(Permission.SETTINGS)
def save_template(
    settings: Settings,
    language: str,
    template: dict[str, Any],
    *,
    shown: str,
    actor: str,
    now: datetime,
    origin: str = "",
) -> None:
    """Writes the team's template: `id`, `category`, `step`, `text`, and `checklist` where it has checks of its own.

    `shown` is the version of the file that `find` told. Makes the folder, and names it in the settings, where it is not
    named yet. Raises SettingsConflict where the file is another one meanwhile, SettingsError for what is no template.
    """
    own, said = (
        own_templates.find(settings, language, template["id"]),
        {key: value for key, value in template.items() if value},
    )
    changes = [SettingChange(("templates", own.at), said)]
    if own.content:
        keys = dict.fromkeys((*own.content, *said))
        changes = [SettingChange(("templates", own.at, key), said.get(key)) for key in keys]
    _write(settings, own, language, changes, template["id"], shown=shown, actor=actor, now=now, origin=origin)
    if not settings.desk.templates:
        _name_folder(settings, own.path.parent.parent, actor=actor, now=now, origin=origin)


@permitted(Permission.SETTINGS)
def remove_template(
    settings: Settings, language: str, template_id: str, *, shown: str, actor: str, now: datetime, origin: str = ""
) -> None:
    """Takes the team's template out, so that Escucha's stands again where there is one. Raises as `save_template`."""
    own = own_templates.find(settings, language, template_id)
    if not own.content:
        raise Refusal("setting_missing", "this is not in the settings any more")
    changes = [SettingChange(("templates", own.at), None)]
    if own.at == 0 and len(own_templates.templates(text_files.read_bytes(own.path), own.path)) == 1:
        changes = [SettingChange(("templates",), [])]
    _write(settings, own, language, changes, template_id, shown=shown, actor=actor, now=now, origin=origin)


@permitted(Permission.SETTINGS)
def undo_template(
    settings: Settings,
    language: str,
    template_id: str,
    version: str,
    *,
    shown: str,
    actor: str,
    now: datetime,
    origin: str = "",
) -> None:
    """Makes the file of a template what it was in a version, '' for none. Raises as `save_template`."""
    own = own_templates.find(settings, language, template_id)

    def draft(before: bytes) -> FileDraft:
        if versions.digest(before, own.path) != shown:
            raise writing.conflict()
        content = versions.content_of(own.path, version) if version else b"templates = []\n"
        return FileDraft(content, [f"templates.{language}.{template_id}"])

    writing.write(settings, own.path, draft, actor=actor, now=now, origin=origin)


def _write(
    settings: Settings,
    own: OwnTemplate,
    language: str,
    changes: list[SettingChange],
    template_id: str,
    *,
    shown: str,
    actor: str,
    now: datetime,
    origin: str,
) -> None:
    def draft(before: bytes) -> FileDraft:
        if versions.digest(before, own.path) != shown:
            raise writing.conflict()
        text = document.change(text_files.decode(before, own.path), changes)
        try:
            templates.parse(text, language, drafts.words("es")["checklists"])
        except ValueError as error:
            raise SettingsError(str(error)) from None
        return FileDraft(text_files.encode(text, before, own.path), [f"templates.{language}.{template_id}"])

    writing.write(settings, own.path, draft, actor=actor, now=now, origin=origin)


def _name_folder(settings: Settings, folder: Path, *, actor: str, now: datetime, origin: str) -> None:
    path = text_files.path_in_force()

    def draft(content: bytes) -> FileDraft:
        before = file.of_content(path, content)
        text = document.change(before.text, [SettingChange(_SETTING, folder.as_posix())])
        return FileDraft(text_files.encode(text, content, path), ["desk.templates"])

    writing.write(settings, path, draft, actor=actor, now=now, origin=origin)
