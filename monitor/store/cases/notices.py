"""Notices: what a person is to hear of a case, until she has seen it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias

from monitor.store.connection import Connection

_UNSEEN = "lower(n.person) = lower(?) AND n.seen_at IS NULL"
_LOOKED_AT = 1000
"""Of so many of the newest notices are those that are shown."""
NoticeSubject: TypeAlias = Literal[
    "named", "survey", "reopened", "wrote", "thanked", "edited", "reworded", "given", "lost"
]
"""named: in a note; survey: a bad answer; thanked, reworded: nothing is asked for; given, lost: the case itself."""
QUIET: tuple[NoticeSubject, ...] = ("thanked", "reworded")
"""What is shown, and not counted."""
_CUSTOMERS: tuple[NoticeSubject, ...] = ("reopened", "wrote", "thanked", "edited", "reworded")
RULE = "escucha"
_SUBJECT = """
    CASE WHEN e.kind = 'survey' THEN 'survey'
        WHEN e.kind = 'post' AND e.became IS NOT NULL OR e.kind = 'edited' AND e.became = 'thanks' THEN 'thanked'
        WHEN e.kind IN ('post', 'contact') THEN 'wrote'
        WHEN e.kind = 'edited' AND e.became = 'asks' THEN 'edited'
        WHEN e.kind = 'edited' THEN 'reworded'
        WHEN e.stage = 'reopened' AND e.note = '' THEN 'reopened'
        WHEN e.field = 'owner' AND lower(e.became) = lower(n.person) THEN 'given'
        WHEN e.field = 'owner' THEN 'lost'
        ELSE 'named' END
"""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a person is to hear: of which case, what about, who did it when, and the words.

    The words are the note's, the post's ("★ 2/5" for a bad answer), or who has the case now. `cases`: how many the rule
    gave, told together.
    """

    notice_id: int
    case_id: int
    code: str
    actor: str
    note: str
    happened_at: datetime
    subject: NoticeSubject = "named"
    cases: int = 1


def add(connection: Connection, people: Sequence[str], case_id: int, event_id: int) -> None:
    """Leaves a notice for each of these people."""
    add_many(connection, [(person, case_id, event_id) for person in people])


def add_many(connection: Connection, new_notices: Sequence[tuple[str, int, int]]) -> None:
    """Leaves notices: (person, case_id, event_id)."""
    if not new_notices:
        return
    people, case_ids, event_ids = (list(column) for column in zip(*new_notices, strict=True))
    connection.execute(
        """
        INSERT INTO notices (notice_id, person, case_id, event_id, seen_at)
        SELECT nextval('notice_ids'), person, case_id, event_id, NULL FROM (
            SELECT unnest(?::VARCHAR[]) AS person, unnest(?::BIGINT[]) AS case_id, unnest(?::BIGINT[]) AS event_id
        ) AS told
        """,
        [people, case_ids, event_ids],
    )


def unseen(connection: Connection, person: str, limit: int) -> tuple[list[Notice], int]:
    """The newest notices the person has not seen, and how many there are. What was taken back gives none.

    One line tells all that the customer of a case did, and one all cases that the rule gave. What is `QUIET` comes
    last and is not counted.
    """
    events = [
        row[0]
        for row in connection.execute(
            f"SELECT n.event_id FROM notices n WHERE {_UNSEEN} ORDER BY n.event_id DESC LIMIT {_LOOKED_AT}", [person]
        ).fetchall()
    ]
    if not events:
        return [], 0
    rows = connection.execute(
        f"""
        SELECT n.notice_id, n.case_id, c.code, e.actor,
            CASE WHEN e.kind = 'survey' THEN '★ ' || e.became || '/5' WHEN e.field = 'owner' THEN coalesce(e.became, '')
                ELSE coalesce(nullif(e.note, ''), m.text, '') END,
            e.happened_at, {_SUBJECT}
        FROM notices n JOIN case_events e USING (event_id) JOIN cases c ON c.case_id = n.case_id
            LEFT JOIN mentions m ON m.mention_id = e.mention_id
        WHERE {_UNSEEN} AND e.event_id >= ? AND NOT EXISTS (
            SELECT 1 FROM case_events back WHERE back.undoes = n.event_id AND back.event_id > ?
        )
        ORDER BY n.notice_id DESC
        """,
        [person, events[-1], events[-1]],
    ).fetchall()
    lines = _told_together([Notice(*row) for row in rows])
    loud = [notice for notice in lines if notice.subject not in QUIET]
    quiet = [notice for notice in lines if notice.subject in QUIET]
    return [*loud, *quiet][:limit], sum(notice.cases for notice in loud)


def _told_together(newest_first: Sequence[Notice]) -> list[Notice]:
    lines: dict[tuple[object, ...], Notice] = {}
    for notice in newest_first:
        key: tuple[object, ...] = (notice.notice_id,)
        if notice.subject in _CUSTOMERS:
            key = ("customer", notice.case_id, notice.subject in QUIET)
        elif notice.subject in ("given", "lost"):
            by_rule = notice.actor == RULE and notice.subject == "given"
            key = ("rule",) if by_rule else ("owner", notice.case_id)
        line = lines.get(key)
        if line is None:
            lines[key] = notice
        elif key == ("rule",):
            lines[key] = replace(line, cases=line.cases + 1)
    return list(lines.values())


def mark_given_seen(connection: Connection, person: str, case_ids: Sequence[int], now: datetime) -> None:
    """Says that the person knows that she has these cases: she has acted on them."""
    connection.execute(
        f"""
        UPDATE notices AS n SET seen_at = ? WHERE {_UNSEEN} AND n.case_id IN (SELECT unnest(?::BIGINT[]))
            AND n.event_id IN (
                SELECT event_id FROM case_events WHERE case_id IN (SELECT unnest(?::BIGINT[])) AND field = 'owner'
            )
        """,
        [now, person, list(case_ids), list(case_ids)],
    )


def has_unseen(connection: Connection, person: str, case_id: int | None) -> bool:
    """Whether there is a notice the person has not seen, of this case or (None) of any."""
    return bool(
        connection.execute(
            f"SELECT 1 FROM notices n WHERE {_UNSEEN} AND (n.case_id = ? OR ?::BIGINT IS NULL) LIMIT 1",
            [person, case_id, case_id],
        ).fetchall()
    )


def mark_seen(connection: Connection, person: str, case_id: int | None, now: datetime) -> None:
    """Says that the person has seen her notices of the case, or (None) all of them."""
    connection.execute(
        f"UPDATE notices AS n SET seen_at = ? WHERE {_UNSEEN} AND (n.case_id = ? OR ?::BIGINT IS NULL)",
        [now, person, case_id, case_id],
    )
