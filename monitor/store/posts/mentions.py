"""Mentions, with their posts as received, matches and rejects: what ingest writes."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import pyarrow as pa

from monitor.models.posts import IngestCounts, MatchedMention, Reject
from monitor.store.connection import Connection
from monitor.store.erased import erased_list
from monitor.store.posts import unmatched
from monitor.store.posts.batches import MentionBatch, batch_of
from monitor.store.posts.reject_keys import reject_key

logger = logging.getLogger(__name__)


def save(
    connection: Connection, run_id: int, matched_mentions: Sequence[MatchedMention], now: datetime
) -> IngestCounts:
    """Stores mentions that are new by (network, post_id) and queues them for the classifier.

    A mention already there gains the matches it did not have; nothing else of it changes. One that had no brand and
    has one now waits for its place in a case again.
    """
    return save_batch(connection, run_id, batch_of(matched_mentions), now) if matched_mentions else IngestCounts()


def save_batch(connection: Connection, run_id: int, batch: MentionBatch, now: datetime) -> IngestCounts:
    """The same for mentions that are in the store's form. What erased people wrote is not stored."""
    if not batch.received:
        return IngestCounts()
    batch = _allowed_batch(connection, batch)
    connection.register("batch", batch.mentions)
    inserts = connection.sql(
        """
        INSERT INTO mentions
        SELECT nextval('mention_ids'), network, post_id, author, author_id, author_name, text, md5_number_lower(text),
               language, posted_at, permalink, thread_id, in_reply_to, is_repost, likes, replies, reposts, sample,
               $now::TIMESTAMPTZ, quotes,
               CASE WHEN edited_at > $now THEN $now::TIMESTAMPTZ ELSE edited_at END, NULL, NULL, NULL
        FROM batch ON CONFLICT DO NOTHING RETURNING mention_id, network, post_id
        """,
        params={"now": now},
    ).to_arrow_table()
    connection.register("fresh", inserts)
    connection.execute(
        "INSERT INTO posts SELECT mention_id, ?, ?, raw FROM fresh JOIN batch USING (network, post_id)", [run_id, now]
    )
    connection.execute("INSERT INTO pending SELECT 'classify', mention_id FROM fresh")
    _save_matches(connection, batch, all_new=inserts.num_rows == batch.mentions.num_rows)
    connection.unregister("batch")
    connection.unregister("fresh")
    logger.debug("mentions saved", extra={"run": run_id, "count": inserts.num_rows})
    replies = batch.own_replies
    own_replies = len(replies.intersection(inserts["post_id"].to_pylist())) if replies else 0
    return IngestCounts(inserts.num_rows, batch.received - inserts.num_rows, own_replies=own_replies)


def allowed(connection: Connection, batch: pa.Table) -> pa.Table:
    """What of a batch may be stored: nothing of the erased, neither their posts nor what others quote of them."""
    known = erased_list.read(connection)
    kept = known.without_erased(batch) if known else batch
    if kept.num_rows < batch.num_rows:
        logger.info("posts of erased people not stored", extra={"count": batch.num_rows - kept.num_rows})
    return kept


def _allowed_batch(connection: Connection, batch: MentionBatch) -> MentionBatch:
    known = erased_list.read(connection)
    if not known:
        return batch
    return replace(batch, mentions=allowed(connection, batch.mentions), matches=known.with_kept_ids(batch.matches))


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
        SELECT k.mention_id FROM case_mentions k WHERE k.case_id IN (SELECT unnest(?::BIGINT[]))
        AND NOT EXISTS (SELECT 1 FROM matches m WHERE m.mention_id = k.mention_id)
        """,
        [list(case_ids)],
    ).fetchall()
    for table in ("posts", "pending", "classifications", "corrections", "review_sample", "mentions"):
        connection.execute(
            f"DELETE FROM {table} WHERE mention_id IN (SELECT unnest(?::BIGINT[]))", [[row[0] for row in rows]]
        ).fetchall()


def _save_matches(connection: Connection, batch: MentionBatch, *, all_new: bool) -> None:
    connection.register("found", batch.matches)
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


def save_rejects(connection: Connection, run_id: int, rejects: Iterable[Reject], now: datetime) -> int:
    """Keeps posts that could not be read; each once, wherever it stood. Returns how many are new.

    Of one that names somebody who was erased nothing that was received is kept, and neither the name in the reason.
    """
    known = erased_list.read(connection)
    rows = []
    for reject in rejects:
        raw = "" if known.masked_json(reject.raw) != reject.raw else reject.raw
        place, reason = known.masked(reject.place), known.masked(reject.reason)
        rows.append((reject_key(reject), run_id, reject.network, place, reason, raw, now))
    if not rows:
        return 0
    names = ("reject_key", "run_id", "network", "place", "reason", "raw", "rejected_at")
    connection.register("rejected", pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows]))
    inserts = connection.execute("INSERT INTO rejects SELECT * FROM rejected ON CONFLICT DO NOTHING").fetchall()
    connection.unregister("rejected")
    count = int(inserts[0][0])
    logger.debug("rejects saved", extra={"run": run_id, "rejects": count})
    return count
