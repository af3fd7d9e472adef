"""Replies of ours that are told in the histories of cases, by their series: what they have in common with others."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from monitor.store.connection import Connection

# Replies as they are told, each with how it was read last; {series} of those that have one, or none yet.
_TOLD = """
    WITH held AS (
        SELECT * FROM case_events e WHERE kind IN ('reply', 'reread')
            AND NOT EXISTS (SELECT 1 FROM case_events u WHERE u.undoes = e.event_id)
    ), readings AS (
        SELECT mention_id, became FROM (
            SELECT mention_id, became, row_number() OVER (PARTITION BY mention_id ORDER BY event_id DESC) AS place
            FROM held WHERE kind = 'reread' AND became NOT IN ('complaint', 'no_complaint')
        ) q WHERE place = 1
    )
    SELECT e.case_id, e.mention_id, s.series, coalesce(r.became, e.became, ''),
        EXISTS (SELECT 1 FROM answers a WHERE a.mention_id = e.mention_id)
    FROM held e JOIN cases c ON c.case_id = e.case_id JOIN reply_series s ON s.mention_id = e.mention_id
        LEFT JOIN readings r ON r.mention_id = e.mention_id
    WHERE e.kind = 'reply' AND c.merged_into IS NULL AND e.happened_at >= $1
        AND s.series IN (SELECT unnest($2::VARCHAR[]))
    ORDER BY e.event_id
"""
_WITHOUT_SERIES = """
    SELECT m.mention_id, m.text FROM mentions m WHERE m.mention_id IN (
        SELECT e.mention_id FROM case_events e
        WHERE e.kind = 'reply' AND e.happened_at >= $1
            AND NOT EXISTS (SELECT 1 FROM reply_series s WHERE s.mention_id = e.mention_id)
    )
"""


@dataclass(frozen=True, slots=True)
class SeriesReply:
    """A reply of ours in a case; `reading` is how it is read ('' for an answer that nobody spoke of).

    `is_sent`: a person marked it as sent.
    """

    case_id: int
    mention_id: int
    series: str
    reading: str
    is_sent: bool


def of_series(
    connection: Connection, series: Collection[str], since: datetime, series_of: Callable[[str], str]
) -> list[SeriesReply]:
    """The replies of these series that were told since then, in cases that are no part of another.

    `series_of` a text is for those that were told before series were kept.
    """
    if not series:
        return []
    older = connection.execute(_WITHOUT_SERIES, [since]).fetchall()
    keep(connection, {mention_id: series_of(text) for mention_id, text in older})
    return [SeriesReply(*row) for row in connection.execute(_TOLD, [since, sorted(series)]).fetchall()]


def keep(connection: Connection, series: Mapping[int, str]) -> None:
    """Keeps of which series these replies are, by mention id."""
    if not series:
        return
    table = pa.table(
        {"mention_id": pa.array(series.keys(), pa.int64()), "series": pa.array(series.values(), pa.string())}
    )
    connection.register("replied", table)
    connection.execute("INSERT INTO reply_series SELECT mention_id, series FROM replied ON CONFLICT DO NOTHING")
    connection.unregister("replied")


def of_reply(connection: Connection, mention_id: int) -> str:
    """The series of a reply; '' for none."""
    rows = connection.execute("SELECT series FROM reply_series WHERE mention_id = ?", [mention_id]).fetchall()
    return str(rows[0][0]) if rows else ""


@dataclass(frozen=True, slots=True)
class ToldReply:
    """A reply of ours that a case tells of as an answer, and of which nobody said what it is."""

    case_id: int
    mention_id: int
    author: str
    text: str


def of_cases(connection: Connection, case_ids: Collection[int]) -> list[ToldReply]:
    """The replies in these cases that count as answers by nobody's word."""
    rows = connection.execute(
        """
        SELECT e.case_id, e.mention_id, m.author, m.text
        FROM case_events e JOIN mentions m ON m.mention_id = e.mention_id
        WHERE e.kind = 'reply' AND e.case_id IN (SELECT unnest($1::BIGINT[])) AND coalesce(e.became, '') <> 'automatic'
            AND m.author IS NOT NULL AND NOT EXISTS (SELECT 1 FROM answers a WHERE a.mention_id = e.mention_id)
            AND NOT EXISTS (SELECT 1 FROM case_events u WHERE u.undoes = e.event_id)
            AND NOT EXISTS (
                SELECT 1 FROM case_events r
                WHERE r.kind = 'reread' AND r.case_id = e.case_id AND r.mention_id = e.mention_id)
        ORDER BY e.event_id
        """,
        [list(case_ids)],
    ).fetchall()
    return [ToldReply(*row) for row in rows]
