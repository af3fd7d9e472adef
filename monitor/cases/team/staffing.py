"""Who has the open cases, and why some have none: people who are not there, a full team, what nobody covers. Pure.

What follows is told wherever people look: a case that belongs to nobody who works is a case that nobody answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from monitor.cases.team.assignment import Rule, Shareable, has_room, may_have
from monitor.cases.team.people import Absence, Team, namesakes

Lack: TypeAlias = Literal["room", "team", "category", "language", "people"]
"""Why the rule gives a case to nobody: all who may have it are full; nobody is of its team; of those nobody has its
category, its language; people: who may have it is not there, or nobody has all of it at once."""


class Load(Protocol):
    """Somebody's open cases, by the name in the cases."""

    @property
    def owner(self) -> str:
        """The name."""

    @property
    def cases(self) -> int:
        """How many."""

    @property
    def asking(self) -> int:
        """In how many the customer waits for a word of ours."""

    @property
    def overdue(self) -> int:
        """How many have a clock that ran out."""


class UnownedCases(Shareable, Protocol):
    """Open cases that nobody has and that are alike to the rule."""

    @property
    def cases(self) -> int:
        """How many."""


@dataclass(frozen=True, slots=True)
class AbsentOwner:
    """Somebody who is not there and has open cases: how many, and in how many the customer waits for a word of ours."""

    name: str
    absence: Absence
    cases: int
    asking: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Unshared:
    """Cases that the rule gives to nobody: how many, why, and what it is that nobody has ('' for room and people)."""

    lack: Lack
    value: str
    cases: int


@dataclass(frozen=True, slots=True)
class Staffing:
    """What is amiss with who has the open cases. `taken` of `room` places of those who are there are taken.

    `unshared` is empty where people are assigned by hand. `namesakes` are people whose names only differ in spelling.
    """

    absent: tuple[AbsentOwner, ...] = ()
    unshared: tuple[Unshared, ...] = ()
    taken: int = 0
    room: int = 0
    namesakes: tuple[tuple[str, str], ...] = ()

    @property
    def absent_cases(self) -> int:
        """How many open cases belong to people who are not there."""
        return sum(owner.cases for owner in self.absent)


def read_staffing(
    team: Team, rule: Rule, loads: Sequence[Load], unowned: Sequence[UnownedCases], over: float
) -> Staffing:
    """What is amiss, of the open cases by owner and of those that nobody has; `over` as for `assign`."""
    absent = []
    for load in loads:
        absence = team.absence(load.owner)
        if absence:
            absent.append(AbsentOwner(load.owner, absence, load.cases, load.asking, load.overdue))
    by_person = team.loads({load.owner: load.cases for load in loads})
    lacks: dict[tuple[Lack, str], int] = {}
    for group in unowned if rule != "by_hand" else ():
        lack = _lack(group, team, by_person, over)
        if lack is not None:
            lacks[lack] = lacks.get(lack, 0) + group.cases
    most_first = sorted(lacks.items(), key=lambda pair: -pair[1])
    return Staffing(
        tuple(absent),
        tuple(Unshared(lack, value, cases) for (lack, value), cases in most_first),
        sum(by_person.get(person.name, 0) for person in team.present),
        sum(person.capacity for person in team.present),
        namesakes(team.people),
    )


def _lack(case: Shareable, team: Team, loads: Mapping[str, int], over: float) -> tuple[Lack, str] | None:
    """Why nobody gets the case; None where somebody will, at the next pass."""
    able = [person for person in team.present if may_have(person, case)]
    if able:
        is_room = any(has_room(person, loads.get(person.name, 0), case, over) for person in able)
        return None if is_room else ("room", "")
    members = [person for person in team.people if not case.team or person.team == case.team]
    if not members:
        return ("team", case.team)
    if not any(not person.categories or case.category in person.categories for person in members):
        return ("category", case.category)
    if not any(not person.languages or case.language in person.languages for person in members):
        return ("language", case.language)
    return ("people", "")
