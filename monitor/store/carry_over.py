"""What a restored backup cannot know, from the database that it replaces: deletions since, today's costs, pauses."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from monitor.store.connection import Connection
from monitor.store.posts import edits

logger = logging.getLogger(__name__)

_OF_TODAY = ("ledger", "recheck_ledger", "paid_resources")  # tables with a column `day`
_PAUSES = "pauses"


@dataclass(frozen=True, slots=True)
class CarryOver:
    """Ids of erased posts by network, and the rows of today's ledgers and of the pauses by table, as dictionaries."""

    deleted: Mapping[str, Sequence[str]]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]


def read(connection: Connection, now: datetime) -> CarryOver:
    """What the database knows."""
    deleted: dict[str, list[str]] = {}
    for network, post_id in connection.execute(
        "SELECT network, post_id FROM mentions WHERE deleted_at IS NOT NULL"
    ).fetchall():
        deleted.setdefault(network, []).append(post_id)
    day = now.astimezone(UTC).date()
    conditions = {**dict.fromkeys(_OF_TODAY, "WHERE day = $1"), _PAUSES: "WHERE $1::DATE IS NOT NULL"}
    rows = {
        table: _rows(connection, f"SELECT * FROM {table} {condition}", day) for table, condition in conditions.items()
    }
    return CarryOver(deleted, rows)


def _rows(connection: Connection, sql: str, day: date) -> list[dict[str, Any]]:
    rows = connection.execute(sql, [day])
    names = [column[0] for column in rows.description or ()]
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def write(connection: Connection, carried: CarryOver, now: datetime, *, with_deletions: bool = True) -> int:
    """Brings it into another database. Returns how many posts were erased there."""
    day = now.astimezone(UTC).date()
    for table, rows in carried.rows.items():
        if table in _OF_TODAY:
            connection.execute(f"DELETE FROM {table} WHERE day = ?", [day])
        else:
            connection.execute(f"DELETE FROM {table}")
        for row in rows:
            names, places = ", ".join(row), ", ".join("?" for _ in row)
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))
    if not with_deletions:
        return 0
    count = sum(edits.mark_deleted(connection, network, ids, now) for network, ids in carried.deleted.items())
    logger.info("deletions carried over", extra={"count": count})
    return count
