"""Corrective actions against root causes, and the complaints of a cause by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from monitor.errors import Refusal
from monitor.store.connection import Connection

_COLUMNS = "action_id, root_cause, title, owner, planned_at, planned_by, done_at, note"


@dataclass(frozen=True, slots=True)
class Action:
    """Something done, or to be done (`done_at` None), against a root cause. Times are UTC."""

    action_id: int
    root_cause: str
    title: str
    owner: str
    planned_at: datetime
    planned_by: str
    done_at: datetime | None
    note: str


def add(
    connection: Connection, root_cause: str, title: str, *, owner: str, note: str, actor: str, now: datetime
) -> Action:
    """Keeps a planned action."""
    row = connection.execute(
        f"""
        INSERT INTO corrective_actions ({_COLUMNS}) VALUES (nextval('action_ids'), ?, ?, ?, ?, ?, NULL, ?)
        RETURNING {_COLUMNS}
        """,
        [root_cause, title, owner, now, actor, note],
    ).fetchall()[0]
    return Action(*row)


def set_done(connection: Connection, action_id: int, done_at: datetime | None) -> Action:
    """Says when the action was done; None: it is not. Raises EscuchaError when there is none of that id."""
    rows = connection.execute(
        f"UPDATE corrective_actions SET done_at = ? WHERE action_id = ? RETURNING {_COLUMNS}", [done_at, action_id]
    ).fetchall()
    if not rows:
        raise Refusal("no_action", "there is no corrective action {action}", action=action_id)
    return Action(*rows[0])


def newest(connection: Connection, limit: int) -> list[Action]:
    """The actions planned last: those still to be done first."""
    rows = connection.execute(
        f"""
        SELECT {_COLUMNS} FROM corrective_actions
        ORDER BY done_at IS NOT NULL, coalesce(done_at, planned_at) DESC, action_id DESC LIMIT ?
        """,
        [limit],
    ).fetchall()
    return [Action(*row) for row in rows]


def complaints_by_day(
    connection: Connection, causes: Iterable[str], since: date, zone: ZoneInfo
) -> dict[str, dict[date, tuple[int, int]]]:
    """Complaints of these root causes by the local day of their first post, from `since` on: all, and on networks.

    Merged and dismissed cases are none; those of employees are not among the second.
    """
    rows = connection.execute(
        """
        SELECT root_cause, (first_post_at AT TIME ZONE $zone)::DATE AS day, count(*),
            count(*) FILTER (WHERE channel = 'network' AND NOT coalesce(internal, false))
        FROM cases
        WHERE merged_into IS NULL AND stage <> 'dismissed' AND root_cause IN (SELECT unnest($causes::VARCHAR[]))
            AND first_post_at >= $since
        GROUP BY root_cause, day
        """,
        {"causes": sorted(set(causes)), "since": _midnight(since, zone), "zone": zone.key},
    ).fetchall()
    counts: dict[str, dict[date, tuple[int, int]]] = {}
    for cause, day, total, on_networks in rows:
        counts.setdefault(cause, {})[day] = (total, on_networks)
    return counts


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def causes(connection: Connection, limit: int) -> list[str]:
    """The root causes of the cases, the most frequent first."""
    rows = connection.execute(
        """
        SELECT root_cause FROM cases WHERE merged_into IS NULL AND root_cause <> ''
        GROUP BY root_cause ORDER BY count(*) DESC, root_cause LIMIT ?
        """,
        [limit],
    ).fetchall()
    return [row[0] for row in rows]
