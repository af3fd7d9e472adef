"""How fast complaints are handled, and those that wait: counts over a period. Reads only.

What each figure of the metrics counts, the same on the page and in the report:
- a complaint is a case that is not merged into another; one that was dismissed is none after all, and counts only
  where it says so;
- what came in is counted by the time of the case, the complaint rate by the time of its first post, so
  that both sides of the ratio speak of the same posts, however late they were imported;
- the moves to closed, dismissed and reopened come from the history, without what was undone;
- minutes are business minutes; a clock is late when it ended, or is by now, after it was due; clocks that still run
  in time are not decided and count on neither side.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from monitor.store.connection import Connection
from monitor.store.metrics import scope
from monitor.store.metrics.scope import MetricsScope

AGES = (1, 3, 7, 30)
"""The days at which the ages of open cases are parted."""

_OPEN = "stage NOT IN ('closed', 'dismissed')"
FIRST_LATE = "coalesce(first_answered_at, now) > coalesce(first_due_at, 'infinity')"
FIRST_KNOWN = f"(first_answered_at IS NOT NULL OR {FIRST_LATE})"
_NEXT_LATE = "(next_breaches > 0 OR now > coalesce(next_due_at, 'infinity'))"
_NEXT_KNOWN = f"({_NEXT_LATE} OR (next_due_at IS NULL AND case_id IN (SELECT case_id FROM asked)))"
# The customer's words after our first answer, as `sla.is_asking` has them; a post that was read as thanks is none.
_ASKED = """
    , asked AS (
        SELECT case_id FROM c JOIN case_events e USING (case_id)
        WHERE least(coalesce(e.took_place_at, e.happened_at), e.happened_at) > c.first_answered_at
        AND (e.kind = 'post' AND coalesce(e.became, '') <> 'thanks' OR (e.kind, e.became) IN (('contact', 'in'),
            ('edited', 'asks'), ('reread', 'question')) OR e.kind = 'merged' AND e.took_place_at IS NOT NULL)
        AND e.event_id NOT IN (SELECT undoes FROM case_events WHERE undoes IS NOT NULL)
        AND coalesce(e.mention_id, 0) NOT IN (
            SELECT mention_id FROM case_events WHERE kind = 'reread' AND became = 'thanks' AND mention_id IS NOT NULL
        )
    )
"""
RESOLVED_LATE = "(resolve_breaches > 0 OR coalesce(resolved_at, now) > coalesce(resolve_due_at, 'infinity'))"
RESOLVED_KNOWN = f"(resolved_at IS NOT NULL OR {RESOLVED_LATE})"
_SPREAD = "percentile_cont(ARRAY[0.5, 0.75, 0.9, 0.95]) WITHIN GROUP (ORDER BY {})"
RECENT = "opened_at >= since AND opened_at < until"


@dataclass(frozen=True, slots=True)
class Proportion:
    """`some` of `n`."""

    some: int
    n: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.some / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class Spread:
    """Business minutes of `n` cases: the time within which 50, 75, 90 and 95 of 100 were done; None of nothing."""

    n: int
    p50: float | None
    p75: float | None
    p90: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class Speed:
    """Times and clocks: of the complaints opened in the period, `resolution` of those closed in it.

    `late_next`: of those answered in which the customer asked again, with a question that waited too long.
    """

    first: Spread
    resolution: Spread
    late_first: Proportion
    late_next: Proportion
    late_resolution: Proportion


@dataclass(frozen=True, slots=True)
class Backlog:
    """Open cases now: how many, how many are late, and by age in days, parted at `AGES`."""

    n: int
    late: int
    ages: tuple[int, ...]


def speed(connection: Connection, scope_: MetricsScope, now: datetime) -> Speed:
    """How fast complaints were answered and resolved, and how often too late."""
    mine = f"{RECENT} AND stage <> 'dismissed'"
    done = "stage = 'closed' AND resolved_at >= since AND resolved_at < until AND resolve_minutes IS NOT NULL"
    first = f"{mine} AND first_minutes IS NOT NULL"
    row = scope.rows(
        connection,
        scope_,
        now,
        f"""{_ASKED}
        SELECT count(*) FILTER (WHERE {first}), {_SPREAD.format("first_minutes")} FILTER (WHERE {first}),
               count(*) FILTER (WHERE {done}), {_SPREAD.format("resolve_minutes")} FILTER (WHERE {done}),
               count(*) FILTER (WHERE {mine} AND {FIRST_LATE}), count(*) FILTER (WHERE {mine} AND {FIRST_KNOWN}),
               count(*) FILTER (WHERE {mine} AND first_answered_at IS NOT NULL AND {_NEXT_LATE}),
               count(*) FILTER (WHERE {mine} AND first_answered_at IS NOT NULL AND {_NEXT_KNOWN}),
               count(*) FILTER (WHERE {mine} AND {RESOLVED_LATE}), count(*) FILTER (WHERE {mine} AND {RESOLVED_KNOWN})
        FROM c
        """,
    )[0]
    none = (None,) * 4
    return Speed(
        Spread(row[0], *(row[1] or none)),
        Spread(row[2], *(row[3] or none)),
        Proportion(row[4], row[5]),
        Proportion(row[6], row[7]),
        Proportion(row[8], row[9]),
    )


def backlog(connection: Connection, scope_: MetricsScope, now: datetime) -> Backlog:
    """The cases open now, whenever they were opened."""
    edges = (0, *AGES, None)
    ages = ", ".join(
        f"count(*) FILTER (WHERE opened_at <= now - INTERVAL '{low} days'"
        + (f" AND opened_at > now - INTERVAL '{high} days')" if high is not None else ")")
        for low, high in pairwise(edges)
    )
    sql = f"SELECT count(*), count(*) FILTER (WHERE due_at < now), {ages} FROM c WHERE {_OPEN}"
    open_count, late_count, *age_counts = scope.rows(connection, scope_, now, sql)[0]
    return Backlog(open_count, late_count, tuple(age_counts))


def oldest(connection: Connection) -> datetime | None:
    """When the first case was opened, UTC; None where there is none."""
    first_opening: datetime | None = connection.execute("SELECT min(opened_at) FROM cases").fetchall()[0][0]
    return first_opening.astimezone(UTC) if first_opening else None
