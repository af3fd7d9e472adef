"""What a case may be linked with: cases that could be the same one, and incidents."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dashboard.queries.cases import openings
from monitor.models.cases import Case
from monitor.models.posts import Stage
from monitor.store import Connection
from monitor.store.cases import incidents
from monitor.store.cases.incidents import Incident

_COLUMNS = "case_id, code, author, network, stage, version, opened_at, due_at"


@dataclass(frozen=True, slots=True)
class RelatedCase:
    """A case that could belong with another: the words of its first post tell which it is."""

    case_id: int
    code: str
    author: str | None
    network: str
    stage: Stage
    version: int
    opened_at: datetime
    due_at: datetime | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """What a case is linked with, and what it could be.

    `taken_in` are the cases merged into it, `home` the one it was merged into, `same` other open cases of the same
    customer or author, `alike` open cases of its brand and category opened within two days.
    """

    home: tuple[int, str] | None
    taken_in: tuple[tuple[int, str], ...]
    split_off: bool
    incident: Incident | None
    open_incidents: tuple[Incident, ...]
    same: tuple[RelatedCase, ...]
    alike: tuple[RelatedCase, ...]


def of_case(connection: Connection, case: Case) -> Links:
    """Everything the case page's part on links shows."""
    absorbed = connection.execute(
        "SELECT case_id, code FROM cases WHERE merged_into = ? ORDER BY case_id", [case.case_id]
    ).fetchall()
    home = connection.execute("SELECT case_id, code FROM cases WHERE case_id = ?", [case.merged_into]).fetchall()
    split_events = connection.execute(
        "SELECT 1 FROM case_events WHERE kind = 'parted' AND became = ? LIMIT 1", [case.code]
    ).fetchall()
    same = "(c.network = $network AND coalesce(c.author_id = $id, lower(c.author) = lower($author)))"
    same += " OR c.customer_id = $customer"
    alike = "c.category = $category AND c.incident_id IS NULL AND "
    alike += "c.opened_at BETWEEN $opened::TIMESTAMPTZ - INTERVAL '2 days' AND $opened::TIMESTAMPTZ + INTERVAL '2 days'"
    return Links(
        home=home[0] if home else None,
        taken_in=tuple(absorbed),
        split_off=bool(split_events),
        incident=incidents.get(connection, case.incident_id) if case.incident_id else None,
        open_incidents=incidents.open_of_brand(connection, case.brand),
        same=_related_cases(connection, case, same, 8),
        alike=_related_cases(connection, case, alike, 40),
    )


def _related_cases(connection: Connection, case: Case, test: str, limit: int) -> tuple[RelatedCase, ...]:
    values = {
        "author": case.author, "id": case.author_id, "network": case.network, "customer": case.customer_id,
        "category": case.category, "opened": case.opened_at,
    }  # fmt: skip
    parameters = {name: value for name, value in values.items() if f"${name}" in test}
    rows = connection.execute(
        f"""
        SELECT {_COLUMNS} FROM cases c WHERE brand = $brand AND case_id <> $case_id AND merged_into IS NULL
        AND stage NOT IN ('closed', 'dismissed') AND ({test}) ORDER BY case_id DESC LIMIT {limit}
        """,
        {**parameters, "brand": case.brand, "case_id": case.case_id},
    ).fetchall()
    return _with_texts(connection, rows)


def _with_texts(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> tuple[RelatedCase, ...]:
    texts = {case_id: opening.text for case_id, opening in openings(connection, [row[0] for row in rows]).items()}
    return tuple(replace(RelatedCase(*row), text=texts.get(row[0], "")) for row in rows)


def cases_of(connection: Connection, incident_id: int, *, limit: int) -> tuple[RelatedCase, ...]:
    """An incident's cases: those that wait for an answer first, the longest wait on top; then the newest."""
    rows = connection.execute(
        f"""
        SELECT {_COLUMNS} FROM cases WHERE incident_id = ? AND merged_into IS NULL
        ORDER BY asked_at NULLS LAST, case_id DESC LIMIT {limit}
        """,
        [incident_id],
    ).fetchall()
    return _with_texts(connection, rows)


@dataclass(frozen=True, slots=True)
class IncidentCounts:
    """How many cases of an incident are at each stage, and how many of these wait for an answer."""

    cases: dict[Stage, int]
    waiting: dict[Stage, int]


def incident_counts(connection: Connection, incident_id: int) -> IncidentCounts:
    """Where an incident's cases stand."""
    rows = connection.execute(
        """
        SELECT stage, count(*), count(asked_at) FROM cases
        WHERE incident_id = ? AND merged_into IS NULL GROUP BY stage
        """,
        [incident_id],
    ).fetchall()
    return IncidentCounts(
        {stage: count for stage, count, _ in rows}, {stage: waits for stage, _, waits in rows if waits}
    )


def answerable(
    connection: Connection, incident_id: int, *, waiting: bool, limit: int
) -> tuple[tuple[int, int, Stage], ...]:
    """The open cases of an incident, or of these only the `waiting` ones: (case id, version, stage).

    At most `limit`, first those to which nothing has happened for longest, so that the next ones come up once these
    are answered.
    """
    rows = connection.execute(
        f"""
        SELECT case_id, version, stage FROM cases WHERE incident_id = ? AND merged_into IS NULL
        AND stage NOT IN ('closed', 'dismissed') AND (asked_at IS NOT NULL OR NOT ?)
        ORDER BY changed_at, case_id LIMIT {limit}
        """,
        [incident_id, waiting],
    ).fetchall()
    return tuple(rows)
