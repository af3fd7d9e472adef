"""What becomes of stored mentions later: their authors edit them, their counts grow, they are deleted."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa

from monitor.models.cases import NewEvent
from monitor.models.posts import Mention
from monitor.store import rewriting
from monitor.store.cases import events
from monitor.store.connection import Connection
from monitor.store.posts import rejects
from monitor.store.posts.batches import mention_table
from monitor.store.posts.mentions import allowed

logger = logging.getLogger(__name__)

_EVER = datetime(1, 1, 1, tzinfo=UTC)
_LONGEST_CHAIN = 50  # answers to answers followed
_GONE = "the post was deleted on the network"
# The stored edit's time is ours, or cannot be true: it dates no other version, only words that were replaced since.
_UNDATED = """
    ((m.edited_at > $now OR m.edited_at = m.stored_at
      OR EXISTS (SELECT 1 FROM edits e WHERE e.mention_id = m.mention_id AND e.replaced_at = m.edited_at))
     AND NOT EXISTS (SELECT 1 FROM edits e WHERE e.mention_id = m.mention_id AND e.text = b.text
                     AND e.replaced_at > b.edited_at))
"""


def update(connection: Connection, run_id: int, mentions: Sequence[Mention], now: datetime) -> int:
    """Brings known mentions to what the network says now. Returns how many have another text.

    The text that was is kept among the edits, the answer beside the older ones, and the mention waits for the
    classifier again. A version that the network itself dates before the stored one's own edit changes nothing, and what
    was deleted stays so. An edit without a time, or with one in the future, was made when it is read.
    """
    if not mentions:
        return 0
    connection.register("batch", allowed(connection, mention_table(mentions)))
    earliest = _earliest_stored(connection, mentions)
    changes = connection.sql(
        f"""
        SELECT DISTINCT ON (m.mention_id) m.mention_id, m.text AS old_text, b.text, m.text <> b.text AS edited,
               CASE WHEN b.edited_at <= $now THEN b.edited_at END AS edited_at, b.likes, b.replies, b.reposts, b.raw
        FROM batch b JOIN mentions m ON m.network = b.network AND m.post_id = b.post_id AND m.posted_at >= $first
        WHERE m.deleted_at IS NULL AND (coalesce(b.edited_at >= m.edited_at, true) OR {_UNDATED})
        AND (m.text <> b.text
             OR (coalesce(b.likes, m.likes), coalesce(b.replies, m.replies), coalesce(b.reposts, m.reposts))
                IS DISTINCT FROM (m.likes, m.replies, m.reposts))
        ORDER BY m.mention_id, b.edited_at DESC NULLS LAST
        """,
        params={"first": earliest, "now": now},
    ).to_arrow_table()
    connection.unregister("batch")
    if not changes.num_rows:
        return 0
    connection.register("changed", changes)
    _save_edits(connection, run_id, earliest, now)
    row = connection.execute("SELECT count(*) FROM changed WHERE edited").fetchall()[0]
    connection.unregister("changed")
    logger.debug("mentions updated", extra={"run": run_id, "count": changes.num_rows})
    return int(row[0])


def _earliest_stored(connection: Connection, mentions: Sequence[Mention]) -> datetime:
    """The time before which none of them is stored, so that the database need not look at what is older.

    Some networks know only the time of the last edit; then that says nothing.
    """
    earliest = min(mention.posted_at for mention in mentions)
    row = connection.execute(
        """
        SELECT count(DISTINCT mention_id) FROM batch b
        JOIN mentions m ON m.network = b.network AND m.post_id = b.post_id AND m.posted_at >= ?
        """,
        [earliest],
    ).fetchall()[0]
    is_bound = row[0] == len({(mention.network, mention.post_id) for mention in mentions})
    return earliest if is_bound else _EVER


def _save_edits(connection: Connection, run_id: int, earliest: datetime, now: datetime) -> None:
    connection.execute("INSERT INTO edits SELECT mention_id, ?, old_text FROM changed WHERE edited", [now])
    connection.execute("INSERT INTO posts SELECT mention_id, ?, ?, raw FROM changed WHERE edited", [run_id, now])
    connection.execute(
        """
        UPDATE mentions SET
            text = c.text, text_key = md5_number_lower(c.text),
            edited_at = CASE WHEN c.edited THEN coalesce(c.edited_at, $now) ELSE mentions.edited_at END,
            likes = coalesce(c.likes, mentions.likes), replies = coalesce(c.replies, mentions.replies),
            reposts = coalesce(c.reposts, mentions.reposts)
        FROM changed c WHERE mentions.mention_id = c.mention_id AND mentions.posted_at >= $first
        """,
        {"now": now, "first": earliest},
    )
    connection.execute(
        """
        INSERT INTO pending SELECT 'classify', c.mention_id FROM changed c
        WHERE c.edited AND NOT EXISTS (
            SELECT 1 FROM pending p WHERE p.step = 'classify' AND p.mention_id = c.mention_id)
        """
    )
    # Their cases are told once the new words are classified (monitor.casework.edited).
    connection.execute(
        """
        INSERT INTO pending SELECT 'edited', c.mention_id FROM changed c
        WHERE c.edited AND NOT EXISTS (
            SELECT 1 FROM pending p WHERE p.step = 'edited' AND p.mention_id = c.mention_id)
        AND c.mention_id IN (SELECT mention_id FROM case_mentions
                             UNION ALL SELECT mention_id FROM case_events WHERE kind = 'reply')
        """
    )


def join_threads(connection: Connection, mentions: Sequence[Mention], stored_at: datetime) -> None:
    """Gives answers stored at that moment the thread of the post they answer, where the network tells only that post.

    `mentions` are the mentions just saved, of one network; a chain of answers is followed to its beginning.
    """
    if not any(mention.in_reply_to and mention.thread_id == mention.in_reply_to for mention in mentions):
        return
    post_ids = [mention.post_id for mention in mentions]
    for _ in range(_LONGEST_CHAIN):
        updates = connection.execute(
            """
            UPDATE mentions SET thread_id = parent.thread_id FROM mentions parent
            WHERE mentions.network = $network AND mentions.stored_at = $stored_at
            AND mentions.post_id IN (SELECT unnest($ids::VARCHAR[]))
            AND parent.network = $network AND parent.post_id = mentions.in_reply_to
            AND parent.thread_id <> mentions.thread_id
            """,
            {"network": mentions[0].network, "stored_at": stored_at, "ids": post_ids},
        ).fetchall()
        if not updates[0][0]:
            return


def mark_deleted(connection: Connection, network: str, post_ids: Sequence[str], now: datetime) -> int:
    """Makes tombstones of deleted posts: text, author and everything received go, cases keep a line that says so.

    What was received of them and could not be read goes too. Ids that are not stored, or buried already, count for
    nothing. Returns how many were buried.
    """
    if not post_ids:
        return 0
    if rejects.erase(connection, network, post_ids):
        rewriting.note(connection)
    id_table = pa.table({"post_id": pa.array(sorted(set(post_ids)), pa.string())})
    connection.register("wanted", id_table)
    deletions = connection.sql(
        """
        SELECT mention_id FROM mentions
        WHERE network = $network AND deleted_at IS NULL AND post_id IN (SELECT post_id FROM wanted)
        """,
        params={"network": network},
    ).to_arrow_table()
    connection.unregister("wanted")
    if deletions.num_rows:
        connection.register("gone", deletions)
        _erase(connection, now)
        rewriting.note(connection)
        connection.unregister("gone")
        logger.info("posts deleted on the network", extra={"network": network, "count": deletions.num_rows})
    return int(deletions.num_rows)


def _erase(connection: Connection, now: datetime) -> None:
    connection.execute(
        """
        UPDATE mentions SET text = '', text_key = 0, author = NULL, author_id = NULL, author_name = NULL,
        permalink = NULL, deleted_at = ? WHERE mention_id IN (SELECT mention_id FROM gone)
        """,
        [now],
    )
    for table in ("posts", "edits", "pending"):
        connection.execute(f"DELETE FROM {table} WHERE mention_id IN (SELECT mention_id FROM gone)")
    connection.execute("UPDATE classifications SET text_key = 0 WHERE mention_id IN (SELECT mention_id FROM gone)")
    connection.execute(
        "UPDATE matches SET terms = ARRAY[]::VARCHAR[] WHERE mention_id IN (SELECT mention_id FROM gone)"
    )
    connection.execute(
        "UPDATE campaign_posts SET author_key = -mention_id WHERE mention_id IN (SELECT mention_id FROM gone)"
    )
    case_rows = connection.execute(
        "SELECT case_id, mention_id FROM case_mentions WHERE mention_id IN (SELECT mention_id FROM gone)"
    )
    deletion_events = [
        NewEvent(case_id, "deleted", mention_id=mention_id, note=_GONE) for case_id, mention_id in case_rows.fetchall()
    ]
    events.append(connection, deletion_events, "escucha", now)
    connection.execute(
        """
        UPDATE cases SET author = (
            SELECT max(m.author) FROM case_mentions k JOIN mentions m USING (mention_id)
            WHERE k.case_id = cases.case_id AND m.author_id = cases.author_id)
        WHERE case_id IN (SELECT k.case_id FROM case_mentions k JOIN gone g ON g.mention_id = k.mention_id)
        AND NOT EXISTS (
            SELECT 1 FROM case_mentions k JOIN mentions m USING (mention_id)
            WHERE k.case_id = cases.case_id AND lower(m.author) = lower(cases.author))
        """
    )
    connection.execute(
        """
        UPDATE cases SET author_id = NULL
        WHERE author IS NULL
        AND case_id IN (SELECT k.case_id FROM case_mentions k JOIN gone g ON g.mention_id = k.mention_id)
        """
    )
