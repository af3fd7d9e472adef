"""Sharing cases out among the people of the desk by `desk.assign`: new ones, and those that wait for room."""

import json
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from monitor import store
from monitor.cases import priority
from monitor.cases.team import assignment, people
from monitor.cases.team.assignment import Shareable
from monitor.cases.team.people import Team
from monitor.casework import apply
from monitor.casework.apply import AppliedChange
from monitor.models.cases import Case, Event, NewEvent
from monitor.settings.desk import Person
from monitor.settings.loading import Settings
from monitor.store import Connection, key_values
from monitor.store.cases import open_cases
from monitor.store.cases.notices import RULE
from monitor.store.cases.open_cases import OpenCase

logger = logging.getLogger(__name__)

_MARK = "turns"


def assign_new(
    connection: Connection, new_cases: Sequence[Case], settings: Settings, now: datetime
) -> list[tuple[Case, tuple[NewEvent, ...]]]:
    """New cases, not stored yet, with the owner and team that the rule gives them, and the events that tell it.

    The most pressing is given first; a case that has an owner keeps it. To be called in the transaction that stores
    them: whose turn it is moves on.
    """
    if settings.desk.assign == "by_hand" or not new_cases:
        return [(case, ()) for case in new_cases]
    weights = settings.desk.priority
    unowned = sorted((case for case in new_cases if not case.owner), key=lambda case: -priority.base(case, weights))
    assignees = _by_rule(connection, unowned, settings, now)
    owners = {case.case_id: person for case, person in zip(unowned, assignees, strict=True)}
    return [_with_owner(case, owners.get(case.case_id)) for case in new_cases]


def share_waiting(settings: Settings, now: datetime) -> int:
    """Gives open cases to people by the rule, as `share` does, in a transaction of its own. Returns how many."""
    with store.connect(settings.store, read_only=True) as connection:
        team, counts = people.team_on(settings.desk, now, settings.zone), open_cases.open_counts(connection)
        absent = _absent_owners(team, counts)
        if absent_count := len(open_cases.owned_by(connection, absent)):
            logger.warning("open cases of people who are not there", extra={"count": absent_count})
        if settings.desk.assign == "by_hand" or not _has_work(
            team,
            open_cases.taken_places(connection),
            open_cases.to_share(connection, absent),
            settings.desk.over_capacity,
        ):
            return 0
    with store.connect(settings.store) as connection:
        return len(share(connection, settings, now))


def share(
    connection: Connection,
    settings: Settings,
    now: datetime,
    *,
    actor: str = RULE,
    of: Collection[str] = (),
) -> list[AppliedChange]:
    """Lets the rule give cases, the most pressing first: those that nobody has, and reopened ones of absent people.

    Of the people named in `of` all open cases, and no others. What nobody has room for becomes, or stays, nobody's.
    """
    if settings.desk.assign == "by_hand":
        return []
    if of:
        waiting = open_cases.owned_by(connection, of)
    else:
        team = people.team_on(settings.desk, now, settings.zone)
        waiting = open_cases.to_share(connection, _absent_owners(team, open_cases.open_counts(connection)))
    if not waiting:
        return []
    assignees = _by_rule(connection, waiting, settings, now)
    changes = {
        case.case_id: partial(_give, person=person)
        for case, person in zip(waiting, assignees, strict=True)
        if case.owner != (person.name if person else "")
    }
    done = apply.apply(connection, settings, changes, actor=actor, now=now) if changes else []
    logger.info("waiting cases shared out", extra={"count": len(done)})
    return done


def _absent_owners(team: Team, counts: Mapping[str, int]) -> list[str]:
    return [owner for owner in counts if team.absence(owner)]


def _has_work(team: Team, counts: Mapping[str, int], waiting: Sequence[OpenCase], over: float) -> bool:
    """Whether somebody has room for a case that waits, or an absent person has one that was reopened."""
    if any(case.owner for case in waiting):
        return True
    loads = team.loads(counts)
    return any(
        assignment.has_room(person, loads.get(person.name, 0), case, over) and assignment.may_have(person, case)
        for person in team.present
        for case in waiting
    )


def _by_rule(
    connection: Connection, cases: Sequence[Case | OpenCase], settings: Settings, now: datetime
) -> tuple[Person | None, ...]:
    """Who gets each of the cases; whose turn it is is kept. Cases of one person take one turn and one place."""
    team = people.team_on(settings.desk, now, settings.zone)
    turns = json.loads(key_values.get(connection, _MARK) or "[]")
    loads = team.loads(open_cases.taken_places(connection))
    groups = [_group(case) for case in cases]
    in_order: dict[tuple[str, ...], Shareable] = {}
    for group, case in zip(groups, cases, strict=True):
        in_order.setdefault(group, case)
    rule, over = settings.desk.assign, settings.desk.over_capacity
    outcome = assignment.assign(list(in_order.values()), team.present, rule, loads, turns, over)
    by_group = dict(zip(in_order, outcome.people, strict=True))
    assignees = tuple(by_group[group] for group in groups)
    if list(outcome.turns) != turns:
        key_values.put(connection, _MARK, json.dumps(outcome.turns))
    assigned_count = sum(person is not None for person in assignees)
    logger.info("cases assigned", extra={"count": assigned_count})
    if assigned_count < len(cases):
        logger.warning("nobody has room for cases", extra={"count": len(cases) - assigned_count})
    return assignees


def _group(case: Case | OpenCase) -> tuple[str, ...]:
    """What the rule gives away as one, and counts as one for `capacity`: cases of one person that are alike to it."""
    person = case.person if isinstance(case, OpenCase) else open_cases.whose_case(case)
    return person, case.team, case.category, case.language


def _give(case: Case, history: tuple[Event, ...], *, person: Person | None) -> tuple[Case, Sequence[NewEvent]]:
    del history
    if person is not None:
        return _with_owner(case, person)
    return replace(case, owner=""), [NewEvent(case.case_id, "field", field="owner", was=case.owner, became="")]


def _with_owner(case: Case, person: Person | None) -> tuple[Case, tuple[NewEvent, ...]]:
    if person is None:
        return case, ()
    new_events = [NewEvent(case.case_id, "field", field="owner", was=case.owner, became=person.name)]
    if person.team and not case.team:
        new_events.append(NewEvent(case.case_id, "field", field="team", was="", became=person.team))
    return replace(case, owner=person.name, team=case.team or person.team), tuple(new_events)
