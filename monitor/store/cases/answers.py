"""Answers that people said to have posted, and posts of ours that were seen in the threads of cases."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import pyarrow as pa

from monitor.store.connection import Connection

ThreadKey: TypeAlias = tuple[str, str]
"""A network and a thread on it."""
# Where merged cases went, through others too.
_HOMES = """(
    WITH RECURSIVE way AS (
        SELECT case_id, merged_into AS home FROM cases WHERE merged_into IS NOT NULL
        UNION ALL SELECT w.case_id, c.merged_into FROM way w JOIN cases c ON c.case_id = w.home
        WHERE c.merged_into IS NOT NULL
    )
    SELECT w.case_id, w.home FROM way w JOIN cases c ON c.case_id = w.home WHERE c.merged_into IS NULL
)"""


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """An answer marked as sent; `mention_id` is its post once that was seen."""

    answer_id: int
    case_id: int
    template: str
    text: str
    sent_by: str
    sent_at: datetime
    event_id: int
    mention_id: int | None


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post of ours in a thread; `answers` is the author of the post it answers, `answers_id` that post.

    `answers_at` is when that one was written.
    """

    mention_id: int
    network: str
    thread_id: str
    author: str
    text: str
    posted_at: datetime
    answers: str | None
    answers_id: int | None
    answers_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseInThread:
    """A case that a post of ours in this thread may answer; `since`: when its complaint was posted.

    `closed_at` is None for one that is open.
    """

    network: str
    thread_id: str
    case_id: int
    brand: str
    author: str | None
    since: datetime
    closed_at: datetime | None


def add(connection: Connection, case_id: int, template: str, text: str, by: str, at: datetime, event_id: int) -> int:
    """Keeps an answer marked as sent by the event; returns its id."""
    row = connection.execute(
        """
        INSERT INTO answers (answer_id, case_id, template, text, sent_by, sent_at, event_id)
        VALUES (nextval('answer_ids'), ?, ?, ?, ?, ?, ?) RETURNING answer_id
        """,
        [case_id, template, text, by, at, event_id],
    ).fetchall()
    return int(row[0][0])


def undo_sent(connection: Connection, event_ids: Sequence[int]) -> None:
    """Deletes the answers that these events marked as sent: they were not. The history keeps the words.

    An answer whose post these events had told of waits for its post again.
    """
    connection.execute("DELETE FROM answers WHERE event_id IN (SELECT unnest(?::BIGINT[]))", [list(event_ids)])
    connection.execute(
        """
        UPDATE answers SET mention_id = NULL WHERE mention_id IN (
            SELECT mention_id FROM case_events WHERE kind = 'reply' AND event_id IN (SELECT unnest(?::BIGINT[]))
        )
        """,
        [list(event_ids)],
    )


def tell_again(connection: Connection, event_id: int, case_id: int, new_event_id: int, *, moved: bool) -> None:
    """Puts the answer of an event beside that of another case, too; `moved`: there instead."""
    if moved:
        connection.execute(
            "UPDATE answers SET case_id = ?, event_id = ? WHERE event_id = ?", [case_id, new_event_id, event_id]
        )
        return
    connection.execute(
        """
        INSERT INTO answers (answer_id, case_id, template, text, sent_by, sent_at, event_id, mention_id)
        SELECT nextval('answer_ids'), ?, template, text, sent_by, sent_at, ?, mention_id FROM answers
        WHERE event_id = ?
        """,
        [case_id, new_event_id, event_id],
    )


def mark_seen(connection: Connection, answer_id: int, mention_id: int) -> None:
    """Says which post an answer is."""
    connection.execute("UPDATE answers SET mention_id = ? WHERE answer_id = ?", [mention_id, answer_id])


def of_cases(connection: Connection, case_ids: Iterable[int]) -> list[SentAnswer]:
    """The answers of these cases and of those merged into them (under their new case), in the order they were sent."""
    rows = connection.execute(
        f"""
        SELECT answer_id, coalesce(home, case_id), template, text, sent_by, sent_at, event_id, mention_id
        FROM answers LEFT JOIN {_HOMES} homes USING (case_id)
        WHERE coalesce(home, case_id) IN (SELECT unnest(?::BIGINT[])) ORDER BY sent_at, answer_id
        """,
        [list(case_ids)],
    ).fetchall()
    return [SentAnswer(*row) for row in rows]


def affected_threads(
    connection: Connection, mention_ids: Sequence[int], own_accounts: Collection[str]
) -> list[ThreadKey]:
    """The threads of those of these mentions that are ours or in a case."""
    connection.register("touched", pa.table({"mention_id": pa.array(mention_ids, pa.int64())}))
    rows = connection.execute(
        """
        SELECT DISTINCT network, thread_id FROM mentions WHERE mention_id IN (SELECT mention_id FROM touched) AND (
            ltrim(lower(author), '@') IN (SELECT unnest(?::VARCHAR[])) OR mention_id IN (
                SELECT mention_id FROM case_mentions WHERE mention_id IN (SELECT mention_id FROM touched)
            )
        )
        """,
        [sorted(own_accounts)],
    ).fetchall()
    connection.unregister("touched")
    return [(row[0], row[1]) for row in rows]


def first_posted_at(connection: Connection, mention_ids: Sequence[int]) -> datetime:
    """When the first of these mentions was written; there is one."""
    first: datetime = connection.execute(
        "SELECT min(posted_at) FROM mentions WHERE mention_id IN (SELECT unnest(?::BIGINT[]))", [list(mention_ids)]
    ).fetchall()[0][0]
    return first


