"""Opening the database file: short connections behind two file locks.

DuckDB allows one read-write process at a time, and an open reader blocks the writer. So everyone first takes a gate
(whoever waits for the lock holds it, so that a stream of readers cannot starve a writer), then the lock itself, shared
for readers and exclusive for writers, and lets go of the gate. Both are flock locks: the kernel drops them when a
process dies, and they hold between the threads of one process too. A connection is never held across a network call,
a model call or a person's think time, and never cached.
"""

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING

import portalocker

from monitor import atomic_files
from monitor.errors import StoreBusy, StoreError
from monitor.settings.loading import Store
from monitor.store import faults, foreign, holders, key_values, memory, migrate, rewriting
from monitor.store.engines import half_copies
from monitor.store.engines.protocol import Connection
from monitor.store.restores import numbers, write_count

if TYPE_CHECKING:
    from types import ModuleType

    from monitor.store.postgres.schema import Standing

__all__ = ["Connection", "connect", "exists", "hold_lock", "identity", "open_held", "rewrite_erased", "standing"]

logger = logging.getLogger(__name__)

_POLL = 0.003  # seconds between tries; a write takes some 40 ms
# Threads that open a file at once share its database, and one may get it before its table functions are registered.
_OPENING = Lock()
_CONFIG: memory.EngineConfig = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
}


@contextmanager
def connect(
    store: Store, *, read_only: bool = False, as_copy: bool = False, waits: bool = True
) -> Iterator[Connection]:
    """A connection for one short piece of work; a writer's is one transaction, undone if the body raises.

    Creates and migrates the file as needed. The numbers of a backup that somebody copied into the place of the database
    go on beyond its own (`restores.numbers`); `as_copy`: it is a copy that stays what it is. `waits` false: on a server
    other writers are not waited for, for what changes one row of this process's own. Read every result before the next
    statement. Raises StoreBusy when the lock is not free within `store.busy_timeout` seconds, StoreCorrupt when the
    file is no database or damaged, and StoreFull, StoreUnwritable, StoreOutOfMemory or StoreInterrupted: also for what
    the engine finds in the body and at the commit.
    """
    if store.is_server:
        with _server().connect(store, read_only=read_only, waits=waits) as server:
            if not as_copy:
                half_copies.refuse(server, store, identity(store))
            yield server
        return
    path = store.path
    with faults.translated_system(path):
        is_current = migrate.is_current(path)
        if not is_current:
            foreign.require(path)
    if read_only and not is_current:
        with _open(store, read_only=False, as_copy=as_copy):
            pass
    with _open(store, read_only=read_only, as_copy=as_copy) as connection:
        if not as_copy:
            half_copies.refuse(connection, store, identity(store))
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


def exists(store: Store) -> bool:
    """Whether there is a database yet. Raises StoreUnwritable where the system does not let this user see."""
    if store.is_server:
        return bool(_server().exists(store))
    with faults.translated_system(store.path):
        try:
            store.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True


def identity(store: Store) -> str:
    """What a cache of the content goes by: another file in the place of the database is another store.

    Raises StoreUnwritable where there is no file that this user may see.
    """
    if store.is_server:
        return f"{store.place} {hashlib.sha256(store.url.encode()).hexdigest()}"
    with faults.translated_system(store.path):
        return f"{store.path} {store.path.stat().st_ino}"


def standing(store: Store, *, finish: bool = False) -> "Standing | None":
    """How a server's database stands to this version of Escucha; None for a file, which is brought to it when opened.

    `finish`: what waits until no older version runs is run now. Raises as `connect` does.
    """
    return _server().standing(store, finish=finish) if store.is_server else None


def _server() -> "ModuleType":
    """The store on PostgreSQL. Raises StoreError where its driver is not installed."""
    try:
        from monitor.store.postgres import connection
    except ImportError as error:
        raise StoreError(
            "store.url names a PostgreSQL database, and its driver is not installed: pip install 'escucha[postgres]'"
        ) from error
    return connection


@contextmanager
def hold_lock(store: Store, *, shared: bool) -> Iterator[None]:
    """Holds the database's lock without opening it: for backup (shared) and restore (exclusive)."""
    deadline = time.monotonic() + store.busy_timeout
    path = store.path
    with faults.translated_system(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=atomic_files.PRIVATE_FOLDER)
    gate = _acquire(store, ".gate", portalocker.LockFlags.EXCLUSIVE, deadline)
    try:
        kind = portalocker.LockFlags.SHARED if shared else portalocker.LockFlags.EXCLUSIVE
        lock = _acquire(store, ".lock", kind, deadline)
    finally:
        gate.release()
    try:
        if lock.fh is not None:
            holders.write_record(lock.fh)
        yield
    finally:
        lock.release()


