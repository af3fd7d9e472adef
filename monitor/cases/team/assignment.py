"""Who gets a new case, by a rule: in turn, or to whoever has most room. Pure.

Neither rule gives a person a case of a category, language or team that is not theirs, or more open cases than their
capacity; cases of danger or loss go beyond it by a share when all are full. Where nobody is left, a case stays
unassigned, for people to see.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from monitor.cases import priority
from monitor.models.cases import Severity
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

    @property
    def severity(self) -> Severity:
        """How severe it is."""

    @property
    def cue(self) -> str:
        """The key of the reason for that; '' for none."""


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


def has_room(person: Person, load: int, case: Shareable, over: float) -> bool:
    """Whether somebody with `load` open cases may get this one; `over` is the share of capacity for grave ones."""
    extra = math.ceil(person.capacity * over) if priority.is_grave(case.severity, case.cue) else 0
    return load < person.capacity + extra


def assign(
    cases: Sequence[Shareable],
    people: Sequence[Person],
    rule: Rule,
    loads: Mapping[str, int],
    turns: Sequence[str],
    over: float = 0,
) -> Assignment:
    """Gives out cases one by one. `loads` are open cases by owner, `turns` who is next as it was kept.

    In turn means: among those who may have the case, whoever has not got one for longest. So people who may have the
    same cases get them alternately, whatever others get in between. Those not in `turns` come first, as listed.
    `over` is what share of a capacity is kept beyond it for danger and loss.
    """
    queue = [name for name in turns if any(person.name == name for person in people)]
    order = [*(person.name for person in people if person.name not in queue), *queue]
    open_counts = {person.name: loads.get(person.name, 0) for person in people}
    assignees: list[Person | None] = []
    for case in cases:
        able = [person for person in people if rule != "by_hand" and may_have(person, case)]
        candidates = [person for person in able if open_counts[person.name] < person.capacity] or [
            person for person in able if has_room(person, open_counts[person.name], case, over)
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
