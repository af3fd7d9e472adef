"""The two queues of the inbox: complaints that nobody has taken yet, and posts the model is unsure about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from monitor.store import Connection

Queue: TypeAlias = Literal["complaint", "unsure"]
Order: TypeAlias = Literal["urgent", "newest"]

# How urgent a post is, from 0 to 1: half the probability of a complaint, three tenths how negative it is, two tenths
# how long it has waited, full after three days. The only place where urgency is defined.
URGENCY = (
    "(0.5 * l.p_complaint + 0.3 * l.p_negative"
    " + 0.2 * greatest(0, least(1, (epoch_us($now::TIMESTAMPTZ) - epoch_us(l.posted_at)) / 259200e6)))"
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the inbox shows: None means all."""

    queue: Queue = "complaint"
    order: Order = "urgent"
    brand: str | None = None
    network: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """One line of a queue: the post to look at first and how many of the queue belong to the same case (1 = itself)."""

    mention_id: int
    posts: int


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Lines of one queue, and how many lines each queue has with these filters."""

    places: tuple[Place, ...]
    complaints: int
    unsure: int


def page(connection: Connection, filters: Filters, *, now: datetime, offset: int, limit: int) -> QueuePage:
    """One page of a queue. Posts of one untouched case make one line, under their most urgent or newest post."""
    rank = "u" if filters.order == "urgent" else "posted_at"
    rows = connection.execute(
        f"""
        WITH triaged AS (
            SELECT mention_id, bool_and(stage <> 'received') AS done,
                   min(case_id) FILTER (stage = 'received') AS case_id
            FROM case_mentions JOIN cases USING (case_id) GROUP BY mention_id
        ), waiting AS MATERIALIZED (
            SELECT l.decision, coalesce(t.case_id, -l.mention_id) AS line,
                   max_by(l.mention_id, {URGENCY if rank == "u" else "l.posted_at"}) AS mention_id,
                   max({URGENCY}) AS u, max(l.posted_at) AS posted_at, count(*) AS posts
            FROM labels l LEFT JOIN triaged t ON t.mention_id = l.mention_id
            WHERE l.decision IN ('complaint', 'unsure') AND NOT coalesce(t.done, false) {_narrowed(filters)}
              AND l.mention_id NOT IN (SELECT mention_id FROM mentions WHERE deleted_at IS NOT NULL)
            GROUP BY ALL
        ), counts AS (
            SELECT count(*) FILTER (decision = 'complaint') AS complaints,
                   count(*) FILTER (decision = 'unsure') AS unsure
            FROM waiting
        ), shown AS (
            SELECT mention_id, posts, row_number() OVER (ORDER BY {rank} DESC, mention_id DESC) AS nth
            FROM waiting WHERE decision = $queue ORDER BY {rank} DESC, mention_id DESC LIMIT $limit OFFSET $offset
        )
        SELECT complaints, unsure, mention_id, posts FROM counts LEFT JOIN shown ON true ORDER BY nth
        """,
        {"now": now, "queue": filters.queue, "limit": limit, "offset": offset, **_values(filters)},
    ).fetchall()
    places = tuple(Place(row[2], row[3]) for row in rows if row[2] is not None)
    return QueuePage(places, rows[0][0], rows[0][1])


def _values(filters: Filters) -> dict[str, str]:
    named = {"brand": filters.brand, "network": filters.network}
    return {name: value for name, value in named.items() if value is not None}


def _narrowed(filters: Filters) -> str:
    tests = " AND ".join(f"{name} = ${name}" for name in _values(filters))
    return f"AND l.mention_id IN (SELECT mention_id FROM matches WHERE {tests})" if tests else ""
