"""Gaps that are no more: those that a wrong clock has made, and those that were read in the end."""

import logging
from datetime import datetime

from monitor.models.listings import CoverageGap
from monitor.store.connection import Connection

logger = logging.getLogger(__name__)

_MANY = 10  # posts whose authors do not all name a wrong time


def from_the_future(connection: Connection, network: str, query: str, latest: datetime) -> list[CoverageGap]:
    """Gaps of a listing that end, or were noticed, after `latest`: a clock that was ahead has made them."""
    rows = connection.execute(
        """
        SELECT since, until, reason FROM gaps
        WHERE network = $1 AND query = $2 AND (until > $3 OR noticed_at > $3) ORDER BY since
        """,
        [network, query, latest],
    ).fetchall()
    return [CoverageGap(*row) for row in rows]


def is_clock_behind(connection: Connection, network: str, latest: datetime) -> bool:
    """Whether so many stored posts are younger than `latest` that this clock is wrong, and not an earlier one."""
    rows = connection.execute(
        "SELECT count(*) FROM mentions WHERE network = $1 AND posted_at > $2", [network, latest]
    ).fetchall()
    return bool(rows[0][0] >= _MANY)


def take_back(connection: Connection, network: str, query: str, latest: datetime) -> None:
    """Removes those gaps; call it in the transaction that has their times read again."""
    connection.execute(
        "DELETE FROM gaps WHERE network = $1 AND query = $2 AND (until > $3 OR noticed_at > $3)",
        [network, query, latest],
    )


def narrow(connection: Connection, network: str, query: str, since: datetime, until: datetime, run_id: int) -> None:
    """The listing was read whole from `since` until `until`: what gaps of earlier runs hold of that is none."""
    rows = connection.execute(
        """
        DELETE FROM gaps WHERE network = $1 AND query = $2 AND since < $4 AND until > $3 AND run_id <> $5
        RETURNING since, until, reason, run_id, noticed_at
        """,
        [network, query, since, until, run_id],
    ).fetchall()
    for begin, end, reason, run, noticed_at in rows:
        for left, right in ((begin, min(end, since)), (max(begin, until), end)):
            if left < right:
                connection.execute(
                    """
                    INSERT INTO gaps (network, query, since, until, reason, run_id, noticed_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
                    """,
                    [network, query, left, right, reason, run, noticed_at],
                )
    if rows:
        logger.info("gaps read in the end", extra={"network": network, "run": run_id, "count": len(rows)})