def _acquire(store: Store, suffix: str, kind: portalocker.LockFlags, deadline: float) -> "portalocker.Lock[IO[str]]":
    file = store.path.with_name(store.path.name + suffix)
    timeout = max(deadline - time.monotonic(), 0.001)
    lock = portalocker.Lock(
        file, mode="r+", timeout=timeout, check_interval=_POLL, flags=kind | portalocker.LockFlags.NON_BLOCKING
    )
    try:
        with faults.translated_system(file):
            atomic_files.make_private(file, create=True)
            lock.acquire()
    except portalocker.LockException as error:
        logger.warning("database busy", extra={"path_name": file.name, "seconds": round(timeout, 1)})
        raise StoreBusy(
            f"the database was in use by another process for longer than {store.busy_timeout:g} s "
            f"({file}{_holder(file)}); try again, or raise store.busy_timeout"
        ) from error
    return lock


def _holder(file: Path) -> str:
    """Who has the lock, or who waits for it behind the gate, in words."""
    lock = file.with_suffix(".lock")
    holder = holders.describe(lock, holders.read_record(lock)) or holders.describe(file)
    return f", held by {holder}" if holder else ""


@contextmanager
def _open(store: Store, *, read_only: bool, as_copy: bool = False) -> Iterator[Connection]:
    path = store.path
    memory.require_engine(path)
    with hold_lock(store, shared=read_only):
        if read_only:
            with open_held(path, read_only=True) as connection:
                yield connection
            return
        if not migrate.is_current(path):
            foreign.require_kind(path)
        _make_private(path)
        is_older = write_count.is_older(path)
        marks: dict[str, str] | None = None
        try:
            with open_held(path, read_only=False) as connection:
                atomic_files.make_private(path)  # a new one
                is_backup = migrate.migrate(connection, path)
                marks = _own_marks(connection)
                is_another = is_backup or is_older or write_count.is_another(path, marks.get(write_count.MARK, ""))
                if is_another and not as_copy:
                    _begin_anew(connection)
                    marks = _own_marks(connection)
                yield connection
                marks = _own_marks(connection)  # a restore draws another, a deletion leaves something to erase
        finally:
            write_count.note(path, None if marks is None else marks.get(write_count.MARK, ""))
        if rewriting.MARK in marks and not as_copy and rewriting.is_quick(path):
            rewriting.try_rewrite(path, _engine_config(path))


def rewrite_erased(store: Store) -> bool:
    """Writes the file anew where something erased still stands in its unused parts, however large it is.

    Nobody else reads or writes meanwhile: for the quiet of the day. Returns whether it was done; where it could not be,
    it stays due, which `escucha status` tells.
    """
    if not exists(store):
        return False
    try:
        with connect(store, read_only=True) as connection:
            if not rewriting.is_due(connection):
                return False
        if store.is_server:
            return bool(_server().rewrite_erased(store))
        with hold_lock(store, shared=False):
            return rewriting.try_rewrite(store.path, _engine_config(store.path))
    except StoreError as error:
        logger.warning("database not rewritten", extra={"path_name": store.path.name, "reason": type(error).__name__})
        return False


@contextmanager
def open_held(path: Path, *, read_only: bool) -> Iterator[Connection]:
    """Opens the file for somebody who holds the database's lock already. Raises as `connect` does."""
    import duckdb

    with faults.translated(path, opening=True), _OPENING:
        connection = duckdb.connect(str(path), read_only=read_only, config=_engine_config(path))
    opened_at = time.monotonic()
    with faults.translated(path):
        try:
            connection.execute("SET TimeZone = 'UTC'")
            yield connection
        finally:
            connection.close()
            seconds = round(time.monotonic() - opened_at, 3)
            logger.debug("database closed", extra={"path_name": path.name, "seconds": seconds})


def _own_marks(connection: Connection) -> dict[str, str]:
    """What the database notes of its own file: which one it is, and since when it is to be written anew."""
    return key_values.get_many(connection, write_count.MARK, rewriting.MARK)


def _engine_config(path: Path) -> memory.EngineConfig:
    return _CONFIG | memory.engine_limits(path)


def _begin_anew(connection: Connection) -> None:
    """A file was put here by hand: what had gone out before, and what the audit log held, is not known."""
    from monitor.store.audit import carrying  # imports pyarrow

    connection.execute("BEGIN")
    numbers.begin(connection, None)
    carrying.go_on(connection, None, actor="", origin="file")
    migrate.mark_backup(connection, is_backup=False)
    connection.execute("COMMIT")


def _make_private(path: Path) -> None:
    """The database and what the engine writes beside it, for their owner alone; said where others could read them."""
    for file in (path, path.with_name(path.name + ".wal")):
        with faults.translated_system(file):
            is_narrowed = atomic_files.make_private(file)
        if is_narrowed:
            logger.warning("database made private", extra={"path_name": file.name})
