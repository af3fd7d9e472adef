"""Incidents: the same thing told by many customers, handled together."""

from dataclasses import dataclass
from datetime import datetime

from monitor.errors import Refusal
from monitor.store.connection import Connection


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident; open while one of its cases is, and before it has any. `cases` counts them, merged ones left out."""

    incident_id: int
    code: str
    brand: str
    title: str
    opened_at: datetime
    opened_by: str
    cases: int
    is_open: bool


_PREFIX = "INC-"
_IS_OPEN = "(count(c.case_id) = 0 OR bool_or(c.stage NOT IN ('closed', 'dismissed')))"
_SELECT = """
    SELECT i.incident_id, i.code, i.brand, i.title, i.opened_at, i.opened_by, count(c.case_id), {is_open}
    FROM incidents i LEFT JOIN cases c ON c.incident_id = i.incident_id AND c.merged_into IS NULL
    WHERE {test} GROUP BY i.incident_id, i.code, i.brand, i.title, i.opened_at, i.opened_by HAVING {having}
    ORDER BY i.incident_id DESC LIMIT 20
"""


def create(connection: Connection, brand: str, title: str, actor: str, now: datetime) -> Incident:
    """A new incident without cases."""
    incident_id = int(connection.execute("SELECT nextval('incident_ids')").fetchall()[0][0])
    connection.execute(
        "INSERT INTO incidents (incident_id, code, brand, title, opened_at, opened_by) VALUES (?, ?, ?, ?, ?, ?)",
        [incident_id, f"{_PREFIX}{incident_id:04d}", brand, title, now, actor],
    )
    return get(connection, incident_id)


def find(connection: Connection, incident_id: int) -> Incident | None:
    """The incident, or None when there is none of that id."""
    rows = connection.execute(_select("i.incident_id = ?"), [incident_id]).fetchall()
    return Incident(*rows[0]) if rows else None


def get(connection: Connection, incident_id: int) -> Incident:
    """The incident. Raises EscuchaError when there is none of that id."""
    incident = find(connection, incident_id)
    if incident is None:
        raise Refusal("no_incident", "there is no incident {incident}", incident=incident_id)
    return incident


def open_of_brand(connection: Connection, brand: str) -> tuple[Incident, ...]:
    """The newest open incidents of a brand."""
    rows = connection.execute(_select("i.brand = ?", having=_IS_OPEN), [brand]).fetchall()
    return tuple(Incident(*row) for row in rows)


def _select(test: str, having: str = "true") -> str:
    return _SELECT.format(is_open=_IS_OPEN, test=test, having=having)


def id_of(code: str) -> int:
    """The incident that a code names."""
    return int(code.removeprefix(_PREFIX))


def cases_of(connection: Connection, incident_id: int) -> list[int]:
    """The ids of its cases, merged ones left out."""
    rows = connection.execute(
        "SELECT case_id FROM cases WHERE incident_id = ? AND merged_into IS NULL ORDER BY case_id", [incident_id]
    ).fetchall()
    return [row[0] for row in rows]
