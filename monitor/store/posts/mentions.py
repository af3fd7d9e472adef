"""Mentions, with their posts as received, matches and rejects: what ingest writes."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from json.encoder import encode_basestring

import pyarrow as pa

from monitor.models.posts import OWN_REPLY, IngestCounts, MatchedMention, Mention, Reject
from monitor.store.connection import Connection
from monitor.store.posts import unmatched
from monitor.store.posts.reject_keys import reject_key

logger = logging.getLogger(__name__)

_PLAIN = ("author", "author_id", "author_name", "language", "permalink", "in_reply_to", "quotes")
_COUNTS = ("likes", "replies", "reposts")
LONGEST_RAW = 1_000_000
"""Characters of a post as JSON; of a longer one only that is kept, beside its text, times and author."""
_TIME = pa.timestamp("us", tz="UTC")
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)


def save(
    connection: Connection, run_id: int, matched_mentions: Sequence[MatchedMention], now: datetime
) -> IngestCounts:
    """Stores mentions that are new by (network, post_id) and queues them for the classifier.

    A mention already there gains the matches it did not have; nothing else of it changes. One that had no brand and
    has one now waits for its place in a case again.
    """
    unique = {(matched.mention.network, matched.mention.post_id): matched for matched in reversed(matched_mentions)}
    batch = list(reversed(unique.values()))
    if not batch:
        return IngestCounts()
    connection.register("batch", mention_table([matched.mention for matched in batch]))
    inserts = connection.sql(
        """
        INSERT INTO mentions
        SELECT nextval('mention_ids'), network, post_id, author, author_id, author_name, text, md5_number_lower(text),
               language, posted_at, permalink, thread_id, in_reply_to, is_repost, likes, replies, reposts, sample,
               $now::TIMESTAMPTZ, quotes,
               CASE WHEN edited_at > $now THEN $now::TIMESTAMPTZ ELSE edited_at END, NULL, NULL
        FROM batch ON CONFLICT DO NOTHING RETURNING mention_id, network, post_id
        """,
        params={"now": now},
    ).to_arrow_table()
    connection.register("fresh", inserts)
    connection.execute(
        "INSERT INTO posts SELECT mention_id, ?, ?, raw FROM fresh JOIN batch USING (network, post_id)", [run_id, now]
    )
    connection.execute("INSERT INTO pending SELECT 'classify', mention_id FROM fresh")
    _save_matches(connection, batch, all_new=inserts.num_rows == len(batch))
    connection.unregister("batch")
    connection.unregister("fresh")
    logger.debug("mentions saved", extra={"run": run_id, "count": inserts.num_rows})
    replies = {matched.mention.post_id for matched in batch if matched.mention.author == OWN_REPLY}
    own_replies = len(replies.intersection(inserts["post_id"].to_pylist())) if replies else 0
    return IngestCounts(inserts.num_rows, len(matched_mentions) - inserts.num_rows, own_replies=own_replies)


def stored_ids(connection: Connection, network: str, post_ids: Sequence[str]) -> set[str]:
    """Those of these ids of a network's posts that are stored already."""
    connection.register("asked", pa.table({"post_id": pa.array(post_ids, pa.string())}))
    rows = connection.execute(
        "SELECT post_id FROM mentions WHERE network = ? AND post_id IN (SELECT post_id FROM asked)", [network]
    ).fetchall()
    connection.unregister("asked")
    return {str(row[0]) for row in rows}


def id_range(connection: Connection) -> tuple[int, int]:
    """The lowest and the highest id of a mention, (0, 0) without any: where bits that stand for mentions begin and end.

    Setting bits takes a fifth of the time of counting distinct ids over a million rows.
    """
    low, high = connection.execute("SELECT min(mention_id), max(mention_id) FROM mentions").fetchall()[0]
    return low or 0, high or 0


def id_of(connection: Connection, network: str, post_id: str) -> int:
    """The id of a stored mention. Raises KeyError when it is not stored."""
    row = connection.execute(
        "SELECT mention_id FROM mentions WHERE network = ? AND post_id = ?", [network, post_id]
    ).fetchall()
    if not row:
        raise KeyError(post_id)
    return int(row[0][0])


def delete_manual_posts(connection: Connection, case_ids: Sequence[int]) -> None:
    """Deletes what was entered by hand to open these cases, and labels of it: posts that no query has matched."""
    rows = connection.execute(
        """
        SELECT mention_id FROM case_mentions ANTI JOIN matches USING (mention_id)
        WHERE case_id IN (SELECT unnest(?::BIGINT[]))
        """,
        [list(case_ids)],
    ).fetchall()
    for table in ("posts", "pending", "classifications", "corrections", "review_sample", "mentions"):
        connection.execute(
            f"DELETE FROM {table} WHERE mention_id IN (SELECT unnest(?::BIGINT[]))", [[row[0] for row in rows]]
        ).fetchall()


