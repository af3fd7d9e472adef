"""Notices: notes that name a person, until she has seen them."""

from collections.abc import Sequence

from monitor.store.connection import Connection


def add(connection: Connection, people: Sequence[str], case_id: int, event_id: int) -> None:
    """Leaves a notice for each of these people."""
    for person in people:
        connection.execute(
            "INSERT INTO notices VALUES (nextval('notice_ids'), ?, ?, ?, NULL)", [person, case_id, event_id]
        )
