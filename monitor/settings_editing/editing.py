"""Changing the settings file: refused where it is another one meanwhile, checked as a whole, undone by going back."""

from collections.abc import Sequence
from datetime import datetime

from monitor.access import Permission, permitted
from monitor.errors import Refusal
from monitor.settings import text_files
from monitor.settings.loading import Settings
from monitor.settings_editing import document, file, keys, versions, writing
from monitor.settings_editing.document import SettingChange, SettingPath
from monitor.settings_editing.file import SettingsFile
from monitor.settings_editing.writing import FileDraft, SettingDifference


def check(shown: SettingsFile, changes: Sequence[SettingChange]) -> Settings:
    """The settings as they would be after these changes; nothing is written.

    Raises SettingsError, FaultySettings where values are wrong, and Refusal for what is not changed from here.
    """
    return _changed(shown, changes).settings


@permitted(Permission.SETTINGS)
def edit(
    settings: Settings, changes: Sequence[SettingChange], *, shown: str, actor: str, now: datetime, origin: str = ""
) -> SettingsFile:
    """Makes these changes in the settings file of which the version `shown` was looked at. Returns the file after it.

    Raises SettingsConflict where the file is another one meanwhile; as `check` does; StoreError where it cannot be told
    in the audit log: nothing is changed then.
    """

    def draft(content: bytes) -> FileDraft:
        before = file.of_content(path, content)
        if before.version != shown:
            theirs = [document.value_at(before.document, one.path) for one in changes]
            raise writing.conflict(
                [SettingDifference(one.path, value, one.value) for one, value in zip(changes, theirs, strict=True)]
            )
        return FileDraft(_changed(before, changes).content, [keys.dotted(one.path) for one in changes])

    path = text_files.path_in_force()
    return file.of_content(path, writing.write(settings, path, draft, actor=actor, now=now, origin=origin))


@permitted(Permission.SETTINGS)
def go_back(
    settings: Settings, version: str, *, shown: str, actor: str, now: datetime, origin: str = ""
) -> SettingsFile:
    """Makes the file what it was in a version, which is a change itself. Raises as `edit` does.

    Refused where that changed what is not changed from here.
    """

    def draft(content: bytes) -> FileDraft:
        before, after = file.of_content(path, content), file.of_content(path, versions.content_of(path, version))
        if before.version != shown:
            raise writing.conflict()
        changed = keys.changed(before.document, after.document)
        for one in changed:
            _require_editable(before, one)
        return FileDraft(after.content, list(map(keys.dotted, changed)) or ["file"])

    path = text_files.path_in_force()
    return file.of_content(path, writing.write(settings, path, draft, actor=actor, now=now, origin=origin))


def _changed(before: SettingsFile, changes: Sequence[SettingChange]) -> SettingsFile:
    for one in changes:
        _require_editable(before, one.path)
    try:
        text = document.change(before.text, file.completed(before, changes))
    except (KeyError, IndexError, TypeError):
        raise Refusal("setting_missing", "this is not in the settings any more") from None
    return file.of_content(before.path, text_files.encode(text, before.content, before.path))


def _require_editable(before: SettingsFile, path: SettingPath) -> None:
    if not keys.is_editable(path):
        raise Refusal("setting_fixed", "{setting} is changed in the file alone", setting=keys.dotted(path))
    if place := before.outranked_by(path):
        raise Refusal(
            "setting_outranked", "{setting} is set by a variable ({place})", setting=keys.dotted(path), place=place
        )
