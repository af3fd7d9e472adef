"""Backups of the whole database while everything runs, and back: each is whole and checked, or not there at all."""

import itertools
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from monitor import atomic_files
from monitor.errors import StoreCorrupt, StoreError, StoreForeign, StoreOutdated
from monitor.settings.loading import Store
from monitor.store import connection as connecting
from monitor.store import copying, faults, foreign, memory, migrate, rewriting, soundness
from monitor.store.audit import carrying
from monitor.store.audit.carrying import KeptLog
from monitor.store.engines.protocol import Connection
from monitor.store.privacy import handed_over
from monitor.store.restores import numbers, write_count
from monitor.store.restores.numbers import LastNumbers

logger = logging.getLogger(__name__)

_Read = TypeVar("_Read")
_KEPT = ".before-restore"
_OTHER_ENDINGS = (
    ".csv", ".tsv", ".txt", ".json", ".jsonl", ".xlsx", ".xls", ".ods", ".parquet", ".html", ".pdf", ".toml", ".sqlite",
    ".zip", ".gz",
)  # fmt: skip
"""Names that say of a backup that it is something else."""
_NOT_BACKED_UP = (
    "no backup was written, and none was replaced. Next: copy this file elsewhere, then escucha restore the last backup"
)


def backup(store: Store, target: Path, *, overwrite: bool = False) -> int:
    """Copies the database to `target` and reads all of the copy. Readers go on meanwhile, writers wait. Returns bytes.

    Raises StoreError when there is no database yet, the target cannot be written, or is there already and `overwrite`
    does not allow to replace it (which then happens once the new one is checked); StoreCorrupt when the database is
    damaged: the target is then what it was.
    """
    foreign.require(store.path)
    if not connecting.exists(store):
        raise StoreError(
            f"there is no database at {store.path} yet; nothing to back up. Settings are looked for in the current "
            "folder: cd to Escucha's, or name them: escucha --config FILE backup ..."
        )
    target = Path(os.path.realpath(target))
    with faults.translated_system(target):
        if _is_own_file(Path(os.path.realpath(store.path)), target):
            raise StoreError(
                f"the backup must be another file than the database and what belongs to it, which {target} does"
            )
        _require_free(target, overwrite=overwrite)
    try:
        with connecting.connect(store):
            pass  # a writer's close puts the log of a crashed process into the file
    except StoreForeign:
        raise
    except StoreCorrupt:
        pass  # the check says what is damaged
    _close_kept(store.path)
    with copying.work_folder(target.parent) as folder:
        copy = folder / copying.COPY
        with connecting.hold_lock(store, shared=True):
            copying.copy(store.path, copy)
        soundness.check(copy, store.path, _NOT_BACKED_UP)
        with connecting.connect(Store(url=str(copy)), as_copy=True) as connection:
            migrate.mark_backup(connection, is_backup=True)
            is_erased = rewriting.is_due(connection)
        if is_erased:
            rewriting.rewrite(copy, memory.engine_limits(copy))
            soundness.check(copy, store.path, _NOT_BACKED_UP)
        size = copy.stat().st_size
        with faults.translated_system(target):
            _place(copy, target, overwrite=overwrite)
    with suppress(StoreError), connecting.connect(store) as connection:
        handed_over.note_backup(connection, str(target), datetime.now(UTC))
    logger.info("backup written", extra={"path_name": target.name, "count": size})
    return size


def restore(store: Store, source: Path, *, is_numbered: bool = False, actor: str = "", origin: str = "") -> Path | None:
    """Puts a backup in the place of the database, whole or not at all. Returns where what was there is kept.

    Its numbers go on after those of the database that it replaces (`restores.numbers`); `is_numbered`: they do so
    already, and only what went out meanwhile is missing. The audit log stays that of the database that is replaced, and
    holds the restore by `actor`, from `origin` (`audit.carrying`).

    Where the database is kept is `<name>.before-restore`, with a number where one is there already; None when there was
    none. Raises StoreCorrupt when `source` is damaged or no
    database of Escucha's, StoreOutdated when a newer Escucha wrote it.
    """
    path = store.path
    require_other(store, source)
    with copying.work_folder(path.parent) as folder:
        copy = folder / copying.COPY
        copy_backup(source, copy)
        if path.exists():
            with suppress(StoreCorrupt, StoreOutdated), connecting.connect(store):
                pass  # puts the log of a crashed process into the database that is kept
        with connecting.hold_lock(store, shared=False), faults.translated_system(path):
            replaced = _last_numbers(path)
            if replaced is not None or not is_numbered:
                go_on(copy, replaced, has_begun=is_numbered)
            with connecting.connect(Store(url=str(copy)), as_copy=True) as connection:
                carrying.go_on(connection, _audit_log(path), actor=actor, origin=origin)
            kept = _keep(path, copy) if path.exists() else None
            copying.log_of(path).unlink(missing_ok=True)
            write_count.forget(path)
            copy.replace(path)
            atomic_files.flush_folder(path.parent)
    logger.warning("backup restored", extra={"path_name": source.name})
    return kept


