"""Follow-ups by a person's hand: a contact was made, is put off, or is not needed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import get_args

from monitor import store
from monitor.cases import follow_ups as cases_follow_ups
from monitor.cases import stages
from monitor.cases.calendars import WorkingTime
from monitor.casework import apply
from monitor.casework.apply import Done
from monitor.casework.follow_up_plans import told
from monitor.desk import changes
from monitor.errors import EscuchaError, Refusal, StoreConflict
from monitor.models.cases import Case, Channel, Event, NewEvent
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import cases, follow_ups
from monitor.store.cases.follow_ups import FollowUp, Outcome


@dataclass(frozen=True, slots=True)
class Contact:
    """What came of a contact after a closing: by which way, how the customer was, and in words."""

    channel: Channel
    outcome: Outcome
    note: str = ""

    def __post_init__(self) -> None:
        """Raises EscuchaError for a way or an outcome that does not exist."""
        for value, known in ((self.channel, Channel), (self.outcome, Outcome)):
            if value not in get_args(known):
                raise EscuchaError(f"{value!r} is none of {', '.join(get_args(known))}")


def done(
    settings: Settings, follow_up_id: int, contact: Contact, *, actor: str, now: datetime, reopen: bool = False
) -> Done:
    """Notes that a planned contact was made; `reopen` takes the case up again, as there is a problem again.

    Raises StoreConflict when somebody settled it meanwhile, EscuchaError when the case cannot be reopened.
    """
    with store.connect(settings.store) as connection:
        planned = _planned(connection, follow_up_id)
        follow_ups.settle(connection, _settled(planned, contact, actor, now))
        return _tell(connection, settings, planned.case_id, contact, actor, now, reopen, due=planned.due_at)


def log(settings: Settings, case_id: int, contact: Contact, *, actor: str, now: datetime, reopen: bool = False) -> Done:
    """Notes a contact after the closing that nobody had planned. Raises EscuchaError for a case that is not closed."""
    with store.connect(settings.store) as connection:
        case = cases.get(connection, case_id)
        if case.stage != "closed" or case.resolved_at is None:
            raise Refusal("not_closed", "{code} is not closed; log the contact as part of its handling", code=case.code)
        fresh = FollowUp(0, case_id, case.resolved_at, now, "planned", actor, None, None, None, None, "")
        follow_ups.add_done(connection, _settled(fresh, contact, actor, now))
        return _tell(connection, settings, case_id, contact, actor, now, reopen)


def postpone(settings: Settings, follow_up_id: int, day: date, *, actor: str, now: datetime) -> Done:
    """Puts a contact off to that day, at its time of day or the next working moment. Raises as `done` does."""
    with store.connect(settings.store) as connection:
        planned = _planned(connection, follow_up_id)
        clock = planned.due_at.astimezone(settings.zone).timetz()
        wished = datetime.combine(day, clock).astimezone(UTC)
        due = cases_follow_ups.working(wished, WorkingTime(settings.desk.calendars, settings.zone))
        if due <= now:
            raise Refusal("day_over", "{day:%Y-%m-%d} is over; choose a later day", day=day)
        follow_ups.postpone(connection, follow_up_id, due)
        event = NewEvent(
            planned.case_id, "follow_up", field="postponed", was=told([planned.due_at]), became=told([due])
        )
        return _add(connection, settings, event, actor, now)


def drop(settings: Settings, follow_up_id: int, reason: str, *, actor: str, now: datetime) -> Done:
    """Says that a planned contact is not needed, and why. Raises as `done` does."""
    if not reason.strip():
        raise Refusal("drop_reason", "say in a few words why the contact is not needed")
    with store.connect(settings.store) as connection:
        planned = _planned(connection, follow_up_id)
        dropped = FollowUp(
            planned.follow_up_id, planned.case_id, planned.closed_at, planned.due_at, "dropped", planned.planned_by,
            now, actor, None, None, reason.strip(),
        )  # fmt: skip
        follow_ups.settle(connection, dropped)
        event = NewEvent(planned.case_id, "follow_up", field="dropped", was=told([planned.due_at]), note=dropped.note)
        return _add(connection, settings, event, actor, now)


def _planned(connection: Connection, follow_up_id: int) -> FollowUp:
    found = follow_ups.get(connection, follow_up_id)
    if found.status != "planned":
        raise StoreConflict(f"the follow-up is {found.status} already; look at the case again")
    return found


def _settled(planned: FollowUp, contact: Contact, actor: str, now: datetime) -> FollowUp:
    return FollowUp(
        planned.follow_up_id, planned.case_id, planned.closed_at, planned.due_at, "done", planned.planned_by,
        now, actor, contact.channel, contact.outcome, contact.note.strip(),
    )  # fmt: skip


def _tell(
    connection: Connection,
    settings: Settings,
    case_id: int,
    contact: Contact,
    actor: str,
    now: datetime,
    reopen: bool,
    due: datetime | None = None,
) -> Done:
    event = NewEvent(
        case_id,
        "follow_up",
        field="done",
        was=told([due]) if due else None,
        became=f"{contact.channel} {contact.outcome}",
        note=contact.note.strip(),
    )
    if not reopen:
        return _add(connection, settings, event, actor, now)
    change = partial(_again, told=event)
    return apply.apply(connection, settings, {case_id: change}, actor=actor, now=now)[0]


def _again(case: Case, history: tuple[Event, ...], *, told: NewEvent) -> changes.Changed:
    if not stages.may_move(case.stage, "reopened"):
        raise Refusal("no_reopening", "{code} is {stage}; it need not be reopened", code=case.code, stage=case.stage)
    moved, more = changes.to_stage(case, history, stage="reopened")
    return moved, [told, *more]


def _add(connection: Connection, settings: Settings, event: NewEvent, actor: str, now: datetime) -> Done:
    change = partial(changes.of_kind, told=event)
    return apply.apply(connection, settings, {event.case_id: change}, actor=actor, now=now)[0]
