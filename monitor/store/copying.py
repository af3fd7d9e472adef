"""Copies of database files, made by a child process in a folder that is cleared away whatever happens.

Opening and closing the database file inside a process that has it open through DuckDB would drop DuckDB's own lock.
"""

import logging
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import portalocker

from monitor import atomic_files
from monitor.store import faults

logger = logging.getLogger(__name__)

COPY: Final = "copy.duckdb"
"""The name of the copy in its folder."""
_OWNER = "owner"  # a file that whoever works in the folder holds a lock on
_GRACE = 60.0  # seconds in which a new folder may have no owner yet
_COPY = """
import os, shutil, sys
source, target = sys.argv[1:]
try:
    with open(source, "rb") as read, open(target, "wb") as write:
        shutil.copyfileobj(read, write, 1 << 22)
        write.flush()
        os.fsync(write.fileno())
except OSError as error:
    print(error.errno, error.filename or target, error.strerror, sep="\\n")
    sys.exit(1)
"""


@contextmanager
def work_folder(beside: Path) -> Iterator[Path]:
    """A private folder in `beside`, which is made; it is gone afterwards, also those that killed processes left."""
    with faults.translated_system(beside):
        beside.mkdir(parents=True, exist_ok=True, mode=atomic_files.PRIVATE_FOLDER)
        sweep(beside)
        folder = beside / f".escucha-{secrets.token_hex(8)}.copying"
        folder.mkdir(mode=atomic_files.PRIVATE_FOLDER)
    try:
        with portalocker.Lock(folder / _OWNER, "a", flags=portalocker.LockFlags.EXCLUSIVE):
            yield folder
            _remove(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(beside: Path) -> None:
    """Removes the folders whose owners do not live any more, also those that one was killed while it removed them."""
    for folder in beside.glob(".escucha-*.copying"):
        flags = portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING
        with suppress(OSError, portalocker.LockException):
            if not (folder / _OWNER).exists() and time.time() - folder.stat().st_mtime < _GRACE:
                continue  # its owner is about to begin
            with portalocker.Lock(folder / _OWNER, "a", timeout=0, flags=flags):
                _remove(folder)
            shutil.rmtree(folder, ignore_errors=True)
            logger.warning("unfinished copy removed", extra={"path_name": folder.name})


def _remove(folder: Path) -> None:
    """Removes what lies in a folder, but for the sign of its owner: that goes last."""
    for entry in folder.iterdir():
        if entry.name == _OWNER:
            continue
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def copy(source: Path, target: Path) -> None:
    """Copies a file and its log, if it has one, for its owner alone. Raises StoreFull or StoreUnwritable."""
    _copy_file(source, target)
    if log_of(source).exists():
        _copy_file(log_of(source), log_of(target))


def log_of(path: Path) -> Path:
    """The write-ahead log of a database."""
    return path.with_name(path.name + ".wal")


def _copy_file(source: Path, target: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _COPY, str(source), str(target)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        logger.error("copy failed", extra={"path_name": source.name, "status": done.returncode})
        number, place, words = (*done.stdout.splitlines(), "", "", "")[:3]
        raise faults.system_fault(int(number) if number.isdigit() else None, words, Path(place or target))
    with faults.translated_system(target):
        atomic_files.make_private(target)
