"""What waits for a person, as the sidebar tells it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.queries import filter_sql
from monitor.store import Connection, leases
from monitor.store.cases import notices
from monitor.store.cases.notices import Notice


@dataclass(frozen=True, slots=True)
class Alerts:
    """The newest notices a person has not seen, how many there are, and how many open cases are overdue.

    `standstill_since`: since when nothing has run to its end, though it should; None: all is well.
    """

    notices: tuple[Notice, ...]
    unseen: int
    breaching: int
    standstill_since: datetime | None = None


def of_person(connection: Connection, person: str, now: datetime, *, rhythm: timedelta, limit: int) -> Alerts:
    """What waits for the person; the overdue cases are everybody's. `rhythm`: how often everything is due."""
    newest, unseen = notices.unseen(connection, person, limit)
    breaching = connection.execute(
        f"SELECT count(*) FROM cases WHERE merged_into IS NULL AND {filter_sql.VIEW_SQL['breaching']}", {"now": now}
    ).fetchall()[0][0]
    standstill = leases.standstill(connection, rhythm, now)
    return Alerts(tuple(newest), unseen, int(breaching), standstill.since if standstill else None)
