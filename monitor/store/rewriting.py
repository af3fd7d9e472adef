"""Erased for good: the database file written anew, so that nothing that was deleted stands in its unused parts.

The engine gives up the blocks of deleted rows and does not overwrite them. The new file takes the place of the old one
whole, once both hold the same rows; a process that dies meanwhile leaves the old one, and the next writer begins again.
"""

import logging
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from monitor import atomic_files
from monitor.errors import StoreError, StoreFull
from monitor.store import copying, faults, key_values, memory
from monitor.store.engines.protocol import Connection
from monitor.store.restores import write_count

logger = logging.getLogger(__name__)

AT_ONCE: Final = 64 << 20
"""Bytes of a file up to which it is written anew with the write that erased, in a second or two."""
_ROOM = 1.1  # of the file's own size
MARK: Final = "erased"
"""Under which name in desk_marks stands since when the file is to be written anew."""


def note(connection: Connection) -> None:
    """Notes, in the transaction that erases, that the file is to be written anew."""
    connection.execute(
        "INSERT INTO desk_marks (name, mark) VALUES (?, now()::VARCHAR) ON CONFLICT (name) DO NOTHING", [MARK]
    )


def is_due(connection: Connection) -> bool:
    """Whether something erased still stands in unused parts of the file."""
    return MARK in key_values.get_many(connection, MARK)


def is_quick(path: Path) -> bool:
    """Whether nobody would notice."""
    return path.stat().st_size <= AT_ONCE


def try_rewrite(path: Path, config: memory.EngineConfig) -> bool:
    """Rewrites the file as `rewrite` does; where it cannot be done now, it stays due, and the log says so."""
    import duckdb

    try:
        rewrite(path, config)
    except (StoreError, OSError, duckdb.Error) as error:
        logger.warning("database not rewritten", extra={"path_name": path.name, "reason": type(error).__name__})
        return False
    return True


def rewrite(path: Path, config: memory.EngineConfig) -> None:
    """Puts a file with the same rows, and nothing else, in the place of this one.

    To be called by who holds the lock alone, while nobody has the file open. Raises StoreErrors and OSError; the file
    is then what it was.
    """
    _require_space(path)
    with copying.work_folder(path.parent) as folder:
        successor = folder / copying.COPY
        with faults.translated(path):
            mark = _copy_rows(path, successor, config)
        if copying.log_of(path).exists() or copying.log_of(successor).exists():
            raise StoreError(f"{path} could not be written anew: its log was not closed")
        _take_place(successor, path, mark)
    logger.info("database rewritten", extra={"path_name": path.name, "count": path.stat().st_size})


def _require_space(path: Path) -> None:
    size, free = path.stat().st_size, shutil.disk_usage(path.parent).free
    if free < size * _ROOM:
        logger.error("no room to write the database anew", extra={"path_name": path.name, "count": size})
        raise StoreFull(
            f"{path} has to be written anew so that nothing erased is left in it, which takes "
            f"{size * _ROOM / 1e6:,.0f} MB beside it; {free / 1e6:,.0f} MB are free there. Make room, then escucha "
            "privacy compact"
        )


def _copy_rows(path: Path, successor: Path, config: memory.EngineConfig) -> str:
    """Returns the mark of the successor."""
    import duckdb

    place = str(successor).replace("'", "''")
    with duckdb.connect(str(path), config=config) as connection:
        name = _quoted(connection.execute("SELECT current_database()").fetchall()[0][0])
        expected = _contents(connection)
        connection.execute(f"ATTACH '{place}' AS successor")
        connection.execute(f"COPY FROM DATABASE {name} TO successor")
        connection.execute("DELETE FROM successor.desk_marks WHERE name = ?", [MARK])
        mark = write_count.draw_mark(connection, "successor.desk_marks")
        connection.execute("CHECKPOINT successor")
        connection.execute("DETACH successor")  # by itself where the engine goes on after this connection
    with duckdb.connect(str(successor), config=config, read_only=True) as connection:
        if _contents(connection) != expected:
            raise StoreError(f"{path} could not be written anew: its copy holds other rows")
    return mark


def _contents(connection: Connection) -> list[tuple[object, ...]]:
    """What must be the same in both files: tables with a digest of their rows, views, sequences."""
    tables = connection.execute("SELECT table_name, sql FROM duckdb_tables() ORDER BY table_name").fetchall()
    digests = [
        connection.execute(
            f"SELECT count(*), bit_xor(hash(t)) FROM {_quoted(table)} t"
            + (f" WHERE name NOT IN ('{MARK}', '{write_count.MARK}')" if table == "desk_marks" else "")
        ).fetchall()[0]
        for table, _ in tables
    ]
    views = connection.execute("SELECT view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY ALL").fetchall()
    sequences = connection.execute(
        "SELECT sequence_name, coalesce(last_value, start_value - 1) FROM duckdb_sequences() ORDER BY ALL"
    ).fetchall()
    return [*tables, *digests, *views, *sequences]


def _take_place(successor: Path, path: Path, mark: str) -> None:
    atomic_files.make_private(successor)
    status = path.stat()
    with suppress(PermissionError, AttributeError):  # root works for the user whose database it is
        os.chown(successor, status.st_uid, status.st_gid)
    with successor.open("rb") as file:
        os.fsync(file.fileno())
    write_count.forget(path)
    successor.replace(path)
    atomic_files.flush_folder(path.parent)
    write_count.note(path, mark)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
