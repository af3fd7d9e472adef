"""What customers answered when they were asked how their complaint was handled. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from monitor.store.connection import Connection
from monitor.store.metrics import scope
from monitor.store.metrics.scope import MetricsScope


@dataclass(frozen=True, slots=True)
class SurveyCounts:
    """Surveys asked in the period: how many, how many answered, and the answers given.

    `satisfaction` counts 1 to 5, `recommend` 0 to 10.
    """

    name: str
    asked: int
    answered: int
    satisfaction: tuple[int, ...]
    recommend: tuple[int, ...]

    @property
    def counts(self) -> tuple[int, int, int, int, int, int]:
        """What `cases.satisfaction.Counts` is made of, in its order."""
        recommendations = self.recommend
        return (
            self.asked,
            self.answered,
            sum(self.satisfaction[3:]),
            sum(recommendations),
            sum(recommendations[9:]),
            sum(recommendations[:7]),
        )


def surveys(
    connection: Connection, scope_: MetricsScope, now: datetime
) -> tuple[SurveyCounts, tuple[SurveyCounts, ...], tuple[SurveyCounts, ...]]:
    """Surveys asked in the period: all, by owner at the time of asking, by category; most asked first.

    The owner of the scope is, here too, the one at the time of asking.
    """
    columns = [f"count(*) FILTER (WHERE satisfaction = {at})" for at in range(1, 6)]
    columns += [f"count(*) FILTER (WHERE recommend = {at})" for at in range(11)]
    rows = scope.rows(
        connection,
        scope_,
        now,
        f"""
        SELECT grouping(asked_of) = 0, grouping(category) = 0, coalesce(asked_of, category, ''), count(*),
               count(answered_at), {", ".join(columns)}
        FROM (
            SELECT s.*, s.owner AS asked_of, c.category FROM surveys s JOIN c USING (case_id)
            WHERE s.asked_at >= c.since AND s.asked_at < c.until AND ($asked::VARCHAR IS NULL OR s.owner = $asked)
        ) asked GROUP BY GROUPING SETS ((), (asked_of), (category)) ORDER BY count(*) DESC, 3
        """,
        any_owner=True,
        asked=scope_.owner,
    )
    totals = [(row[0], row[1], SurveyCounts(row[2], row[3], row[4], row[5:10], row[10:])) for row in rows]
    everything = next(
        (counts for by_owner, by_category, counts in totals if not by_owner and not by_category), _NO_SURVEYS
    )
    return (
        everything,
        tuple(counts for by_owner, _, counts in totals if by_owner),
        tuple(counts for _, kind, counts in totals if kind),
    )


_NO_SURVEYS = SurveyCounts("", 0, 0, (0,) * 5, (0,) * 11)
