"""Reading the audit log: what fits, the newest first, or all of it in the order in which it was written."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from monitor.models.audit import ENTRY_COLUMNS, AuditEntry, AuditKind
from monitor.store.audit import carrying, entries
from monitor.store.engines.protocol import Connection

_COLUMNS = ", ".join(ENTRY_COLUMNS)
_CHUNK = 5_000  # entries read under one hold of the store's lock
_NOBODY = "-"  # the id of a customer, where no person stands in the log


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries: `actors` and `kinds` none for all; from `since` on, before `until`; `customer` by its id."""

    actors: tuple[str, ...] = ()
    kinds: tuple[AuditKind, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    customer: str = ""


def newest(connection: Connection, wanted: AuditFilter, *, offset: int, limit: int) -> tuple[list[AuditEntry], int]:
    """A page of what fits, the newest first; and how many fit."""
    where, values = _where(connection, wanted)
    total = connection.execute(f"SELECT count(*) FROM audit_entries{where}", values).fetchall()[0][0]
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM audit_entries{where} ORDER BY entry_id DESC LIMIT ? OFFSET ?", [*values, limit, offset]
    ).fetchall()
    return [AuditEntry(*row) for row in rows], int(total)


def in_order(opened: Callable[[], AbstractContextManager[Connection]], wanted: AuditFilter) -> Iterator[AuditEntry]:
    """All that fits, in the order in which it was written; the store is free in between."""
    last = 0
    while True:
        with opened() as connection:
            entries_of_chunk = _after(connection, wanted, last)
        yield from entries_of_chunk
        if len(entries_of_chunk) < _CHUNK:
            return
        last = entries_of_chunk[-1].entry_id


def _after(connection: Connection, wanted: AuditFilter, entry_id: int) -> list[AuditEntry]:
    where, values = _where(connection, wanted, ("entry_id > ?", entry_id))
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM audit_entries{where} ORDER BY entry_id LIMIT {_CHUNK}", values
    ).fetchall()
    return [AuditEntry(*row) for row in rows]


def restores_with_losses(connection: Connection) -> int:
    """How many restores have lost entries, or may have: nobody knows."""
    rows = connection.execute(
        "SELECT count(*) FROM audit_entries WHERE kind = 'restore' AND (count > 0 OR became = ?)", [carrying.UNKNOWN]
    ).fetchall()
    return int(rows[0][0])


def actors(connection: Connection) -> list[str]:
    """Everybody who stands in the log, by name."""
    return [row[0] for row in connection.execute("SELECT DISTINCT actor FROM audit_entries ORDER BY 1").fetchall()]


def _where(connection: Connection, wanted: AuditFilter, *conditions: tuple[str, object]) -> tuple[str, list[object]]:
    customer = entries.subject_id(connection, "customer", wanted.customer) or (_NOBODY if wanted.customer else "")
    asked: list[tuple[str, object]] = [
        ("actor IN (SELECT unnest(?::VARCHAR[]))", list(wanted.actors)),
        ("kind IN (SELECT unnest(?::VARCHAR[]))", list(wanted.kinds)),
        ("happened_at >= ?", wanted.since),
        ("happened_at < ?", wanted.until),
        ("about_id = ?", customer),
    ]
    asked = [*conditions, *((condition, value) for condition, value in asked if value)]
    where = f" WHERE {' AND '.join(condition for condition, _ in asked)}" if asked else ""
    return where, [value for _, value in asked]
