"""How many complaints there are and how fast they are handled: counts over a period. Reads only.

What each figure counts, the same here, on the page and in the report:
- a complaint is a case that is not merged into another; one that was dismissed is none after all, and counts only
  where it says so;
- what came in is counted by the time of the case, complaints per 1,000 mentions by the time of its first post, so
  that both sides of the ratio speak of the same posts, however late they were imported;
- the moves to closed, dismissed and reopened come from the history, without what was undone;
- minutes are business minutes; a clock is late when it ended, or is by now, after it was due; clocks that still run
  in time are not decided and count on neither side.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from monitor.store import scope
from monitor.store.connection import Connection
from monitor.store.scope import Scope

AGES = (1, 3, 7, 30)
"""The days at which the ages of open cases are parted."""
_OPEN = "stage NOT IN ('closed', 'dismissed')"
FIRST_LATE = "coalesce(first_answered_at, now) > coalesce(first_due_at, 'infinity')"
FIRST_KNOWN = f"(first_answered_at IS NOT NULL OR {FIRST_LATE})"
_NEXT_LATE = "(next_breaches > 0 OR now > coalesce(next_due_at, 'infinity'))"
RESOLVED_LATE = "coalesce(resolved_at, now) > coalesce(resolve_due_at, 'infinity')"
RESOLVED_KNOWN = f"(resolved_at IS NOT NULL OR {RESOLVED_LATE})"
RECENT = "opened_at >= since AND opened_at < until"
# A case that never came back has ended once, as its row says; only the others are looked up in the history.
_MOVES = """
    , back AS (SELECT case_id FROM c WHERE reopenings > 0), moves AS (
        SELECT case_id, stage AS moved_to, resolved_at AS moved_at FROM c
        WHERE reopenings = 0 AND stage IN ('closed', 'dismissed')
        UNION ALL
        SELECT case_id, stage, least(coalesce(took_place_at, happened_at), happened_at) FROM case_events
        WHERE case_id IN (FROM back) AND stage IN ('closed', 'dismissed', 'reopened') AND kind <> 'undone'
        AND event_id NOT IN (SELECT undoes FROM case_events WHERE undoes IS NOT NULL)
    )
"""


@dataclass(frozen=True, slots=True)
class Share:
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
class Volume:
    """Cases of a period. `complaints` are the opened ones without the dismissed; `by_hand` those not from networks.

    `heard` are complaints on networks by the time of their first post, beside the `mentions` of that time;
    `reopened` cases went back in the period; `came_back` of those closed in it have been reopened since.
    """

    opened: int
    complaints: int
    by_hand: int
    closed: int
    dismissed: int
    reopened: int
    came_back: Share
    heard: int
    mentions: int

    @property
    def per_thousand(self) -> float | None:
        """Complaints per 1,000 mentions; None without mentions."""
        return 1_000 * self.heard / self.mentions if self.mentions else None


@dataclass(frozen=True, slots=True)
class Speed:
    """Times and clocks: of the complaints opened in the period, `resolution` of those closed in it.

    `late_next`: of those that were answered, with a further question that waited too long.
    """

    first: Spread
    resolution: Spread
    late_first: Share
    late_next: Share
    late_resolution: Share


@dataclass(frozen=True, slots=True)
class Backlog:
    """Open cases now: how many, how many are late, and by age in days, parted at `AGES`."""

    n: int
    late: int
    ages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A local day: cases opened, ended (closed or dismissed), reopened, and open at its end."""

    day: date
    opened: int
    ended: int
    reopened: int
    backlog: int


def volume(connection: Connection, scope_: Scope, now: datetime) -> Volume:
    """How many cases came, ended and came back."""
    counts = scope.rows(
        connection,
        scope_,
        now,
        f"""
        SELECT count(*) FILTER ({RECENT}), count(*) FILTER ({RECENT} AND stage <> 'dismissed'),
               count(*) FILTER ({RECENT} AND stage <> 'dismissed' AND channel <> 'network'),
               count(*) FILTER (channel = 'network' AND stage <> 'dismissed'
                                AND first_post_at >= since AND first_post_at < until)
        FROM c
        """,
    )[0]
    moved = scope.rows(
        connection,
        scope_,
        now,
        f"""{_MOVES}, by_case AS (
            SELECT case_id, min(moved_at) FILTER (moved_to = 'closed' AND {_MOVED}) AS closed_at,
                   bool_or(moved_to = 'dismissed' AND {_MOVED}) AS dismissed,
                   bool_or(moved_to = 'reopened' AND {_MOVED}) AS reopened,
                   max(moved_at) FILTER (moved_to = 'reopened') AS last_back_at
            FROM moves, span WHERE moved_at >= since GROUP BY case_id
        )
        SELECT count(closed_at), count(*) FILTER (dismissed), count(*) FILTER (reopened),
               count(*) FILTER (last_back_at >= closed_at)
        FROM by_case
        """,
    )[0]
    opened, complaints, by_hand, heard = counts
    closed, dismissed, reopened, back = moved
    told = mentions(connection, scope_.since, scope_.until, scope_.brand)
    return Volume(opened, complaints, by_hand, closed, dismissed, reopened, Share(back, closed), heard, told)


