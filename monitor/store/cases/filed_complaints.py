"""The complaints that opened cases, and the category that people filed them under: what categories learn from."""

from dataclasses import dataclass
from datetime import datetime

from monitor.store.connection import Connection

_SYSTEM = "escucha"  # the actor of what Escucha does by itself


@dataclass(frozen=True, slots=True)
class FiledComplaint:
    """The words of a complaint, and its category by a person's word, "" where nobody said any; `said_at` is when."""

    text: str
    category: str
    said_at: datetime | None


def last_complaints(connection: Connection, most: int) -> list[FiledComplaint]:
    """The complaints of the cases opened last, the newest first.

    Samples do not count, nor deleted posts, nor cases that were dismissed or went into another.
    """
    rows = connection.execute(
        """
        SELECT m.text, CASE WHEN f.said_at IS NULL THEN '' ELSE c.category END, f.said_at
        FROM case_events o JOIN cases c ON c.case_id = o.case_id JOIN mentions m ON m.mention_id = o.mention_id
        LEFT JOIN (
            SELECT case_id, max(happened_at) AS said_at FROM case_events
            WHERE kind = 'field' AND field = 'category' AND mention_id IS NULL AND actor <> $system
                AND event_id NOT IN (SELECT undoes FROM case_events WHERE undoes IS NOT NULL)
            GROUP BY case_id
        ) f ON f.case_id = c.case_id
        WHERE o.kind = 'opened' AND NOT m.sample AND m.deleted_at IS NULL AND c.merged_into IS NULL
            AND c.stage <> 'dismissed'
        ORDER BY o.event_id DESC LIMIT $most
        """,
        {"system": _SYSTEM, "most": most},
    ).fetchall()
    return [FiledComplaint(*row) for row in rows]
