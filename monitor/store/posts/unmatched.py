"""Posts that matched no brand, and how they come to one: by the thread of one of ours, or by a person."""

import logging
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

from monitor.models.posts import OWN_REPLY
from monitor.store.connection import Connection

logger = logging.getLogger(__name__)

OWN_THREAD, CONVERSATION, BY_HAND, IMPORTED = "own account", "conversation", "by hand", "import"
"""What stands as the query of a match that no query found; the last, of a file said to be about a brand or none."""
_OURS = "ours AS (SELECT unnest($handles::VARCHAR[]) AS handle, unnest($brands::VARCHAR[]) AS brand)"
_OF_OWN = "lower(ltrim(author, '@')) IN (SELECT unnest($own::VARCHAR[]))"
_BY = "ours.handle = lower(ltrim({post}.author, '@'))"


def exist(connection: Connection) -> bool:
    """Whether there is any post that matched no brand."""
    return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM matches WHERE brand = '' LIMIT 1)").fetchall()[0][0])


class UnmatchedCount(NamedTuple):
    """How many posts are of no brand: of others; of own accounts; and those of these that are answers beside posts."""

    others: int
    own: int
    answers: int


def count(connection: Connection, own: Collection[str], run_id: int | None = None) -> UnmatchedCount:
    """The posts of no brand, of all or of those that a run stored; `own` handles (folded) get theirs in a run."""
    row = connection.execute(
        f"""
        SELECT count(*) - count(*) FILTER (WHERE {_OF_OWN}), count(*) FILTER (WHERE {_OF_OWN}),
            count(*) FILTER (WHERE author = $answers) FROM mentions
        WHERE mention_id IN (SELECT mention_id FROM matches WHERE brand = '')
        AND ($run::BIGINT IS NULL OR mention_id IN (SELECT mention_id FROM posts WHERE run_id = $run))
        """,
        {"own": list(own), "run": run_id, "answers": OWN_REPLY},
    ).fetchall()[0]
    return UnmatchedCount(*map(int, row))


def matched_of_run(connection: Connection, run_id: int) -> dict[str, int]:
    """How many of the posts that a run stored are about each brand."""
    rows = connection.execute(
        """
        SELECT brand, count(DISTINCT mention_id) FROM matches
        WHERE brand <> '' AND mention_id IN (SELECT mention_id FROM posts WHERE run_id = ?)
        GROUP BY brand
        """,
        [run_id],
    ).fetchall()
    return {str(brand): int(count) for brand, count in rows}


def of_own_threads(
    connection: Connection, mention_ids: Sequence[int], owners: Mapping[str, Collection[str]]
) -> list[tuple[int, str]]:
    """Unmatched posts that one of `owners` (brands by handle) wrote, or that answer one of theirs: (id, brand).

    Looked for among these mentions, and among the answers that were stored before them.
    """
    pairs = sorted((handle, brand) for handle, brands in owners.items() for brand in brands)
    if not pairs or not exist(connection):
        return []
    handles, brands = zip(*pairs, strict=True)
    connection.register("asked", pa.table({"mention_id": pa.array(mention_ids, pa.int64())}))
    rows = connection.execute(
        f"""
        WITH {_OURS}, loose AS (
            SELECT network, post_id, thread_id, in_reply_to, author, mention_id FROM mentions
            WHERE mention_id IN (SELECT mention_id FROM matches WHERE brand = '')
        ), fresh AS (
            SELECT * FROM mentions WHERE mention_id IN (SELECT mention_id FROM asked)
        )
        SELECT l.mention_id, ours.brand FROM loose l JOIN ours ON {_BY.format(post="l")}
        WHERE l.mention_id IN (SELECT mention_id FROM asked)
        UNION
        SELECT l.mention_id, ours.brand FROM loose l
        JOIN mentions p ON p.network = l.network AND p.post_id = l.in_reply_to JOIN ours ON {_BY.format(post="p")}
        WHERE l.mention_id IN (SELECT mention_id FROM asked)
        UNION
        SELECT l.mention_id, ours.brand FROM loose l
        JOIN mentions p ON p.network = l.network AND p.post_id = l.thread_id JOIN ours ON {_BY.format(post="p")}
        WHERE l.mention_id IN (SELECT mention_id FROM asked)
        UNION
        SELECT l.mention_id, ours.brand FROM fresh p JOIN ours ON {_BY.format(post="p")}
        JOIN loose l ON l.network = p.network AND (l.in_reply_to = p.post_id OR l.thread_id = p.post_id)
        """,
        {"handles": list(handles), "brands": list(brands)},
    ).fetchall()
    connection.unregister("asked")
    return [(int(mention_id), brand) for mention_id, brand in rows]


def give(connection: Connection, pairs: Sequence[tuple[int, str]], query: str) -> int:
    """Makes unmatched posts those of a brand: (mention_id, brand); the others stay as they are. Returns how many.

    Those that are classified are looked at again for their place in a case.
    """
    if not pairs or not exist(connection):
        return 0
    ids, brands = zip(*pairs, strict=True)
    table = pa.table({"mention_id": pa.array(ids, pa.int64()), "brand": pa.array(brands, pa.string())})
    connection.register("given", table)
    connection.execute(
        """
        INSERT INTO matches
        SELECT DISTINCT g.mention_id, g.brand, $query, m.terms, m.network, m.posted_at
        FROM given g JOIN matches m ON m.mention_id = g.mention_id AND m.brand = ''
        """,
        {"query": query},
    )
    connection.unregister("given")
    count = settle(connection, ids)
    logger.info("posts given to brands", extra={"count": count})
    return count


def settle(connection: Connection, mention_ids: Collection[int]) -> int:
    """Of these posts, those that have a brand by now are unmatched no more, and wait for their place in a case.

    Returns how many.
    """
    ids = list(mention_ids)
    if not ids or not exist(connection):
        return 0
    settled = connection.execute(
        """
        DELETE FROM matches WHERE brand = '' AND mention_id IN (
            SELECT mention_id FROM matches WHERE brand <> '' AND mention_id IN (SELECT unnest(?::BIGINT[])))
        RETURNING mention_id
        """,
        [ids],
    ).fetchall()
    connection.execute(
        """
        INSERT INTO pending SELECT DISTINCT 'open', c.mention_id FROM classifications c
        WHERE c.current AND c.mention_id IN (SELECT unnest($ids::BIGINT[]))
        AND NOT EXISTS (SELECT 1 FROM pending p WHERE p.mention_id = c.mention_id)
        """,
        {"ids": [row[0] for row in settled]},
    )
    return len(settled)


def take_back(connection: Connection, mention_ids: Collection[int]) -> None:
    """Makes posts unmatched again that a person gave to a brand and that are in no case of it."""
    connection.execute(
        """
        UPDATE matches SET brand = '' WHERE query = $query AND mention_id IN (SELECT unnest($ids::BIGINT[]))
        AND NOT EXISTS (SELECT 1 FROM case_mentions k WHERE k.mention_id = matches.mention_id)
        """,
        {"query": BY_HAND, "ids": list(mention_ids)},
    )
