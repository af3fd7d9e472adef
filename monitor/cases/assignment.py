"""Who gets a new case, by a rule: in turn, or to whoever has most room. Pure.

Neither rule gives a person more open cases than their capacity, or a case of a category, language or team that is not
theirs. Where nobody is left, a case stays unassigned, for people to see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from monitor.models.cases import Case
from monitor.settings.desk import Person

Rule: TypeAlias = Literal["by_hand", "round_robin", "capacity"]


@dataclass(frozen=True, slots=True)
class Assignment:
    """The person for each case, None for nobody; and who is next in turn from now on, by name."""

    people: tuple[Person | None, ...]
    turns: tuple[str, ...]


def may_have(person: Person, case: Case) -> bool:
    """Whether the case is of this person's team, categories and languages."""
    return (
        (not case.team or case.team == person.team)
        and (not person.categories or case.category in person.categories)
        and (not person.languages or case.language in person.languages)
    )


def assign(
    cases: Sequence[Case], people: Sequence[Person], rule: Rule, loads: Mapping[str, int], turns: Sequence[str]
) -> Assignment:
    """Gives out cases one by one. `loads` are open cases by owner, `turns` who is next as it was kept.

    In turn means: among those who may have the case, whoever has not got one for longest. So people who may have the
    same cases get them alternately, whatever others get in between. Those not in `turns` come first, as listed.
    """
    known = [name for name in turns if any(person.name == name for person in people)]
    waiting = [*(person.name for person in people if person.name not in known), *known]
    loaded = {person.name: loads.get(person.name, 0) for person in people}
    given: list[Person | None] = []
    for case in cases:
        free = [one for one in people if rule != "by_hand" and loaded[one.name] < one.capacity and may_have(one, case)]
        if rule == "capacity":  # the fullest they would be, then in turn
            free.sort(key=lambda one: ((loaded[one.name] + 1) / one.capacity, waiting.index(one.name)))
        else:
            free.sort(key=lambda one: waiting.index(one.name))
        person = free[0] if free else None
        given.append(person)
        if person:
            loaded[person.name] += 1
            waiting.remove(person.name)
            waiting.append(person.name)
    return Assignment(tuple(given), tuple(waiting))
