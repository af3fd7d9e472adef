"""Which stored posts are looked up again, and which of them can witness that a network still answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from monitor.models.posts import LATER_ID, OWN_REPLY_ID, ROW_ID
from monitor.store.connection import Connection
from monitor.store.engines import dialects
from monitor.store.posts.absences import ANOTHER_DAY
from monitor.store.posts.collection_state import CLOCK_SLACK

_MADE_UP = f"{ROW_ID}[0-9a-f]{{24}}([0-9a-f]{{2}})?|.+{OWN_REPLY_ID}|.+{LATER_ID}[0-9]+"
"""Ids made for rows of files, now and formerly, and for what stands beside posts: a network would call them deleted."""
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RecheckBand:
    """Posts older than `posted_before` are due when they were not looked at after `not_since`."""

    posted_before: datetime
    not_since: datetime


def recheck_ids(
    connection: Connection,
    network: str,
    *,
    since: datetime,
    not_since: datetime,
    limit: int,
    bands: Sequence[RecheckBand] = (),
    now: datetime | None = None,
) -> list[str]:
    """Ids of posts younger than `since` that are due: of open cases first, of cases, then those that wait the longest.

    Due is what was not looked at after `not_since`, of the older posts after that of their band (`bands`, the oldest
    first); and what was called gone on another day, of any age. How long one waits counts in its own rhythm. Rows of
    files without an id are not among them: no network knows the ids they were given. `now`: times after it are a wrong
    clock's; what is said to be posted after it is as young as it is stored, what was stored by a clock that was behind
    as young as it was posted.
    """
    values: dict[str, object] = {"network": network, "since": since, "young": not_since, "limit": limit}
    at = now or _LATEST
    values |= {"now": at, "latest": at + CLOCK_SLACK, "made_up": _MADE_UP, "another_day": at - ANOTHER_DAY}
    cases = ""
    for number, band in enumerate(bands):
        values |= {f"posted{number}": band.posted_before, f"due{number}": band.not_since}
        cases += f" WHEN posted_at < $posted{number} THEN $due{number}::TIMESTAMPTZ"
    due_before = f"CASE{cases} ELSE $young::TIMESTAMPTZ END" if cases else "$young::TIMESTAMPTZ"
    rows = connection.execute(
        f"""
        WITH waiting AS (
            SELECT mention_id, post_id, {due_before} AS due_before,
                CASE WHEN coalesce(checked_at, stored_at) > $latest THEN posted_at
                     ELSE coalesce(checked_at, stored_at) END AS looked_at
            FROM mentions WHERE network = $network
            AND ((posted_at >= $since AND (stored_at >= $since OR posted_at <= $latest))
                 OR post_id IN (SELECT post_id FROM absences WHERE network = $network))
            AND deleted_at IS NULL AND NOT sample AND NOT regexp_full_match(post_id, $made_up)
        )
        SELECT post_id FROM waiting
        WHERE looked_at < due_before
        OR (looked_at <= $another_day
            AND post_id IN (SELECT post_id FROM absences WHERE network = $network AND last_at <= $another_day))
        ORDER BY NOT EXISTS (SELECT 1 FROM case_mentions k JOIN cases c ON c.case_id = k.case_id
                             WHERE k.mention_id = waiting.mention_id AND c.stage NOT IN ('closed', 'dismissed')),
            NOT EXISTS (SELECT 1 FROM case_mentions k WHERE k.mention_id = waiting.mention_id),
            epoch($now - looked_at) / greatest(epoch($now - due_before), 1) DESC, looked_at, mention_id
        LIMIT $limit
        """,
        values,
    ).fetchall()
    return [str(row[0]) for row in rows]


def authors(connection: Connection, network: str, post_ids: Sequence[str]) -> dict[str, str]:
    """Whose posts these are, by id, of those that are stored and not erased.

    An author is named by the network's id, else by the handle, an unknown one by the post's own id.
    """
    rows = connection.execute(
        """
        SELECT post_id, coalesce(author_id, author, post_id) FROM mentions
        WHERE network = $1 AND deleted_at IS NULL AND post_id IN (SELECT unnest($2::VARCHAR[]))
        """,
        [network, list(post_ids)],
    ).fetchall()
    return {str(post_id): str(author) for post_id, author in rows}


def witness_ids(connection: Connection, network: str, silent: Sequence[str], limit: int) -> list[str]:
    """Posts of other authors than `silent`, a post an author, that were there when they were last looked at."""
    rows = connection.execute(
        """
        SELECT post_id FROM (
            SELECT post_id, coalesce(checked_at, stored_at) AS looked_at, row_number() OVER (
                PARTITION BY coalesce(author_id, author, post_id) ORDER BY coalesce(checked_at, stored_at) DESC) AS nth
            FROM mentions
            WHERE network = $1 AND deleted_at IS NULL AND NOT sample AND NOT regexp_full_match(post_id, $2)
            AND coalesce(author_id, author, post_id) NOT IN (SELECT unnest($3::VARCHAR[]))
            AND post_id NOT IN (SELECT post_id FROM absences WHERE network = $1)
        ) AS looks WHERE nth = 1 ORDER BY looked_at DESC LIMIT $4
        """,
        [network, _MADE_UP, list(silent), limit],
    ).fetchall()
    return [str(row[0]) for row in rows]


def mark_checked(connection: Connection, network: str, post_ids: Sequence[str], now: datetime) -> None:
    """Records that these posts were looked up."""
    connection.register("wanted", pa.table({"post_id": pa.array(list(post_ids), pa.string())}))
    connection.execute(
        "UPDATE mentions SET checked_at = ? WHERE network = ? AND post_id IN (SELECT post_id FROM wanted)",
        [now, network],
    )
    connection.unregister("wanted")


def networks(connection: Connection) -> list[str]:
    """The networks of which posts are stored that were not erased, by name; samples do not count."""
    rows = connection.execute(
        f"""
        SELECT network FROM ({dialects.distinct_values(connection, "mentions", "network")}) known
        WHERE EXISTS (
            SELECT 1 FROM mentions m WHERE m.network = known.network AND m.deleted_at IS NULL AND NOT m.sample
        ) ORDER BY network
        """
    ).fetchall()
    return [str(network) for (network,) in rows]
