"""Limits of this process's memory (`ulimit -v`, `ulimit -d`), which the engine does not look at by itself.

It takes its share of the machine's memory and starts threads whose stacks count too; where a limit forbids one of them,
the process is ended in the middle of its work. Within a limit it gets one thread and half of what is left.
"""

import functools
import os
from pathlib import Path
from typing import TypeAlias

from monitor.errors import StoreOutOfMemory

EngineConfig: TypeAlias = dict[str, str | bool | int | float | list[str]]

LEAST = 32
"""Megabytes that must be left for the database to be opened."""
_MEGABYTE = 1 << 20
_SHARE = 0.5  # of what is left; the other half is for results, in Python and Arrow
_UNLIMITED: EngineConfig = {}


def require_engine(path: Path) -> None:
    """Loads the engine. Raises StoreOutOfMemory where a limit of this process leaves no room for it."""
    try:
        import duckdb  # noqa: F401
    except (ImportError, MemoryError) as error:
        if not _limits():
            raise
        raise StoreOutOfMemory(
            f"this process may not have the memory that it takes to open {path}; raise its limit (ulimit -v, ulimit -d)"
        ) from error


def engine_limits(path: Path) -> EngineConfig:
    """Settings of the engine for this process; none where its memory is not limited.

    Raises StoreOutOfMemory when less is left than LEAST.
    """
    limits = _limits()
    if not limits:
        return _UNLIMITED
    room = free_megabytes(limits)
    if room is not None and room < LEAST:
        raise StoreOutOfMemory(
            f"only {room} MB of memory are left within this process's limit of {max(limits) // _MEGABYTE} MB, which is "
            f"too little to open {path}; raise it (ulimit -v, ulimit -d)"
        )
    return _config(limits)


@functools.cache  # connections to one file at the same time must agree
def _config(limits: tuple[int, ...]) -> EngineConfig:
    room = free_megabytes(limits)
    share: EngineConfig = {"memory_limit": f"{max(int(room * _SHARE), LEAST)}MB"} if room is not None else {}
    return {"threads": 1, "async_threads": 0, **share}


def _limits() -> tuple[int, ...]:
    """Bytes of address space and of data that this process may have; -1 for no limit, empty where neither has one."""
    try:
        import resource
    except ImportError:  # no such limits there
        return ()
    limits = tuple(resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA))
    return () if all(limit == resource.RLIM_INFINITY for limit in limits) else limits


def free_megabytes(limits: tuple[int, ...]) -> int | None:
    """Whole megabytes left within these limits; None where the system does not tell what is used (Linux does)."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()
    except OSError:
        return None
    page = os.sysconf("SC_PAGE_SIZE")
    used = (int(pages[0]) * page, int(pages[5]) * page)
    return min(limit - size for limit, size in zip(limits, used, strict=True) if limit >= 0) // _MEGABYTE
