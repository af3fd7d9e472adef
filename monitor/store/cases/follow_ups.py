"""Follow-ups: contacts planned after a closing, and what came of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal, TypeAlias

import pyarrow as pa

from monitor.errors import Refusal
from monitor.models.cases import Channel
from monitor.store.connection import Connection

FollowUpStatus: TypeAlias = Literal["planned", "done", "dropped", "cancelled"]
ContactOutcome: TypeAlias = Literal["fine", "again", "not_reached"]
"""fine: the customer is content; again: there is a problem again; not_reached: nobody answered."""

_TIME = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A contact after the closing of a case at `closed_at`; the columns of `follow_ups`.

    `note` holds the words of the contact, or why it was dropped; `done_at` and `done_by` whoever did either.
    """

    follow_up_id: int
    case_id: int
    closed_at: datetime
    due_at: datetime
    status: FollowUpStatus
    planned_by: str
    done_at: datetime | None
    done_by: str | None
    channel: Channel | None
    outcome: ContactOutcome | None
    note: str


COLUMNS = ", ".join(column.name for column in fields(FollowUp))


def get(connection: Connection, follow_up_id: int) -> FollowUp:
    """The follow-up. Raises EscuchaError when there is none of that id."""
    rows = connection.execute(f"SELECT {COLUMNS} FROM follow_ups WHERE follow_up_id = ?", [follow_up_id]).fetchall()
    if not rows:
        raise Refusal("no_follow_up", "there is no follow-up {follow_up}", follow_up=follow_up_id)
    return FollowUp(*rows[0])


def of_case(connection: Connection, case_id: int) -> list[FollowUp]:
    """The follow-ups of a case by when they are due, those cancelled with their closing left out."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM follow_ups WHERE case_id = ? AND status <> 'cancelled' ORDER BY due_at, follow_up_id",
        [case_id],
    ).fetchall()
    return [FollowUp(*row) for row in rows]


def overdue_count(connection: Connection, before: datetime) -> int:
    """How many were due before then, the start of a day say, and are not done."""
    row = connection.execute(
        "SELECT count(*) FROM follow_ups WHERE status = 'planned' AND due_at < ?", [before]
    ).fetchone()
    return int(row[0]) if row else 0


def plan(
    connection: Connection, due: Mapping[tuple[int, datetime], Sequence[datetime]], planned_by: str
) -> dict[int, list[datetime]]:
    """Plans contacts by case and closing; those of a closing that had been taken back hold again instead.

    Returns what is planned now by case; a case for which nothing is planned is left out.
    """
    rows = [(case_id, closed_at, at) for (case_id, closed_at), times in due.items() for at in times]
    columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    names = {"case_id": pa.int64(), "closed_at": _TIME, "due_at": _TIME}
    table = {name: pa.array(column, kind) for (name, kind), column in zip(names.items(), columns, strict=True)}
    connection.register("wished", pa.table(table))
    restored_rows = connection.execute(
        """
        UPDATE follow_ups SET status = 'planned' FROM (SELECT DISTINCT case_id, closed_at FROM wished) w
        WHERE follow_ups.case_id = w.case_id AND follow_ups.closed_at = w.closed_at AND status = 'cancelled'
        RETURNING follow_ups.case_id, due_at
        """
    ).fetchall()
    added_rows = connection.execute(
        """
        INSERT INTO follow_ups (follow_up_id, case_id, closed_at, due_at, status, planned_by, note)
        SELECT nextval('follow_up_ids'), case_id, closed_at, due_at, 'planned', ?, '' FROM (
            SELECT case_id, closed_at, due_at FROM wished w
            WHERE NOT EXISTS (SELECT 1 FROM follow_ups f WHERE f.case_id = w.case_id AND f.closed_at = w.closed_at)
            ORDER BY case_id, due_at
        ) planned
        RETURNING case_id, due_at
        """,
        [planned_by],
    ).fetchall()
    connection.unregister("wished")
    return _by_case([*restored_rows, *added_rows])


def cancel(connection: Connection, case_ids: Sequence[int]) -> dict[int, list[datetime]]:
    """Cancels what is planned for these cases. Returns when it would have been due, by case."""
    rows = connection.execute(
        """
        UPDATE follow_ups SET status = 'cancelled'
        WHERE status = 'planned' AND case_id IN (SELECT unnest(?::BIGINT[])) RETURNING case_id, due_at
        """,
        [list(case_ids)],
    ).fetchall()
    return _by_case(rows)


def postpone(connection: Connection, follow_up_id: int, due_at: datetime) -> None:
    """Makes it due at another time."""
    connection.execute("UPDATE follow_ups SET due_at = ? WHERE follow_up_id = ?", [due_at, follow_up_id])


def save_outcome(connection: Connection, follow_up: FollowUp) -> None:
    """Writes that it was done or dropped: status, done_at, done_by, channel, outcome and note of `follow_up`."""
    connection.execute(
        """
        UPDATE follow_ups SET status = ?, done_at = ?, done_by = ?, channel = ?, outcome = ?, note = ?
        WHERE follow_up_id = ?
        """,
        [
            follow_up.status,
            follow_up.done_at,
            follow_up.done_by,
            follow_up.channel,
            follow_up.outcome,
            follow_up.note,
            follow_up.follow_up_id,
        ],
    )


def add_contact(connection: Connection, follow_up: FollowUp) -> None:
    """Adds a contact that nobody had planned; `follow_up_id` is given anew."""
    values = [getattr(follow_up, field.name) for field in fields(FollowUp)][1:]
    connection.execute(
        f"INSERT INTO follow_ups ({COLUMNS}) SELECT nextval('follow_up_ids'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?", values
    )


def undo_outcome(connection: Connection, case_id: int, settled_at: datetime, due_at: datetime | None) -> None:
    """Makes what was done or dropped at that moment planned again; without `due_at`, of what nobody had planned, none.

    `due_at` is when it is due.
    """
    if due_at is None:
        connection.execute(
            "DELETE FROM follow_ups WHERE case_id = ? AND status = 'done' AND done_at = ? AND due_at = done_at",
            [case_id, settled_at],
        )
        return
    connection.execute(
        """
        UPDATE follow_ups
        SET status = 'planned', done_at = NULL, done_by = NULL, channel = NULL, outcome = NULL, note = ''
        WHERE follow_up_id = (
            SELECT max(follow_up_id) FROM follow_ups
            WHERE case_id = ? AND status IN ('done', 'dropped') AND done_at = ? AND due_at = ?
        )
        """,
        [case_id, settled_at, due_at],
    )


def undo_postpone(connection: Connection, case_id: int, due_at: datetime, was: datetime) -> None:
    """Makes what was put off to `due_at` due when it was before."""
    connection.execute(
        """
        UPDATE follow_ups SET due_at = ? WHERE follow_up_id = (
            SELECT max(follow_up_id) FROM follow_ups WHERE case_id = ? AND status = 'planned' AND due_at = ?
        )
        """,
        [was, case_id, due_at],
    )


def _by_case(rows: Sequence[tuple[int, datetime]]) -> dict[int, list[datetime]]:
    times: dict[int, list[datetime]] = {}
    for case_id, due_at in sorted(rows):
        times.setdefault(case_id, []).append(due_at)
    return times
