"""What a restored backup cannot know, from the database it replaces: what was erased, hand-overs, costs, pauses."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from monitor.models.cases import NewEvent
from monitor.store import key_values
from monitor.store.audit import settings_seen
from monitor.store.cases import events
from monitor.store.connection import Connection
from monitor.store.erased import erased_list
from monitor.store.erased.erased_list import ErasedId
from monitor.store.posts import edits
from monitor.store.privacy import erasing, handed_over, locking
from monitor.store.privacy.locking import LockedPerson

logger = logging.getLogger(__name__)

_OF_TODAY = ("ledger", "recheck_ledger", "paid_resources")  # tables with a column `day`
_PAUSES = "pauses"
# A case is the same one in another database if its first line is, which is chained to all before it.
_OPENINGS = "SELECT DISTINCT ON (case_id) case_id, hash AS opening FROM case_events ORDER BY case_id, event_id"
_TOLD = ("case_id", "destination", "place")


@dataclass(frozen=True, slots=True)
class CarryOver:
    """Ids of erased posts by network, and the rows of today's ledgers and of the pauses by table, as dictionaries.

    `delivered` is what was handed over, a row for each export and case. `erased` is the list of erased people,
    `locked` are the locked copies of some, `backups` where backups were written, and when; `settings_seen` is the
    settings file's digest.
    """

    erased: Sequence[ErasedId]
    locked: Sequence[LockedPerson]
    backups: Sequence[tuple[str, datetime]]
    deleted: Mapping[str, Sequence[str]]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    delivered: pa.Table
    settings_seen: str | None


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """How many posts were erased, and how many cases are handed over, because the other database knew it."""

    erased: int
    delivered: int


def read(connection: Connection, now: datetime) -> CarryOver:
    """What the database knows."""
    deleted: dict[str, list[str]] = {}
    for network, post_id in connection.execute(
        "SELECT network, post_id FROM mentions WHERE deleted_at IS NOT NULL AND erased_length IS NULL"
    ).fetchall():
        deleted.setdefault(network, []).append(post_id)
    day = now.astimezone(UTC).date()
    conditions = {**dict.fromkeys(_OF_TODAY, "WHERE day = $1"), _PAUSES: "WHERE $1::DATE IS NOT NULL"}
    rows = {
        table: _rows(connection, f"SELECT * FROM {table} {condition}", day) for table, condition in conditions.items()
    }
    return CarryOver(
        erased_list.read(connection).rows,
        locking.read(connection),
        handed_over.backups(connection),
        deleted,
        rows,
        _deliveries(connection),
        key_values.get(connection, settings_seen.MARK),
    )


def _rows(connection: Connection, sql: str, day: date) -> list[dict[str, Any]]:
    rows = connection.execute(sql, [day])
    names = [column[0] for column in rows.description or ()]
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def write(connection: Connection, carried: CarryOver, now: datetime) -> CarriedOver:
    """Brings all of it into another database."""
    write_costs(connection, carried, now)
    if carried.settings_seen is not None:
        key_values.put(connection, settings_seen.MARK, carried.settings_seen)
    count = sum(edits.mark_deleted(connection, network, ids, now) for network, ids in carried.deleted.items())
    erased_list.add(connection, carried.erased)
    locking.put(connection, carried.locked)
    for path, written_at in carried.backups:
        handed_over.note_backup(connection, path, written_at)
    count += erasing.obey(connection, "escucha", now).posts
    logger.info("deletions carried over", extra={"count": count})
    return CarriedOver(count, _take_over(connection, carried.delivered, now))


def write_costs(connection: Connection, carried: CarryOver, now: datetime) -> None:
    """Brings today's costs and the pauses into another database."""
    day = now.astimezone(UTC).date()
    for table, rows in carried.rows.items():
        if table in _OF_TODAY:
            connection.execute(f"DELETE FROM {table} WHERE day = ?", [day])
        else:
            connection.execute(f"DELETE FROM {table}")
        for row in rows:
            names, places = ", ".join(row), ", ".join("?" for _ in row)
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))


def _deliveries(connection: Connection) -> pa.Table:
    """What was delivered, a row for each export and case, with the hash that the case's first event has."""
    return connection.sql(
        f"""
        SELECT e.*, x.case_id, o.opening FROM exports e JOIN export_cases x ON x.export_id = e.export_id
        JOIN ({_OPENINGS}) o ON o.case_id = x.case_id WHERE e.status = 'delivered'
        """
    ).to_arrow_table()


def _take_over(connection: Connection, delivered: pa.Table, now: datetime) -> int:
    """Writes down what another database, later than this one, has delivered of the cases that both know.

    `delivered` is as `_deliveries` gives it. Returns how many cases are not handed over again therefore.
    """
    connection.register("delivered", delivered)
    held = connection.sql(
        f"""
        SELECT d.* FROM delivered d JOIN ({_OPENINGS}) o ON o.case_id = d.case_id AND o.opening = d.opening
        WHERE d.case_id NOT IN (
            SELECT x.case_id FROM export_cases x JOIN exports e ON e.export_id = x.export_id
            WHERE e.status = 'delivered')
        """
    ).to_arrow_table()
    connection.unregister("delivered")
    connection.register("held", held)
    _save_deliveries(connection)
    connection.unregister("held")
    lines = [
        NewEvent(case_id, "exported", note=f"{destination}: {place}")
        for case_id, destination, place in zip(*(held[name].to_pylist() for name in _TOLD), strict=True)
    ]
    events.append(connection, lines, "escucha", now)
    return len(lines)


def _save_deliveries(connection: Connection) -> None:
    """Those of the table `held`: one that was promised here is delivered, others are added with the cases."""
    connection.execute(
        """
        UPDATE exports SET status = 'delivered', delivered_at = h.delivered_at, receipt = h.receipt
        FROM (SELECT DISTINCT export_id, place, delivered_at, receipt FROM held) h
        WHERE exports.export_id = h.export_id AND exports.place = h.place
        """
    )
    connection.execute(
        """
        INSERT INTO exports SELECT DISTINCT export_id, destination, place, status, created_at, delivered_at, cases,
        receipt FROM held WHERE export_id NOT IN (SELECT export_id FROM exports)
        """
    )
    connection.execute(
        """
        INSERT INTO export_cases SELECT h.export_id, h.case_id FROM held h WHERE NOT EXISTS (
            SELECT 1 FROM export_cases x WHERE x.export_id = h.export_id AND x.case_id = h.case_id)
        """
    )
