"""What was heard in a period: mentions by week and sentiment, and where nothing could be heard. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

from monitor.store.connection import Connection
from monitor.store.metrics import voices
from monitor.store.metrics.scope import MetricsScope
from monitor.store.metrics.voices import KINDS


@dataclass(frozen=True, slots=True)
class SentimentWeek:
    """Classified mentions of a week that begins on `monday` (its days inside the period), by sentiment.

    They are what people said (`monitor.store.metrics.voices`). `complaints` are the posts that count as such, with or
    without a case; `owned` are the posts of our own accounts, and in none of the others.
    """

    monday: date
    negative: int
    neutral: int
    positive: int
    complaints: int
    owned: int = 0

    @property
    def n(self) -> int:
        """All of them."""
        return self.negative + self.neutral + self.positive


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the figures of a period do not hold.

    `gaps` are (network, since, until) of times that could not be read and never will be; `silent_days` days without a
    single post; `unclassified` mentions that no model has read; `rejects` posts noticed in the period that could not
    be read. `samples`: there are made-up posts in the store. `corrected` mentions have a person's label.
    """

    gaps: tuple[tuple[str, datetime, datetime], ...]
    silent_days: int
    unclassified: int
    rejects: int
    corrected: int
    samples: bool


_WEEK = "date_trunc('week', l.posted_at AT TIME ZONE $zone)::DATE"
_TOLD = """
    WITH told AS (
        SELECT l.*, apart.nth FROM labels l LEFT JOIN apart ON apart.mention_id = l.mention_id
        WHERE l.posted_at >= $since AND l.posted_at < $until AND l.mention_id IN (
            SELECT mention_id FROM matches
            WHERE posted_at >= $since AND posted_at < $until AND ($brand::VARCHAR IS NULL OR brand = $brand))
    )
"""


def weeks(connection: Connection, scope: MetricsScope) -> tuple[SentimentWeek, ...]:
    """The classified mentions of the period's brand by week; a person's label outranks the model."""
    with voices.registered(connection, _told_apart(connection, scope)):
        rows = connection.execute(
            f"""{_TOLD}
            SELECT {_WEEK} AS monday,
                   count(*) FILTER (WHERE nth IS NULL AND sentiment = 'negative'),
                   count(*) FILTER (WHERE nth IS NULL AND sentiment = 'neutral'),
                   count(*) FILTER (WHERE nth IS NULL AND sentiment = 'positive'),
                   count(*) FILTER (WHERE nth IS NULL AND decision = 'complaint'),
                   count(*) FILTER (WHERE nth = {KINDS.index("owned")})
            FROM told l WHERE nth IS NULL OR nth = {KINDS.index("owned")} GROUP BY monday ORDER BY monday
            """,
            _span(scope) | {"zone": scope.zone.key},
        ).fetchall()
    return tuple(SentimentWeek(*row) for row in rows)


def coverage(connection: Connection, scope: MetricsScope, now: datetime) -> Coverage:
    """What is missing from the period, as far as it has passed."""
    days_heard = connection.execute(
        """
        SELECT count(DISTINCT (posted_at AT TIME ZONE $zone)::DATE) FROM matches
        WHERE posted_at >= $since AND posted_at < $until AND ($brand::VARCHAR IS NULL OR brand = $brand)
        """,
        _span(scope) | {"zone": scope.zone.key},
    ).fetchall()[0][0]
    apart = _told_apart(connection, scope)
    with voices.registered(connection, apart):
        classified_count, corrected = connection.execute(
            f"{_TOLD} SELECT count(*), count(*) FILTER (WHERE corrected) FROM told WHERE nth IS NULL", _span(scope)
        ).fetchall()[0]
    mention_count, _ = voices.counts(connection, scope.since, scope.until, apart, scope.brand)
    gap_rows = connection.execute(
        """
        SELECT DISTINCT network, since, until FROM gaps WHERE since < $until AND until > $since
        ORDER BY since, network
        """,
        {"since": scope.since, "until": scope.until},
    ).fetchall()
    rejects, samples = connection.execute(
        """
        SELECT (SELECT count(*) FROM rejects WHERE rejected_at >= $since AND rejected_at < $until),
               EXISTS (SELECT 1 FROM mentions WHERE sample LIMIT 1)
        """,
        {"since": scope.since, "until": scope.until},
    ).fetchall()[0]
    elapsed_days = (min(scope.last, now.astimezone(scope.zone).date()) - scope.first).days + 1
    return Coverage(
        tuple(gap_rows),
        max(elapsed_days - days_heard, 0),
        mention_count - classified_count,
        rejects,
        corrected,
        samples,
    )


def _told_apart(connection: Connection, scope: MetricsScope) -> pa.Table:
    return voices.told_apart(connection, scope.since, scope.until, scope.speakers, scope.brand)


def _span(scope: MetricsScope) -> dict[str, object]:
    return {"since": scope.since, "until": scope.until, "brand": scope.brand}
