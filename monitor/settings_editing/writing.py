"""Writing a file that people write too: under a lock, kept in versions, told in the audit log, whole or not at all."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor import atomic_files, audit
from monitor.errors import EscuchaError, Refusal, SettingsError, StoreError
from monitor.models.audit import NewEntry
from monitor.settings import text_files
from monitor.settings.loading import Settings
from monitor.settings_editing import file, versions
from monitor.settings_editing.document import SettingPath

logger = logging.getLogger(__name__)
_SHOWN = 16  # digits of a version in the audit log, as of one that somebody made with an editor


@dataclass(frozen=True, slots=True)
class SettingDifference:
    """What stands at a path meanwhile, and what was to stand there; None: nothing."""

    path: SettingPath
    meanwhile: Any
    wanted: Any


class SettingsConflict(Refusal):
    """The file is not the one that was shown any more; `differences` are told where they are known."""

    differences: tuple[SettingDifference, ...] = ()


def conflict(differences: Sequence[SettingDifference] = ()) -> SettingsConflict:
    """What is raised where somebody else saved first."""
    error = SettingsConflict("settings_changed", "the settings were changed meanwhile; look at them again, then save")
    error.differences = tuple(differences)
    return error


@dataclass(frozen=True, slots=True)
class FileDraft:
    """What a file is to hold, and the keys that this changes, for the audit log."""

    content: bytes
    keys: Sequence[str]


def write(
    settings: Settings, path: Path, draft: Callable[[bytes], FileDraft], *, actor: str, now: datetime, origin: str
) -> bytes:
    """Makes the file hold what `draft` gives for what it holds, b"" where there is none. Returns it.

    Raises what `draft` does, SettingsError where the file cannot be written, and StoreError where it cannot be told in
    the audit log: nothing is changed then.
    """
    with versions.locked(path):
        before = text_files.read_bytes(path) if path.is_file() else b""
        after = draft(before)
        if after.content == before:
            return before
        if file.barred(path):
            raise SettingsError(f"{path} is read-only here; change it on the machine, or let Escucha write it")
        was, became = versions.digest(before, path)[:_SHOWN], text_files.digest_of(after.content)[:_SHOWN]
        entries = [NewEntry("settings", actor, origin, "setting", "", key, was, became) for key in after.keys]
        try:
            versions.keep(path, before, after.content, actor=actor, now=now)
            audit.record(settings, *entries, now=now)
            _replace(path, before, after.content)
        except OSError as error:
            versions.forget_last(path)
            raise SettingsError(f"{path} cannot be changed here ({error.strerror}): let Escucha write it") from None
        except EscuchaError as error:
            versions.forget_last(path)
            if not isinstance(error, StoreError):
                audit.record(settings, *(replace(entry, outcome="failed") for entry in entries), now=now)
            raise
    logger.info("settings changed", extra={"count": len(entries)})
    return after.content


def _replace(path: Path, before: bytes, after: bytes) -> None:
    """Writes the file, unless somebody's editor did so since it was read."""
    if (text_files.read_bytes(path) if path.is_file() else b"") != before:
        raise conflict()
    try:
        with atomic_files.replacing(path, as_before=True) as target:
            target.write(after)
    except OSError as error:
        raise SettingsError(f"{path} cannot be changed here ({error.strerror}): let Escucha write it") from None
