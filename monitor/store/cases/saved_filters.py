"""Searches that a person keeps under a name; what they hold is `monitor.models.case_filters`' matter."""

from monitor.errors import Refusal
from monitor.store.connection import Connection


def of_person(connection: Connection, person: str) -> list[tuple[str, str]]:
    """The person's filters, (name, JSON), by name."""
    return connection.execute(
        "SELECT name, filters FROM saved_filters WHERE person = ? ORDER BY lower(name), name", [person]
    ).fetchall()


def save(connection: Connection, person: str, name: str, filters: str) -> None:
    """Keeps filters under a name; what was kept under it before is gone."""
    connection.execute(
        """
        INSERT INTO saved_filters (person, name, filters) VALUES (?, ?, ?)
        ON CONFLICT (person, name) DO UPDATE SET filters = excluded.filters
        """,
        [person, name, filters],
    )


def rename(connection: Connection, person: str, name: str, to: str) -> None:
    """Gives a kept filter another name. Raises EscuchaError when there is none of that name, or one of the other."""
    filters = dict(of_person(connection, person))
    if name not in filters:
        raise Refusal("no_filter", "there is no saved filter {name!r}", name=name)
    if to != name and to in filters:
        raise Refusal("filter_taken", "there is a saved filter {name!r} already; choose another name", name=to)
    delete(connection, person, name)
    save(connection, person, to, filters[name])


def delete(connection: Connection, person: str, name: str) -> None:
    """Forgets a kept filter; one that is not there is gone already."""
    connection.execute("DELETE FROM saved_filters WHERE person = ? AND name = ?", [person, name])
