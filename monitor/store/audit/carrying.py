"""What becomes of the log when a backup takes the place of the database: nobody gets rid of it by restoring one."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyarrow as pa

from monitor.models.audit import ENTRY_COLUMNS, NewEntry
from monitor.store import key_values
from monitor.store.audit import chain, entries, settings_seen
from monitor.store.audit.chain import AuditChain
from monitor.store.engines.protocol import Connection

logger = logging.getLogger(__name__)

UNKNOWN: Final = "unknown"
"""What a restore's entry says where nobody knows how many entries are lost by it."""
_COLUMNS = ", ".join(ENTRY_COLUMNS)


@dataclass(frozen=True, slots=True)
class KeptLog:
    """The whole log of a database that is replaced: its entries, the chain's own row, and by name what goes with it."""

    created_at: datetime  # the database
    entries: pa.Table
    chain: AuditChain
    marks: Mapping[str, str]


def read(connection: Connection) -> KeptLog:
    """The log of the open database."""
    rows = connection.sql(f"SELECT {_COLUMNS} FROM audit_entries ORDER BY entry_id").to_arrow_table()
    return KeptLog(
        _created_at(connection),
        rows,
        chain.read(connection),
        key_values.get_many(connection, entries.KEY, settings_seen.MARK),
    )


def go_on(connection: Connection, replaced: KeptLog | None, *, actor: str, origin: str) -> int | None:
    """Lets the log of a backup, open for writing, be that of the database it replaces, and records the restore.

    `replaced` is None where that cannot be read. The backup's own stays where it is one of another database. The
    entry tells how many are lost by that. Returns how many; None where nobody knows.
    """
    lost = _take_over(connection, replaced) if replaced else None
    now = connection.execute("SELECT now()").fetchall()[0][0]
    told = NewEntry("restore", actor, origin, "store", became=UNKNOWN if lost is None else "", count=lost or 0)
    entries.record(connection, told, now=now)
    logger.warning("audit log goes on after a restore", extra={"count": lost})
    return lost


def _take_over(connection: Connection, replaced: KeptLog) -> int:
    hashes = set(replaced.entries["hash"].to_pylist())
    if chain.read(connection).head and _created_at(connection) != replaced.created_at:
        return len(hashes)
    rows = connection.execute(
        "SELECT hash FROM audit_entries WHERE $1::TIMESTAMPTZ IS NULL OR happened_at >= $1", [replaced.chain.cut_before]
    ).fetchall()
    _replace(connection, replaced)
    return len({row[0] for row in rows} - hashes)


def _created_at(connection: Connection) -> datetime:
    """When the database was made: a backup of it says the same."""
    at: datetime = connection.execute("SELECT min(applied_at) FROM migrations WHERE version > 0").fetchall()[0][0]
    return at


def _replace(connection: Connection, replaced: KeptLog) -> None:
    connection.execute("DELETE FROM audit_entries")
    connection.register("replaced", replaced.entries)
    connection.execute(f"INSERT INTO audit_entries ({_COLUMNS}) SELECT {_COLUMNS} FROM replaced")
    connection.unregister("replaced")
    chain.write(connection, replaced.chain)
    for name, mark in replaced.marks.items():
        key_values.put(connection, name, mark)
