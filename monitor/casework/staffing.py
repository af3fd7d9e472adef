"""What is amiss with who has the open cases, read from the database and said in sentences."""

from datetime import datetime

from monitor.cases.team import people
from monitor.cases.team.staffing import AbsentOwner, Lack, Staffing, Unshared, read_staffing
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import open_cases

_WHY: dict[Lack, str] = {
    "room": "nobody has room",
    "team": "nobody of desk.people is in the team {value!r}",
    "category": "nobody of desk.people has the category {value!r}",
    "language": "nobody of desk.people has the language {value!r}",
    "people": "nobody who is there may have them",
}


def read(connection: Connection, settings: Settings, now: datetime) -> Staffing:
    """What is amiss now."""
    team = people.team_on(settings.desk, now, settings.zone)
    loads, unowned = open_cases.owner_loads(connection, now), open_cases.unowned(connection)
    return read_staffing(team, settings.desk.assign, loads, unowned, settings.desk.over_capacity)


def sentences(staffing: Staffing) -> list[str]:
    """It in English, each with what to do; none where all is well."""
    lines = [_absent(owner) for owner in staffing.absent]
    lines += [_unshared(unshared, staffing) for unshared in staffing.unshared]
    lines += [
        f"desk.people: {first!r} and {second!r} differ in capitals or accents only: give one of them a surname"
        for first, second in staffing.namesakes
    ]
    return lines


def _absent(owner: AbsentOwner) -> str:
    belong = "1 open case belongs" if owner.cases == 1 else f"{owner.cases:,} open cases belong"
    where = "is away" if owner.absence == "away" else "is not in desk.people (any more)"
    waits = f" (in {owner.asking:,} the customer waits for a word of ours)" if owner.asking else ""
    return f"{belong} to {owner.name}, who {where}{waits}: give them away in the dashboard (Cases, People not there)"


def _unshared(unshared: Unshared, staffing: Staffing) -> str:
    have = "1 case has no owner" if unshared.cases == 1 else f"{unshared.cases:,} cases have no owner"
    why = _WHY[unshared.lack].format(value=unshared.value)
    if unshared.lack == "room":
        why += f" ({staffing.taken:,} open cases for {staffing.room:,} places)"
        return f"{have}: {why}; raise capacity in [desk] people, add people or close cases: the rule then gives them"
    return f"{have}: {why}; change [desk] people, or the cases, and the rule gives them"
