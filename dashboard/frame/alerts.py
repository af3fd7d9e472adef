"""What waits for a person, as the sidebar tells it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.queries import filter_sql
from monitor.cases.team.people import Team
from monitor.models.case_filters import CaseFilters, View
from monitor.store import Connection
from monitor.store.cases import notices, open_cases
from monitor.store.cases.notices import Notice
from monitor.store.schedules import standstill as standstills
from monitor.store.schedules.standstill import Standstill

_COUNTED: tuple[View, ...] = ("breaching", "turn", "warning")
_MINE = "owner <> '' AND lower(owner) = lower($person)"


@dataclass(frozen=True, slots=True)
class Alerts:
    """The newest notices a person has not seen, how many there are, and how many open cases are overdue.

    `turn`: in how many of the person's cases the customer wrote again and waits; `warning`: how many of them are due
    soon. `absent`: how many open cases belong to people who are not there. `standstill`: what has not run to its end
    for long, though it should.
    """

    notices: tuple[Notice, ...]
    unseen: int
    breaching: int
    turn: int = 0
    warning: int = 0
    absent: int = 0
    standstill: Standstill | None = None


def of_person(
    connection: Connection, person: str, team: Team, now: datetime, *, rhythm: timedelta, limit: int
) -> Alerts:
    """What waits for the person; overdue cases and those of absent people are everybody's.

    `rhythm`: how often everything is due.
    """
    newest, unseen = notices.unseen(connection, person, limit)
    late, again, soon = (filter_sql.view_sql(view, CaseFilters()) for view in _COUNTED)
    breaching, turn, warning = connection.execute(
        f"""
        SELECT count(*) FILTER (WHERE {late}), count(*) FILTER (WHERE {_MINE} AND {again}),
            count(*) FILTER (WHERE {_MINE} AND {soon})
        FROM cases WHERE merged_into IS NULL AND {filter_sql.IS_OPEN}
        """,
        {"now": now, "person": person},
    ).fetchall()[0]
    loads = open_cases.open_counts(connection) if team.people else {}
    absent = sum(count for name, count in loads.items() if team.absence(name))
    standstill = standstills.read(connection, rhythm, now)
    return Alerts(tuple(newest), unseen, breaching, turn, warning, absent, standstill)
