"""Classifications and corrections: the queue of the classifier, what it said, and what people said instead."""

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import pyarrow as pa

from monitor.errors import Refusal
from monitor.models.posts import Classification, Correction, PendingMention, Scores
from monitor.store.connection import Connection
from monitor.store.engines import dialects
from monitor.store.posts.unmatched import IMPORTED

logger = logging.getLogger(__name__)

# With each brand, whether the post was found by more than words of its own, or of a thread that is followed: in a place
# of the brand's, by the name of an account, by a person.
_MATCHED = """
    SELECT mention_id, brand, bool_or(
        len(terms) = 0 AND query <> $2 AND query NOT LIKE 'thread: %' OR array_to_string(terms, ' ') LIKE '%@%')
    FROM matches WHERE mention_id IN (SELECT unnest($1::BIGINT[])) AND brand <> ''
    GROUP BY mention_id, brand ORDER BY mention_id, brand
"""
_ASKED = """
    asked AS (
        SELECT mention_id, network, thread_id, in_reply_to FROM mentions
        WHERE mention_id IN (SELECT unnest($1::BIGINT[]))
    )
"""
_ANSWERED = f"""
    WITH {_ASKED}
    SELECT a.mention_id, p.author FROM asked a JOIN mentions p ON p.network = a.network AND p.post_id = a.in_reply_to
    WHERE p.author IS NOT NULL
    UNION
    SELECT a.mention_id, p.author FROM asked a JOIN mentions p ON p.network = a.network AND p.post_id = a.thread_id
    WHERE p.author IS NOT NULL AND p.mention_id <> a.mention_id
"""
_IN_THREADS_OF_CASES = f"""
    WITH {_ASKED}
    SELECT DISTINCT a.mention_id FROM asked a JOIN cases c ON c.network = a.network AND c.thread_id = a.thread_id
"""


def next_ids(connection: Connection, limit: int, taken: Collection[int] = ()) -> list[int]:
    """Up to `limit` mentions that wait for the classifier, the last stored first: fresh posts pass a backlog.

    Those `taken` are left out.
    """
    others, values = ("AND mention_id NOT IN (SELECT unnest(?::BIGINT[]))", [list(taken)]) if taken else ("", [])
    rows = connection.execute(
        f"SELECT mention_id FROM pending WHERE step = 'classify' {others} ORDER BY mention_id DESC LIMIT ?",
        [*values, limit],
    ).fetchall()
    return [row[0] for row in rows]


def pending(connection: Connection, mention_ids: Sequence[int]) -> list[PendingMention]:
    """Those of these mentions that wait for the classifier still, the last stored first."""
    rows = connection.execute(
        """
        SELECT m.mention_id, m.text, m.text_key, m.author, m.is_repost, m.posted_at
        FROM mentions m WHERE m.mention_id IN (SELECT unnest($1::BIGINT[])) AND EXISTS (
            SELECT 1 FROM pending p WHERE p.step = 'classify' AND p.mention_id = m.mention_id)
        ORDER BY m.mention_id DESC
        """,
        [list(mention_ids)],
    ).fetchall()
    mention_ids = [row[0] for row in rows]
    matched = connection.execute(_MATCHED, [mention_ids, IMPORTED]).fetchall()
    brands = _by_mention((mention_id, brand) for mention_id, brand, _ in matched)
    answers = _by_mention(connection.execute(_ANSWERED, [mention_ids]).fetchall())
    placed = {mention_id for mention_id, _, is_placed in matched if is_placed}
    placed |= {row[0] for row in connection.execute(_IN_THREADS_OF_CASES, [mention_ids]).fetchall()}
    return [
        replace(
            PendingMention(*row),
            brands=brands.get(row[0], ()),
            answers=answers.get(row[0], ()),
            is_placed=row[0] in placed,
        )
        for row in rows
    ]


def _by_mention(rows: Iterable[tuple[int, str]]) -> dict[int, tuple[str, ...]]:
    values: dict[int, tuple[str, ...]] = {}
    for mention_id, value in rows:
        values[mention_id] = (*values.get(mention_id, ()), value)
    return values


def pending_count(connection: Connection) -> int:
    """How many mentions wait for the classifier."""
    row = connection.execute("SELECT count(*) FROM pending WHERE step = 'classify'").fetchone()
    return int(row[0]) if row else 0


