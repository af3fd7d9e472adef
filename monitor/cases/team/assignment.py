"""Who gets a new case, by a rule: in turn, or to whoever has most room. Pure.

Neither rule gives a person more open cases than their capacity, or a case of a category, language or team that is not
theirs. Where nobody is left, a case stays unassigned, for people to see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from monitor.settings.desk import Person

Rule: TypeAlias = Literal["by_hand", "round_robin", "capacity"]


class Shareable(Protocol):
    """What the rule looks at in a case."""

    @property
    def team(self) -> str:
        """Whose it is; '' for every team's."""

    @property
    def category(self) -> str:
        """What it is about."""

    @property
    def language(self) -> str:
        """What the customer writes in."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """The person for each case, None for nobody; and who is next in turn from now on, by name."""

    people: tuple[Person | None, ...]
    turns: tuple[str, ...]


def may_have(person: Person, case: Shareable) -> bool:
    """Whether the case is of this person's team, categories and languages."""
    return (
        (not case.team or case.team == person.team)
        and (not person.categories or case.category in person.categories)
        and (not person.languages or case.language in person.languages)
    )


def assign(
    cases: Sequence[Shareable], people: Sequence[Person], rule: Rule, loads: Mapping[str, int], turns: Sequence[str]
) -> Assignment:
    """Gives out cases one by one. `loads` are open cases by owner, `turns` who is next as it was kept.

    In turn means: among those who may have the case, whoever has not got one for longest. So people who may have the
    same cases get them alternately, whatever others get in between. Those not in `turns` come first, as listed.
    """
    queue = [name for name in turns if any(person.name == name for person in people)]
    order = [*(person.name for person in people if person.name not in queue), *queue]
    open_counts = {person.name: loads.get(person.name, 0) for person in people}
    assignees: list[Person | None] = []
    for case in cases:
        candidates = [
            person
            for person in people
            if rule != "by_hand" and open_counts[person.name] < person.capacity and may_have(person, case)
        ]
        if rule == "capacity":  # the fullest they would be, then in turn
            candidates.sort(
                key=lambda candidate: (
                    (open_counts[candidate.name] + 1) / candidate.capacity,
                    order.index(candidate.name),
                )
            )
        else:
            candidates.sort(key=lambda candidate: order.index(candidate.name))
        person = candidates[0] if candidates else None
        assignees.append(person)
        if person:
            open_counts[person.name] += 1
            order.remove(person.name)
            order.append(person.name)
    return Assignment(tuple(assignees), tuple(order))
