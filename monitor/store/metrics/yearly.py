"""The complaints received in a year, one by one, for figures that an auditor counts again. Reads only."""

from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from monitor.models.cases import Agreement, Channel, DismissReason
from monitor.models.posts import Stage
from monitor.store.connection import Connection

_RECEIVED = """
    SELECT case_id FROM cases WHERE first_post_at >= $since AND first_post_at < $until
    AND ($brand::VARCHAR IS NULL OR brand = $brand)
"""


@dataclass(frozen=True, slots=True)
class ReceivedCase:
    """A case by the time of its first post. `moves` are those of its stage in order, without what was undone.

    `dismissed_as` is why it is dismissed now; `satisfaction` the latest answer to `asked` surveys.
    """

    case_id: int
    code: str
    brand: str
    network: str
    channel: Channel
    category: str
    root_cause: str
    stage: Stage
    received_at: datetime
    internal: bool
    merged: bool
    agreement: Agreement | None
    moves: tuple[tuple[datetime, Stage], ...]
    dismissed_as: DismissReason | None
    asked: int
    satisfaction: int | None


def received(connection: Connection, since: datetime, until: datetime, brand: str | None = None) -> list[ReceivedCase]:
    """The cases whose first post is of that time, of one brand or all, by number; merged and dismissed ones too."""
    values = {"since": since, "until": until, "brand": brand}
    moves = _moves(connection, values)
    asked = {
        case_id: (count, satisfaction)
        for case_id, count, satisfaction in connection.execute(
            f"""
            SELECT case_id, count(*),
                (array_agg(satisfaction ORDER BY answered_at DESC) FILTER (WHERE answered_at IS NOT NULL))[1]
            FROM surveys WHERE case_id IN ({_RECEIVED}) GROUP BY case_id
            """,
            values,
        ).fetchall()
    }
    rows = connection.execute(
        f"""
        SELECT case_id, code, brand, network, channel, category, root_cause, stage, first_post_at, internal,
            merged_into IS NOT NULL, agreement
        FROM cases WHERE case_id IN ({_RECEIVED}) ORDER BY case_id
        """,
        values,
    ).fetchall()
    names = [field.name for field in fields(ReceivedCase)]  # the first of them are columns
    return [
        ReceivedCase(
            **dict(zip(names, row, strict=False)),
            moves=tuple((at, stage) for at, stage, _ in moves[row[0]]),
            dismissed_as=next((reason for _, stage, reason in reversed(moves[row[0]]) if stage == "dismissed"), None),
            asked=asked.get(row[0], (0, None))[0],
            satisfaction=asked.get(row[0], (0, None))[1],
        )
        for row in rows
    ]


def _moves(connection: Connection, values: dict[str, Any]) -> defaultdict[int, list[tuple[datetime, Stage, Any]]]:
    found = defaultdict[int, list[tuple[datetime, Stage, Any]]](list)
    for case_id, at, stage, became in connection.execute(
        f"""
        SELECT case_id, least(coalesce(took_place_at, happened_at), happened_at), stage, became FROM case_events
        WHERE kind = 'stage' AND case_id IN ({_RECEIVED})
        AND event_id NOT IN (SELECT undoes FROM case_events WHERE undoes IS NOT NULL) ORDER BY event_id
        """,
        values,
    ).fetchall():
        found[case_id].append((at, stage, became))
    return found
