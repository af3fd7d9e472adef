"""The settings file as it stands now: what it says, what holds, and what outranks it."""

import os
import stat
import tomllib
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel

from monitor.settings import loading, text_files
from monitor.settings.loading import Settings
from monitor.settings_editing import document
from monitor.settings_editing.document import SettingChange, SettingPath

Barrier: TypeAlias = Literal["file", "folder"]


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A settings file and what it gives. `version` is the SHA-256 of its bytes, '' where there is no file yet."""

    path: Path
    content: bytes
    version: str
    document: dict[str, Any]
    settings: Settings

    @property
    def text(self) -> str:
        """The file's text, its lines ended by a newline."""
        return text_files.decode(self.content, self.path)

    def value(self, path: SettingPath) -> Any:
        """What holds there, with lists for tuples: as the file spells it, where that is of the same kind."""
        held = _plain(_at(self.settings, path))
        written = None if self.outranked_by(path) else document.value_at(self.document, path)
        return written if _is_alike(written, held) else held

    def outranked_by(self, path: SettingPath) -> str | None:
        """Where the variable stands that outranks the file there; None for none."""
        variable = loading.outranking(path)
        return variable.place if variable else None

    @property
    def barred_by(self) -> Barrier | None:
        """What cannot be written here, so that nothing can be changed; None where it can."""
        return barred(self.path)


def barred(path: Path) -> Barrier | None:
    """What stands in the way of changing this file; None for nothing."""
    target = Path(os.path.realpath(path))
    is_read_only = target.exists() and not (target.stat().st_mode & 0o222 and os.access(target, os.W_OK))
    if is_read_only or (target.exists() and not stat.S_ISREG(target.stat().st_mode)):
        return "file"
    return None if os.access(_nearest(target.parent), os.W_OK | os.X_OK) else "folder"


def _nearest(folder: Path) -> Path:
    """The folder, or the one in which it would be made."""
    return folder if folder.exists() or folder == folder.parent else _nearest(folder.parent)


def read() -> SettingsFile:
    """The file in force, or that of the working directory, to be made. Raises SettingsError where it does not hold."""
    path = text_files.path_in_force()
    content = text_files.read_bytes(path) if path.is_file() else b""
    return of_content(path, content)


def of_content(path: Path, content: bytes) -> SettingsFile:
    """What a file with this content gives, there. Raises SettingsError."""
    text = text_files.decode(content, path)
    settings = loading.check(text, path)
    version = text_files.digest_of(content) if content or path.is_file() else ""
    return SettingsFile(path, content, version, tomllib.loads(text), settings)


def completed(before: SettingsFile, changes: Sequence[SettingChange]) -> list[SettingChange]:
    """The changes, and before each the rest of a list or table whose default it changes a part of."""
    written, whole = deepcopy(before.document), []
    for one in changes:
        for end in range(1, len(one.path)):
            path = one.path[:end]
            default = _indivisible(before.settings, path) if document.value_at(written, path) is None else None
            if default:
                whole.append(SettingChange(path, default))
                document.put(written, whole[-1])
        whole.append(one)
        document.put(written, one)
    return whole


def _indivisible(settings: Settings, path: SettingPath) -> Any:
    """What holds there, where it is written whole or not at all; None for a section that may stand in part."""
    value = _at(settings, path)
    is_section = isinstance(value, BaseModel) and not any(
        field.is_required() for field in type(value).model_fields.values()
    )
    return None if is_section else _plain(value)


def _at(value: Any, path: SettingPath) -> Any:
    for part in path:
        is_section = isinstance(value, BaseModel)
        value = getattr(value, str(part), None) if is_section else document.value_at(value, (part,))
    return value


def _is_alike(written: Any, held: Any) -> bool:
    if isinstance(written, list) and isinstance(held, list) and len(written) == len(held):
        return all(map(_is_alike, written, held))
    is_number = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (written, held))
    return is_number or type(written) is type(held)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return {name: _plain(part) for name, part in value if name in value.model_fields_set}
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, tuple | list) else value
