"""Opening the database file: short connections behind two file locks.

DuckDB allows one read-write process at a time, and an open reader blocks the writer. So everyone first takes a gate
(whoever waits for the lock holds it, so that a stream of readers cannot starve a writer), then the lock itself, shared
for readers and exclusive for writers, and lets go of the gate. Both are flock locks: the kernel drops them when a
process dies, and they hold between the threads of one process too. A connection is never held across a network call,
a model call or a person's think time, and never cached.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING, TypeAlias

import portalocker

from monitor.errors import StoreBusy, StoreCorrupt
from monitor.settings.loading import Store
from monitor.store import migrate

if TYPE_CHECKING:
    import duckdb

logger = logging.getLogger(__name__)

Connection: TypeAlias = "duckdb.DuckDBPyConnection"

_POLL = 0.003  # seconds between tries; a write takes some 40 ms
# Threads that open a file at once share its database, and one may get it before its table functions are registered.
_OPENING = Lock()
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
}


@contextmanager
def connect(store: Store, *, read_only: bool = False) -> Iterator[Connection]:
    """A connection for one short piece of work; a writer's is one transaction, undone if the body raises.

    Creates and migrates the file as needed. Read every result before the next statement. Raises StoreBusy when the
    lock is not free within `store.busy_timeout` seconds, StoreCorrupt when the file is no database.
    """
    path = store.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if read_only and not migrate.is_current(path):
        with _open(store, read_only=False):
            pass
    with _open(store, read_only=read_only) as connection:
        if read_only:
            yield connection
            return
        connection.execute("BEGIN")
        try:
            yield connection
        except BaseException:
            with suppress(Exception):  # the engine has undone it itself after a fatal error
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


@contextmanager
def hold_lock(store: Store, *, shared: bool) -> Iterator[None]:
    """Holds the database's lock without opening it: for backup (shared) and restore (exclusive)."""
    deadline = time.monotonic() + store.busy_timeout
    path = store.path
    path.parent.mkdir(parents=True, exist_ok=True)
    gate = _acquire(path.with_name(path.name + ".gate"), portalocker.LockFlags.EXCLUSIVE, deadline)
    try:
        kind = portalocker.LockFlags.SHARED if shared else portalocker.LockFlags.EXCLUSIVE
        lock = _acquire(path.with_name(path.name + ".lock"), kind, deadline)
    finally:
        gate.release()
    try:
        yield
    finally:
        lock.release()


def _acquire(file: Path, kind: portalocker.LockFlags, deadline: float) -> "portalocker.Lock[IO[str]]":
    timeout = max(deadline - time.monotonic(), 0.001)
    lock = portalocker.Lock(
        file, mode="a", timeout=timeout, check_interval=_POLL, flags=kind | portalocker.LockFlags.NON_BLOCKING
    )
    try:
        lock.acquire()
    except portalocker.LockException as error:
        logger.warning("database busy", extra={"path_name": file.name, "seconds": round(timeout, 1)})
        raise StoreBusy(
            f"the database was in use by another process for longer than {timeout:.0f} s ({file}); try again, or raise "
            "store.busy_timeout"
        ) from error
    return lock


@contextmanager
def _open(store: Store, *, read_only: bool) -> Iterator[Connection]:
    import duckdb

    with hold_lock(store, shared=read_only):
        try:
            with _OPENING:
                connection = duckdb.connect(str(store.path), read_only=read_only, config=_CONFIG)
        except duckdb.Error as error:
            logger.error("database not opened", extra={"path_name": store.path.name, "reason": type(error).__name__})  # noqa: TRY400 (the caller shows it)
            raise _open_error(store.path, error) from error
        opened_at = time.monotonic()
        try:
            connection.execute("SET TimeZone = 'UTC'")
            if not read_only:
                migrate.migrate(connection, store.path)
            yield connection
        finally:
            connection.close()
            seconds = round(time.monotonic() - opened_at, 3)
            logger.debug("database closed", extra={"path_name": store.path.name, "seconds": seconds})


def _open_error(path: Path, error: Exception) -> Exception:
    text = str(error)
    if "lock" in text.lower():
        return StoreBusy(f"another program holds {path} open without Escucha's lock; close it and try again")
    return StoreCorrupt(f"{path} cannot be opened as a DuckDB database ({text.splitlines()[0]}); restore a backup")
