"""The one way in which a case changes: read, change, tell in the history, work out, write; in one transaction."""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import TypeAlias

from monitor.cases import state
from monitor.casework import follow_up_plans, notices
from monitor.errors import Refusal, StoreConflict
from monitor.models.cases import Case, Event, NewEvent
from monitor.settings.desk import Desk
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import cases, events
from monitor.store.restores import numbers

logger = logging.getLogger(__name__)

CaseChange: TypeAlias = Callable[[Case, tuple[Event, ...]], tuple[Case, Sequence[NewEvent]]]
"""Of a case and its history: the case as it should be, and the events that tell it. Stage and clocks follow from these.

Raises EscuchaError when the case may not change so. A change without events is none: nothing is written.
"""


@dataclass(frozen=True, slots=True)
class AppliedChange:
    """A case as it is now, and the events that were added."""

    case: Case
    events: tuple[Event, ...]


MACHINE = "escucha"
"""The actor of what no person did."""
_ENDS = ("closed", "dismissed")
_GRAVEST = ("absorbed", "stage", "sent", "reply", "post", "edited", "taken", "reread", "field")
"""What somebody who acts on an older view of a case has to know first."""


def apply(
    connection: Connection,
    settings: Settings,
    changes: Mapping[int, CaseChange],
    *,
    actor: str,
    now: datetime,
    versions: Mapping[int, int] | None = None,
    merged: bool = False,
) -> list[AppliedChange]:
    """Changes cases, by case id, all or none. Returns what was done, in the order of the ids.

    `versions` says at which version the person saw each case. Raises StoreConflict, which names who changed it and how,
    for one that is at another; EscuchaError for one that is not there or may not change so. Cases merged into another
    only change with `merged`.
    """
    cases_by_id = {case.case_id: case for case in cases.get_many(connection, changes)}
    history = events.of_cases(connection, changes)
    new_events: list[NewEvent] = []
    changed_cases: list[Case] = []
    for case_id, change in changes.items():
        if case_id not in cases_by_id:
            numbers.refuse_lost(connection, case_id=case_id)
            raise Refusal("no_case", "there is no case {case}", case=case_id)
        case = cases_by_id[case_id]
        if versions is not None and versions.get(case_id, case.version) != case.version:
            numbers.refuse_version(connection, versions[case_id])
            logger.warning("case changed meanwhile", extra={"case": case.code, "version": case.version})
            raise conflict(case, _since(case, history[case_id], versions[case_id]))
        if case.merged_into is not None and not merged:
            raise Refusal("merged_away", "{code} was merged into another case; act on that one", code=case.code)
        after, added_events = change(case, history[case_id])
        _refuse_machine(settings.desk, case, added_events, actor)
        if added_events:
            new_events += added_events
            changed_cases.append(replace(after, changed_at=now))
    appended = events_by_case(events.append(connection, new_events, actor, now))
    derived_cases = [
        state.derive(case, (*history[case.case_id], *appended[case.case_id]), settings.desk, settings.zone)
        for case in changed_cases
    ]
    written_cases = {case.case_id: case for case in cases.write(connection, derived_cases)}
    moves = [(cases_by_id[case_id], case) for case_id, case in written_cases.items()]
    follow_ups = _without_undone(follow_up_plans.sync(connection, settings, moves, actor), new_events)
    plan_events = events_by_case(events.append(connection, follow_ups, actor, now))
    notices.tell_owners(connection, [(case, appended.get(case_id, ())) for case_id, case in written_cases.items()])
    logger.debug("cases changed", extra={"count": len(written_cases)})
    return [
        AppliedChange(
            written_cases.get(case_id, cases_by_id[case_id]), appended.get(case_id, ()) + plan_events.get(case_id, ())
        )
        for case_id in changes
    ]


def _refuse_machine(desk: Desk, case: Case, added_events: Sequence[NewEvent], actor: str) -> None:
    """Raises Refusal where a machine alone would end a case, and the desk lets only people do so."""
    if desk.people_close and actor == MACHINE and any(event.stage in _ENDS for event in added_events):
        logger.warning("machine may not end a case", extra={"case": case.code})
        raise Refusal(
            "people_close",
            "{code} stays open: only a person closes or dismisses a case (desk.people_close)",
            code=case.code,
        )


def _without_undone(follow_ups: Sequence[NewEvent], new_events: Sequence[NewEvent]) -> list[NewEvent]:
    """Without those of cases where something was taken back: that takes back what was told of their follow-ups too."""
    undone = {event.case_id for event in new_events if event.kind == "undone"}
    return [event for event in follow_ups if event.case_id not in undone]


def events_by_case(case_events: Sequence[Event]) -> dict[int, tuple[Event, ...]]:
    """Events by their case, each in order."""
    by_case = defaultdict[int, list[Event]](list)
    for event in case_events:
        by_case[event.case_id].append(event)
    return {case_id: tuple(history) for case_id, history in by_case.items()}


def conflict(case: Case, meanwhile: Sequence[Event]) -> StoreConflict:
    """The error of somebody who looked at the case before these events; the gravest come first, of them the newest."""
    told = sorted(meanwhile, key=lambda event: (_gravity(event), -event.event_id))
    return StoreConflict(f"{case.code} was changed by somebody else meanwhile; look at it again", told)


def _gravity(event: Event) -> int:
    return _GRAVEST.index(event.kind) if event.kind in _GRAVEST else len(_GRAVEST)


def _since(case: Case, history: Sequence[Event], version: int) -> list[Event]:
    """What happened since the case was at that version: each change writes its events at one moment."""
    events_of_changes = (event for event in history if event.kind != "exported")
    changes = [list(change) for _, change in groupby(events_of_changes, lambda event: (event.happened_at, event.actor))]
    return [event for change in changes[-max(case.version - version, 1) :] for event in change]
