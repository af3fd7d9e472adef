"""Cases, the mentions in them and their append-only events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from monitor.errors import EscuchaError, StoreConflict
from monitor.models import CaseSpan, Conversation, NewCase, Placeable, Stage
from monitor.store.connection import Connection

_TIME = pa.timestamp("us", tz="UTC")
_PLACEABLE = """
    SELECT m.mention_id, b.brand, m.network, m.thread_id, m.author, m.posted_at, l.language,
           l.decision = 'complaint' AS complaint
    FROM mentions m JOIN matches b USING (mention_id) JOIN labels l USING (mention_id)
"""
_FREE = "NOT EXISTS (SELECT 1 FROM case_mentions c WHERE c.mention_id = m.mention_id AND c.brand = b.brand)"


@dataclass(frozen=True, slots=True)
class CaseState:
    """Where a case stands; `version` grows with every change and guards against writing over somebody else's."""

    case_id: int
    code: str
    stage: Stage
    version: int


def queued(connection: Connection, limit: int) -> list[int]:
    """Up to `limit` classified mentions whose place in a case is still to be looked for, oldest first."""
    rows = connection.execute(
        "SELECT mention_id FROM pending WHERE step = 'open' ORDER BY mention_id LIMIT ?", [limit]
    ).fetchall()
    return [row[0] for row in rows]


def dequeue(connection: Connection, mention_ids: Sequence[int]) -> None:
    """Takes mentions out of the queue; call it in the transaction that placed them."""
    connection.register("placed", pa.table({"mention_id": pa.array(mention_ids, pa.int64())}))
    connection.execute("DELETE FROM pending WHERE step = 'open' AND mention_id IN (SELECT mention_id FROM placed)")
    connection.unregister("placed")


def placeable(connection: Connection, mention_ids: Sequence[int]) -> list[Placeable]:
    """These mentions, once for each brand they match, unless they are reposts or in a case of that brand already."""
    connection.register("asked", pa.table({"mention_id": pa.array(mention_ids, pa.int64())}))
    rows = connection.execute(
        f"{_PLACEABLE} SEMI JOIN asked ON asked.mention_id = m.mention_id WHERE NOT m.is_repost AND {_FREE}"
    ).fetchall()
    connection.unregister("asked")
    return [_placeable(row) for row in rows]


def companions(
    connection: Connection, conversations: Iterable[Conversation], between: tuple[datetime, datetime]
) -> list[Placeable]:
    """All classified posts of these conversations in that time that are in no case yet."""
    if not _register_conversations(connection, conversations):
        return []
    rows = connection.execute(
        f"""
        {_PLACEABLE}
        SEMI JOIN conversation v ON v.brand = b.brand AND v.network = m.network AND v.thread_id = m.thread_id
            AND v.author = m.author
        WHERE m.posted_at BETWEEN $1 AND $2 AND b.posted_at BETWEEN $1 AND $2 AND NOT m.is_repost AND {_FREE}
        """,
        list(between),
    ).fetchall()
    connection.unregister("conversation")
    return [_placeable(row) for row in rows]


def spans(connection: Connection, conversations: Iterable[Conversation]) -> list[CaseSpan]:
    """The cases of these conversations that are not at their end, oldest first: a complaint after that is a new one."""
    if not _register_conversations(connection, conversations):
        return []
    rows = connection.execute(
        """
        SELECT case_id, brand, network, thread_id, author, first_post_at, last_post_at
        FROM cases c SEMI JOIN conversation v USING (brand, network, thread_id, author)
        WHERE stage NOT IN ('closed', 'dismissed') ORDER BY case_id
        """
    ).fetchall()
    connection.unregister("conversation")
    return [CaseSpan(row[0], Conversation(*row[1:5]), row[5], row[6]) for row in rows]


def _register_conversations(connection: Connection, conversations: Iterable[Conversation]) -> bool:
    known = sorted({one for one in conversations if one.author is not None}, key=str)
    fields = ("brand", "network", "thread_id", "author")
    table = {name: pa.array([getattr(one, name) for one in known], pa.string()) for name in fields}
    connection.register("conversation", pa.table(table))
    return bool(known)


def _placeable(row: tuple[Any, ...]) -> Placeable:
    return Placeable(row[0], Conversation(*row[1:5]), row[5], row[6], row[7])


def open_many(connection: Connection, cases: Sequence[NewCase], actor: str, now: datetime) -> list[int]:
    """Opens cases at stage `received` with their posts and the events that tell it. Returns the case ids in order."""
    if not cases:
        return []
    ids = [row[0] for row in connection.execute("SELECT nextval('case_ids') FROM range(?)", [len(cases)]).fetchall()]
    rows = [_case_values(case_id, case, actor, now) for case_id, case in zip(ids, cases, strict=True)]
    connection.register("opening", pa.Table.from_pylist(rows))
    connection.execute("INSERT INTO cases BY NAME SELECT * FROM opening")
    connection.unregister("opening")
    posts = [(case_id, post) for case_id, case in zip(ids, cases, strict=True) for post in case.posts]
    _link(connection, posts)
    opening = {(case_id, _complaint(case).mention_id) for case_id, case in zip(ids, cases, strict=True)}
    _add_post_events(connection, posts, opening, actor, now)
    return ids


