"""What waits for a person, as the sidebar tells it."""

from dataclasses import dataclass
from datetime import datetime

from dashboard.queries import filter_sql
from monitor.store import Connection
from monitor.store.cases import notices
from monitor.store.cases.notices import Notice


@dataclass(frozen=True, slots=True)
class Alerts:
    """The newest notices a person has not seen, how many there are, and how many open cases are overdue."""

    notices: tuple[Notice, ...]
    unseen: int
    breaching: int


def of_person(connection: Connection, person: str, now: datetime, *, limit: int) -> Alerts:
    """What waits for the person; the overdue cases are everybody's."""
    newest, unseen = notices.unseen(connection, person, limit)
    breaching = connection.execute(
        f"SELECT count(*) FROM cases WHERE merged_into IS NULL AND {filter_sql.VIEW_SQL['breaching']}", {"now": now}
    ).fetchall()[0][0]
    return Alerts(tuple(newest), unseen, int(breaching))
