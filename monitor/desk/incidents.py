"""Incidents: cases that tell the same thing are linked, moved on and closed together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.cases import stages
from monitor.casework import apply, campaigns
from monitor.casework.apply import AppliedChange, CaseChange
from monitor.desk import changes as desk_changes
from monitor.desk import notices
from monitor.errors import Refusal
from monitor.models.cases import Agreement, Case, DismissReason, Event
from monitor.models.posts import Stage
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import cases, incidents
from monitor.store.cases.incidents import Incident


@dataclass(frozen=True, slots=True)
class IncidentMove:
    """What became of an incident's cases: those moved on, and the codes of those that could not go there."""

    done: tuple[AppliedChange, ...]
    left: tuple[str, ...]


@permitted(Permission.HANDLE_CASES, cases="case_ids")
def open_incident(
    settings: Settings, title: str, case_ids: Sequence[int], *, actor: str, now: datetime
) -> tuple[Incident, list[AppliedChange]]:
    """Links cases of one brand as a new incident. Raises EscuchaError without a title or for several brands."""
    with store.connect(settings.store) as connection:
        incident_cases = cases.get_many(connection, case_ids)
        if not title.strip() or len({case.brand for case in incident_cases}) != 1:
            raise Refusal("incident_needs", "an incident needs a title and cases of one brand")
        incident = incidents.create(connection, incident_cases[0].brand, title.strip(), actor, now)
        return incident, _link(connection, settings, incident, case_ids, actor, now)


@permitted(Permission.HANDLE_CASES, incidents="incident_id", cases="case_ids")
def join_incident(
    settings: Settings, incident_id: int, case_ids: Sequence[int], *, actor: str, now: datetime
) -> list[AppliedChange]:
    """Links more cases to an incident."""
    with store.connect(settings.store) as connection:
        incident = incidents.get(connection, incident_id)
        return _link(connection, settings, incident, case_ids, actor, now)


@permitted(Permission.HANDLE_CASES, cases="case_id")
def leave_incident(settings: Settings, case_id: int, *, version: int, actor: str, now: datetime) -> AppliedChange:
    """Takes a case out of its incident. Raises StoreConflict when it is not at `version` any more."""
    with store.connect(settings.store) as connection:
        case = cases.get(connection, case_id)
        if case.incident_id is None:
            raise Refusal("in_no_incident", "{code} is in no incident", code=case.code)
        incident = incidents.get(connection, case.incident_id)
        changes: Mapping[int, CaseChange] = {case_id: partial(campaigns.leave_incident, incident=incident)}
        return apply.apply(connection, settings, changes, actor=actor, now=now, versions={case_id: version})[0]


def _link(
    connection: Connection, settings: Settings, incident: Incident, case_ids: Sequence[int], actor: str, now: datetime
) -> list[AppliedChange]:
    changes: Mapping[int, CaseChange] = {case_id: partial(_join, incident=incident) for case_id in case_ids}
    return apply.apply(connection, settings, changes, actor=actor, now=now)


def _join(case: Case, history: tuple[Event, ...], *, incident: Incident) -> desk_changes.ChangedCase:
    if case.brand != incident.brand:
        raise Refusal(
            "incident_brand",
            "{code} cannot be part of {incident}: it is of another brand",
            code=case.code,
            incident=incident.code,
        )
    if case.incident_id == incident.incident_id:
        return case, []
    if case.incident_id is not None:
        raise Refusal(
            "in_other_incident", "{code} is part of another incident; take it out there first", code=case.code
        )
    return campaigns.join_incident(case, history, incident=incident)


@permitted(Permission.BULK, incidents="incident_id")
def move_incident(
    settings: Settings,
    incident_id: int,
    stage: Stage,
    *,
    actor: str,
    now: datetime,
    note: str = "",
    reason: DismissReason | None = None,
    agreement: Agreement | None = None,
) -> IncidentMove:
    """Takes every case of an incident that may go there to a stage; it is closed once none of its cases is open.

    Cases whose customer waits for an answer are not closed with the others. People named in the note get a notice.
    """
    change = partial(desk_changes.move_stage, stage=stage, note=note, reason=reason, agreement=agreement)
    with store.connect(settings.store) as connection:
        incident_cases = cases.get_many(connection, incidents.cases_of(connection, incident_id))
        movable = [case for case in incident_cases if _movable(case, stage)]
        done = apply.apply(connection, settings, {case.case_id: change for case in movable}, actor=actor, now=now)
        notices.tell_named(connection, settings, done)
        left = tuple(case.code for case in incident_cases if case not in movable and case.stage in stages.OPEN)
        return IncidentMove(tuple(done), left)


def _movable(case: Case, stage: Stage) -> bool:
    return stages.may_move(case.stage, stage) and not (stage == "closed" and case.asked_at)
