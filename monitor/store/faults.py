"""What the engine and the system say about the database file, as errors that tell a person where and what to do.

Told apart by the exception's type, by the system's own words for its error numbers, and by who holds a lock. The
engine wraps what happens at a commit in a TransactionException whose text alone says what it was.
"""

import errno
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from monitor.errors import (
    StoreBusy,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreInterrupted,
    StoreOutOfMemory,
    StoreUnwritable,
)
from monitor.store import holders

logger = logging.getLogger(__name__)

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REFUSED = (
    errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ENOTDIR, errno.EISDIR, errno.ENOENT, errno.EEXIST,
    errno.ENAMETOOLONG, errno.EMFILE, errno.ENFILE, errno.ELOOP, errno.ENXIO, errno.ENODEV, errno.ESTALE,
    errno.ETIMEDOUT, errno.EBADF, errno.EINVAL,
)  # fmt: skip
_DAMAGE = ("does not match stored checksum", "could not read enough bytes", "data corruption error")
_LOCKED = "could not set lock on file"
_NO_MEMORY = ("failed to allocate", "allocation failure", "bad allocation", "bad_alloc", "could not allocate")
_STOPPED = "Query interrupted"  # what Ctrl-C makes of a statement that is running
_LONGEST = 200  # characters of the engine's own words


@contextmanager
def translated_system(path: Path) -> Iterator[None]:
    """Errors of the system become StoreFull, StoreUnwritable or StoreOutOfMemory, which name `path`."""
    try:
        yield
    except OSError as error:
        raise _logged(system_fault(error.errno, error.strerror or type(error).__name__, path), error, path) from error


@contextmanager
def translated(path: Path, *, opening: bool = False) -> Iterator[None]:
    """Errors of the engine in the body become StoreErrors about the database `path`; mistakes in SQL stay.

    Ctrl-C while the engine works, which it tells as an error of its own, is Ctrl-C again.
    `opening`: whatever is wrong then is wrong with the file.
    """
    import duckdb

    try:
        yield
    except RuntimeError as error:
        if str(error) != _STOPPED:
            raise
        raise KeyboardInterrupt from None
    except (duckdb.Error, MemoryError) as error:
        fault = engine_fault(error, path, opening=opening)
        if fault is None:
            raise
        raise _logged(fault, error, path) from error


def engine_fault(error: Exception, path: Path, *, opening: bool = False) -> StoreError | None:
    """The error of the engine in our terms; None for a mistake in SQL, which is a fault of Escucha's own."""
    import duckdb

    text = str(error)
    words = text.replace(str(path), "").lower()  # a folder may be called anything
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException) or any(sign in words for sign in _NO_MEMORY):
        return _out_of_memory(path)
    if isinstance(error, duckdb.InterruptException):
        return StoreInterrupted(f"the work on {path} was interrupted; nothing of it was written. Try again")
    if isinstance(error, duckdb.ConnectionException):
        return None
    if _LOCKED in words:
        return _foreign_lock(path)
    for number in (*_FULL, *_REFUSED, errno.ENOMEM):
        if os.strerror(number).lower() in words:
            return system_fault(number, os.strerror(number), path)
    return _unopenable(path, text) if opening else _later_fault(error, path, words)


def _later_fault(error: Exception, path: Path, words: str) -> StoreError | None:
    """What went wrong once the file was open, where neither memory, a lock nor the system was the cause."""
    import duckdb

    engine_kinds = (
        duckdb.IOException, duckdb.SerializationException, duckdb.InternalException, duckdb.FatalException,
    )  # fmt: skip
    is_damage = type(error) is duckdb.Error or any(sign in words for sign in _DAMAGE)  # it has no type of its own
    if is_damage or isinstance(error, engine_kinds):
        return StoreCorrupt(
            f"{path} is damaged ({first_line(str(error))}); restore the last sound backup (escucha restore FILE), "
            "which keeps this file beside it"
        )
    if isinstance(error, duckdb.TransactionException | duckdb.ResourceInUseException):
        return StoreError(
            f"{path} could not be written ({first_line(str(error))}); nothing of it was stored. Try again"
        )
    return None


def system_fault(number: int | None, words: str, path: Path) -> StoreError:
    """The system's error of this number about a path, in our terms; `words` are the system's own."""
    if number in _FULL:
        cause = "a file may not grow any further" if number == errno.EFBIG else "the disk is full"
        return StoreFull(
            f"{cause} at {path.parent} ({words}); nothing of this was written, what was stored before is untouched. "
            f"Make room there{' (ulimit -f)' if number == errno.EFBIG else ''}, then try again"
        )
    if number == errno.ENOMEM:
        return _out_of_memory(path)
    return StoreUnwritable(
        f"{path} cannot be read and written: {words}{_ownership(path)}; let this user read and write it and its "
        "folder, or name another place (the database's is store.url)"
    )


def _out_of_memory(path: Path) -> StoreError:
    return StoreOutOfMemory(
        f"there was not enough memory for the work on {path}; nothing of it was written. Close other programs, or "
        "raise the limit on this one's memory (ulimit -v), then try again"
    )


def _ownership(path: Path) -> str:
    """Whose the file is, or the nearest folder that can be seen, where that is somebody else."""
    with suppress(OSError, AttributeError, ImportError, KeyError):
        import pwd

        place = path
        while not place.exists() and place != place.parent:
            place = place.parent
        owner = place.stat().st_uid
        if owner != os.geteuid():
            me = pwd.getpwuid(os.geteuid()).pw_name
            return f" ({place} belongs to {pwd.getpwuid(owner).pw_name}, this is {me})"
    return ""


def _foreign_lock(path: Path) -> StoreBusy:
    holder = holders.describe(path)
    return StoreBusy(
        f"another program holds {path} open without Escucha's lock{f': {holder}' if holder else ''}; close it and try "
        "again"
    )


def _unopenable(path: Path, text: str) -> StoreCorrupt:
    with suppress(OSError):
        if path.stat().st_size == 0:
            return StoreCorrupt(
                f"{path} cannot be opened as a DuckDB database (it is empty, 0 bytes); restore a backup (escucha "
                "restore FILE), or remove it to begin anew"
            )
    return StoreCorrupt(
        f"{path} cannot be opened as a DuckDB database ({first_line(text)}); restore a backup (escucha restore FILE)"
    )


def first_line(text: str) -> str:
    """What the engine says first, cut: below it stands advice."""
    return (text.strip().splitlines() or [""])[0][:_LONGEST]


def _logged(fault: StoreError, error: Exception, path: Path) -> StoreError:
    reason = f"{type(fault).__name__} {type(error).__name__}"
    logger.error("database failed", extra={"path_name": path.name, "reason": reason})
    return fault
