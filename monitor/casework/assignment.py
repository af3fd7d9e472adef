"""Sharing new cases out among the people of the desk by `desk.assign`."""

import json
from collections.abc import Sequence
from dataclasses import replace

from monitor.cases import assignment
from monitor.models.cases import Case, NewEvent
from monitor.settings.desk import Person
from monitor.settings.loading import Settings
from monitor.store import Connection, key_values
from monitor.store.cases import open_cases

_MARK = "turns"


def assign_new(
    connection: Connection, new: Sequence[Case], settings: Settings
) -> list[tuple[Case, tuple[NewEvent, ...]]]:
    """New cases, not stored yet, with the owner and team that the rule gives them, and the events that tell it.

    A case that has an owner keeps it. To be called in the transaction that stores them: whose turn it is moves on.
    """
    desk = settings.desk
    if desk.assign == "by_hand" or not new:
        return [(case, ()) for case in new]
    free = [case for case in new if not case.owner]
    turns = json.loads(key_values.get(connection, _MARK) or "[]")
    found = assignment.assign(free, desk.people, desk.assign, open_cases.open_counts(connection), turns)
    if list(found.turns) != turns:
        key_values.put(connection, _MARK, json.dumps(found.turns))
    owners = {case.case_id: person for case, person in zip(free, found.people, strict=True)}
    return [_assign_owner(case, owners.get(case.case_id)) for case in new]


def _assign_owner(case: Case, person: Person | None) -> tuple[Case, tuple[NewEvent, ...]]:
    if person is None:
        return case, ()
    told = [NewEvent(case.case_id, "field", field="owner", was="", became=person.name)]
    if person.team and not case.team:
        told.append(NewEvent(case.case_id, "field", field="team", was="", became=person.team))
    return replace(case, owner=person.name, team=case.team or person.team), tuple(told)