def _save_matches(connection: Connection, matched_mentions: Sequence[MatchedMention], *, all_new: bool) -> None:
    connection.register("found", _match_table(matched_mentions))
    id_source = "fresh" if all_new else "mentions"
    condition = (
        ""
        if all_new
        else """WHERE NOT EXISTS (
            SELECT 1 FROM matches o WHERE o.mention_id = k.mention_id AND o.brand = f.brand AND o.query = f.query)"""
    )
    connection.execute(
        f"""
        INSERT INTO matches
        SELECT k.mention_id, f.brand, f.query, f.terms, f.network, f.posted_at
        FROM found f JOIN {id_source} k ON k.network = f.network AND k.post_id = f.post_id {condition}
        """
    )
    if not all_new and unmatched.exist(connection):
        known = connection.execute("SELECT DISTINCT k.mention_id FROM found f JOIN mentions k USING (network, post_id)")
        unmatched.settle(connection, [row[0] for row in known.fetchall()])
    connection.unregister("found")


def mention_table(mentions: Sequence[Mention]) -> pa.Table:
    """The mentions as one Arrow table, a column a field; `raw` as JSON text."""
    columns = {name: pa.array([getattr(mention, name) for mention in mentions], pa.string()) for name in _PLAIN}
    columns |= {name: pa.array([getattr(mention, name) for mention in mentions], pa.int32()) for name in _COUNTS}
    columns |= {
        name: pa.array([getattr(mention, name) for mention in mentions], pa.string())
        for name in ("network", "post_id", "text", "thread_id")
    }
    columns |= {name: pa.array([getattr(mention, name) for mention in mentions]) for name in ("is_repost", "sample")}
    columns |= {
        name: pa.array([getattr(mention, name) for mention in mentions], _TIME) for name in ("posted_at", "edited_at")
    }
    columns["raw"] = pa.array([_raw_json(mention.raw) for mention in mentions], pa.string())
    return pa.table(columns)


def _match_table(matched_mentions: Sequence[MatchedMention]) -> pa.Table:
    rows = [(matched.mention, match) for matched in matched_mentions for match in matched.matches]
    distinct = list({id(match): match for _, match in rows}.values())  # thousands of posts share one
    place_of = {id(match): place for place, match in enumerate(distinct)}
    places = pa.array([place_of[id(match)] for _, match in rows], pa.int32())
    return pa.table(
        {
            "network": pa.array([mention.network for mention, _ in rows], pa.string()),
            "post_id": pa.array([mention.post_id for mention, _ in rows], pa.string()),
            "posted_at": pa.array([mention.posted_at for mention, _ in rows], _TIME),
            "brand": pa.array([match.brand for match in distinct], pa.string()).take(places),
            "query": pa.array([match.query for match in distinct], pa.string()).take(places),
            "terms": pa.array([list(match.terms) for match in distinct], pa.list_(pa.string())).take(places),
        }
    )


def _raw_json(raw: Mapping[str, object]) -> str:
    text = _encoded(raw)
    if len(text) > LONGEST_RAW:
        logger.warning("answer not kept", extra={"count": len(text)})
        return json.dumps({"cut": f"an answer of {len(text):,} characters"})
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate: the escaped form keeps it
        text = json.dumps(raw, default=str)
    return text


def _encoded(raw: Mapping[str, object]) -> str:
    """What `_ENCODER` writes; of the rows of most files, whose values are all strings, in half the time."""
    try:
        parts = [f"{encode_basestring(key)}: {encode_basestring(value)}" for key, value in raw.items()]  # type: ignore[arg-type]
    except TypeError:
        return _ENCODER.encode(raw)
    return f"{{{', '.join(parts)}}}"


def save_rejects(connection: Connection, run_id: int, rejects: Iterable[Reject], now: datetime) -> int:
    """Keeps posts that could not be read; each once, wherever it stood. Returns how many are new."""
    rows = [
        (reject_key(reject), run_id, reject.network, reject.place, reject.reason, reject.raw, now) for reject in rejects
    ]
    if not rows:
        return 0
    names = ("reject_key", "run_id", "network", "place", "reason", "raw", "rejected_at")
    connection.register("rejected", pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows]))
    inserts = connection.execute("INSERT INTO rejects SELECT * FROM rejected ON CONFLICT DO NOTHING").fetchall()
    connection.unregister("rejected")
    count = int(inserts[0][0])
    logger.debug("rejects saved", extra={"run": run_id, "rejects": count})
    return count