_MOVED = "moved_at >= since AND moved_at < until"


def mentions(connection: Connection, since: datetime, until: datetime, brand: str | None = None) -> int:
    """How many mentions of a brand, or of any, were posted; each once."""
    found = connection.execute(
        """
        SELECT count(DISTINCT mention_id) FROM matches
        WHERE posted_at >= $since AND posted_at < $until AND ($brand::VARCHAR IS NULL OR brand = $brand)
        """,
        {"since": since, "until": until, "brand": brand},
    ).fetchall()
    return int(found[0][0])


def speed(connection: Connection, scope_: Scope, now: datetime) -> Speed:
    """How fast complaints were answered and resolved, and how often too late."""
    mine = f"{RECENT} AND stage <> 'dismissed'"
    done = "stage = 'closed' AND resolved_at >= since AND resolved_at < until AND resolve_minutes IS NOT NULL"
    first = f"{mine} AND first_minutes IS NOT NULL"
    row = scope.rows(
        connection,
        scope_,
        now,
        f"""
        SELECT count(*) FILTER ({first}), quantile_cont(first_minutes, [0.5, 0.75, 0.9, 0.95]) FILTER ({first}),
               count(*) FILTER ({done}), quantile_cont(resolve_minutes, [0.5, 0.75, 0.9, 0.95]) FILTER ({done}),
               count(*) FILTER ({mine} AND {FIRST_LATE}), count(*) FILTER ({mine} AND {FIRST_KNOWN}),
               count(*) FILTER ({mine} AND first_answered_at IS NOT NULL AND {_NEXT_LATE}),
               count(*) FILTER ({mine} AND first_answered_at IS NOT NULL),
               count(*) FILTER ({mine} AND {RESOLVED_LATE}), count(*) FILTER ({mine} AND {RESOLVED_KNOWN})
        FROM c
        """,
    )[0]
    none = (None,) * 4
    return Speed(
        Spread(row[0], *(row[1] or none)),
        Spread(row[2], *(row[3] or none)),
        Share(row[4], row[5]),
        Share(row[6], row[7]),
        Share(row[8], row[9]),
    )


def backlog(connection: Connection, scope_: Scope, now: datetime) -> Backlog:
    """The cases open now, whenever they were opened."""
    edges = (0, *AGES, None)
    ages = ", ".join(
        f"count(*) FILTER (opened_at <= now - INTERVAL {low} DAY"
        + (f" AND opened_at > now - INTERVAL {high} DAY)" if high is not None else ")")
        for low, high in zip(edges, edges[1:], strict=False)
    )
    sql = f"SELECT count(*), count(*) FILTER (due_at < now), {ages} FROM c WHERE {_OPEN}"
    n, late, *parts = scope.rows(connection, scope_, now, sql)[0]
    return Backlog(n, late, tuple(parts))


def days(connection: Connection, scope_: Scope, now: datetime) -> tuple[Day, ...]:
    """Each local day of the period that has begun, and how many cases were open at its end."""
    found = scope.rows(
        connection,
        scope_,
        now,
        f"""{_MOVES}, told AS (
            SELECT opened_at AS told_at, 'opened' AS what FROM c UNION ALL SELECT moved_at, moved_to FROM moves
        )
        SELECT CASE WHEN told_at >= since THEN (told_at AT TIME ZONE $zone)::DATE END AS day,
               count(*) FILTER (what = 'opened'), count(*) FILTER (what IN ('closed', 'dismissed')),
               count(*) FILTER (what = 'reopened')
        FROM told, span WHERE told_at < until GROUP BY day
        """,
        zone=scope_.zone.key,
    )
    by_day = {day: (opened, ended, back) for day, opened, ended, back in found}
    opened, ended, back = by_day.get(None, (0, 0, 0))
    waiting, told = opened - ended + back, []
    last = min(scope_.last, now.astimezone(scope_.zone).date())
    for at in range((last - scope_.first).days + 1):
        day = scope_.first + timedelta(days=at)
        opened, ended, back = by_day.get(day, (0, 0, 0))
        waiting += opened - ended + back
        told.append(Day(day, opened, ended, back, waiting))
    return tuple(told)


def oldest(connection: Connection) -> datetime | None:
    """When the first case was opened, UTC; None where there is none."""
    found: datetime | None = connection.execute("SELECT min(opened_at) FROM cases").fetchall()[0][0]
    return found.astimezone(UTC) if found else None
