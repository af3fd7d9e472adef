"""Incidents: the same thing told by many customers, handled together."""

from dataclasses import dataclass
from datetime import datetime

from monitor.errors import EscuchaError
from monitor.store.connection import Connection


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident; open while `closed_at` is None."""

    incident_id: int
    code: str
    brand: str
    title: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None


_COLUMNS = "incident_id, code, brand, title, opened_at, opened_by, closed_at"


def open_one(connection: Connection, brand: str, title: str, actor: str, now: datetime) -> Incident:
    """A new incident without cases."""
    incident_id = int(connection.execute("SELECT nextval('incident_ids')").fetchall()[0][0])
    made = Incident(incident_id, f"INC-{incident_id:04d}", brand, title, now, actor, None)
    connection.execute(
        f"INSERT INTO incidents ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, NULL)",
        [made.incident_id, made.code, brand, title, now, actor],
    )
    return made


def get(connection: Connection, incident_id: int) -> Incident:
    """The incident. Raises EscuchaError when there is none of that id."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM incidents WHERE incident_id = ?", [incident_id]).fetchall()
    if not rows:
        raise EscuchaError(f"there is no incident {incident_id}")
    return Incident(*rows[0])


def cases_of(connection: Connection, incident_id: int) -> list[int]:
    """The ids of its cases, merged ones left out."""
    rows = connection.execute(
        "SELECT case_id FROM cases WHERE incident_id = ? AND merged_into IS NULL ORDER BY case_id", [incident_id]
    ).fetchall()
    return [row[0] for row in rows]


def set_closed(connection: Connection, incident_id: int, at: datetime | None) -> None:
    """Closes the incident, or opens it again (None)."""
    connection.execute("UPDATE incidents SET closed_at = ? WHERE incident_id = ?", [at, incident_id])
