"""The engine within a limit of this process's memory (`ulimit -v`, `ulimit -d`), which it does not look at by itself.

It takes its share of the machine's memory and starts threads whose stacks count too; where a limit forbids one of them,
the process is ended in the middle of its work. Within a limit it gets one thread and half of what is left.
"""

import functools
from pathlib import Path
from typing import TypeAlias

from monitor.errors import StoreOutOfMemory
from monitor.machine import process_memory
from monitor.store.engines import dialects
from monitor.store.engines.protocol import Connection

EngineConfig: TypeAlias = dict[str, str | bool | int | float | list[str]]

LEAST = 32
"""Megabytes that must be left for the database to be opened."""
_SHARE = 0.5  # of what is left; the other half is for results, in Python and Arrow
_UNLIMITED: EngineConfig = {}


def require_engine(path: Path) -> None:
    """Loads the engine. Raises StoreOutOfMemory where a limit of this process leaves no room for it."""
    try:
        import duckdb  # noqa: F401
    except (ImportError, MemoryError) as error:
        if not process_memory.limits():
            raise
        raise StoreOutOfMemory(
            f"this process may not have the memory that it takes to open {path}; raise its limit (ulimit -v, ulimit -d)"
        ) from error


def engine_limits(path: Path) -> EngineConfig:
    """Settings of the engine for this process; none where its memory is not limited.

    Raises StoreOutOfMemory when less is left than LEAST.
    """
    limits = process_memory.limits()
    if not limits:
        return _UNLIMITED
    room = process_memory.free_megabytes()
    if room is not None and room < LEAST:
        limit = max(limits) // process_memory.MEGABYTE
        raise StoreOutOfMemory(
            f"only {room} MB of memory are left within this process's limit of {limit} MB, which is too little to open "
            f"{path}; raise it (ulimit -v, ulimit -d)"
        )
    return _config(limits)


def prepare_for_many(connection: Connection) -> None:
    """Sets the engine of a file for a transaction of thousands of rows, for as long as it has the file open.

    What is committed goes straight into the file, not into the log first and from there into the file when it is
    closed. A second thread of the engine took 30 MB more and no less of the processor.
    """
    if dialects.is_file(connection):
        connection.execute("SET checkpoint_threshold = '1MB'")
        connection.execute("SET threads = 1")


@functools.cache  # connections to one file at the same time must agree
def _config(_limits: tuple[int, ...]) -> EngineConfig:
    room = process_memory.free_megabytes()
    share: EngineConfig = {"memory_limit": f"{max(int(room * _SHARE), LEAST)}MB"} if room is not None else {}
    return {"threads": 1, "async_threads": 0, **share}
