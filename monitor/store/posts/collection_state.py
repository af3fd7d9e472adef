"""How far each query has been collected, and what collecting leaves besides mentions: gaps, spending, pauses."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from monitor.models.listings import Charge, CoverageGap, ThreadRoot
from monitor.store.connection import Connection

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Spending:
    """What a network cost on a UTC day: requests, paid resources or quota units, dollars."""

    requests: int = 0
    reads: int = 0
    dollars: float = 0.0


@dataclass(frozen=True, slots=True)
class Pause:
    """Until when a network is left alone and why; `strikes` times in a row it did not say until when."""

    until: datetime
    strikes: int
    reason: str


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
        "INSERT INTO watermarks VALUES ($1, $2, $3, $4) ON CONFLICT DO UPDATE SET position = $3, moved_at = $4",
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
    row = connection.execute(
        "SELECT requests, reads, dollars FROM ledger WHERE network = ? AND day = ?", [network, _day(now)]
    ).fetchone()
    return Spending(*row) if row else Spending()


def add_spending(
    connection: Connection, network: str, requests: int, charges: Sequence[Charge], now: datetime
) -> Spending:
    """Adds to the day's ledger; a resource that was paid for today costs nothing again. Returns the day's sum."""
    day = _day(now)
    due = _unpaid(connection, network, charges, day)
    reads, dollars = sum(charge.units for charge in due), sum(charge.dollars for charge in due)
    row = connection.execute(
        """
        INSERT INTO ledger VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO UPDATE SET
        requests = requests + $3, reads = reads + $4, dollars = dollars + $5 RETURNING requests, reads, dollars
        """,
        [network, day, requests, reads, dollars],
    ).fetchall()[0]
    return Spending(*row)


def _unpaid(connection: Connection, network: str, charges: Sequence[Charge], day: date) -> list[Charge]:
    named_charges = list({charge.resource: charge for charge in charges if charge.resource}.values())
    if not named_charges:
        return list(charges)
    connection.execute("DELETE FROM paid_resources WHERE network = ? AND day < ?", [network, day])
    rows = connection.execute(
        "INSERT INTO paid_resources SELECT ?, ?, unnest(?) ON CONFLICT DO NOTHING RETURNING resource",
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
    row = connection.execute("SELECT until, strikes, reason FROM pauses WHERE network = ?", [network]).fetchone()
    return Pause(*row) if row else None


def set_pause(connection: Connection, network: str, pause: Pause) -> None:
    """Leaves the network alone until then."""
    connection.execute(
        "INSERT INTO pauses VALUES ($1, $2, $3, $4) ON CONFLICT DO UPDATE SET until = $2, strikes = $3, reason = $4",
        [network, pause.until, pause.strikes, pause.reason],
    )


def end_pause(connection: Connection, network: str) -> None:
    """The network answers again."""
    connection.execute("DELETE FROM pauses WHERE network = ?", [network])


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
