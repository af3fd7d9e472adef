"""What complaints are about and what became of them: counts by group over a period. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from monitor.store.connection import Connection
from monitor.store.metrics import scope
from monitor.store.metrics.scope import MetricsScope
from monitor.store.metrics.speed import FIRST_KNOWN, FIRST_LATE, RECENT, RESOLVED_KNOWN, RESOLVED_LATE, Proportion

By: TypeAlias = Literal["category", "root_cause", "value", "network", "brand", "owner"]
BY: tuple[By, ...] = ("category", "root_cause", "value", "network", "brand", "owner")
"""What complaints are counted by. `network` names the channel of those entered by hand."""
_MOST = 40  # groups of one kind; root causes are free words
# By the network's id where it is known: a handle may have gone to somebody else.
_PERSON = """
coalesce('customer ' || customer_id, 'account ' || network || ' ' || author_id,
    'author ' || network || ' ' || lower(ltrim(author, '@')))
""".strip()
_MINE = f"{RECENT} AND stage <> 'dismissed'"
_MEDIAN = "percentile_cont(0.5) WITHIN GROUP (ORDER BY {})"
_CLOSED = "stage = 'closed' AND resolved_at >= since AND resolved_at < until"


@dataclass(frozen=True, slots=True)
class Group:
    """Complaints that share a `name` ('' where it is not known): in the period and in the one before.

    `first_minutes` and `resolve_minutes` are medians, of `answered` and of `closed` cases; None of nothing.
    """

    by: By
    name: str
    n: int
    before: int
    open: int
    answered: int
    first_minutes: float | None
    closed: int
    resolve_minutes: float | None
    late_first: Proportion
    late_resolution: Proportion


@dataclass(frozen=True, slots=True)
class Repeats:
    """Customers or authors with two or more complaints in the period, their complaints, and how many people in all.

    Complaints of nobody known are left out.
    """

    people: int
    complaints: int
    known_people: int


@dataclass(frozen=True, slots=True)
class Repeater:
    """Somebody with two or more complaints in the period: a customer, or else an author on a network."""

    customer: str | None
    author: str | None
    network: str
    complaints: int
    open: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What closed cases of a category cost on average, in `desk.currency`; `n` have a cost, of `closed`."""

    category: str
    mean: float | None
    n: int
    closed: int


def groups(
    connection: Connection, scope_: MetricsScope, now: datetime, by: Sequence[By] = BY
) -> dict[By, tuple[Group, ...]]:
    """The complaints of the period by each of `by`, the largest group first; at most 40 of a kind."""
    sets = ", ".join(f"({name})" for name in by)
    marks = " ".join(f"WHEN grouping({name}) = 0 THEN '{name}'" for name in by)
    rows = scope.rows(
        connection,
        scope_,
        now,
        f"""
        , counted AS (
            SELECT CASE {marks} END AS kind, coalesce({", ".join(by)}, '') AS name,
                   count(*) FILTER (WHERE {RECENT}) AS n, count(*) FILTER (WHERE opened_at < since) AS n_before,
                   count(*) FILTER (WHERE {RECENT} AND stage <> 'closed') AS n_open,
                   count(first_minutes) FILTER (WHERE {RECENT}) AS answered,
                   {_MEDIAN.format("first_minutes")} FILTER (WHERE {RECENT}) AS first_median,
                   count(resolve_minutes) FILTER (WHERE {_CLOSED}) AS closed,
                   {_MEDIAN.format("resolve_minutes")} FILTER (WHERE {_CLOSED}) AS resolve_median,
                   count(*) FILTER (WHERE {RECENT} AND {FIRST_LATE}) AS first_late,
                   count(*) FILTER (WHERE {RECENT} AND {FIRST_KNOWN}) AS first_known,
                   count(*) FILTER (WHERE {RECENT} AND {RESOLVED_LATE}) AS resolved_late,
                   count(*) FILTER (WHERE {RECENT} AND {RESOLVED_KNOWN}) AS resolved_known
            FROM c WHERE stage <> 'dismissed' AND opened_at >= before AND opened_at < until
            GROUP BY GROUPING SETS ({sets})
        )
        SELECT kind, name, n, n_before, n_open, answered, first_median, closed, resolve_median,
               first_late, first_known, resolved_late, resolved_known
        FROM (SELECT *, row_number() OVER (PARTITION BY kind ORDER BY n DESC, name) AS place FROM counted) ranked
        WHERE n > 0 AND place <= {_MOST} ORDER BY n DESC, name
        """,
    )
    groups_by_kind: dict[By, list[Group]] = {name: [] for name in by}
    for kind, name, complaints, before, open_cases, answered, first, closed, resolve, *late in rows:
        shares = Proportion(late[0], late[1]), Proportion(late[2], late[3])
        group = Group(kind, name, complaints, before, open_cases, answered, first, closed, resolve, *shares)
        groups_by_kind[kind].append(group)
    return {name: tuple(parts) for name, parts in groups_by_kind.items()}


