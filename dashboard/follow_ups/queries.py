"""Follow-ups that wait for somebody, and what customers answered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, TypeAlias

from monitor.cases.satisfaction import Counts
from monitor.models.cases import Agreement, Remedy
from monitor.store import Connection
from monitor.store.cases import surveys
from monitor.store.cases.surveys import AnswerSource

DueScope: TypeAlias = Literal["overdue", "today", "coming"]
SCOPES: tuple[DueScope, ...] = ("overdue", "today", "coming")
# Each names both ends of the day: DuckDB refuses a value that is not used.
_IN: dict[DueScope, str] = {
    "overdue": "f.due_at < least($start, $end)",
    "today": "f.due_at >= $start AND f.due_at < $end",
    "coming": "f.due_at >= greatest($start, $end)",
}


@dataclass(frozen=True, slots=True)
class LocalDay:
    """The local day that is today: start and end, UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class FollowUpEntry:
    """A contact to be made, with whom and on what; `closing_note` is that of the case."""

    follow_up_id: int
    due_at: datetime
    case_id: int
    code: str
    owner: str
    brand: str
    network: str
    author: str | None
    customer: str
    value: str
    category: str
    agreement: Agreement | None
    remedy: Remedy | None
    closed_at: datetime
    closing_note: str = ""


@dataclass(frozen=True, slots=True)
class AnswerEntry:
    """An answer to a survey; `owner` had the case when it was asked."""

    case_id: int
    code: str
    owner: str
    customer: str
    author: str | None
    answered_at: datetime
    satisfaction: int
    recommend: int | None
    comment: str
    source: AnswerSource


def counts(connection: Connection, day: LocalDay) -> dict[str, dict[DueScope, int]]:
    """How many contacts wait in each scope, by who has the case ('' for nobody)."""
    columns = ", ".join(f"count(*) FILTER (WHERE {_IN[scope]})" for scope in SCOPES)
    rows = connection.execute(
        f"SELECT c.owner, {columns} {_FROM} GROUP BY c.owner ORDER BY c.owner", _values(day, None)
    ).fetchall()
    return {owner: dict(zip(SCOPES, by_scope, strict=True)) for owner, *by_scope in rows}


def entries(
    connection: Connection, scope: DueScope, day: LocalDay, owner: str | None, *, offset: int, limit: int
) -> list[FollowUpEntry]:
    """One page of the contacts that wait, those due first at the top."""
    rows = connection.execute(
        f"""
        WITH page AS (
            SELECT f.follow_up_id, f.due_at, f.case_id, f.closed_at {_FROM} {_owner_test(owner)} AND {_IN[scope]}
            ORDER BY f.due_at, f.follow_up_id LIMIT $limit OFFSET $offset
        )
        SELECT p.follow_up_id, p.due_at, p.case_id, c.code, c.owner, c.brand, c.network, c.author,
            coalesce(u.name, ''), c.value, c.category, c.agreement, c.remedy, p.closed_at
        FROM page p JOIN cases c USING (case_id) LEFT JOIN customers u USING (customer_id)
        ORDER BY p.due_at, p.follow_up_id
        """,
        {**_values(day, owner), "limit": limit, "offset": offset},
    ).fetchall()
    contacts = [FollowUpEntry(*row) for row in rows]
    notes = _closing_notes(connection, [row.case_id for row in contacts])
    return [replace(row, closing_note=notes.get(row.case_id, "")) for row in contacts]


def figures(connection: Connection, since: datetime) -> Counts:
    """What surveys asked since then add up to."""
    row = connection.execute(f"SELECT {surveys.COUNTS} FROM surveys WHERE asked_at >= ?", [since]).fetchall()[0]
    return Counts(*row)


def answers(connection: Connection, limit: int) -> list[AnswerEntry]:
    """The last answers, newest first."""
    rows = connection.execute(
        """
        WITH last AS (
            SELECT case_id, owner, answered_at, satisfaction, recommend, comment, source FROM surveys
            WHERE answered_at IS NOT NULL ORDER BY answered_at DESC LIMIT ?
        )
        SELECT case_id, c.code, s.owner, coalesce(u.name, ''), c.author, s.answered_at, s.satisfaction, s.recommend,
            s.comment, s.source
        FROM last s JOIN cases c USING (case_id) LEFT JOIN customers u USING (customer_id) ORDER BY s.answered_at DESC
        """,
        [limit],
    ).fetchall()
    return [AnswerEntry(*row) for row in rows]


_FROM = "FROM follow_ups f JOIN cases c USING (case_id) WHERE f.status = 'planned'"


def _owner_test(owner: str | None) -> str:
    return "" if owner is None else "AND lower(c.owner) = lower($owner)"


def _values(day: LocalDay, owner: str | None) -> dict[str, Any]:
    return {"start": day.start, "end": day.end} | ({} if owner is None else {"owner": owner})


def _closing_notes(connection: Connection, case_ids: Sequence[int]) -> dict[int, str]:
    rows = connection.execute(
        """
        SELECT case_id, (array_agg(note ORDER BY event_id DESC))[1] FROM case_events
        WHERE case_id IN (SELECT unnest(?::BIGINT[])) AND stage = 'closed' GROUP BY case_id
        """,
        [list(case_ids)],
    ).fetchall()
    return dict(rows)
