"""The team's own answer templates, as files of the folder `desk.templates` hold them: where each stands."""

import re
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.errors import SettingsError
from monitor.settings import text_files
from monitor.settings.loading import Settings
from monitor.settings_editing import versions

_FOLDER = "templates"
_NEW_FILE = "own.toml"
_LANGUAGE = re.compile("[a-z]{2}")


@dataclass(frozen=True, slots=True)
class OwnTemplate:
    """A template of the team's: its file, where it stands there, and what it says. `version` is the file's."""

    path: Path
    version: str
    at: int
    content: dict[str, Any]


def find(settings: Settings, language: str, template_id: str) -> OwnTemplate:
    """The team's template of that id and language, or the place for one: then its content is empty.

    Raises SettingsError for a file that cannot be read.
    """
    if not _LANGUAGE.fullmatch(language):
        raise SettingsError(f"languages are codes of two letters, such as es or pt; {language[:20]!r} is none")
    folder = _folder(settings) / language
    for path in sorted(folder.glob("*.toml")):
        content = text_files.read_bytes(path)
        for at, template in enumerate(templates(content, path)):
            if str(template.get("id", "")).strip() == template_id:
                return OwnTemplate(path, text_files.digest_of(content), at, template)
    path = folder / _NEW_FILE
    content = text_files.read_bytes(path) if path.is_file() else b""
    return OwnTemplate(path, versions.digest(content, path), len(templates(content, path)), {})


def templates(content: bytes, path: Path) -> list[dict[str, Any]]:
    """What a file of templates holds. Raises SettingsError where it is none."""
    with suppress(tomllib.TOMLDecodeError):
        found = tomllib.loads(text_files.decode(content, path)).get("templates", [])
        if isinstance(found, list) and all(isinstance(template, dict) for template in found):
            return found
    raise SettingsError(f"{path}: this is not TOML with [[templates]]; change it with an editor")


def _folder(settings: Settings) -> Path:
    """That of the settings, else one beside the settings file, to be made."""
    named = settings.desk.templates
    return Path(named).expanduser() if named else text_files.path_in_force().parent / _FOLDER
