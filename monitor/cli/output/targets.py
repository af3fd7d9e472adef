"""The file that a command is to write: what is wrong with it is told before the work, and nothing of ours is lost."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli import common
from monitor.errors import HandOverPermanent, SettingsError

if TYPE_CHECKING:
    from monitor.settings.loading import Settings


def target(path: Path, settings: "Settings", source: Path | None = None, *, endings: Sequence[str] = ()) -> Path:
    """The file, absolute; its folder is made when it is written. `source` is what the command reads.

    `endings` are those of names that say what is written, the first the usual one; none: any.
    Raises HandOverPermanent, which says what to do, where it cannot or must not be written: it is a folder or a device,
    would lie in a file, or where this user may not write; the command reads it; it is the database or the settings; its
    name says that it is something else.
    """
    file = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 (resolving links would hide the name that was asked for)
    if fault := _fault(file, settings, source):
        raise HandOverPermanent(f"cannot write {file}: {fault}")
    if endings and file.suffix.lower() not in endings:
        raise HandOverPermanent(f"cannot write {file}: the file's name must end in {' or '.join(endings)}")
    return file


def exports_folder() -> str:
    """Where new cases are handed over, for `escucha doctor`. Raises SettingsError where nobody can write."""
    folder = common.current_settings().exports.folder
    if folder is None:
        return "none is set: [exports] folder names one"
    place = Path(os.path.realpath(folder.expanduser()))
    if fault := _folder_fault(next(path for path in (place, *place.parents) if path.exists())):
        raise SettingsError(f"nothing can be handed over to {place}: {fault}")
    return str(place)


def _fault(file: Path, settings: "Settings", source: Path | None) -> str:
    """Why the file cannot or must not be written, and what to do; '' for nothing."""
    destination = Path(os.path.realpath(file))
    if destination.is_dir():
        return "it is a folder; name a file in it"
    if destination.exists() and not destination.is_file():
        return "it is a device or a pipe; name a file"
    if source is not None and _is_same(destination, source):
        return "it is the file that is read; name another one"
    if _is_ours(destination, settings):
        return "Escucha itself keeps its data or its settings there; name another file"
    return _folder_fault(next(parent for parent in destination.parents if parent.exists()))


def _folder_fault(folder: Path) -> str:
    if not folder.is_dir():
        return f"{folder} is a file, not a folder; name another place"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"this user may not write into {folder}; name another folder, or let this user write there"
    return ""


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _is_ours(file: Path, settings: "Settings") -> bool:
    from monitor.settings import text_files

    database = Path(os.path.realpath(settings.store.path))
    named = os.environ.get("ESCUCHA_CONFIG")
    read = [Path(named) if named else text_files.DEFAULT_FILE, text_files.ENV_FILE]
    return (file.parent == database.parent and file.name.startswith(database.name)) or any(
        _is_same(file, settings_file) for settings_file in read
    )
