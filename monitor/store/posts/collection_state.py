"""How far each query has been collected, and what collecting leaves besides mentions: gaps, spending, pauses."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from monitor.models.listings import Charge, CoverageGap, ThreadRoot
from monitor.store.connection import Connection

logger = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(hours=48)
"""For so long a network is left alone at most; then it is asked again, whatever it named."""
CLOCK_SLACK = timedelta(minutes=5)
"""By so much two readings of the clock may differ; a stored time further ahead comes from a clock that was wrong."""
NEAR_DAYS = timedelta(days=2)
"""So far ahead spending is taken for today's: which clock was wrong cannot be told."""
_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Spending:
    """What a network cost on a UTC day: requests, paid resources or quota units, dollars."""

    requests: int = 0
    reads: int = 0
    dollars: float = 0.0


@dataclass(frozen=True, slots=True)
class Pause:
    """Until when a network is left alone and why; `strikes` times in a row it did not say until when.

    `set_at` is when that was stored (None: before this was noted), `subject` the network, or "network: target".
    """

    until: datetime
    strikes: int
    reason: str
    set_at: datetime | None = field(default=None, compare=False)
    subject: str = field(default="", compare=False)

    def is_in_force(self, now: datetime) -> bool:
        """Whether it lasts; not one that a clock set that was ahead, or that is longer than LONGEST_PAUSE."""
        is_from_future = self.set_at is not None and self.set_at > now + CLOCK_SLACK
        return now < self.until <= now + LONGEST_PAUSE and not is_from_future


def watermark(connection: Connection, network: str, query: str) -> str | None:
    """How far this query on this network has been read and stored; None before the first page."""
    rows = connection.execute(
        "SELECT position FROM watermarks WHERE network = ? AND query = ?", [network, query]
    ).fetchall()
    return str(rows[0][0]) if rows else None


def watermark_keys(connection: Connection, network: str) -> set[str]:
    """The queries of this network of which anything was read."""
    rows = connection.execute("SELECT query FROM watermarks WHERE network = ?", [network]).fetchall()
    return {str(query) for (query,) in rows}


def move_watermark(connection: Connection, network: str, query: str, position: str, now: datetime) -> None:
    """Records that everything up to `position` is stored; call it in the transaction that stores it."""
    connection.execute(
        """
        INSERT INTO watermarks (network, query, position, moved_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (network, query) DO UPDATE SET position = $3, moved_at = $4
        """,
        [network, query, position, now],
    )
    logger.debug("watermark moved", extra={"network": network})


def record_gaps(
    connection: Connection, network: str, query: str, holes: Iterable[CoverageGap], run_id: int, now: datetime
) -> None:
    """Keeps times that could not be read; the same one once."""
    for hole in holes:
        connection.execute(
            "INSERT INTO gaps VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [network, query, hole.since, hole.until, hole.reason, run_id, now],
        )


def spending(connection: Connection, network: str, now: datetime) -> Spending:
    """What the network has cost since midnight UTC."""
    return _day_sum(connection, "ledger", network, now)


def _day_sum(connection: Connection, table: str, network: str, now: datetime) -> Spending:
    """A day's sum, with what the next days have cost already: a clock that is a little behind frees no budget."""
    row = connection.execute(
        f"""
        SELECT coalesce(sum(requests), 0)::BIGINT, coalesce(sum(reads), 0)::BIGINT, coalesce(sum(dollars), 0.0)
        FROM {table} WHERE network = ? AND day BETWEEN ? AND ?
        """,
        [network, _day(now), _day(now + NEAR_DAYS)],
    ).fetchall()[0]
    return Spending(*row)


def add_spending(
    connection: Connection,
    network: str,
    requests: int,
    charges: Sequence[Charge],
    now: datetime,
    *,
    is_recheck: bool = False,
) -> Spending:
    """Adds to the day's ledger; a resource that was paid for today costs nothing again. Returns the day's sum.

    What looking posts up again cost (`is_recheck`) is also kept apart.
    """
    day = _day(now)
    due = _unpaid(connection, network, charges, day)
    reads, dollars = sum(charge.units for charge in due), sum(charge.dollars for charge in due)
    for table in ("ledger", "recheck_ledger") if is_recheck else ("ledger",):
        _add(connection, table, network, day, (requests, reads, dollars))
    return spending(connection, network, now)


def _add(connection: Connection, table: str, network: str, day: date, amounts: Sequence[float]) -> None:
    connection.execute(
        f"""
        INSERT INTO {table} (network, day, requests, reads, dollars) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (network, day) DO UPDATE SET requests = {table}.requests + excluded.requests,
            reads = {table}.reads + excluded.reads, dollars = {table}.dollars + excluded.dollars
        """,
        [network, day, *amounts],
    )


def is_spent_ahead(connection: Connection, network: str, now: datetime) -> bool:
    """Whether a clock that was ahead has spent something on days to come.

    If more days lie ahead than in the month before, it is this clock that is behind, and what lies ahead is right.
    """
    ahead, before = connection.execute(
        """
        SELECT count(DISTINCT day) FILTER (WHERE day > $2), count(DISTINCT day) FILTER (WHERE day BETWEEN $3 AND $4)
        FROM ledger WHERE network = $1
        """,
        [network, _day(now + NEAR_DAYS), _day(now - _MONTH), _day(now)],
    ).fetchall()[0]
    return 0 < int(ahead) < int(before)