def require_other(store: Store, source: Path) -> None:
    """Raises StoreError where the backup to restore is the database itself, by whatever name."""
    with suppress(OSError):
        if source.samefile(store.path):
            raise StoreError(f"{source} is the database itself, no backup of it: name a file that escucha backup wrote")


def copy_backup(source: Path, copy: Path) -> None:
    """Copies a backup and reads all of the copy. Raises as `restore` does."""
    if source.is_dir():
        raise StoreError(f"{source} is a folder: name one file in it")
    if not source.is_file():
        raise StoreError(f"there is no file {source}")
    copying.copy(source, copy)
    if not _is_database(copy):
        raise StoreCorrupt(
            f"{source} is no backup of Escucha's; nothing was restored. A backup is a file that `escucha backup FILE` "
            "wrote"
        )
    soundness.check(copy, source, "nothing was restored")


def go_on(copy: Path, replaced: LastNumbers | None, *, has_begun: bool = False) -> None:
    """Makes of a backup's copy a database whose numbers go on after `replaced`, or jump; a backup it is no longer."""
    with connecting.connect(Store(url=str(copy)), as_copy=True) as connection:
        numbers.begin(connection, replaced, has_begun=has_begun)
        migrate.mark_backup(connection, is_backup=False)


def _last_numbers(path: Path) -> LastNumbers | None:
    """What the database that is to be replaced has given out; None where there is none, or it cannot be read.

    To be called by who holds its lock.
    """
    return _read_held(path, numbers.read)


def _audit_log(path: Path) -> KeptLog | None:
    """The audit log of the database that is to be replaced; otherwise as `_last_numbers`."""
    return _read_held(path, carrying.read)


def _read_held(path: Path, read: Callable[[Connection], _Read]) -> _Read | None:
    import duckdb

    if not path.exists():
        return None
    try:
        with connecting.open_held(path, read_only=True) as connection:
            return read(connection)
    except (StoreError, duckdb.Error):
        return None


def _require_free(target: Path, *, overwrite: bool) -> None:
    if not target.exists() and target.suffix.lower() in _OTHER_ENDINGS:
        raise StoreError(f"cannot write {target}: a backup is a database, which its name would deny; end it in .duckdb")
    if target.exists() and not target.is_file():
        raise StoreError(f"{target} is a folder or a device; name a file")
    if target.exists() and not _is_database(target):
        raise StoreError(f"{target} exists already and is no backup; name another file")
    if target.exists() and not overwrite:
        raise StoreError(
            f"{target} exists already and stays as it is: name another file ({{date}} in its name is the day), or add "
            "--overwrite, which replaces it once the new backup is checked"
        )


def _is_own_file(path: Path, target: Path) -> bool:
    """Whether a file is the database, its log, one of its locks, or what a restore has kept."""
    endings = ("", ".wal", ".lock", ".gate", write_count.SUFFIX)
    is_kept = target.parent == path.parent and target.name.startswith(f"{path.name}{_KEPT}")
    return is_kept or target in [path.with_name(path.name + ending) for ending in endings]


def _is_database(file: Path) -> bool:
    """Whether a file is one of the engine's, or is empty: its sign stands behind the checksum of the first block."""
    with file.open("rb") as content:
        beginning = content.read(12)
    return not beginning or beginning[8:12] == b"DUCK"


def _place(copy: Path, target: Path, *, overwrite: bool) -> None:
    """Gives the copy its name, which nobody may have taken meanwhile."""
    if not overwrite:
        with suppress(FileExistsError):
            _link(copy, target)
            atomic_files.flush_folder(target.parent)
            return
        _require_free(target, overwrite=False)
    copy.replace(target)
    atomic_files.flush_folder(target.parent)


def _keep(path: Path, successor: Path) -> Path:
    """Gives the database and its log a second name; under the first one it stays until its successor has its place."""
    kept = _free_name(path)
    _link(path, kept)
    if copying.log_of(path).exists():
        _link(copying.log_of(path), copying.log_of(kept))
    status = path.stat()
    with suppress(PermissionError, AttributeError):  # root restores for the user whose database it is
        os.chown(successor, status.st_uid, status.st_gid)
    return kept


def _close_kept(path: Path) -> None:
    """Databases that earlier restores kept are for their owner alone, as this one is."""
    for kept in path.parent.glob(f"{path.name}{_KEPT}*"):
        with suppress(OSError):
            atomic_files.make_private(kept)


def _free_name(path: Path) -> Path:
    for number in itertools.count(1):
        name = path.with_name(f"{path.name}{_KEPT}{'' if number == 1 else f'-{number}'}")
        if name.exists() and name.samefile(path):  # of a restore that was killed before it changed anything
            name.unlink()
        if not name.exists() and not copying.log_of(name).exists():
            return name
    raise AssertionError("numbers do not end")


def _link(path: Path, name: Path) -> None:
    """A second name for a file, or a copy on a file system that knows none. Raises FileExistsError."""
    try:
        os.link(path, name)
    except FileExistsError:
        raise
    except OSError:
        if name.exists():
            raise FileExistsError from None
        copying.copy(path, name)
