"""Posts of cases that were edited, until their cases are told (monitor.casework.edited)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.store.connection import Connection

_ASKED = "(SELECT unnest($1::BIGINT[]))"
_CLASSIFIED = "NOT EXISTS (SELECT 1 FROM pending c WHERE c.step = 'classify' AND c.mention_id = pending.mention_id)"


@dataclass(frozen=True, slots=True)
class EditedPost:
    """A post that has other words since `edited_at`. `before` are those it had when its case last took note of them.

    Words that come one by one are news together: an edit that asked for nothing leaves `before` as it was.

    `ours`: a reply of ours. `complaint`: the model, not a person, says so; `category`: what it finds likeliest.
    """

    case_id: int
    mention_id: int
    text: str
    before: str
    edited_at: datetime
    complaint: bool
    ours: bool
    category: str


def untold_edits(connection: Connection, mention_ids: Sequence[int]) -> list[EditedPost]:
    """Those of these mentions that were edited and are classified again, once for each case they came to or are in.

    A case that was merged into another is told, too: it may come back.
    """
    rows = connection.execute(
        f"""
        WITH asked AS (
            SELECT mention_id FROM pending WHERE step = 'edited' AND mention_id IN {_ASKED} AND {_CLASSIFIED}
        ), home AS (
            SELECT case_id, mention_id, false AS ours FROM case_mentions
            WHERE mention_id IN (SELECT mention_id FROM asked)
            UNION
            SELECT e.case_id, e.mention_id, e.kind = 'reply' FROM case_events e JOIN cases c ON c.case_id = e.case_id
            WHERE e.mention_id IN (SELECT mention_id FROM asked)
            AND (e.kind = 'reply' OR (e.kind IN ('opened', 'post') AND c.merged_into IS NOT NULL))
            AND e.event_id NOT IN (SELECT undoes FROM case_events WHERE undoes IS NOT NULL)
        ), told AS (
            SELECT e.case_id, e.mention_id, max(e.happened_at) AS at FROM case_events e
            WHERE e.mention_id IN (SELECT mention_id FROM asked)
            AND (e.kind IN ('opened', 'post', 'reply') OR (e.kind = 'edited' AND e.became IS NOT NULL))
            GROUP BY e.case_id, e.mention_id
        ), older AS (
            SELECT h.case_id, h.mention_id, coalesce(
                (array_agg(e.text ORDER BY e.replaced_at) FILTER (WHERE e.replaced_at >= t.at))[1],
                (array_agg(e.text ORDER BY e.replaced_at DESC))[1]
            ) AS before
            FROM home h JOIN edits e ON e.mention_id = h.mention_id
            LEFT JOIN told t ON t.case_id = h.case_id AND t.mention_id = h.mention_id
            GROUP BY h.case_id, h.mention_id
        )
        SELECT h.case_id, h.mention_id, m.text, o.before, coalesce(m.edited_at, m.stored_at),
            l.model_decision = 'complaint', h.ours, l.category
        FROM home h JOIN older o ON o.case_id = h.case_id AND o.mention_id = h.mention_id
        JOIN mentions m ON m.mention_id = h.mention_id JOIN labels l ON l.mention_id = h.mention_id
        WHERE m.deleted_at IS NULL ORDER BY 5, 2
        """,
        [list(mention_ids)],
    ).fetchall()
    return [EditedPost(*row) for row in rows]


def dequeue(connection: Connection, mention_ids: Sequence[int]) -> None:
    """Notes that the cases of these mentions were told; call it in the transaction that told them."""
    connection.execute(
        f"""
        DELETE FROM pending WHERE step = 'edited' AND mention_id IN {_ASKED} AND {_CLASSIFIED}
        """,
        [list(mention_ids)],
    )
