"""What has been kept for its time: counted, and emptied in short transactions. Figures of past months stay as they are.

A post keeps its id, so that no import stores it once more, and its hash, by which copies are counted.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from monitor.store import key_values, rewriting
from monitor.store.engines.protocol import Connection
from monitor.store.erased.erased_list import PREFIX, ErasedList
from monitor.store.privacy import cases

AT_ONCE: Final = 5_000
"""Rows of one transaction, which takes well below a second."""
_SECRET, _CASES_MARK = "stand-ins", "cases_emptied"
_NOBODY = ErasedList(())
_OLD_POSTS = """
    FROM mentions m WHERE m.posted_at < $1 AND m.erased_length IS NULL AND m.deleted_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM case_mentions k WHERE k.mention_id = m.mention_id)
    AND NOT EXISTS (SELECT 1 FROM case_events e WHERE e.mention_id = m.mention_id)
"""
# By the run, whose number an index knows: runs begin in their order.
_OLD_RECEIVED = """
    FROM posts WHERE received_at < $1
    AND run_id <= (SELECT coalesce(max(run_id), 0) FROM runs WHERE started_at < $1)
"""
_OLD_REJECTS = "FROM rejects WHERE rejected_at < $1 AND raw <> ''"
_OLD_CASES = """
    FROM cases WHERE stage IN ('closed', 'dismissed') AND changed_at < $1
    AND ($2::VARCHAR IS NULL OR changed_at >= $2::VARCHAR::TIMESTAMPTZ)
