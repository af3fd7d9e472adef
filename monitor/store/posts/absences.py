"""Posts that a network says are gone while there is reason to doubt it: what was said, how often, since when."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa

from monitor.store.connection import Connection
from monitor.store.posts.collection_state import CLOCK_SLACK

logger = logging.getLogger(__name__)

ANOTHER_DAY = timedelta(hours=20)
"""After so long a look counts as one of another day."""


@dataclass(frozen=True, slots=True)
class Absences:
    """So many posts of a network are said to be gone and are not believed to be, the first since `since`.

    So many `looks` on different days have said so of those looked at most often.
    """

    posts: int
    since: datetime
    looks: int


def waiting(connection: Connection) -> dict[str, Absences]:
    """What waits for another look or a person's word, by network."""
    rows = connection.execute(
        """
        SELECT network, count(*), min(first_at), max(looks) FROM absences JOIN mentions USING (network, post_id)
        WHERE deleted_at IS NULL GROUP BY network
        """
    ).fetchall()
    return {network: Absences(*values) for network, *values in rows}


def note(connection: Connection, network: str, post_ids: Sequence[str], now: datetime) -> None:
    """Records that a look called these posts gone; several of one day count once."""
    if not post_ids:
        return
    connection.execute(
        """
        INSERT INTO absences (network, post_id, first_at, last_at, looks)
        SELECT $1, unnest($2::VARCHAR[]), $3, $3, 1
        ON CONFLICT (network, post_id) DO UPDATE SET
            looks = absences.looks + CASE WHEN absences.last_at <= $4 THEN 1 ELSE 0 END,
            last_at = CASE WHEN absences.last_at <= $4 OR absences.last_at > $5 THEN $3 ELSE absences.last_at END
        """,
        [network, list(dict.fromkeys(post_ids)), now, now - ANOTHER_DAY, now + CLOCK_SLACK],
    )
    logger.debug("absences noted", extra={"network": network, "count": len(post_ids)})


def looked_at_before(connection: Connection, network: str, at: datetime, limit: int) -> list[str]:
    """Posts that wait for a person's word and were not looked at since then."""
    rows = connection.execute(
        """
        SELECT post_id FROM absences JOIN mentions USING (network, post_id)
        WHERE network = $1 AND deleted_at IS NULL AND coalesce(checked_at, stored_at) < $2 ORDER BY post_id LIMIT $3
        """,
        [network, at, limit],
    ).fetchall()
    return [str(row[0]) for row in rows]


def forget(connection: Connection, network: str, post_ids: Sequence[str]) -> None:
    """These posts are there after all, or were erased."""
    connection.register("settled", pa.table({"post_id": pa.array(list(post_ids), pa.string())}))
    connection.execute("DELETE FROM absences WHERE network = ? AND post_id IN (SELECT post_id FROM settled)", [network])
    connection.unregister("settled")


def looks(connection: Connection, network: str, post_ids: Sequence[str]) -> dict[str, int]:
    """On how many different days each of these was called gone; those never called so are not among them."""
    rows = connection.execute(
        "SELECT post_id, looks FROM absences WHERE network = $1 AND post_id IN (SELECT unnest($2::VARCHAR[]))",
        [network, list(post_ids)],
    ).fetchall()
    return {str(post_id): int(count) for post_id, count in rows}
