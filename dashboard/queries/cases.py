"""Cases: the filterable list, one case, its conversation and its history."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dashboard.queries import posts
from monitor.casework import Case, Event
from monitor.models import Stage
from monitor.store import Connection, events
from monitor.store import cases as stored

_LIST = "case_id, code, brand, network, author, stage, opened_at, opened_by, changed_at, version, thread_id"


@dataclass(frozen=True, slots=True)
class CaseFilters:
    """Which cases to list: stages (empty = all), brand and network (None = all), words in code, author or text."""

    stages: tuple[Stage, ...] = ()
    brand: str | None = None
    network: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """A case as the list shows it: `text` is its first post, `posts` their number.

    `deleted`: that first post was deleted on the network.
    """

    case_id: int
    code: str
    brand: str
    network: str
    author: str | None
    stage: Stage
    opened_at: datetime
    opened_by: str
    changed_at: datetime
    version: int
    thread_id: str
    text: str = ""
    posts: int = 0
    sample: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case, the posts of its thread in order, which of them are in the case, and its history."""

    case: Case
    conversation: tuple[posts.PostRow, ...]
    members: frozenset[int]
    events: tuple[Event, ...]


def ids(connection: Connection, filters: CaseFilters) -> list[int]:
    """Every case that fits, newest change first; for the export."""
    where, values = _where(filters)
    found = connection.execute(
        f"SELECT case_id FROM cases WHERE {where} ORDER BY changed_at DESC, case_id DESC", values
    )
    return [row[0] for row in found.fetchall()]


def entries(connection: Connection, filters: CaseFilters, *, offset: int, limit: int) -> tuple[list[CaseEntry], int]:
    """One page of the list, newest change first, and how many cases fit in all (0 past the end)."""
    where, values = _where(filters)
    rows = connection.execute(
        f"""
        SELECT {_LIST}, count(*) OVER () FROM cases WHERE {where}
        ORDER BY changed_at DESC, case_id DESC LIMIT $limit OFFSET $offset
        """,
        {**values, "limit": limit, "offset": offset},
    ).fetchall()
    openings = _openings(connection, [row[0] for row in rows])
    found = [CaseEntry(*row[:-1]) for row in rows]
    return [replace(case, **openings.get(case.case_id, {})) for case in found], rows[0][-1] if rows else 0


def stage_counts(connection: Connection) -> dict[Stage, int]:
    """How many cases stand at each stage."""
    return dict(connection.execute("SELECT stage, count(*) FROM cases GROUP BY stage").fetchall())


def one(connection: Connection, case_id: int, *, limit: int = 200) -> CasePage | None:
    """A case with at most `limit` posts of its thread; None when there is no such case."""
    found = stored.many(connection, [case_id])
    if not found:
        return None
    case = found[0]
    members = stored.mentions_of(connection, case_id)
    thread = connection.execute(
        """
        SELECT mention_id FROM mentions
        WHERE (network = ? AND thread_id = ?) OR mention_id IN (SELECT unnest(?::BIGINT[]))
        ORDER BY posted_at, mention_id LIMIT ?
        """,
        [case.network, case.thread_id, members, limit],
    ).fetchall()
    history = events.of_cases(connection, [case_id])[case_id]
    conversation = posts.by_id(connection, [row[0] for row in thread])
    return CasePage(case, tuple(conversation), frozenset(members), history)


def _where(filters: CaseFilters) -> tuple[str, dict[str, Any]]:
    tests, values = ["true"], dict[str, Any]()
    if filters.stages:
        tests.append("stage IN (SELECT unnest($stages::VARCHAR[]))")
        values["stages"] = list(filters.stages)
    for name, value in (("brand", filters.brand), ("network", filters.network)):
        if value is not None:
            tests.append(f"{name} = ${name}")
            values[name] = value
    if filters.words.strip():
        tests.append(
            "(contains(lower(code), $words) OR contains(lower(coalesce(author, '')), $words) OR case_id IN ("
            "SELECT case_id FROM case_mentions JOIN mentions USING (mention_id) WHERE contains(lower(text), $words)))"
        )
        values["words"] = filters.words.strip().removeprefix("@").lower()
    return " AND ".join(tests), values


def _openings(connection: Connection, case_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    rows = connection.execute(
        """
        WITH linked AS (SELECT case_id, mention_id FROM case_mentions WHERE case_id IN (SELECT unnest($1::BIGINT[])))
        SELECT case_id, min_by(text, posted_at), count(*), bool_or(sample), min_by(deleted_at IS NOT NULL, posted_at)
        FROM mentions JOIN linked USING (mention_id) GROUP BY case_id
        """,
        [list(case_ids)],
    ).fetchall()
    return {row[0]: {"text": row[1], "posts": row[2], "sample": row[3], "deleted": row[4]} for row in rows}
