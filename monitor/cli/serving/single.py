"""One `escucha serve` a store: a second one would take the first one's password and its Prefect's database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import portalocker

from monitor import atomic_files
from monitor.errors import EscuchaError
from monitor.store import faults, holders


@contextmanager
def single(file: Path) -> Iterator[None]:
    """Holds a lock on the file during the body. Raises EscuchaError, which says who holds it, when it is held."""
    flags = portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING
    lock = portalocker.Lock(file, mode="a", timeout=0, flags=flags)
    try:
        with faults.translated_system(file):
            atomic_files.make_private(file, create=True)
            handle = lock.acquire()
    except portalocker.LockException as error:
        holder = holders.describe(file, holders.read_record(file))
        by_whom = f" by {holder}" if holder else ""
        raise EscuchaError(f"this database is served already{by_whom}: use that one, or stop it first") from error
    try:
        holders.write_record(handle)
        yield
    finally:
        lock.release()
