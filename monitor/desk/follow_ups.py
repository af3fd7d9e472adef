"""Follow-ups by a person's hand: a contact was made, is put off, or is not needed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import get_args

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.cases import follow_ups as cases_follow_ups
from monitor.cases import stages
from monitor.cases.calendars import WorkingTime
from monitor.casework import apply
from monitor.casework.apply import AppliedChange
from monitor.casework.follow_up_plans import format_times
from monitor.desk import changes
from monitor.errors import EscuchaError, Refusal, StoreConflict
from monitor.models.cases import Case, Channel, Event, NewEvent
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import cases, follow_ups
from monitor.store.cases.follow_ups import ContactOutcome, FollowUp


@dataclass(frozen=True, slots=True)
class Contact:
    """What came of a contact after a closing: by which way, how the customer was, and in words."""

    channel: Channel
    outcome: ContactOutcome
    note: str = ""

    def __post_init__(self) -> None:
        """Raises EscuchaError for a way or an outcome that does not exist."""
        for value, options in ((self.channel, Channel), (self.outcome, ContactOutcome)):
            if value not in get_args(options):
                raise EscuchaError(f"{value!r} is none of {', '.join(get_args(options))}")


@permitted(Permission.FOLLOW_UPS, follow_ups="follow_up_id")
def complete(
    settings: Settings, follow_up_id: int, contact: Contact, *, actor: str, now: datetime, reopen: bool = False
) -> AppliedChange:
    """Notes that a planned contact was made; `reopen` takes the case up again, as there is a problem again.

    Raises StoreConflict when somebody settled it meanwhile, EscuchaError when the case cannot be reopened.
    """
    with store.connect(settings.store) as connection:
        planned = _planned_follow_up(connection, follow_up_id)
        follow_ups.save_outcome(connection, _with_contact(planned, contact, actor, now))
        return _record_contact(connection, settings, planned.case_id, contact, actor, now, reopen, due=planned.due_at)


@permitted(Permission.FOLLOW_UPS, cases="case_id")
def log(
    settings: Settings, case_id: int, contact: Contact, *, actor: str, now: datetime, reopen: bool = False
) -> AppliedChange:
    """Notes a contact after the closing that nobody had planned. Raises EscuchaError for a case that is not closed."""
    with store.connect(settings.store) as connection:
        case = cases.get(connection, case_id)
        if case.stage != "closed" or case.resolved_at is None:
            raise Refusal("not_closed", "{code} is not closed; log the contact as part of its handling", code=case.code)
        unplanned = FollowUp(0, case_id, case.resolved_at, now, "planned", actor, None, None, None, None, "")
        follow_ups.add_contact(connection, _with_contact(unplanned, contact, actor, now))
        return _record_contact(connection, settings, case_id, contact, actor, now, reopen)


@permitted(Permission.FOLLOW_UPS, follow_ups="follow_up_id")
def postpone(settings: Settings, follow_up_id: int, day: date, *, actor: str, now: datetime) -> AppliedChange:
    """Puts a contact off to that day, at its time of day or the next working moment. Raises as `complete` does."""
    with store.connect(settings.store) as connection:
        planned = _planned_follow_up(connection, follow_up_id)
        clock = planned.due_at.astimezone(settings.zone).timetz()
        wish = datetime.combine(day, clock).astimezone(UTC)
        due = cases_follow_ups.next_working_moment(wish, WorkingTime(settings.desk.calendars, settings.zone))
        if due <= now:
            raise Refusal("day_over", "{day:%Y-%m-%d} is over; choose a later day", day=day)
        follow_ups.postpone(connection, follow_up_id, due)
        event = NewEvent(
            planned.case_id,
            "follow_up",
            field="postponed",
            was=format_times([planned.due_at]),
            became=format_times([due]),
        )
        return _add_event(connection, settings, event, actor, now)


@permitted(Permission.FOLLOW_UPS, follow_ups="follow_up_id")
def drop(settings: Settings, follow_up_id: int, reason: str, *, actor: str, now: datetime) -> AppliedChange:
    """Says that a planned contact is not needed, and why. Raises as `complete` does."""
    if not reason.strip():
        raise Refusal("drop_reason", "say in a few words why the contact is not needed")
    with store.connect(settings.store) as connection:
        planned = _planned_follow_up(connection, follow_up_id)
        dropped = FollowUp(
            planned.follow_up_id, planned.case_id, planned.closed_at, planned.due_at, "dropped", planned.planned_by,
            now, actor, None, None, reason.strip(),
        )  # fmt: skip
        follow_ups.save_outcome(connection, dropped)
        event = NewEvent(
            planned.case_id, "follow_up", field="dropped", was=format_times([planned.due_at]), note=dropped.note
        )
        return _add_event(connection, settings, event, actor, now)


def _planned_follow_up(connection: Connection, follow_up_id: int) -> FollowUp:
    follow_up = follow_ups.get(connection, follow_up_id)
    if follow_up.status != "planned":
        raise StoreConflict(f"the follow-up is {follow_up.status} already; look at the case again")
    return follow_up


def _with_contact(planned: FollowUp, contact: Contact, actor: str, now: datetime) -> FollowUp:
    return FollowUp(
        planned.follow_up_id, planned.case_id, planned.closed_at, planned.due_at, "done", planned.planned_by,
        now, actor, contact.channel, contact.outcome, contact.note.strip(),
    )  # fmt: skip


def _record_contact(
    connection: Connection,
    settings: Settings,
    case_id: int,
    contact: Contact,
    actor: str,
    now: datetime,
    reopen: bool,
    due: datetime | None = None,
) -> AppliedChange:
    event = NewEvent(
        case_id,
        "follow_up",
        field="done",
        was=format_times([due]) if due else None,
        became=f"{contact.channel} {contact.outcome}",
        note=contact.note.strip(),
    )
    if not reopen:
        return _add_event(connection, settings, event, actor, now)
    change = partial(_reopen, contact_event=event)
    return apply.apply(connection, settings, {case_id: change}, actor=actor, now=now)[0]


def _reopen(case: Case, history: tuple[Event, ...], *, contact_event: NewEvent) -> changes.ChangedCase:
    if not stages.may_move(case.stage, "reopened"):
        raise Refusal("no_reopening", "{code} is {stage}; it need not be reopened", code=case.code, stage=case.stage)
    moved_case, events = changes.move_stage(case, history, stage="reopened")
    return moved_case, [contact_event, *events]


def _add_event(connection: Connection, settings: Settings, event: NewEvent, actor: str, now: datetime) -> AppliedChange:
    change = partial(changes.add_event, event=event)
    return apply.apply(connection, settings, {event.case_id: change}, actor=actor, now=now)[0]
