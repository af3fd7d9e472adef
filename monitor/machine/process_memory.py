"""How much memory this process may still take within its own limits (`ulimit -v`, `ulimit -d`)."""

import os
from pathlib import Path

MEGABYTE = 1 << 20


def limits() -> tuple[int, ...]:
    """Bytes of address space and of data that this process may have; -1 for no limit, empty where neither has one."""
    try:
        import resource
    except ImportError:  # no such limits there
        return ()
    soft = tuple(resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA))
    return () if all(limit == resource.RLIM_INFINITY for limit in soft) else soft


def free_megabytes() -> int | None:
    """Whole megabytes left; None where nothing is limited or the system does not tell what is used (Linux does)."""
    in_force = limits()
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split() if in_force else []
    except OSError:
        return None
    if not pages:
        return None
    page = os.sysconf("SC_PAGE_SIZE")
    used = (int(pages[0]) * page, int(pages[5]) * page)
    return min(limit - size for limit, size in zip(in_force, used, strict=True) if limit >= 0) // MEGABYTE
