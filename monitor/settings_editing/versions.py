"""Versions of the settings file, in a folder beside it: the file may hold credentials, which no database should.

`escucha.toml.versions/` has each version under its SHA-256 and `history.jsonl`, a line a change. Both are of this
machine alone, as the file is.
"""

import json
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import portalocker

from monitor import atomic_files
from monitor.errors import SettingsError
from monitor.settings import text_files
from monitor.settings_editing import keys

MOST: Final = 200
"""Changes that are kept; older ones are forgotten."""
_HISTORY, _LOCK = "history.jsonl", "lock"
_PATIENCE = 10.0  # seconds for somebody else's change


@dataclass(frozen=True, slots=True)
class SettingsVersion:
    """A version of the file: when it came, by whom ('' for an editor), and which keys differ from the one before.

    The oldest that is kept has neither: `at` is None.
    """

    version: str
    at: datetime | None
    actor: str
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A change: from one version to another; '' for no file."""

    at: str
    actor: str
    was: str
    became: str


def folder_of(path: Path) -> Path:
    """Where the versions of a settings file are; a link to the file is followed."""
    target = Path(os.path.realpath(path))
    return target.with_name(f"{target.name}.versions")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds others off who change the file by the program too. Raises SettingsError where that cannot be."""
    folder = folder_of(path)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=atomic_files.PRIVATE_FOLDER)
        with portalocker.Lock(folder / _LOCK, "a", timeout=_PATIENCE):
            yield
    except portalocker.exceptions.LockException:
        raise SettingsError("somebody else is changing the settings; try again") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be changed here ({error.strerror}): let Escucha write it") from None


def keep(path: Path, before: bytes, after: bytes, *, actor: str, now: datetime) -> None:
    """Keeps both and notes the change, before it is made; to be called under `locked`. Raises OSError."""
    folder, was, became = folder_of(path), digest(before, path), text_files.digest_of(after)
    lines = _happened(_lines(folder), was)
    known = lines[-1].became if lines else was
    if known != was:
        lines.append(_Line(now.isoformat(), "", known, was))  # by an editor, some time since
    lines.append(_Line(now.isoformat(), actor, was, became))
    for version, content in ((was, before), (became, after)):
        if version and not _file(folder, version).exists():
            with atomic_files.replacing(_file(folder, version)) as file:
                file.write(content)
    _write(folder, lines[-MOST:])


def forget_last(path: Path) -> None:
    """Takes back the note of a change that could not be made; to be called under `locked`."""
    with suppress(OSError):
        _write(folder_of(path), _lines(folder_of(path))[:-1])


def content_of(path: Path, version: str) -> bytes:
    """What a version holds. Raises SettingsError where it is not kept."""
    known = {one for line in _lines(folder_of(path)) for one in (line.was, line.became)}
    with suppress(OSError):
        if (
            version in known
            and text_files.digest_of(content := _file(folder_of(path), version).read_bytes()) == version
        ):
            return content
    raise SettingsError("this version of the settings is not kept any more")


def list_versions(path: Path, current: bytes) -> list[SettingsVersion]:
    """The versions, the newest first; the first is the file as it is, which holds `current`."""
    folder, now = folder_of(path), digest(current, path)
    lines = _happened(_lines(folder), now)
    if not lines:
        return []
    documents: dict[str, dict[str, Any]] = {now: _document(current, path)}
    known = {version for line in lines for version in (line.was, line.became)}
    for version in known - {now, ""}:
        with suppress(OSError):
            documents[version] = _document(_file(folder, version).read_bytes(), path)
    if lines[-1].became != now:
        lines.append(_Line("", "", lines[-1].became, now))
    changed = [_version(line, documents) for line in reversed(lines)]
    oldest = SettingsVersion(lines[0].was, None, "", ())
    return changed + ([oldest] if oldest.version else [])


def _version(line: _Line, documents: dict[str, dict[str, Any]]) -> SettingsVersion:
    paths = keys.changed(documents.get(line.was, {}), documents.get(line.became, {}))
    at = datetime.fromisoformat(line.at) if line.at else None
    return SettingsVersion(line.became, at, line.actor, tuple(map(keys.dotted, paths)))


def _happened(lines: list[_Line], now: str) -> list[_Line]:
    """Without a last change that was noted and then not made, because the process died: the file is as before it."""
    is_made = not lines or lines[-1].became == now or lines[-1].was != now
    return lines if is_made else lines[:-1]


def digest(content: bytes, path: Path) -> str:
    """The version of a file that holds this; '' where there is none."""
    return text_files.digest_of(content) if content or path.is_file() else ""


def _document(content: bytes, path: Path) -> dict[str, Any]:
    """What it says; nothing where it was no TOML."""
    with suppress(SettingsError, ValueError, RecursionError):
        return tomllib.loads(text_files.decode(content, path))
    return {}


def _file(folder: Path, version: str) -> Path:
    return folder / f"{version}.toml"


def _lines(folder: Path) -> list[_Line]:
    """The changes that can be read; others wrote into the file where one cannot."""
    lines = []
    with suppress(OSError):
        for text in (folder / _HISTORY).read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(ValueError, TypeError):
                line = _Line(**json.loads(text))
                datetime.fromisoformat(line.at)
                lines.append(replace(line, actor=str(line.actor)))
    return lines


def _write(folder: Path, lines: list[_Line]) -> None:
    with atomic_files.replacing(folder / _HISTORY) as file:
        file.write("".join(json.dumps(asdict(line)) + "\n" for line in lines).encode())
    kept = {version for line in lines for version in (line.was, line.became)}
    for old in folder.glob("*.toml"):
        if old.stem not in kept:
            old.unlink(missing_ok=True)
