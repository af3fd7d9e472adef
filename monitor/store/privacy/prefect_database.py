"""Prefect's own database beside ours: errors stand there in the words of networks, which may name somebody."""

import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from monitor.errors import StoreBusy
from monitor.settings.loading import Store
from monitor.store.erased.erased_list import ErasedList

logger = logging.getLogger(__name__)

ASIDE = "set-aside"
"""The folder with what was found damaged last."""
_WORDS = ("VARCHAR", "TEXT", "JSON")  # types of columns; those of ids have lengths
_CHUNK = 1_000  # rows held in memory


def home(place: Store) -> Path:
    """Where `escucha serve` keeps Prefect's files."""
    return place.path.parent / "prefect"


def clean(place: Store, known: ErasedList) -> int:
    """Masks whom the list names in every text of it, while Prefect runs or not. Returns how many texts.

    What was set aside goes whole. Raises StoreBusy where it cannot be written, or Prefect does not let go of it for as
    long as `store.busy_timeout`.
    """
    folder = home(place)
    shutil.rmtree(folder / ASIDE, ignore_errors=True)
    file = folder / "prefect.db"
    if not file.exists():
        return 0
    try:
        with closing(sqlite3.connect(file, timeout=place.busy_timeout, isolation_level=None)) as database:
            count = sum(_mask_table(database, known, table, names) for table, names in _columns(database))
            if count:
                _forget(database)
    except sqlite3.OperationalError as error:
        logger.warning("database of prefect not cleaned", extra={"reason": type(error).__name__})
        raise StoreBusy(
            f"Prefect's database may name the erased still ({error}): escucha privacy compact, once it can be written"
        ) from None
    except sqlite3.DatabaseError:  # damaged: the next start would set it aside
        for path in folder.glob(f"{file.name}*"):
            path.unlink()
        count = 1
    return count


def _columns(database: sqlite3.Connection) -> Iterator[tuple[str, list[str]]]:
    tables = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    ).fetchall()
    for (table,) in tables:
        columns = database.execute("SELECT name, type FROM pragma_table_info(?)", [table]).fetchall()
        names = [name for name, kind in columns if kind.upper() in _WORDS]
        if names:
            yield table, names


def _mask_table(database: sqlite3.Connection, known: ErasedList, table: str, names: list[str]) -> int:
    """In transactions of a moment each: Prefect goes on meanwhile."""
    count, last = 0, -1
    columns, place = ", ".join(map(_quoted, names)), _quoted(table)
    chunk = f"SELECT rowid, {columns} FROM {place} WHERE rowid > ? ORDER BY rowid LIMIT {_CHUNK}"
    while True:
        rows = database.execute(chunk, [last]).fetchall()
        if not rows:
            return count
        last = rows[-1][0]
        changed = [
            (name, masked, rowid)
            for rowid, *values in rows
            for name, value in zip(names, values, strict=True)
            if isinstance(value, str) and (masked := known.masked_json(value)) != value
        ]
        if changed:
            database.execute("BEGIN IMMEDIATE")
            for name, masked, rowid in changed:
                database.execute(f"UPDATE {place} SET {_quoted(name)} = ? WHERE rowid = ?", [masked, rowid])
            database.execute("COMMIT")
        count += len(changed)


def _forget(database: sqlite3.Connection) -> None:
    """Writes it anew, and empties its log, so that no byte of what stood there is left."""
    database.execute("VACUUM")
    if database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0]:
        raise sqlite3.OperationalError("locked")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
