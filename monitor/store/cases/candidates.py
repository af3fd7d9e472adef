"""Mentions that wait for their place in a case, and the cases they may go to."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from monitor.models.grouping import CandidatePost, CaseSpan, Conversation
from monitor.store.connection import Connection
from monitor.store.engines import dialects
from monitor.text.folding import fold_handle

_CANDIDATE = """
    SELECT m.mention_id, {brand}, m.network, m.thread_id, m.author, m.author_id, m.posted_at, l.language,
           l.decision = 'complaint' AS complaint,
           m.text, coalesce(m.likes, 0) + coalesce(m.replies, 0) + coalesce(m.reposts, 0) AS reach,
           l.decision = 'unsure' AS unsure, l.decision = 'complaint' AND l.corrected AS confirmed, l.category
    FROM mentions m JOIN matches b USING (mention_id) JOIN labels l USING (mention_id)
"""
_FREE = "NOT EXISTS (SELECT 1 FROM case_mentions c WHERE c.mention_id = m.mention_id AND c.brand = {brand})"
_OWN, _THEIRS = "b.brand", "v.brand"
_HANDLE = "lower(ltrim(trim({}), '@'))"  # as monitor.text.folding.fold_handle


def queued_ids(connection: Connection, limit: int) -> list[int]:
    """Up to `limit` classified mentions whose place in a case is still to be looked for, oldest first."""
    rows = connection.execute(
        "SELECT mention_id FROM pending WHERE step = 'open' ORDER BY mention_id LIMIT ?", [limit]
    ).fetchall()
    return [row[0] for row in rows]


def dequeue(connection: Connection, mention_ids: Sequence[int]) -> None:
    """Takes mentions out of the queue; call it in the transaction that placed them."""
    connection.register("placed", pa.table({"mention_id": pa.array(mention_ids, pa.int64())}))
    done = dialects.within(connection, "SELECT mention_id FROM placed")
    connection.execute(f"DELETE FROM pending WHERE step = 'open' AND mention_id {done}")
    connection.unregister("placed")


def candidate_posts(connection: Connection, mention_ids: Sequence[int]) -> list[CandidatePost]:
    """These mentions, once for each brand they match, unless they are reposts or in a case of that brand already."""
    connection.register("asked", pa.table({"mention_id": pa.array(mention_ids, pa.int64())}))
    rows = connection.execute(
        f"""
        {_CANDIDATE.format(brand=_OWN)}
        WHERE m.mention_id IN (SELECT mention_id FROM asked) AND NOT m.is_repost AND {_FREE.format(brand=_OWN)}
        """
    ).fetchall()
    connection.unregister("asked")
    return _read_posts(connection, rows)


def posts_of_open_cases(connection: Connection, since: datetime, most: int) -> list[CandidatePost]:
    """The complaints in open cases that were written since then, the newest `most`, in the order of their time."""
    rows = connection.execute(
        f"""
        {_CANDIDATE.format(brand=_OWN)}
        JOIN case_mentions c ON c.mention_id = m.mention_id AND c.brand = b.brand JOIN cases k USING (case_id)
        WHERE m.posted_at >= ? AND l.decision = 'complaint' AND k.stage NOT IN ('closed', 'dismissed')
        ORDER BY m.posted_at DESC, m.mention_id LIMIT ?
        """,
        [since, most],
    ).fetchall()
    return _read_posts(connection, rows[::-1])


def companion_posts(
    connection: Connection, conversations: Iterable[Conversation], between: tuple[datetime, datetime]
) -> list[CandidatePost]:
    """All classified posts of these conversations in that time that are in no case yet and name no other brand."""
    if not _register_conversations(connection, conversations):
        return []
    rows = connection.execute(
        f"""
        WITH theirs AS (
            SELECT m.mention_id, v.brand FROM mentions m
            JOIN conversation v ON v.network = m.network AND v.thread_id = m.thread_id AND v.author_id = m.author_id
            WHERE m.posted_at BETWEEN $1 AND $2
            UNION
            SELECT m.mention_id, v.brand FROM mentions m
            JOIN conversation v ON v.network = m.network AND v.thread_id = m.thread_id
                AND v.handle = {_HANDLE.format("m.author")}
            WHERE m.posted_at BETWEEN $1 AND $2 AND (m.author_id IS NULL OR v.author_id IS NULL)
        )
        {_CANDIDATE.format(brand=_THEIRS)}
        JOIN theirs v ON v.mention_id = m.mention_id AND b.brand IN (v.brand, '')
        WHERE m.posted_at BETWEEN $1 AND $2 AND b.posted_at BETWEEN $1 AND $2 AND NOT m.is_repost
        AND {_FREE.format(brand=_THEIRS)}
        """,
        list(between),
    ).fetchall()
    connection.unregister("conversation")
    return _read_posts(connection, rows)


def adopted_posts(connection: Connection, posts: Sequence[CandidatePost]) -> list[CandidatePost]:
    """Posts that name no brand, once for each brand that their author has a case of in their thread."""
    loose = {
        post.mention_id: post
        for post in posts
        if not post.conversation.brand and (post.conversation.author or post.conversation.author_id)
    }
    if not loose:
        return []
    rows = connection.execute(
        f"""
        SELECT DISTINCT m.mention_id, v.brand FROM mentions m
        JOIN cases v ON v.network = m.network AND v.thread_id = m.thread_id AND v.brand <> '' AND (
            v.author_id = m.author_id OR ({_HANDLE.format("v.author")} = {_HANDLE.format("m.author")}
                AND (v.author_id IS NULL OR m.author_id IS NULL))
        )
        WHERE m.mention_id IN (SELECT unnest(?::BIGINT[])) AND {_FREE.format(brand=_THEIRS)}
        """,
        [list(loose)],
    ).fetchall()
    return [
        replace(loose[mention_id], conversation=replace(loose[mention_id].conversation, brand=brand))
        for mention_id, brand in rows
    ]


def case_spans(
    connection: Connection, conversations: Iterable[Conversation], reopens: timedelta, since: datetime
) -> list[CaseSpan]:
    """The cases of these conversations that a post written from `since` on may join; those that are open first.

    A closed one takes what is written until `reopens` after it was closed, the last to be closed before the others. A
    conversation whose case was merged into another is that one's.
    """
    if not _register_conversations(connection, conversations):
        return []
    rows = connection.execute(
        f"""
        WITH RECURSIVE theirs AS (
            SELECT c.case_id FROM cases c JOIN conversation v
            ON v.brand = c.brand AND v.network = c.network AND v.thread_id = c.thread_id AND v.author_id = c.author_id
            UNION
            SELECT c.case_id FROM cases c JOIN conversation v
            ON v.brand = c.brand AND v.network = c.network AND v.thread_id = c.thread_id
                AND v.handle = {_HANDLE.format("c.author")}
            WHERE c.author_id IS NULL OR v.author_id IS NULL
        ), way AS (
            SELECT c.case_id, c.merged_into, c.brand, c.network, c.thread_id, c.author, c.author_id
            FROM cases c JOIN theirs ON theirs.case_id = c.case_id
            UNION ALL
            SELECT c.case_id, c.merged_into, w.brand, w.network, w.thread_id, w.author, w.author_id
            FROM way w JOIN cases c ON c.case_id = w.merged_into
        )
        SELECT DISTINCT c.case_id, w.brand, w.network, w.thread_id, w.author, w.author_id, c.first_post_at,
            CASE WHEN c.stage = 'closed' THEN c.resolved_at END AS closed_at
        FROM way w JOIN cases c USING (case_id)
        WHERE c.merged_into IS NULL
        AND (c.stage NOT IN ('closed', 'dismissed') OR (c.stage = 'closed' AND c.resolved_at >= ?))
        ORDER BY closed_at DESC NULLS FIRST, c.case_id
        """,
        [since - reopens],
    ).fetchall()
    connection.unregister("conversation")
    return [
        CaseSpan(row[0], Conversation(*row[1:6]), row[6], None if row[7] is None else row[7] + reopens) for row in rows
    ]


def _register_conversations(connection: Connection, conversations: Iterable[Conversation]) -> bool:
    authored = sorted(
        {conversation for conversation in conversations if conversation.author or conversation.author_id}, key=str
    )
    fields = ("brand", "network", "thread_id", "author_id")
    table = {name: pa.array([getattr(conversation, name) for conversation in authored], pa.string()) for name in fields}
    handles = [fold_handle(conversation.author) or None for conversation in authored]
    connection.register("conversation", pa.table({**table, "handle": pa.array(handles, pa.string())}))
    return bool(authored)


def _read_posts(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> list[CandidatePost]:
    # By itself: as a join of the query above it takes four times as long (1.4 million mentions: 100 ms, not 25).
    parent_authors = dict(
        connection.execute(
            """
            SELECT m.mention_id, a.author
            FROM mentions m JOIN mentions a ON a.network = m.network AND a.post_id = m.in_reply_to
            WHERE m.mention_id IN (SELECT unnest(?::BIGINT[]))
            """,
            [[row[0] for row in rows]],
        ).fetchall()
    )
    posts = [
        replace(
            CandidatePost(row[0], Conversation(*row[1:6]), *row[6:-3]),
            unsure=row[-3],
            confirmed=row[-2],
            category=row[-1],
        )
        for row in rows
    ]
    return [replace(post, answers=parent_authors.get(post.mention_id)) for post in posts]
