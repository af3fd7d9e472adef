"""Open cases as a whole: in chunks, by owner, and what follows from their histories written anew."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.models.cases import CASE_COLUMNS, Case, Severity
from monitor.store.cases import cases
from monitor.store.cases.campaign_posts import GATHERED
from monitor.store.connection import Connection

_OPEN = "merged_into IS NULL AND stage NOT IN ('closed', 'dismissed')"
# Not behind the one line of a campaign about which nobody has decided.
_ALONE = f"(incident_id IS NULL OR incident_id NOT IN ({GATHERED}))"
# Whose the case is, as `whose_case` says it.
_PERSON = """
CASE WHEN customer_id IS NOT NULL THEN 'customer ' || customer_id
    WHEN author_id IS NOT NULL THEN 'author ' || network || ' id ' || author_id
    WHEN author IS NOT NULL THEN 'author ' || network || ' ' || lower(author) ELSE 'case ' || case_id END
""".strip()
# Closed before there were clocks.
_NEVER = "merged_into IS NULL AND stage = 'closed' AND resolved_at IS NULL"
# What follows from history and settings, but for the stage and the taking, which settings do not change.
_CLOCKS = CASE_COLUMNS[CASE_COLUMNS.index("asked_at") : CASE_COLUMNS.index("warn_at") + 1]
_DERIVED = ("base", "level", *_CLOCKS, "resolve_breaches")


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open case as the rule of `desk.assign` sees it. `owner` and `team` are '' where it has none.

    `person`: whose it is, by customer, account or handle.
    """

    case_id: int
    version: int
    owner: str
    team: str
    category: str
    language: str
    severity: Severity
    cue: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class UnownedGroup:
    """Open cases that nobody has and that are alike to the rule, and how many."""

    team: str
    category: str
    language: str
    severity: Severity
    cue: str
    cases: int


@dataclass(frozen=True, slots=True)
class OwnerLoad:
    """Somebody's open cases: how many, in how many of them the customer waits for a word, how many are overdue."""

    owner: str
    cases: int
    asking: int
    overdue: int


def whose_case(case: Case) -> str:
    """Whose the case is: by customer, else by account, else by handle; of nobody known it stands for itself."""
    if case.customer_id is not None:
        return f"customer {case.customer_id}"
    if case.author_id is not None:
        return f"author {case.network} id {case.author_id}"
    return f"case {case.case_id}" if case.author is None else f"author {case.network} {case.author.lower()}"


def with_cue(connection: Connection, persons: Collection[str], cues: Collection[str]) -> set[tuple[str, str]]:
    """Which of these persons have an open case with one of these cues, and of which brand: (person, brand)."""
    rows = connection.execute(
        f"""
        SELECT DISTINCT person, brand FROM (
            SELECT {_PERSON} AS person, brand FROM cases WHERE {_OPEN} AND cue IN (SELECT unnest(?::VARCHAR[]))
        ) insistent WHERE person IN (SELECT unnest(?::VARCHAR[]))
        """,
        [list(cues), list(persons)],
    ).fetchall()
    return set(rows)


def page_after(connection: Connection, case_id: int, limit: int) -> list[Case]:
    """Up to `limit` cases with higher ids, by id: open ones, and closed ones that were never worked out."""
    rows = connection.execute(
        f"""
        SELECT {", ".join(CASE_COLUMNS)} FROM cases WHERE case_id > ? AND ({_OPEN} OR {_NEVER})
        ORDER BY case_id LIMIT ?
        """,
        [case_id, limit],
    ).fetchall()
    return [Case(*row) for row in rows]


def open_counts(connection: Connection) -> dict[str, int]:
    """How many open cases each owner has, those that stand behind a campaign left out."""
    rows = connection.execute(
        f"""
        SELECT owner, count(*) FROM cases WHERE owner <> '' AND {_OPEN}
        AND {_ALONE} GROUP BY owner
        """
    )
    return dict(rows.fetchall())


def taken_places(connection: Connection) -> dict[str, int]:
    """The same, with cases of one person (a customer, an account) that are alike to the rule as one."""
    rows = connection.execute(
        f"""
        SELECT owner, count(*) FROM (
            SELECT DISTINCT owner, {_PERSON} AS person, team, category, language FROM cases
            WHERE owner <> '' AND {_OPEN} AND {_ALONE}
        ) units GROUP BY owner
        """
    )
    return dict(rows.fetchall())


def to_share(connection: Connection, absent: Collection[str]) -> list[OpenCase]:
    """What waits for the rule, the most pressing first: cases nobody has, and reopened ones of the absent, by name.

    What stands behind a campaign waits for a decision about it instead.
    """
    reopened = "stage = 'reopened' AND owner IN (SELECT unnest(?::VARCHAR[]))"
    return _pressing_first(connection, f"(owner = '' AND {_ALONE}) OR ({reopened})", list(absent))


def owned_by(connection: Connection, owners: Collection[str]) -> list[OpenCase]:
    """The open cases of these people, named as the cases name them, the most pressing first."""
    return _pressing_first(connection, "owner IN (SELECT unnest(?::VARCHAR[]))", list(owners))


def _pressing_first(connection: Connection, test: str, names: list[str]) -> list[OpenCase]:
    rows = connection.execute(
        f"""
        SELECT case_id, version, owner, team, category, language, severity, cue, {_PERSON} FROM cases
        WHERE {_OPEN} AND ({test})
        ORDER BY base DESC, asked_at NULLS LAST, case_id
        """,
        [names],
    ).fetchall()
    return [OpenCase(*row) for row in rows]


def unowned(connection: Connection) -> list[UnownedGroup]:
    """The open cases that nobody has, by what the rule looks at."""
    rows = connection.execute(
        f"""
        SELECT team, category, language, severity, cue, count(*) FROM cases WHERE {_OPEN} AND {_ALONE} AND owner = ''
        GROUP BY team, category, language, severity, cue
        ORDER BY count(*) DESC, team, category, language, severity, cue
        """
    ).fetchall()
    return [UnownedGroup(*row) for row in rows]


def owner_loads(connection: Connection, now: datetime) -> list[OwnerLoad]:
    """Everybody who has open cases, whoever has most first."""
    rows = connection.execute(
        f"""
        SELECT owner, count(*), sum(CASE WHEN asked_at IS NOT NULL THEN 1 ELSE 0 END)::BIGINT,
            sum(CASE WHEN due_at < ? THEN 1 ELSE 0 END)::BIGINT
        FROM cases WHERE {_OPEN} AND {_ALONE} AND owner <> '' GROUP BY owner ORDER BY count(*) DESC, owner
        """,
        [now],
    ).fetchall()
    return [OwnerLoad(*row) for row in rows]


def save_derived(connection: Connection, worked_out: Sequence[Case]) -> None:
    """Writes priorities and clocks of cases, as read in this transaction; their version stays."""
    if not worked_out:
        return
    changes = ", ".join(f"{name} = c.{name}" for name in _DERIVED)
    cases.register(connection, worked_out)
    connection.execute(
        f"UPDATE cases SET {changes} FROM changed c WHERE cases.case_id = c.case_id AND cases.version = c.version"
    )
    connection.unregister("changed")
