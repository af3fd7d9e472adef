"""What the health page reads: counts, runs, watermarks, rejects, gaps, models."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.store import Connection
from monitor.store.posts.collection_state import Spending
from monitor.store.status import RunRow


@dataclass(frozen=True, slots=True)
class Totals:
    """How much is stored and how much waits."""

    mentions: int
    classified: int
    to_classify: int
    to_place: int
    corrections: int
    cases: int
    rejects: int
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class WatermarkRow:
    """How far a query on a network has been read, and when that last moved."""

    network: str
    query: str
    position: str
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class RejectRow:
    """A post that could not be read."""

    network: str
    place: str
    reason: str
    rejected_at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which a subject was not collected, and the runs that failed in it. `until` is None while it lasts.

    With `reason` it is a time of a network that was read too late or not to its end, and never will be.
    """

    subject: str
    since: datetime
    until: datetime | None
    failed: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SpentRow:
    """What a network has cost: today (UTC), and in the last seven days, today among them."""

    network: str
    today: Spending
    week: Spending


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A classifier, how many current classifications are its work, and when it last worked."""

    model: str
    mentions: int
    last_at: datetime


def totals(connection: Connection) -> Totals:
    """Counts of everything, from the tables' own statistics where the engine has them."""
    row = connection.execute(
        """
        SELECT (SELECT count(*) FROM mentions), (SELECT count(*) FROM classifications WHERE current),
               (SELECT count(*) FROM pending WHERE step = 'classify'),
               (SELECT count(*) FROM pending WHERE step = 'open'),
               (SELECT count(*) FROM corrections), (SELECT count(*) FROM cases), (SELECT count(*) FROM rejects),
               (SELECT max(posted_at) FROM mentions)
        """
    ).fetchall()[0]
    return Totals(*row)


def runs(connection: Connection, limit: int) -> list[RunRow]:
    """The last runs, newest first."""
    rows = connection.execute(
        """
        SELECT step, subject, status, started_at, ended_at, asked, stored, duplicates, rejected, message
        FROM runs ORDER BY started_at DESC, run_id DESC LIMIT ?
        """,
        [limit],
    ).fetchall()
    return [RunRow(*row) for row in rows]


def watermarks(connection: Connection, limit: int) -> list[WatermarkRow]:
    """The watermarks that moved last, by network and query."""
    rows = connection.execute(
        """
        SELECT * FROM (SELECT network, query, position, moved_at FROM watermarks ORDER BY moved_at DESC LIMIT ?)
        ORDER BY network, query
        """,
        [limit],
    )
    return [WatermarkRow(*row) for row in rows.fetchall()]


def spent(connection: Connection, now: datetime) -> list[SpentRow]:
    """What each network that was asked in the last seven days has cost."""
    today = now.astimezone(UTC).date()
    rows = connection.execute(
        """
        SELECT network, coalesce(sum(requests) FILTER (WHERE day = $today), 0),
               coalesce(sum(reads) FILTER (WHERE day = $today), 0),
               coalesce(sum(dollars) FILTER (WHERE day = $today), 0), sum(requests), sum(reads), sum(dollars)
        FROM ledger WHERE day > $today - 7 AND day <= $today GROUP BY network ORDER BY network
        """,
        {"today": today},
    ).fetchall()
    return [SpentRow(row[0], _spent(row[1:4]), _spent(row[4:7])) for row in rows]


def _spent(sums: tuple[Any, ...]) -> Spending:
    requests, reads, dollars = sums
    return Spending(int(requests), int(reads), float(dollars))


def rejects(connection: Connection, limit: int) -> list[RejectRow]:
    """The last posts that could not be read, newest first."""
    rows = connection.execute(
        "SELECT network, place, reason, rejected_at FROM rejects ORDER BY rejected_at DESC, place LIMIT ?", [limit]
    )
    return [RejectRow(*row) for row in rows.fetchall()]


def gaps(connection: Connection, *, longer_than: timedelta, since: datetime, now: datetime) -> list[Gap]:
    """Times after `since` in which successful collect runs of a subject lay further apart than `longer_than`.

    Runs of a clock that was ahead (in the future) or behind (before the run before) say nothing about a time.
    A network that is read in part goes on, and is no gap. Files of the drop folder (subject "network: name") and
    backfills come when they come: one that cannot be read is a failed run, and no time without data.
    """
    rows = connection.execute(
        """
        WITH collected AS (
            SELECT subject, started_at, coalesce(ended_at, started_at) AS ended_at, status FROM (
                SELECT *, lag(started_at) OVER around AS before, lead(started_at) OVER around AS after FROM runs
                WHERE step = 'collect' AND started_at <= $now WINDOW around AS (PARTITION BY subject ORDER BY run_id)
            )
            WHERE started_at >= $since AND NOT coalesce(started_at < before AND before <= after, false)
        ), good AS (
            SELECT subject, ended_at AS since, lead(started_at) OVER (PARTITION BY subject ORDER BY started_at) AS until
            FROM collected WHERE status IN ('done', 'partial')
            UNION ALL
            SELECT subject, min(started_at), min(started_at) FILTER (WHERE status IN ('done', 'partial'))
            FROM collected GROUP BY subject
            HAVING (array_agg(status ORDER BY started_at))[1] NOT IN ('done', 'partial')
        )
        SELECT subject, since, until, failed FROM (
            SELECT g.subject, g.since, g.until, (
                SELECT count(*) FROM collected c WHERE c.subject = g.subject AND c.status IN ('failed', 'interrupted')
                AND c.started_at >= g.since AND c.started_at <= coalesce(g.until, $now)) AS failed
            FROM good g WHERE NOT contains(g.subject, ': ')
        ) told
        WHERE coalesce(until, $now) - since > $longest OR (until IS NULL AND failed > 0) ORDER BY since DESC
        """,
        {"since": since, "now": now, "longest": longer_than},
    ).fetchall()
    return [Gap(*row) for row in rows]


def network_gaps(connection: Connection, *, since: datetime) -> list[Gap]:
    """Times of networks, noticed after `since`, that could not be read and never will be; each once a network."""
    rows = connection.execute(
        """
        SELECT network, since, until, 0, any_value(reason) FROM gaps WHERE noticed_at >= ?
        GROUP BY network, since, until ORDER BY since DESC
        """,
        [since],
    ).fetchall()
    return [Gap(*row) for row in rows]


def models(connection: Connection) -> list[ModelRow]:
    """Which models the current classifications come from, the latest first."""
    rows = connection.execute(
        "SELECT model, count(*), max(classified_at) AS last_at FROM classifications WHERE current GROUP BY model"
        " ORDER BY last_at DESC"
    )
    return [ModelRow(*row) for row in rows.fetchall()]