def bring_back(connection: Connection, network: str, now: datetime) -> None:
    """What was spent on days to come was spent by now, and blocks none of them."""
    last_near_day = _day(now + NEAR_DAYS)
    for table in ("ledger", "recheck_ledger"):
        rows = connection.execute(
            f"DELETE FROM {table} WHERE network = $1 AND day > $2 RETURNING requests, reads, dollars",
            [network, last_near_day],
        ).fetchall()
        for amounts in rows:
            _add(connection, table, network, _day(now), amounts)
    connection.execute("DELETE FROM paid_resources WHERE network = $1 AND day > $2", [network, last_near_day])


def recheck_spending(connection: Connection, network: str, now: datetime) -> Spending:
    """The part of today's spending (UTC) that looking posts up again has cost."""
    return _day_sum(connection, "recheck_ledger", network, now)


def reading_spending(connection: Connection, network: str, now: datetime, days: int) -> list[Spending]:
    """What reading alone has cost on each of the last days (UTC) on which it cost anything, today the first."""
    rows = connection.execute(
        """
        SELECT l.requests - coalesce(r.requests, 0), l.reads - coalesce(r.reads, 0), l.dollars - coalesce(r.dollars, 0)
        FROM ledger l LEFT JOIN recheck_ledger r USING (network, day)
        WHERE network = $1 AND day <= $2 AND day > $3 ORDER BY day DESC
        """,
        [network, _day(now), _day(now - timedelta(days=days))],
    ).fetchall()
    return [Spending(*row) for row in rows]


def _unpaid(connection: Connection, network: str, charges: Sequence[Charge], day: date) -> list[Charge]:
    named_charges = list({charge.resource: charge for charge in charges if charge.resource}.values())
    if not named_charges:
        return list(charges)
    connection.execute("DELETE FROM paid_resources WHERE network = ? AND day < ?", [network, day])
    rows = connection.execute(
        "INSERT INTO paid_resources SELECT ?, ?, unnest(?::VARCHAR[]) ON CONFLICT DO NOTHING RETURNING resource",
        [network, day, [charge.resource for charge in named_charges]],
    ).fetchall()
    fresh = {row[0] for row in rows}
    return [charge for charge in charges if not charge.resource] + [
        charge for charge in named_charges if charge.resource in fresh
    ]


def pause(connection: Connection, network: str) -> Pause | None:
    """The pause in force or past; None when the network's last read was not limited.

    A listing with a server of its own has a pause of its own: `network` is then "network: target".
    """
    row = connection.execute(
        "SELECT until, strikes, reason, set_at, network FROM pauses WHERE network = ?", [network]
    ).fetchone()
    return Pause(*row) if row else None


def pauses(connection: Connection, now: datetime) -> list[Pause]:
    """All pauses in force, the one that ends first at the beginning."""
    rows = connection.execute("SELECT until, strikes, reason, set_at, network FROM pauses ORDER BY until").fetchall()
    return [pause for pause in (Pause(*row) for row in rows) if pause.is_in_force(now)]


def set_pause(connection: Connection, network: str, pause: Pause, now: datetime | None = None) -> None:
    """Leaves the network alone until then; `now` is what the clock says."""
    connection.execute(
        """
        INSERT INTO pauses (network, until, strikes, reason, set_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (network) DO UPDATE SET until = $2, strikes = $3, reason = $4, set_at = $5
        """,
        [network, pause.until, pause.strikes, pause.reason, now],
    )


def end_pause(connection: Connection, network: str) -> None:
    """The network answers again."""
    connection.execute("DELETE FROM pauses WHERE network = ?", [network])


def end_pauses(connection: Connection, network: str) -> list[Pause]:
    """Ends the network's pause and those of its single listings. Returns those that there were."""
    rows = connection.execute(
        "DELETE FROM pauses WHERE network = $1 OR starts_with(network, $1 || ': ')"
        " RETURNING until, strikes, reason, set_at, network",
        [network],
    ).fetchall()
    return [Pause(*row) for row in rows]


def threads(connection: Connection, network: str, brand: str, since: datetime) -> list[ThreadRoot]:
    """Conversations about the brand whose first post is stored, newest first.

    Those younger than `since`, and older ones of which a read was begun and has not ended.
    """
    rows = connection.execute(
        """
        SELECT DISTINCT post_id, mentions.posted_at FROM mentions JOIN matches USING (mention_id)
        WHERE mentions.network = $1 AND brand = $2 AND thread_id = post_id AND deleted_at IS NULL
        AND (mentions.posted_at >= $3 OR EXISTS (
            SELECT 1 FROM watermarks WHERE watermarks.network = $1 AND contains(query, post_id)
            AND NOT contains(position, '"walk": null')
        ))
        ORDER BY mentions.posted_at DESC
        """,
        [network, brand, since],
    ).fetchall()
    return [ThreadRoot(post_id, brand) for post_id, _ in rows]


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()