def cases_in(connection: Connection, threads: Sequence[ThreadKey], closed_since: datetime) -> list[CaseInThread]:
    """The cases of these threads that are open, or were closed since then; for a merged one, that which took it in.

    A case is also in the threads in which its customer said the same again (monitor.casework.campaigns).
    """
    _register_threads(connection, threads)
    rows = connection.execute(
        f"""
        WITH found AS (
            SELECT DISTINCT network, thread_id, author, coalesce(home, case_id) AS case_id
            FROM cases JOIN thread USING (network, thread_id) LEFT JOIN {_HOMES} homes USING (case_id)
            UNION
            SELECT m.network, m.thread_id, c.author, c.case_id
            FROM mentions m JOIN thread t ON t.network = m.network AND t.thread_id = m.thread_id
            JOIN case_mentions k ON k.mention_id = m.mention_id JOIN cases c ON c.case_id = k.case_id
            WHERE lower(c.author) = lower(m.author) AND c.network = m.network AND c.thread_id <> m.thread_id
        ), complaint AS (
            SELECT e.case_id, m.posted_at FROM case_events e JOIN mentions m USING (mention_id)
            WHERE e.kind = 'opened' AND e.case_id IN (SELECT case_id FROM found)
        )
        SELECT f.network, f.thread_id, c.case_id, c.brand, f.author, coalesce(p.posted_at, c.opened_at),
               CASE WHEN c.stage = 'closed' THEN c.resolved_at END
        FROM found f JOIN cases c USING (case_id) LEFT JOIN complaint p USING (case_id)
        WHERE c.merged_into IS NULL
            AND (c.stage NOT IN ('closed', 'dismissed') OR (c.stage = 'closed' AND c.resolved_at >= ?))
        ORDER BY c.case_id
        """,
        [closed_since],
    ).fetchall()
    connection.unregister("thread")
    return [CaseInThread(*row) for row in rows]


def unrecorded_replies(
    connection: Connection, threads: Sequence[ThreadKey], own_accounts: Collection[str], since: datetime
) -> list[OwnPost]:
    """Our posts in these threads since then that no case tells of yet, oldest first."""
    _register_threads(connection, threads)
    rows = connection.execute(
        """
        WITH ours AS (
            SELECT m.mention_id, m.network, m.thread_id, m.author, m.text, m.posted_at, m.in_reply_to
            FROM mentions m JOIN thread t ON t.network = m.network AND t.thread_id = m.thread_id
            WHERE ltrim(lower(m.author), '@') IN (SELECT unnest($1::VARCHAR[])) AND m.posted_at >= $2
                AND NOT m.is_repost AND m.deleted_at IS NULL
                AND NOT EXISTS (
                    SELECT 1 FROM case_events e JOIN cases USING (case_id)
                    WHERE kind = 'reply' AND e.mention_id = m.mention_id
                        AND e.event_id NOT IN (SELECT undoes FROM case_events WHERE undoes IS NOT NULL)
                )
        ), parents AS (
            SELECT p.network, p.post_id, p.author, p.mention_id, p.posted_at FROM mentions p
            WHERE p.post_id IN (SELECT in_reply_to FROM ours)
        )
        SELECT o.mention_id, o.network, o.thread_id, o.author, o.text, o.posted_at, p.author, p.mention_id,
            p.posted_at
        FROM ours o LEFT JOIN parents p ON p.network = o.network AND p.post_id = o.in_reply_to
        ORDER BY o.posted_at, o.mention_id
        """,
        [sorted(own_accounts), since],
    ).fetchall()
    connection.unregister("thread")
    return [OwnPost(*row) for row in rows]


def cases_by_reply(connection: Connection, mention_ids: Sequence[int]) -> dict[int, int]:
    """In which case each of these posts is: one of ours told as a reply, or a customer's, who may be renamed since."""
    rows = connection.execute(
        f"""
        SELECT mention_id, max(case_id) FROM (
            SELECT e.mention_id, coalesce(h.home, c.case_id) AS case_id
            FROM case_events e JOIN cases c USING (case_id) LEFT JOIN {_HOMES} h ON h.case_id = c.case_id
            WHERE e.kind = 'reply' AND e.mention_id IN (SELECT unnest($1::BIGINT[]))
            UNION ALL
            SELECT k.mention_id, k.case_id FROM case_mentions k
            WHERE k.mention_id IN (SELECT unnest($1::BIGINT[]))
        ) q GROUP BY mention_id
        """,
        [list(mention_ids)],
    ).fetchall()
    return dict(rows)


def posts_by_id(connection: Connection, mention_ids: Sequence[int]) -> dict[int, tuple[datetime, str]]:
    """When these mentions were posted, and their texts."""
    rows = connection.execute(
        "SELECT mention_id, posted_at, text FROM mentions WHERE mention_id IN (SELECT unnest(?::BIGINT[]))",
        [list(mention_ids)],
    ).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}


def _register_threads(connection: Connection, threads: Sequence[ThreadKey]) -> None:
    """As the table `thread`, each once."""
    networks, thread_ids = zip(*sorted(set(threads)), strict=True) if threads else ((), ())
    columns = {"network": pa.array(networks, pa.string()), "thread_id": pa.array(thread_ids, pa.string())}
    connection.register("thread", pa.table(columns))
