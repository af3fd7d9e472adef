"""Notices: notes that name a person, until she has seen them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.store.connection import Connection

_UNSEEN = "lower(n.person) = lower(?) AND n.seen_at IS NULL"


@dataclass(frozen=True, slots=True)
class Notice:
    """A note that names a person: who wrote it when, in which case. A bad answer to a survey is one too: "★ 2/5"."""

    notice_id: int
    case_id: int
    code: str
    actor: str
    note: str
    happened_at: datetime


def add(connection: Connection, people: Sequence[str], case_id: int, event_id: int) -> None:
    """Leaves a notice for each of these people."""
    for person in people:
        connection.execute(
            """
            INSERT INTO notices (notice_id, person, case_id, event_id, seen_at)
            VALUES (nextval('notice_ids'), ?, ?, ?, NULL)
            """,
            [person, case_id, event_id],
        )


def unseen(connection: Connection, person: str, limit: int) -> tuple[list[Notice], int]:
    """The newest notices the person has not seen, and how many there are. A note that was taken back gives none."""
    events = [
        row[0]
        for row in connection.execute(
            f"SELECT n.event_id FROM notices n WHERE {_UNSEEN} ORDER BY n.event_id DESC LIMIT 1000", [person]
        ).fetchall()
    ]
    if not events:
        return [], 0
    rows = connection.execute(
        f"""
        SELECT n.notice_id, n.case_id, c.code, e.actor,
            CASE WHEN e.kind = 'survey' THEN '★ ' || e.became || '/5' ELSE e.note END, e.happened_at, count(*) OVER ()
        FROM notices n JOIN case_events e USING (event_id) JOIN cases c ON c.case_id = n.case_id
        WHERE {_UNSEEN} AND e.event_id >= ? AND NOT EXISTS (
            FROM case_events back WHERE back.undoes = n.event_id AND back.event_id > ?
        )
        ORDER BY n.notice_id DESC LIMIT ?
        """,
        [person, events[-1], events[-1], limit],
    ).fetchall()
    return [Notice(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def has_unseen(connection: Connection, person: str, case_id: int | None) -> bool:
    """Whether there is a notice the person has not seen, of this case or (None) of any."""
    return bool(
        connection.execute(
            f"SELECT 1 FROM notices n WHERE {_UNSEEN} AND (n.case_id = ? OR ? IS NULL) LIMIT 1",
            [person, case_id, case_id],
        ).fetchall()
    )


def mark_seen(connection: Connection, person: str, case_id: int | None, now: datetime) -> None:
    """Says that the person has seen her notices of the case, or (None) all of them."""
    connection.execute(
        f"UPDATE notices AS n SET seen_at = ? WHERE {_UNSEEN} AND (n.case_id = ? OR ? IS NULL)",
        [now, person, case_id, case_id],
    )