"""
_OLD_EXPORTS = "FROM exports WHERE status = 'delivered' AND delivered_at < $1"


def count_posts(connection: Connection, before: datetime) -> int:
    """Posts in no case, written before then, that still have words."""
    return _count(connection, _OLD_POSTS, before)


def count_received(connection: Connection, before: datetime) -> int:
    """Answers as they were received before then."""
    return _count(connection, _OLD_RECEIVED, before)


def count_rejects(connection: Connection, before: datetime) -> int:
    """Rejects of before then of which anything is left."""
    return _count(connection, _OLD_REJECTS, before)


def count_cases(connection: Connection, before: datetime) -> int:
    """Ended cases that nothing has changed since then, and that were not emptied yet."""
    values = [before, key_values.get(connection, _CASES_MARK)]
    return int(connection.execute(f"SELECT count(*) {_OLD_CASES}", values).fetchall()[0][0])


def old_exports(connection: Connection, before: datetime) -> list[tuple[str, str]]:
    """Destination and place of what was delivered before then, oldest first."""
    return connection.execute(f"SELECT destination, place {_OLD_EXPORTS} ORDER BY export_id", [before]).fetchall()


def empty_posts(connection: Connection, before: datetime, now: datetime) -> int:
    """Empties the oldest of these posts, as many as one transaction takes. Returns how many."""
    rows = connection.execute(
        f"SELECT m.mention_id {_OLD_POSTS} ORDER BY m.posted_at LIMIT {AT_ONCE}", [before]
    ).fetchall()
    return _empty(connection, [row[0] for row in rows], now)


def delete_received(connection: Connection, before: datetime) -> int:
    """Deletes answers of the oldest runs, as many as one transaction takes. Returns how many."""
    rows = connection.execute(
        f"SELECT run_id, count(*) {_OLD_RECEIVED} GROUP BY run_id ORDER BY run_id LIMIT 100", [before]
    ).fetchall()
    runs: list[int] = []
    count = 0
    for run_id, answers in rows:
        if runs and count + answers > AT_ONCE:
            break
        runs.append(run_id)
        count += answers
    if runs:
        connection.execute(
            "DELETE FROM posts WHERE received_at < ? AND run_id IN (SELECT unnest(?::BIGINT[]))", [before, runs]
        ).fetchall()
        rewriting.note(connection)
    return count


def empty_rejects(connection: Connection, before: datetime) -> int:
    """Empties rejects, as many as one transaction takes. Returns how many; each is still counted once."""
    rows = connection.execute(f"SELECT reject_key {_OLD_REJECTS} LIMIT {AT_ONCE}", [before]).fetchall()
    if rows:
        connection.execute(
            "UPDATE rejects SET raw = '' WHERE reject_key IN (SELECT unnest(?::VARCHAR[]))", [[row[0] for row in rows]]
        ).fetchall()
        rewriting.note(connection)
    return len(rows)


def empty_cases(connection: Connection, before: datetime, actor: str, now: datetime) -> int:
    """Empties ended cases and their posts, as many as one transaction takes. Returns how many.

    A post that another case holds too, which has not ended so long ago, stays.
    """
    rows = connection.execute(
        f"""
        SELECT case_id, changed_at {_OLD_CASES} AND changed_at <= (
            SELECT max(changed_at) FROM (SELECT changed_at {_OLD_CASES} ORDER BY changed_at LIMIT {AT_ONCE // 10}) first
        ) ORDER BY changed_at
        """,
        [before, key_values.get(connection, _CASES_MARK)],
    ).fetchall()  # all that changed at the same moment, since the mark goes on behind it
    ids = [row[0] for row in rows]
    if not ids:
        return 0
    posts = connection.execute(
        """
        SELECT k.mention_id FROM case_mentions k WHERE k.case_id IN (SELECT unnest($1::BIGINT[]))
        AND NOT EXISTS (
            SELECT 1 FROM case_mentions o JOIN cases c ON c.case_id = o.case_id WHERE o.mention_id = k.mention_id
                AND (c.stage NOT IN ('closed', 'dismissed') OR c.changed_at >= $2))
        """,
        [ids, before],
    ).fetchall()
    _empty(connection, [row[0] for row in posts], now)
    cases.erase(connection, _NOBODY, ids, [], actor, now)
    connection.execute(
        f"""
        UPDATE cases SET author_id = {_stand_in("coalesce(author_id, lower(ltrim(author, '@')))")}, author = NULL
        WHERE case_id IN (SELECT unnest($2::BIGINT[])) AND coalesce(author_id, author) IS NOT NULL
        """,
        [_secret(connection), ids],
    ).fetchall()
    rewriting.note(connection)
    key_values.put(connection, _CASES_MARK, (rows[-1][1] + timedelta(microseconds=1)).isoformat())
    return len(ids)


def _empty(connection: Connection, mention_ids: Sequence[int], now: datetime) -> int:
    theirs = "mention_id IN (SELECT unnest($1::BIGINT[]))"
    if not mention_ids:
        return 0
    connection.execute(
        f"""
        UPDATE mentions SET erased_length = length(text), deleted_at = $3, text = '', author_name = NULL,
            permalink = NULL, author_id = {_stand_in("coalesce(author_id, lower(author))")}, author = NULL
        WHERE mention_id IN (SELECT unnest($2::BIGINT[])) AND deleted_at IS NULL
        """,
        [_secret(connection), list(mention_ids), now],
    ).fetchall()
    for table in ("posts", "edits", "pending"):
        connection.execute(f"DELETE FROM {table} WHERE {theirs}", [list(mention_ids)]).fetchall()
    connection.execute(f"UPDATE matches SET terms = ARRAY[]::VARCHAR[] WHERE {theirs}", [list(mention_ids)]).fetchall()
    rewriting.note(connection)
    return len(mention_ids)


def _stand_in(identity: str) -> str:
    """SQL: what stands for somebody where people are counted; `$1` is a secret of this database."""
    return f"'{PREFIX}' || left(sha256($1 || network || ' ' || {identity}), 24)"


def _secret(connection: Connection) -> str:
    found = key_values.get(connection, _SECRET)
    if found is None:
        found = secrets.token_hex(32)
        key_values.put(connection, _SECRET, found)
    return found


def _count(connection: Connection, rows: str, before: datetime) -> int:
    return int(connection.execute(f"SELECT count(*) {rows}", [before]).fetchall()[0][0])
