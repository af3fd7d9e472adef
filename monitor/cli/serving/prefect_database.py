"""Prefect's database under `escucha serve`, which holds plans and no posts: a damaged one is put aside."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from monitor.cli import common
from monitor.runs import now

logger = logging.getLogger(__name__)

NAME = "prefect.db"
_PARTS = ("", "-wal", "-shm", "-journal")
_BUSY_FOR = 5.0  # seconds


def is_sound(home: Path) -> bool:
    """Whether every page of it can be read, or there is none yet; one that is only busy or not ours to read is."""
    file = home / NAME
    if not file.exists():
        return True
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_FOR)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        return False


def require_sound(home: Path) -> None:
    """Puts a damaged one aside."""
    if not is_sound(home):
        put_aside(home)


def put_aside(home: Path) -> bool:
    """Renames it, so that Prefect begins a new one, and says so. False where there is none."""
    file = home / NAME
    if not file.exists():
        return False
    kept = home / f"{NAME}.{now().astimezone():%Y%m%d-%H%M%S}"
    for part in _PARTS:
        if (home / f"{NAME}{part}").exists():
            (home / f"{NAME}{part}").rename(f"{kept}{part}")
    logger.error("database of Prefect put aside", extra={"path_name": kept.name})
    common.print_warning(
        f"Prefect's database was damaged or of another version; it is kept as {kept}, and Prefect begins a new one. "
        "It held plans and the log of runs: posts and cases are not in it"
    )
    return True
