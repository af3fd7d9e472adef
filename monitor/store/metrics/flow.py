"""How many cases came, ended and came back in a period, and how many waited each day. Reads only.

What counts is told in `metrics`.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor.store.connection import Connection
from monitor.store.metrics import scope, voices
from monitor.store.metrics.scope import MetricsScope
from monitor.store.metrics.speed import RECENT, Proportion
from monitor.store.metrics.voices import Apart

_MOVED = "moved_at >= since AND moved_at < until"
# A case that never came back has ended once, as its row says; only the others are looked up in the history.
_MOVES = """
    , back AS (SELECT case_id FROM c WHERE reopenings > 0), moves AS (
        SELECT case_id, stage AS moved_to, resolved_at AS moved_at FROM c
        WHERE reopenings = 0 AND stage IN ('closed', 'dismissed')
        UNION ALL
        SELECT case_id, stage, least(coalesce(took_place_at, happened_at), happened_at) FROM case_events
        WHERE case_id IN (SELECT case_id FROM back) AND stage IN ('closed', 'dismissed', 'reopened')
        AND kind <> 'undone' AND event_id NOT IN (SELECT undoes FROM case_events WHERE undoes IS NOT NULL)
    )
"""


@dataclass(frozen=True, slots=True)
class Volume:
    """Cases of a period. `complaints` are the opened ones without the dismissed; `by_hand` those not from networks.

    `heard` are complaints on networks by the time of their first post, without those of employees, beside the
    `mentions` of that time, what people said; `apart` is what else was posted then, and counts in neither: nor does a
    case that holds nothing else, such as the copy of a campaign.
    `reopened` cases went back in the period; `came_back` of those closed in it have been reopened since.
    """

    opened: int
    complaints: int
    by_hand: int
    closed: int
    dismissed: int
    reopened: int
    came_back: Proportion
    heard: int
    mentions: int
    apart: Apart

    @property
    def complaint_rate(self) -> Proportion:
        """Complaints on networks, of the mentions of the same time."""
        return Proportion(self.heard, self.mentions)


@dataclass(frozen=True, slots=True)
class CaseFlowDay:
    """A local day: cases opened, ended (closed or dismissed), reopened, and open at its end."""

    day: date
    opened: int
    ended: int
    reopened: int
    backlog: int


def volume(connection: Connection, scope_: MetricsScope, now: datetime) -> Volume:
    """How many cases came, ended and came back."""
    apart = voices.told_apart(connection, scope_.since, scope_.until, scope_.speakers, scope_.brand)
    with voices.registered(connection, apart):
        counts = scope.rows(
            connection,
            scope_,
            now,
            f"""
            , posts AS (
                SELECT case_id, bool_or(posted_at >= since AND posted_at < until AND apart.mention_id IS NULL) AS said
                FROM case_mentions p JOIN mentions m ON m.mention_id = p.mention_id
                LEFT JOIN apart ON apart.mention_id = p.mention_id CROSS JOIN span
                WHERE case_id IN (SELECT case_id FROM c WHERE first_post_at >= since AND first_post_at < until)
                GROUP BY case_id
            )
            SELECT count(*) FILTER (WHERE {RECENT}), count(*) FILTER (WHERE {RECENT} AND stage <> 'dismissed'),
                   count(*) FILTER (WHERE {RECENT} AND stage <> 'dismissed' AND channel <> 'network'),
                   count(*) FILTER (WHERE channel = 'network' AND stage <> 'dismissed' AND NOT coalesce(internal, false)
                                    AND (brand <> '' OR $unmatched::BOOLEAN)
                                    AND case_id NOT IN (SELECT case_id FROM posts WHERE NOT said)
                                    AND first_post_at >= since AND first_post_at < until)
            FROM c
            """,
            unmatched=scope_.speakers.unmatched_count or scope_.brand == "",
        )[0]
    move_counts = scope.rows(
        connection,
        scope_,
        now,
        f"""{_MOVES}, by_case AS (
            SELECT case_id, min(moved_at) FILTER (WHERE moved_to = 'closed' AND {_MOVED}) AS closed_at,
                   bool_or(moved_to = 'dismissed' AND {_MOVED}) AS dismissed,
                   bool_or(moved_to = 'reopened' AND {_MOVED}) AS reopened,
                   max(moved_at) FILTER (WHERE moved_to = 'reopened') AS last_back_at
            FROM moves, span WHERE moved_at >= since GROUP BY case_id
        )
        SELECT count(closed_at), count(*) FILTER (WHERE dismissed), count(*) FILTER (WHERE reopened),
               count(*) FILTER (WHERE last_back_at >= closed_at)
        FROM by_case
        """,
    )[0]
    opened, complaints, by_hand, heard = counts
    closed, dismissed, reopened, reopened_later = move_counts
    said = voices.counts(connection, scope_.since, scope_.until, apart, scope_.brand)
    return Volume(
        opened,
        complaints,
        by_hand,
        closed,
        dismissed,
        reopened,
        Proportion(reopened_later, closed),
        heard,
        *said,
    )


def days(connection: Connection, scope_: MetricsScope, now: datetime) -> tuple[CaseFlowDay, ...]:
    """Each local day of the period that has begun, and how many cases were open at its end."""
    rows = scope.rows(
        connection,
        scope_,
        now,
        f"""{_MOVES}, told AS (
            SELECT opened_at AS told_at, 'opened' AS what FROM c UNION ALL SELECT moved_at, moved_to FROM moves
        )
        SELECT CASE WHEN told_at >= since THEN (told_at AT TIME ZONE $zone)::DATE END AS day,
               count(*) FILTER (WHERE what = 'opened'), count(*) FILTER (WHERE what IN ('closed', 'dismissed')),
               count(*) FILTER (WHERE what = 'reopened')
        FROM told, span WHERE told_at < until GROUP BY day
        """,
        zone=scope_.zone.key,
    )
    by_day = {day: (opened, ended, reopened) for day, opened, ended, reopened in rows}
    opened, ended, reopened = by_day.get(None, (0, 0, 0))
    backlog, flow_days = opened - ended + reopened, []
    last = min(scope_.last, now.astimezone(scope_.zone).date())
    for at in range((last - scope_.first).days + 1):
        day = scope_.first + timedelta(days=at)
        opened, ended, reopened = by_day.get(day, (0, 0, 0))
        backlog += opened - ended + reopened
        flow_days.append(CaseFlowDay(day, opened, ended, reopened, backlog))
    return tuple(flow_days)