def repeats(connection: Connection, scope_: MetricsScope, now: datetime) -> Repeats:
    """How many people complained more than once."""
    row = scope.rows(
        connection,
        scope_,
        now,
        f"""
        SELECT count(*) FILTER (WHERE n > 1), coalesce(sum(n) FILTER (WHERE n > 1), 0), count(*)
        FROM (SELECT count(*) AS n FROM c WHERE {_MINE} AND {_PERSON} IS NOT NULL GROUP BY {_PERSON}) people
        """,
    )[0]
    return Repeats(*map(int, row))


def repeaters(connection: Connection, scope_: MetricsScope, now: datetime, limit: int) -> list[Repeater]:
    """Those who complained most often, the most first."""
    rows = scope.rows(
        connection,
        scope_,
        now,
        f"""
        SELECT any_value(customer_id), any_value(author), any_value(network), count(*) AS n,
               count(*) FILTER (WHERE stage <> 'closed')
        FROM c WHERE {_MINE} AND {_PERSON} IS NOT NULL GROUP BY {_PERSON} HAVING count(*) > 1
        ORDER BY n DESC, max(opened_at) DESC, 1, 2 LIMIT $limit
        """,
        limit=limit,
    )
    return [Repeater(*row) for row in rows]


def lost_customers(connection: Connection, scope_: MetricsScope, now: datetime) -> tuple[int, dict[str, int]]:
    """Customers lost among the complaints of the period, each once; and by reason, the most frequent first."""
    rows = scope.rows(
        connection,
        scope_,
        now,
        f"""
        SELECT lost_reason, count(DISTINCT coalesce({_PERSON}, 'case ' || case_id)) AS n
        FROM c WHERE {_MINE} AND lost_reason IS NOT NULL
        GROUP BY GROUPING SETS ((), (lost_reason)) ORDER BY lost_reason IS NOT NULL, n DESC, lost_reason
        """,
    )
    return (rows[0][1] if rows else 0), dict(rows[1:])


def agreements(connection: Connection, scope_: MetricsScope, now: datetime) -> dict[str, int]:
    """Cases closed in the period by what the customer said: agreed, disagreed, no_answer; '' was not asked."""
    sql = f"SELECT coalesce(agreement, ''), count(*) FROM c WHERE {_CLOSED} GROUP BY 1 ORDER BY 2 DESC, 1"
    return dict(scope.rows(connection, scope_, now, sql))


def costs(connection: Connection, scope_: MetricsScope, now: datetime) -> tuple[Cost, ...]:
    """The cost of cases closed in the period by category, dearest first; categories without a cost last."""
    sql = f"""
        SELECT category, avg(cost) AS mean, count(cost), count(*) FROM c WHERE {_CLOSED}
        GROUP BY category ORDER BY mean DESC NULLS LAST, category
    """
    return tuple(Cost(*row) for row in scope.rows(connection, scope_, now, sql))
