"""Cases: the filterable list, one case, its conversation and its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.queries import filter_sql, posts, ranking
from monitor.cases.team.people import Team
from monitor.models.case_filters import VIEWS, CaseFilters, View
from monitor.models.cases import Case, Event
from monitor.models.posts import Stage
from monitor.settings.desk import Priority
from monitor.store import Connection
from monitor.store.cases import answers, case_mentions, events, open_cases
from monitor.store.cases import cases as stored
from monitor.store.cases.answers import SentAnswer


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, when, and by which weights the cases are ordered; `team` says who is not there."""

    person: str
    now: datetime
    weights: Priority
    team: Team | None = None


@dataclass(frozen=True, slots=True)
class CaseSnapshot:
    """A case as somebody saw it."""

    version: int
    stage: Stage


@dataclass(frozen=True, slots=True)
class CaseOptions:
    """The values that the cases have, sorted; tags by how many have them."""

    brands: tuple[str, ...]
    networks: tuple[str, ...]
    teams: tuple[str, ...]
    owners: tuple[str, ...]
    languages: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """What a list shows of a case's posts: the text of its author's first, their number.

    `deleted`: that first post was deleted on the network. A case that took others in has posts of their authors too.
    """

    text: str = ""
    posts: int = 0
    sample: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class LastWord:
    """Who spoke last in a case, we or the customer, and when."""

    ours: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """A case as the list shows it."""

    case: Case
    opening: Opening
    last: LastWord | None = None


