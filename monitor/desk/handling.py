"""Handling a case: moving it on, saying what it is, taking it, noting what happened."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Literal

from monitor import store
from monitor.access.permitted import permitted, require_assigning
from monitor.access.roles import Permission
from monitor.cases.team import people
from monitor.casework import apply, case_customers
from monitor.casework.apply import AppliedChange, CaseChange
from monitor.desk import changes, notices
from monitor.models.cases import Agreement, Case, Channel, DismissReason, Event, NewEvent
from monitor.models.posts import Stage
from monitor.settings.loading import Settings
from monitor.store.cases import families
from monitor.store.cases.families import CaseCustomer


def _act(
    settings: Settings, case_id: int, change: CaseChange, actor: str, now: datetime, version: int | None = None
) -> AppliedChange:
    seen = None if version is None else {case_id: version}
    with store.connect(settings.store) as connection:
        done = apply.apply(connection, settings, {case_id: change}, actor=actor, now=now, versions=seen)
        notices.tell_named(connection, settings, done)
    return done[0]


@permitted(Permission.HANDLE_CASES, cases="case_id")
def move_case(
    settings: Settings,
    case_id: int,
    stage: Stage,
    *,
    version: int,
    actor: str,
    now: datetime,
    note: str = "",
    reason: DismissReason | None = None,
    agreement: Agreement | None = None,
) -> AppliedChange:
    """Takes a case to its next stage; `dismissed` asks for a reason, `closed` whether the customer agreed.

    Raises StoreConflict when it is not at `version` any more, EscuchaError when it may not go there.
    """
    change = partial(changes.move_stage, stage=stage, note=note, reason=reason, agreement=agreement)
    return _act(settings, case_id, change, actor, now, version)


@permitted(Permission.HANDLE_CASES, cases="case_id")
def edit(
    settings: Settings, case_id: int, fields: Mapping[str, object], *, version: int, actor: str, now: datetime
) -> AppliedChange:
    """Sets fields of `models.cases.EDITABLE`; who becomes the owner by their own hand takes the case.

    Raises as `move_case` does.
    """
    spelled = people.spelled_owner(fields, people.team_on(settings.desk, now, settings.zone))
    require_assigning(settings, spelled, actor)
    return _act(settings, case_id, partial(changes.assign, fields=spelled, actor=actor), actor, now, version)


@permitted(Permission.HANDLE_CASES, cases="case_id")
def take(settings: Settings, case_id: int, *, version: int, actor: str, now: datetime) -> AppliedChange:
    """Makes the case the actor's and takes it out of the inbox; its stage and its clocks stay as they are.

    Raises as `move_case` does.
    """
    return _act(settings, case_id, partial(changes.take, actor=actor), actor, now, version)


@permitted(Permission.HANDLE_CASES, cases="case_id")
def wait(settings: Settings, case_id: int, *, version: int, actor: str, now: datetime, note: str = "") -> AppliedChange:
    """Stops the clocks until the customer answers. Raises as `move_case` does."""
    return _act(settings, case_id, partial(changes.wait, note=note), actor, now, version)


@permitted(Permission.HANDLE_CASES, cases="case_id")
def resume(
    settings: Settings, case_id: int, *, version: int, actor: str, now: datetime, note: str = ""
) -> AppliedChange:
    """Lets the clocks run again. Raises as `move_case` does."""
    return _act(settings, case_id, partial(changes.resume, note=note), actor, now, version)


@permitted(Permission.HANDLE_CASES, cases="case_id")
def add_note(settings: Settings, case_id: int, text: str, *, actor: str, now: datetime) -> AppliedChange:
    """Adds a note, whatever others did meanwhile; people named with @ get a notice (see `monitor.desk.notices`)."""
    return _act(settings, case_id, partial(changes.add_event, event=changes.note_event(text)), actor, now)


@permitted(Permission.HANDLE_CASES, cases="case_id")
def log_contact(
    settings: Settings,
    case_id: int,
    channel: Channel,
    direction: Literal["in", "out"],
    text: str,
    *,
    actor: str,
    now: datetime,
    took_place_at: datetime | None = None,
    to: Collection[str] | None = None,
) -> AppliedChange:
    """Logs a call, visit or message, ours (`out`, which answers the customer) or the customer's (`in`).

    `to`: with which customers of a case that took others in, as for `mark_sent`.
    """
    event = NewEvent(
        case_id, "contact", note=text.strip(), field=channel, became=direction, took_place_at=took_place_at
    )
    with store.connect(settings.store, read_only=True) as connection:
        customers = families.customers_of(connection, [case_id])
    return _act(settings, case_id, partial(_log_contact, event=event, customers=customers, to=to), actor, now)


def _log_contact(
    case: Case,
    history: tuple[Event, ...],
    *,
    event: NewEvent,
    customers: Sequence[CaseCustomer],
    to: Collection[str] | None,
) -> changes.ChangedCase:
    is_ours = event.became == "out"
    whom = case_customers.answer_to(case, history, customers, event.note, to) if is_ours or to else None
    return case, [replace(event, was=whom)]
