"""Posts that could not be read: listed for people, and what is erased of those that are deleted on their network."""

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.models.rejects import KeptReject
from monitor.store.connection import Connection
from monitor.store.posts.reject_keys import names, own_names

logger = logging.getLogger(__name__)

_FEW = 50  # names that are looked for by the engine; of more, every reject is read
_CHUNK = 1_000  # rejects held in memory


@dataclass(frozen=True, slots=True)
class RejectScope:
    """Which rejects: of a network, of a run; None: of any."""

    network: str | None = None
    run_id: int | None = None


def reasons(connection: Connection, scope: RejectScope) -> list[tuple[str, int]]:
    """How many there are by reason, the most first."""
    test, values = _test(scope)
    return connection.execute(
        f"SELECT reason, count(*) FROM rejects WHERE {test} GROUP BY reason ORDER BY count(*) DESC, reason", values
    ).fetchall()


def keys(connection: Connection, scope: RejectScope) -> list[str]:
    """Which there are, the newest first, those of a file in its order: for `listed`, some at a time."""
    test, values = _test(scope)
    rows = connection.execute(
        f"SELECT reject_key FROM rejects WHERE {test} ORDER BY rejected_at DESC, run_id DESC, place, reject_key", values
    ).fetchall()
    return [row[0] for row in rows]


def listed(connection: Connection, wanted: Sequence[str], only_links: Sequence[str] = ()) -> list[KeptReject]:
    """These, in this order; those that are gone meanwhile are left out. Of `only_links` nothing that was received."""
    rows = connection.execute(
        """
        SELECT reject_key, reason, place, network, rejected_at, run_id,
            CASE WHEN network IN (SELECT unnest($2::VARCHAR[])) THEN '' ELSE raw END
        FROM rejects WHERE reject_key IN (SELECT unnest($1::VARCHAR[]))
        """,
        [list(wanted), list(only_links)],
    ).fetchall()
    by_key = {key: KeptReject(*values) for key, *values in rows}
    return [by_key[key] for key in wanted if key in by_key]


def erase(connection: Connection, network: str, post_ids: Sequence[str]) -> int:
    """Erases all that was received of these posts, which are deleted on their network. Returns of how many.

    Reason and place stay: the post is still counted once.
    """
    wanted = {name for post_id in post_ids for name in names(post_id)}
    gone = [key for key, raw in _candidates(connection, network, wanted) if not wanted.isdisjoint(own_names(raw))]
    if gone:
        connection.execute(
            "UPDATE rejects SET raw = '' WHERE reject_key IN (SELECT unnest($1::VARCHAR[]))", [gone]
        ).fetchall()
        logger.info("rejects erased", extra={"network": network, "count": len(gone)})
    return len(gone)


def _candidates(connection: Connection, network: str, wanted: Collection[str]) -> Iterator[tuple[str, str]]:
    """Rejects that may be of those posts, some at a time: of few names what holds one of them, else all."""
    sql = "SELECT reject_key FROM rejects WHERE network = $1 AND raw <> ''"
    values: list[Any] = [network]
    if len(wanted) <= _FEW:
        sql += " AND EXISTS (SELECT 1 FROM (SELECT unnest($2::VARCHAR[]) AS name) AS gone WHERE contains(raw, name))"
        values.append(list(wanted))
    found = [row[0] for row in connection.execute(sql, values).fetchall()]
    for start in range(0, len(found), _CHUNK):
        yield from connection.execute(
            "SELECT reject_key, raw FROM rejects WHERE reject_key IN (SELECT unnest($1::VARCHAR[]))",
            [found[start : start + _CHUNK]],
        ).fetchall()


def _test(scope: RejectScope) -> tuple[str, list[Any]]:
    tests, values = ["true"], list[Any]()
    for column, value in (("network", scope.network), ("run_id", scope.run_id)):
        if value is not None:
            values.append(value)
            tests.append(f"{column} = ${len(values)}")
    return " AND ".join(tests), values