@dataclass(frozen=True, slots=True)
class CaseListPage:
    """One page of the list, how many cases it is a page of, and how many the filters leave in each view.

    A case found by its code is on the page, whether or not the view holds it.
    """

    entries: tuple[CaseEntry, ...]
    total: int
    counts: dict[View, int]


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case, the posts of its thread in order, which of them are in the case, its history, and the answers sent."""

    case: Case
    conversation: tuple[posts.PostRow, ...]
    members: frozenset[int]
    events: tuple[Event, ...]
    answers: tuple[SentAnswer, ...] = ()


def matching_cases(
    connection: Connection, filters: CaseFilters, viewer: Viewer, *, limit: int | None = None
) -> dict[int, CaseSnapshot]:
    """The cases that fit by id, in the order of the list: for exports and bulk actions."""
    absent = _absent(connection, viewer)
    test, values = filter_sql.where(filters, person=viewer.person, now=viewer.now, absent=absent)
    score, rank = ranking.score_sql(viewer.weights, viewer.now)
    order = filter_sql.order_sql(filters.order, score)
    sql = f"SELECT case_id, version, stage FROM cases WHERE {test} ORDER BY {order} LIMIT $limit"
    rows = connection.execute(sql, {**values, **filter_sql.used_parameters(order, rank), "limit": limit}).fetchall()
    return {case_id: CaseSnapshot(version, stage) for case_id, version, stage in rows}


def filter_options(connection: Connection) -> CaseOptions:
    """What the cases can be narrowed down by."""
    columns = ("brand", "network", "team", "owner", "language")
    lists = ", ".join(f"array_agg(DISTINCT {name} ORDER BY {name}) FILTER (WHERE {name} <> '')" for name in columns)
    row = connection.execute(
        f"SELECT {lists} FROM (SELECT DISTINCT {', '.join(columns)} FROM cases WHERE merged_into IS NULL) kinds"
    ).fetchall()[0]
    tags = connection.execute(
        """
        SELECT tag FROM (
            SELECT unnest(string_split(tags, ' ')) AS tag, n FROM (
                SELECT tags, count(*) AS n FROM cases WHERE merged_into IS NULL GROUP BY tags
            ) kinds
        ) told
        WHERE tag <> '' GROUP BY tag ORDER BY sum(n) DESC, tag LIMIT 200
        """
    ).fetchall()
    brands, networks, teams, owners, languages = (tuple(names or ()) for names in row)
    return CaseOptions(brands, networks, teams, owners, languages, tuple(tag for (tag,) in tags))


def list_page(connection: Connection, filters: CaseFilters, viewer: Viewer, *, offset: int, limit: int) -> CaseListPage:
    """One page of the list, and the counts of all views: one look at the table, since words are dear to search."""
    test, values = filter_sql.where(filters, person=viewer.person, now=viewer.now, viewed=False)
    score, rank = ranking.score_sql(viewer.weights, viewer.now)
    order = filter_sql.order_sql(filters.order, "score")
    shown = f"(is_{filters.view}{' OR case_id = $code' if 'code' in values else ''})"
    sql = f"""
        WITH fit AS MATERIALIZED (
            SELECT case_id, due_at, changed_at, opened_at, {score} AS score,
                {", ".join(f"coalesce({_in_view(view, filters)}, false) AS is_{view}" for view in VIEWS)}
            FROM cases WHERE {test}
        ), page AS (SELECT * FROM fit WHERE {shown} ORDER BY {order} LIMIT $limit OFFSET $offset)
        SELECT (SELECT array_agg(case_id ORDER BY {order}) FROM page), count(*) FILTER (WHERE {shown}),
            {", ".join(f"count(*) FILTER (WHERE is_{view})" for view in VIEWS)} FROM fit
    """
    values |= {**rank, "person": viewer.person, "now": viewer.now, "absent": _absent(connection, viewer)}
    values |= {"limit": limit, "offset": offset}
    ids, total, *counts = connection.execute(sql, values).fetchall()[0]
    return CaseListPage(entries(connection, ids or []), total, dict(zip(VIEWS, counts, strict=True)))


def _absent(connection: Connection, viewer: Viewer) -> list[str]:
    """Who has open cases and is not there, as the cases spell them."""
    return [name for name in open_cases.open_counts(connection) if viewer.team and viewer.team.absence(name)]


def _in_view(view: View, filters: CaseFilters) -> str:
    return f"merged_into IS NULL AND {filter_sql.view_sql(view, filters)}"


def entries(connection: Connection, case_ids: Sequence[int]) -> tuple[CaseEntry, ...]:
    """These cases in this order, as lists show them."""
    cases_by_id = {case.case_id: case for case in stored.get_many(connection, case_ids)}
    texts, words = openings(connection, case_ids), last_words(connection, case_ids)
    return tuple(
        CaseEntry(cases_by_id[case_id], texts.get(case_id, Opening()), words.get(case_id)) for case_id in case_ids
    )


def case_page(connection: Connection, case_id: int, *, limit: int = 200) -> CasePage | None:
    """A case with at most `limit` posts of its thread; None when there is no such case."""
    rows = stored.get_many(connection, [case_id])
    if not rows:
        return None
    case = rows[0]
    members = case_mentions.of_case(connection, case_id)
    thread = connection.execute(
        """
        SELECT mention_id FROM (
            SELECT mention_id, posted_at FROM mentions WHERE network = ? AND thread_id = ?
            UNION
            SELECT mention_id, posted_at FROM mentions WHERE mention_id IN (SELECT unnest(?::BIGINT[]))
        ) ORDER BY posted_at, mention_id LIMIT ?
        """,
        [case.network, case.thread_id, members, limit],
    ).fetchall()
    history = events.of_cases(connection, [case_id])[case_id]
    conversation = posts.by_id(connection, [row[0] for row in thread])
    sent = tuple(answers.of_cases(connection, [case_id]))
    return CasePage(case, tuple(conversation), frozenset(members), history, sent)


def openings(connection: Connection, case_ids: Sequence[int]) -> dict[int, Opening]:
    """What lists show of the posts of these cases; none for a case without posts."""
    rows = connection.execute(
        """
        WITH linked AS (
            SELECT case_id, mention_id, network, author, author_id FROM case_mentions JOIN cases USING (case_id)
            WHERE case_id IN (SELECT unnest($1::BIGINT[]))
        ), told AS (
            SELECT case_id, text, sample, deleted_at, posted_at,
                coalesce(
                    m.network <> l.network OR coalesce(m.author_id <> l.author_id, lower(m.author) <> lower(l.author)),
                    false
                ) AS by_another
            FROM mentions m JOIN linked l ON l.mention_id = m.mention_id
        )
        SELECT case_id, (array_agg(text ORDER BY by_another, posted_at))[1], count(*), bool_or(sample),
            (array_agg(deleted_at IS NOT NULL ORDER BY by_another, posted_at))[1]
        FROM told GROUP BY case_id
        """,
        [list(case_ids)],
    ).fetchall()
    return {row[0]: Opening(*row[1:]) for row in rows}


def last_words(connection: Connection, case_ids: Sequence[int]) -> dict[int, LastWord]:
    """Who spoke last in each of these cases, by when posts were written; what was taken back was not said."""
    rows = connection.execute(
        """
        WITH said AS (
            SELECT case_id, event_id,
                least(CASE WHEN kind IN ('opened', 'post', 'reply') THEN m.posted_at END, took_place_at, happened_at)
                    AS said_at,
                kind IN ('sent', 'reply') OR (kind = 'contact' AND became = 'out') AS ours
            FROM case_events e LEFT JOIN mentions m USING (mention_id) WHERE case_id IN (SELECT unnest($1::BIGINT[]))
            AND (kind IN ('opened', 'post', 'sent', 'reply', 'contact') OR (kind = 'edited' AND became = 'asks'))
            AND NOT EXISTS (SELECT 1 FROM case_events u WHERE u.case_id = e.case_id AND u.undoes = e.event_id)
        )
        SELECT case_id, ours, said_at FROM (
            SELECT case_id, ours, said_at,
                row_number() OVER (PARTITION BY case_id ORDER BY said_at DESC, event_id DESC) AS nth
            FROM said
        ) AS ordered WHERE nth = 1
        """,
        [list(case_ids)],
    ).fetchall()
    return {case_id: LastWord(ours, said_at) for case_id, ours, said_at in rows}


def givers(connection: Connection, case_ids: Sequence[int]) -> dict[int, str]:
    """Who gave each of these cases to its owner, the rule included; none for a case that never had one."""
    rows = connection.execute(
        """
        SELECT case_id, actor FROM (
            SELECT case_id, actor, row_number() OVER (PARTITION BY case_id ORDER BY event_id DESC) AS nth
            FROM case_events WHERE case_id IN (SELECT unnest($1::BIGINT[])) AND kind = 'field' AND field = 'owner'
        ) AS ordered WHERE nth = 1
        """,
        [list(case_ids)],
    ).fetchall()
    return dict(rows)
