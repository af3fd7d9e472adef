"""Sharing new cases out among the people of the desk by `desk.assign`."""

import json
import logging
from collections.abc import Sequence
from dataclasses import replace

from monitor.cases import assignment
from monitor.models.cases import Case, NewEvent
from monitor.settings.desk import Person
from monitor.settings.loading import Settings
from monitor.store import Connection, key_values
from monitor.store.cases import open_cases

logger = logging.getLogger(__name__)

_MARK = "turns"


def assign_new(
    connection: Connection, new_cases: Sequence[Case], settings: Settings
) -> list[tuple[Case, tuple[NewEvent, ...]]]:
    """New cases, not stored yet, with the owner and team that the rule gives them, and the events that tell it.

    A case that has an owner keeps it. To be called in the transaction that stores them: whose turn it is moves on.
    """
    desk = settings.desk
    if desk.assign == "by_hand" or not new_cases:
        return [(case, ()) for case in new_cases]
    unowned = [case for case in new_cases if not case.owner]
    turns = json.loads(key_values.get(connection, _MARK) or "[]")
    outcome = assignment.assign(unowned, desk.people, desk.assign, open_cases.open_counts(connection), turns)
    if list(outcome.turns) != turns:
        key_values.put(connection, _MARK, json.dumps(outcome.turns))
    assigned_count = sum(person is not None for person in outcome.people)
    logger.info("cases assigned", extra={"count": assigned_count})
    if assigned_count < len(unowned):
        logger.warning("nobody has room for new cases", extra={"count": len(unowned) - assigned_count})
    owners = {case.case_id: person for case, person in zip(unowned, outcome.people, strict=True)}
    return [_assign_owner(case, owners.get(case.case_id)) for case in new_cases]


def _assign_owner(case: Case, person: Person | None) -> tuple[Case, tuple[NewEvent, ...]]:
    if person is None:
        return case, ()
    new_events = [NewEvent(case.case_id, "field", field="owner", was="", became=person.name)]
    if person.team and not case.team:
        new_events.append(NewEvent(case.case_id, "field", field="team", was="", became=person.team))
    return replace(case, owner=person.name, team=case.team or person.team), tuple(new_events)
