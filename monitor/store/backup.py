"""Copies of the whole database while everything runs.

The copy is made by a child process: opening and closing the database file inside a process that has it open through
DuckDB would drop DuckDB's own lock without a word.
"""

import logging
import os
import subprocess
import sys
from pathlib import Path

from monitor.errors import StoreCorrupt, StoreError
from monitor.settings.loading import Store
from monitor.store import connection as connecting
from monitor.store.connection import hold_lock

logger = logging.getLogger(__name__)

_COPY = """
import os, shutil, sys
source, target = sys.argv[1:]
with open(source, "rb") as read, open(target, "wb") as write:
    shutil.copyfileobj(read, write, 1 << 22)
    write.flush()
    os.fsync(write.fileno())
"""


def backup(store: Store, target: Path) -> int:
    """Copies the database to `target` and checks the copy. Readers go on meanwhile, writers wait. Returns its bytes.

    Raises StoreError when there is no database yet, or the target cannot be written.
    """
    if not store.path.exists():
        raise StoreError(f"there is no database at {store.path} yet; nothing to back up")
    if target.absolute() == store.path:
        raise StoreError("the backup must be another file than the database")
    part = _part_path(target)
    with connecting.connect(store):
        pass  # a writer's close puts the write-ahead log of a crashed process into the file
    with hold_lock(store, shared=True):
        _copy(store.path, part)
        wal = _wal(store.path)
        if wal.exists():
            _copy(wal, _wal(part))
    _check(part)
    part.replace(target)
    size = target.stat().st_size
    logger.info("backup written", extra={"path_name": target.name, "count": size})
    return size


def restore(store: Store, source: Path) -> None:
    """Puts a backup in the place of the database, whole or not at all; what was there becomes `<name>.before-restore`.

    Raises StoreCorrupt when `source` is no database of Escucha's, StoreOutdated when a newer Escucha wrote it.
    """
    if not source.is_file():
        raise StoreError(f"there is no file {source}")
    store.path.parent.mkdir(parents=True, exist_ok=True)
    part = _part_path(store.path)
    _copy(source, part)
    _check(part)
    with hold_lock(store, shared=False):
        if store.path.exists():
            store.path.replace(store.path.with_name(store.path.name + ".before-restore"))
        _wal(store.path).unlink(missing_ok=True)
        part.replace(store.path)
    logger.warning("backup restored", extra={"path_name": source.name})


def _part_path(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return target.with_name(target.name + f".{os.getpid()}.part")


def _wal(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


def _copy(source: Path, target: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _COPY, str(source), str(target)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        target.unlink(missing_ok=True)
        logger.error("copy failed", extra={"path_name": target.name, "status": done.returncode})
        raise StoreError(f"cannot copy {source} to {target}: {done.stderr.strip().splitlines()[-1]}")


def _check(copy: Path) -> None:
    """Opens the copy, which also migrates it, and reads every table's count."""
    try:
        if copy.stat().st_size == 0:
            raise StoreCorrupt(f"{copy} is empty")
        with connecting.connect(Store(url=str(copy))) as connection:
            names = [row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
            if "mentions" not in names:
                raise StoreCorrupt(f"{copy} holds no tables of Escucha's")
            for name in names:
                connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()
    except BaseException as error:
        logger.error("copy unfit", extra={"path_name": copy.name, "reason": type(error).__name__})  # noqa: TRY400 (the caller shows it)
        copy.unlink(missing_ok=True)
        raise
    finally:
        for suffix in (".lock", ".gate"):
            copy.with_name(copy.name + suffix).unlink(missing_ok=True)
