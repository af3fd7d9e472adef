"""What reading networks leaves behind besides mentions: gaps, what was spent, and pauses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from monitor.models.listings import Charge, Hole, Thread
from monitor.store.connection import Connection


@dataclass(frozen=True, slots=True)
class Spent:
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


def record_gaps(
    connection: Connection, network: str, query: str, holes: Iterable[Hole], run_id: int, now: datetime
) -> None:
    """Keeps times that could not be read; the same one once."""
    for hole in holes:
        connection.execute(
            "INSERT INTO gaps VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [network, query, hole.since, hole.until, hole.reason, run_id, now],
        )


def spent(connection: Connection, network: str, now: datetime) -> Spent:
    """What the network has cost since midnight UTC."""
    row = connection.execute(
        "SELECT requests, reads, dollars FROM ledger WHERE network = ? AND day = ?", [network, _day(now)]
    ).fetchone()
    return Spent(*row) if row else Spent()


def spend(connection: Connection, network: str, requests: int, charges: Sequence[Charge], now: datetime) -> Spent:
    """Adds to the day's ledger; a resource that was paid for today costs nothing again. Returns the day's sum."""
    day = _day(now)
    due = _not_paid_yet(connection, network, charges, day)
    reads, dollars = sum(one.units for one in due), sum(one.dollars for one in due)
    row = connection.execute(
        """
        INSERT INTO ledger VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO UPDATE SET
        requests = requests + $3, reads = reads + $4, dollars = dollars + $5 RETURNING requests, reads, dollars
        """,
        [network, day, requests, reads, dollars],
    ).fetchall()[0]
    return Spent(*row)


def _not_paid_yet(connection: Connection, network: str, charges: Sequence[Charge], day: date) -> list[Charge]:
    named = list({one.resource: one for one in charges if one.resource}.values())
    if not named:
        return list(charges)
    connection.execute("DELETE FROM paid_resources WHERE network = ? AND day < ?", [network, day])
    new = connection.execute(
        "INSERT INTO paid_resources SELECT ?, ?, unnest(?) ON CONFLICT DO NOTHING RETURNING resource",
        [network, day, [one.resource for one in named]],
    ).fetchall()
    fresh = {row[0] for row in new}
    return [one for one in charges if not one.resource] + [one for one in named if one.resource in fresh]


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


def threads(connection: Connection, network: str, brand: str, since: datetime) -> list[Thread]:
    """Conversations about the brand whose first post is stored, younger than `since`, newest first."""
    rows = connection.execute(
        """
        SELECT DISTINCT post_id, mentions.posted_at FROM mentions JOIN matches USING (mention_id)
        WHERE mentions.network = ? AND brand = ? AND thread_id = post_id AND mentions.posted_at >= ?
        AND deleted_at IS NULL ORDER BY mentions.posted_at DESC
        """,
        [network, brand, since],
    ).fetchall()
    return [Thread(post_id, brand) for post_id, _ in rows]


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()
