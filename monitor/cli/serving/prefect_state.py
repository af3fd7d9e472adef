"""Prefect's own files beside the database: they hold nothing that is not made again, so no damage to them stops us."""

import logging
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from monitor import atomic_files
from monitor.store.privacy import prefect_database

logger = logging.getLogger(__name__)

PASSWORD_FILE = "password.txt"  # noqa: S105 (a name)
LOCK_FILE = "serve.lock"
ASIDE = prefect_database.ASIDE
_NOT_PREFECTS = (PASSWORD_FILE, LOCK_FILE, ASIDE)


def set_aside_damaged(home: Path) -> bool:
    """Sets Prefect's files aside where its database cannot be read. Returns whether it did. Raises OSError."""
    file = home / "prefect.db"
    return file.exists() and not _is_sound(file) and set_aside(home)


def set_aside(home: Path) -> bool:
    """Takes Prefect's files out of its way, all of them. Returns whether there were any. Raises OSError."""
    files = [file for file in home.iterdir() if file.name not in _NOT_PREFECTS]
    if not files:
        return False
    aside = home / ASIDE
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=atomic_files.PRIVATE_FOLDER, exist_ok=True)
    for file in files:
        file.replace(aside / file.name)
    logger.warning("state of prefect set aside", extra={"path_name": aside.name, "count": len(files)})
    return True


def _is_sound(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(file)) as database:
            return bool(database.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)])
    except sqlite3.OperationalError:  # busy, or not ours to read
        return True
    except sqlite3.DatabaseError:
        return False