def _complaint(case: NewCase) -> Placeable:
    return next((post for post in case.posts if post.complaint), case.posts[0])


def _case_values(case_id: int, case: NewCase, actor: str, now: datetime) -> dict[str, object]:
    where = case.conversation
    return {
        "case_id": case_id,
        "code": f"ESC-{case_id:06d}",
        "brand": where.brand,
        "network": where.network,
        "thread_id": where.thread_id,
        "author": where.author,
        "language": _complaint(case).language,
        "stage": "received",
        "opened_at": now,
        "opened_by": actor,
        "first_post_at": case.posts[0].posted_at,
        "last_post_at": case.posts[-1].posted_at,
        "changed_at": now,
        "version": 1,
    }


def join(connection: Connection, joined: Sequence[tuple[int, Placeable]], actor: str, now: datetime) -> None:
    """Adds posts to cases that exist, each with an event."""
    if not joined:
        return
    _link(connection, joined)
    _add_post_events(connection, joined, set(), actor, now)
    ids, times = [case_id for case_id, _ in joined], [post.posted_at for _, post in joined]
    connection.register("joined", pa.table({"case_id": pa.array(ids, pa.int64()), "posted_at": pa.array(times, _TIME)}))
    connection.execute(
        """
        UPDATE cases SET first_post_at = least(cases.first_post_at, j.low), changed_at = ?, version = version + 1,
            last_post_at = greatest(cases.last_post_at, j.high)
        FROM (SELECT case_id, min(posted_at) AS low, max(posted_at) AS high FROM joined GROUP BY case_id) j
        WHERE cases.case_id = j.case_id
        """,
        [now],
    )
    connection.unregister("joined")


def _link(connection: Connection, posts: Sequence[tuple[int, Placeable]]) -> None:
    rows = [
        {"case_id": case_id, "mention_id": post.mention_id, "brand": post.conversation.brand} for case_id, post in posts
    ]
    connection.register("linked", pa.Table.from_pylist(rows))
    connection.execute("INSERT INTO case_mentions BY NAME SELECT * FROM linked")
    connection.unregister("linked")


def _add_post_events(
    connection: Connection,
    posts: Sequence[tuple[int, Placeable]],
    opening: set[tuple[int, int]],
    actor: str,
    now: datetime,
) -> None:
    kinds = ["opened" if (case_id, post.mention_id) in opening else "post" for case_id, post in posts]
    told = pa.table(
        {
            "case_id": pa.array([case_id for case_id, _ in posts], pa.int64()),
            "mention_id": pa.array([post.mention_id for _, post in posts], pa.int64()),
            "kind": pa.array(kinds, pa.string()),
        }
    )
    connection.register("told", told)
    connection.execute(
        """
        INSERT INTO case_events
        SELECT nextval('event_ids'), case_id, ?, ?, kind, CASE kind WHEN 'opened' THEN 'received' END, mention_id, ''
        FROM told
        """,
        [now, actor],
    )
    connection.unregister("told")


def state(connection: Connection, case_id: int) -> CaseState:
    """Where the case stands now. Raises EscuchaError when there is none of that id."""
    row = connection.execute("SELECT case_id, code, stage, version FROM cases WHERE case_id = ?", [case_id]).fetchone()
    if row is None:
        raise EscuchaError(f"there is no case {case_id}")
    return CaseState(*row)


def case_of(connection: Connection, mention_id: int, brand: str | None = None) -> CaseState | None:
    """The case this mention is in, for that brand or any."""
    row = connection.execute(
        """
        SELECT c.case_id, c.code, c.stage, c.version FROM case_mentions p JOIN cases c USING (case_id)
        WHERE p.mention_id = $1 AND ($2::VARCHAR IS NULL OR p.brand = $2) ORDER BY c.case_id LIMIT 1
        """,
        [mention_id, brand],
    ).fetchone()
    return CaseState(*row) if row else None


def move(connection: Connection, case: CaseState, stage: Stage, actor: str, note: str, now: datetime) -> None:
    """Takes the case to `stage` and tells it in the history.

    Raises StoreConflict when the case is not as `case` says any more: somebody changed it meanwhile.
    """
    moved = connection.execute(
        "UPDATE cases SET stage = ?, changed_at = ?, version = version + 1"
        " WHERE case_id = ? AND version = ? RETURNING 1",
        [stage, now, case.case_id, case.version],
    ).fetchall()
    if not moved:
        raise StoreConflict(f"{case.code} was changed by somebody else meanwhile; look at it again")
    connection.execute(
        "INSERT INTO case_events VALUES (nextval('event_ids'), ?, ?, ?, 'stage', ?, NULL, ?)",
        [case.case_id, now, actor, stage, note],
    )


def complaints_in(connection: Connection, case_id: int) -> int:
    """How many posts of the case count as complaints now."""
    row = connection.execute(
        """
        SELECT count(*) FROM case_mentions p JOIN labels l USING (mention_id)
        WHERE p.case_id = ? AND l.decision = 'complaint'
        """,
        [case_id],
    ).fetchone()
    return int(row[0]) if row else 0
