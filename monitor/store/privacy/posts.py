"""Posts of the erased: emptied, under another id, and counted as before."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from monitor.store.engines.protocol import Connection
from monitor.store.erased.erased_list import ErasedList
from monitor.store.privacy.texts import hinted
from monitor.text.folding import fold_handle

_CHUNK = 20_000  # posts held in memory
_IDS = "post_id || ' ' || thread_id || ' ' || coalesce(in_reply_to, '') || ' ' || coalesce(quotes, '')"


def of_erased(connection: Connection, known: ErasedList) -> list[int]:
    """The posts that the list names, or whose authors it names, by id; those that are erased already are none."""
    return [
        row[0]
        for rows in _chunks(connection, "mention_id, network, post_id, author, author_id, posted_at")
        for row in rows
        if known.is_post(row[1], row[2]) or known.is_author(row[1], row[3], row[4], row[5])
    ]


def _chunks(connection: Connection, columns: str) -> Iterator[list[Any]]:
    """All posts, some at a time, by id."""
    last = -1
    while True:
        rows = connection.execute(
            f"SELECT {columns} FROM mentions WHERE mention_id > $1 ORDER BY mention_id LIMIT {_CHUNK}", [last]
        ).fetchall()
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def erase(
    connection: Connection, known: ErasedList, mention_ids: Sequence[int], hints: Sequence[str] | None, now: datetime
) -> int:
    """Empties these posts. Other posts name them by the new ids from then on. Returns how many were emptied."""
    rows = connection.execute(
        """
        SELECT mention_id, network, post_id, author, author_id, text, text_key::VARCHAR FROM mentions
        WHERE mention_id IN (SELECT unnest(?::BIGINT[]))
        """,
        [list(mention_ids)],
    ).fetchall()
    if rows:
        connection.register("gone", _gone(known, rows, _shared_texts(connection, mention_ids)))
        _forget_places(connection)
        _empty(connection, now)
        _empty_campaigns(connection, known)
        connection.unregister("gone")
    _rename_ids(connection, known, [row[2] for row in rows], hints)
    return len(rows)


def _shared_texts(connection: Connection, mention_ids: Sequence[int]) -> set[str]:
    """Texts of these posts that others wrote too: they stay what copies are told by."""
    rows = connection.execute(
        """
        WITH theirs AS (SELECT unnest(?::BIGINT[]) AS mention_id)
        SELECT DISTINCT text_key::VARCHAR FROM mentions WHERE mention_id NOT IN (SELECT mention_id FROM theirs)
            AND text_key IN (SELECT text_key FROM mentions JOIN theirs USING (mention_id))
        """,
        [list(mention_ids)],
    ).fetchall()
    return {row[0] for row in rows}


def _gone(known: ErasedList, rows: Sequence[Sequence[Any]], shared: set[str]) -> pa.Table:
    ids = [(known.kept_id(row[1], row[2]), _person(known, row[1], row[3], row[4])) for row in rows]
    return pa.table(
        {
            "mention_id": pa.array([row[0] for row in rows], pa.int64()),
            "network": pa.array([row[1] for row in rows], pa.string()),
            "old_id": pa.array([row[2] for row in rows], pa.string()),
            "new_id": pa.array([new_id for new_id, _ in ids], pa.string()),
            "old_author": pa.array([row[4] for row in rows], pa.string()),
            "person": pa.array([person for _, person in ids], pa.string()),
            "old_length": pa.array([len(row[5]) for row in rows], pa.int32()),
            "new_key": pa.array(
                [None if row[6] in shared else known.stand_in_number("text", row[6]) for row in rows], pa.int64()
            ),
        }
    )


def _person(known: ErasedList, network: str, author: str | None, author_id: str | None) -> str | None:
    """Who stands for the author where people are counted: a person as before, and nobody."""
    identity = author_id or fold_handle(author)
    return known.stand_in("person", network, identity) if identity else None


def _empty(connection: Connection, now: datetime) -> None:
    connection.execute(
        """
        UPDATE mentions SET post_id = g.new_id, text = '', author = NULL, author_id = g.person, author_name = NULL,
            permalink = NULL, text_key = coalesce(g.new_key, mentions.text_key),
            erased_length = CASE WHEN deleted_at IS NULL THEN g.old_length ELSE erased_length END,
            deleted_at = coalesce(deleted_at, $now)
        FROM gone g WHERE mentions.mention_id = g.mention_id
        """,
        {"now": now},
    ).fetchall()
    theirs = "mention_id IN (SELECT mention_id FROM gone)"
    for table in ("posts", "edits", "pending", "reply_series"):
        connection.execute(f"DELETE FROM {table} WHERE {theirs}").fetchall()
    connection.execute(f"UPDATE classifications SET text_key = 0 WHERE {theirs}").fetchall()
    connection.execute(f"UPDATE matches SET terms = ARRAY[]::VARCHAR[] WHERE {theirs}").fetchall()


def _forget_places(connection: Connection) -> None:
    """What collecting has noted of these posts and accounts."""
    connection.execute(
        """
        DELETE FROM absences WHERE EXISTS (
            SELECT 1 FROM gone g WHERE g.network = absences.network AND g.old_id = absences.post_id)
        """
    ).fetchall()
    connection.execute(
        """
        DELETE FROM paid_resources WHERE EXISTS (
            SELECT 1 FROM gone g WHERE g.network = paid_resources.network
                AND (contains(resource, g.old_id) OR contains(resource, g.old_author)))
        """
    ).fetchall()
    for table in ("watermarks", "gaps", "matches"):  # under the key of a listing of that thread
        connection.execute(
            f"""
            UPDATE {table} SET query = replace(query, g.old_id, g.new_id) FROM gone g
            WHERE g.network = {table}.network AND g.old_id <> g.new_id
                AND starts_with(query, 'thread: ' || g.old_id || ' ')
            """
        ).fetchall()


def _empty_campaigns(connection: Connection, known: ErasedList) -> None:
    """Who sent copies is counted as before; a text that only the erased have sent is not compared with any more."""
    rows = connection.execute(
        "SELECT DISTINCT author_key FROM campaign_posts WHERE mention_id IN (SELECT mention_id FROM gone)"
    ).fetchall()
    keys = [row[0] for row in rows]
    table = {"old": pa.array(keys, pa.int64())}
    connection.register(
        "keys",
        pa.table(table | {"new": pa.array([known.stand_in_number("author", str(key)) for key in keys], pa.int64())}),
    )
    connection.execute(
        """
        UPDATE campaign_posts SET author_key = k.new FROM keys k
        WHERE author_key = k.old AND mention_id IN (SELECT mention_id FROM gone)
        """
    ).fetchall()
    connection.unregister("keys")
    only = """
        campaign_id IN (SELECT p.campaign_id FROM campaign_posts p JOIN gone g ON g.mention_id = p.mention_id)
        AND campaign_id NOT IN (
            SELECT p.campaign_id FROM campaign_posts p JOIN mentions m ON m.mention_id = p.mention_id
            WHERE m.deleted_at IS NULL)
    """
    connection.execute(f"UPDATE campaigns SET words = '', numbers = '', forms = '' WHERE {only}").fetchall()
    connection.execute(f"DELETE FROM campaign_keys WHERE {only}").fetchall()


def _rename_ids(connection: Connection, known: ErasedList, old_ids: Sequence[str], hints: Sequence[str] | None) -> None:
    """Where other posts and cases name an erased post, or hold a handle in an id, the new id stands."""
    names = ("post_id", "thread_id", "in_reply_to", "quotes")
    moved: list[dict[str, Any]] = []
    for rows in _naming(connection, old_ids, hints):
        for mention_id, network, *ids in rows:
            kept = [known.kept_id(network, one) for one in ids]
            if kept != ids:
                moved.append({"mention_id": mention_id, **dict(zip(names, kept, strict=True))})
    if moved:
        schema = pa.schema([("mention_id", pa.int64()), *((name, pa.string()) for name in names)])
        connection.register("moved", pa.Table.from_pylist(moved, schema=schema))
        # The first is part of a key, and is written where it is another one alone.
        for changed in (names[:1], names[1:]):
            values = ", ".join(f"{name} = v.{name}" for name in changed)
            differs = " OR ".join(f"mentions.{name} IS DISTINCT FROM v.{name}" for name in changed)
            connection.execute(
                f"UPDATE mentions SET {values} FROM moved v WHERE mentions.mention_id = v.mention_id AND ({differs})"
            ).fetchall()
        connection.unregister("moved")
    _rename_threads(connection, known)


def _naming(connection: Connection, old_ids: Sequence[str], hints: Sequence[str] | None) -> Iterator[list[Any]]:
    columns = "mention_id, network, post_id, thread_id, in_reply_to, quotes"
    if hints is None:
        yield from _chunks(connection, columns)
        return
    test, values = hinted(connection, _IDS, hints)
    yield connection.execute(
        f"""
        WITH old AS (SELECT unnest($2::VARCHAR[]) AS id)
        SELECT {columns} FROM mentions WHERE thread_id IN (SELECT id FROM old) OR in_reply_to IN (SELECT id FROM old)
            OR quotes IN (SELECT id FROM old) OR {test}
        """,
        [*values, list(old_ids)],
    ).fetchall()


def _rename_threads(connection: Connection, known: ErasedList) -> None:
    rows = connection.execute("SELECT case_id, network, thread_id FROM cases").fetchall()
    kept = [(row[0], known.kept_id(row[1], row[2])) for row in rows]
    changed = [new for new, row in zip(kept, rows, strict=True) if new[1] != row[2]]
    if not changed:
        return
    ids, threads = zip(*changed, strict=True)
    columns = {"case_id": pa.array(ids, pa.int64()), "thread_id": pa.array(threads, pa.string())}
    connection.register("moved", pa.table(columns))
    connection.execute(
        "UPDATE cases SET thread_id = v.thread_id FROM moved v WHERE cases.case_id = v.case_id"
    ).fetchall()
    connection.unregister("moved")