def cached_scores(connection: Connection, text_keys: Iterable[int], model: str) -> dict[int, tuple[Scores, str]]:
    """Scores and language of texts this model has read before (reposts, copies), by text key."""
    connection.register("wanted", pa.table({"text_key": pa.array(sorted(set(text_keys)), pa.uint64())}))
    rows = connection.execute(
        """
        SELECT text_key, any_value(p_negative), any_value(p_neutral), any_value(p_positive), any_value(p_complaint),
               any_value(p_about), coalesce(any_value(category), ''), any_value(language)
        FROM classifications WHERE model = ? AND text_key IN (SELECT text_key FROM wanted) GROUP BY text_key
        """,
        [model],
    ).fetchall()
    connection.unregister("wanted")
    return {row[0]: (Scores(*row[1:7]), row[7]) for row in rows}


def save(connection: Connection, classifications: Sequence[Classification]) -> int:
    """Stores the classifications of mentions still in the queue, takes them out of it and queues them for a case.

    Returns how many: another classifier may have been faster with some, and what was edited or deleted since it was
    read waits for the next time. Earlier classifications are kept as history.
    """
    connection.register("batch", _table(classifications))
    unchanged = """
        SELECT b.mention_id FROM batch b JOIN mentions m USING (mention_id)
        WHERE coalesce(b.text_key, m.text_key) = m.text_key
    """
    dequeued = connection.sql(
        f"""
        DELETE FROM pending WHERE step = 'classify' AND mention_id {dialects.within(connection, unchanged)}
        RETURNING mention_id
        """
    ).to_arrow_table()
    connection.register("taken", dequeued)
    connection.execute(
        "UPDATE classifications SET current = false WHERE current AND mention_id IN (SELECT mention_id FROM taken)"
    )
    connection.execute(
        """
        INSERT INTO classifications
        SELECT b.mention_id, m.posted_at, m.text_key, b.model, b.language, b.p_negative, b.p_neutral, b.p_positive,
               b.p_complaint, b.sentiment, b.decision, true, b.classified_at, b.p_about, b.reason, b.category
        FROM batch b JOIN mentions m ON m.mention_id = b.mention_id
        WHERE b.mention_id IN (SELECT mention_id FROM taken)
        """
    )
    connection.execute("INSERT INTO pending SELECT 'open', mention_id FROM taken")
    connection.unregister("batch")
    connection.unregister("taken")
    logger.debug("classifications saved", extra={"count": dequeued.num_rows})
    return int(dequeued.num_rows)


def _table(classifications: Sequence[Classification]) -> pa.Table:
    scores = {
        name: pa.array([getattr(classification.scores, name) for classification in classifications], pa.float32())
        for name in ("p_negative", "p_neutral", "p_positive", "p_complaint", "p_about")
    }
    words = {
        name: pa.array([getattr(classification, name) for classification in classifications], pa.string())
        for name in ("sentiment", "decision", "language", "model", "reason")
    }
    categories = pa.array([classification.scores.category for classification in classifications], pa.string())
    return pa.table(
        {
            "mention_id": pa.array([classification.mention_id for classification in classifications], pa.int64()),
            "text_key": pa.array([classification.text_key for classification in classifications], pa.uint64()),
            "classified_at": pa.array(
                [classification.classified_at for classification in classifications], pa.timestamp("us", tz="UTC")
            ),
            "category": categories,
            **scores,
            **words,
        }
    )


def correct(connection: Connection, correction: Correction) -> None:
    """Stores a person's label beside the model's. Raises EscuchaError for a mention that is not there."""
    if not connection.execute("SELECT 1 FROM mentions WHERE mention_id = ?", [correction.mention_id]).fetchall():
        raise Refusal("no_mention", "that post is not there any more; load the page again")
    connection.execute(
        "INSERT INTO corrections VALUES (?, ?, ?, ?, ?)",
        [correction.mention_id, correction.actor, correction.at, correction.sentiment, correction.complaint],
    )
    logger.debug("correction saved")


def undo_correction(connection: Connection, correction: Correction) -> bool:
    """Deletes a label that was given by mistake, if it is still the last one on its mention; False where it is not."""
    last_label = connection.execute(
        "SELECT actor, corrected_at FROM corrections WHERE mention_id = ? ORDER BY corrected_at DESC, actor LIMIT 1",
        [correction.mention_id],
    ).fetchall()
    if last_label != [(correction.actor, correction.at)]:
        return False
    connection.execute(
        "DELETE FROM corrections WHERE mention_id = ? AND actor = ? AND corrected_at = ?",
        [correction.mention_id, correction.actor, correction.at],
    )
    return True
