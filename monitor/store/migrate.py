"""Numbered, atomic migrations: `migrations/0001_main.sql` and so on, run when the file is first opened."""

import logging
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

from monitor.errors import StoreForeign, StoreOutdated
from monitor.store import backfills
from monitor.store.engines.protocol import Connection

logger = logging.getLogger(__name__)

_CHAINED = 4  # since then the events of cases are chained by hashes; those that were there are chained once
_BACKUP = 0  # the row of a file that is a backup: nobody has written to it since
_EXPANDS = "-- expand"  # how a migration begins that older code survives; any other is taken for one it does not
# Files this process has found to be up to date, by path and inode: a restored file is looked at again.
_current: set[tuple[str, int]] = set()


def is_current(path: Path) -> bool:
    """Whether this process has already seen this very file up to date."""
    try:
        return (str(path), path.stat().st_ino) in _current
    except (FileNotFoundError, NotADirectoryError):
        return False


def versions() -> dict[int, str]:
    """The migrations that ship with this Escucha: number -> SQL."""
    folder = files("monitor.store") / "migrations"
    scripts = (file for file in folder.iterdir() if file.name.endswith(".sql"))
    return {int(script.name[:4]): script.read_text(encoding="utf-8") for script in scripts}


def is_expanding(script: str) -> bool:
    """Whether code that does not know this migration goes on beside it: it adds, and takes or changes nothing."""
    return script.startswith(_EXPANDS)


def migrate(connection: Connection, path: Path) -> bool:
    """Brings the open database to the newest version, each migration in its own transaction.

    Returns whether the file is a backup, which nobody has written to since. Raises StoreOutdated when a newer Escucha
    wrote it, StoreForeign when it is a database of something else.
    """
    applied, is_backup = _version(connection, path)
    scripts = versions()
    if applied > max(scripts):
        logger.error("database of a newer version", extra={"path_name": path.name, "migration": applied})
        raise StoreOutdated(f"{path} has version {applied}, this Escucha knows {max(scripts)}; update Escucha")
    for number in sorted(number for number in scripts if number > applied):
        connection.execute("BEGIN")
        connection.execute(scripts[number])
        if number == _CHAINED:
            backfills.chain_all(connection)
            backfills.complete_codes(connection)
        connection.execute("INSERT INTO migrations VALUES (?, now())", [number])
        connection.execute("COMMIT")
        logger.info("migration applied", extra={"path_name": path.name, "migration": number})
    _current.add((str(path), path.stat().st_ino))
    return is_backup


def mark_backup(connection: Connection, *, is_backup: bool) -> None:
    """Says of the open database whether it is a backup."""
    connection.execute("DELETE FROM migrations WHERE version = ?", [_BACKUP])
    if is_backup:
        connection.execute("INSERT INTO migrations VALUES (?, now())", [_BACKUP])


def _version(connection: Connection, path: Path) -> tuple[int, bool]:
    from duckdb import CatalogException

    if is_current(path):  # listing the tables takes as long as half a write
        with suppress(CatalogException):  # another file in its place, which got its inode
            return _newest_version(connection)
    tables = [row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    if not tables:
        connection.execute("CREATE TABLE migrations (version INTEGER PRIMARY KEY, applied_at TIMESTAMPTZ)")
        logger.info("database created", extra={"path_name": path.name})
    elif "migrations" not in tables:
        raise StoreForeign(f"{path} is a DuckDB database, but not one of Escucha's; name another in store.url")
    return _newest_version(connection)


def _newest_version(connection: Connection) -> tuple[int, bool]:
    row = connection.execute("SELECT coalesce(max(version), 0), min(version) FROM migrations").fetchall()[0]
    return int(row[0]), row[1] == _BACKUP
