"""Hand-overs that hold cases of the erased, and which of them are still to be written anew."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.store import key_values
from monitor.store.engines.protocol import Connection

_MARK = "erasing"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A delivery that holds cases of the erased (`codes`), or cases in which others are masked now (`changed`).

    One that was promised and not confirmed, not `is_delivered`, may have been written already.
    """

    export_id: int
    destination: str
    place: str
    is_delivered: bool
    codes: tuple[str, ...]
    changed: tuple[str, ...] = ()


def of_cases(connection: Connection, case_ids: Sequence[int], changed_ids: Sequence[int] = ()) -> list[HandedOver]:
    """Where the cases of somebody, and others that changed with them, were or are delivered, oldest first."""
    rows = connection.execute(
        """
        SELECT e.export_id, e.destination, e.place, e.status = 'delivered',
            array_agg(c.code ORDER BY c.code) FILTER (WHERE c.case_id IN (SELECT unnest($1::BIGINT[]))),
            array_agg(c.code ORDER BY c.code) FILTER (WHERE c.case_id NOT IN (SELECT unnest($1::BIGINT[])))
        FROM exports e JOIN export_cases x ON x.export_id = e.export_id JOIN cases c ON c.case_id = x.case_id
        WHERE x.case_id IN (SELECT unnest($2::BIGINT[]))
        GROUP BY e.export_id, e.destination, e.place, e.status ORDER BY e.export_id
        """,
        [list(case_ids), [*case_ids, *changed_ids]],
    ).fetchall()
    return [
        HandedOver(export_id, destination, place, is_delivered, tuple(codes or ()), tuple(changed or ()))
        for export_id, destination, place, is_delivered, codes, changed in rows
    ]


def note_unfinished(connection: Connection, deliveries: Sequence[HandedOver]) -> None:
    """Notes, in the transaction that erases, that files beside the database are still to be rid of the erased."""
    waiting = _noted(connection) or {}
    for delivery in deliveries:
        codes, changed = waiting.get(delivery.export_id, ([], []))
        waiting[delivery.export_id] = (
            sorted({*codes, *delivery.codes}), sorted({*changed, *delivery.changed})
        )  # fmt: skip
    key_values.put(connection, _MARK, json.dumps(waiting))


def unfinished(connection: Connection) -> list[HandedOver] | None:
    """The deliveries that are to be written anew; None where nothing was erased since all was done."""
    waiting = _noted(connection)
    if waiting is None:
        return None
    rows = connection.execute(
        """
        SELECT export_id, destination, place, status = 'delivered' FROM exports
        WHERE export_id IN (SELECT unnest(?::BIGINT[])) ORDER BY export_id
        """,
        [list(waiting)],
    ).fetchall()
    return [HandedOver(*row, *map(tuple, waiting[row[0]])) for row in rows]


def finish(connection: Connection, receipts: Mapping[int, str]) -> None:
    """All is done; `receipts` are those of the deliveries that were written anew, by number."""
    for export_id, receipt in receipts.items():
        connection.execute(
            "UPDATE exports SET receipt = ? WHERE export_id = ? AND status = 'delivered'", [receipt, export_id]
        ).fetchall()
    connection.execute("DELETE FROM desk_marks WHERE name = ?", [_MARK]).fetchall()


def note_backup(connection: Connection, path: str, now: datetime) -> None:
    """Notes where a backup was written."""
    connection.execute("DELETE FROM backups WHERE path = ?", [path]).fetchall()
    connection.execute("INSERT INTO backups (path, written_at) VALUES (?, ?)", [path, now]).fetchall()


def backups(connection: Connection) -> list[tuple[str, datetime]]:
    """Where backups were written, and when, the newest first."""
    return connection.execute("SELECT path, written_at FROM backups ORDER BY written_at DESC").fetchall()


def _noted(connection: Connection) -> dict[int, tuple[list[str], list[str]]] | None:
    noted = key_values.get(connection, _MARK)
    if noted is None:
        return None
    return {int(export_id): (codes, changed) for export_id, (codes, changed) in json.loads(noted).items()}
