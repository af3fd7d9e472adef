"""Where a case stands by its history and the desk's settings: stage, taking, priority, clocks. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.cases import priority, sla, stages
from monitor.cases.calendars import WorkingTime
from monitor.models.cases import Case, Event, effective
from monitor.settings.desk import Desk
from monitor.settings.service_hours import ServiceLevels, Targets


def derive(case: Case, events: tuple[Event, ...], desk: Desk, zone: ZoneInfo) -> Case:
    """The case with all that follows from its history: to be called after every change, and when settings changed."""
    base = priority.base(case, desk.priority)
    case = replace(
        case,
        stage=stages.stage_after(events),
        taken_at=taken_at(events),
        base=base,
        level=priority.level(base, desk.priority),
    )
    case = with_clocks(case, events, desk.service, WorkingTime(desk.calendars, zone))
    return case if case.merged_into is None else _at_rest(case)


def _at_rest(case: Case) -> Case:
    """A case that another took in: its customer waits there, and nothing is due here."""
    return replace(case, asked_at=None, paused_at=None, next_due_at=None, due_at=None, due_clock=None, warn_at=None)


def taken_at(events: tuple[Event, ...]) -> datetime | None:
    """When the owner took the case; None when nobody did, or when it was given to somebody else, or nobody, since."""
    owning = [event for event in effective(events) if event.kind == "taken" or event.field == "owner"]
    return owning[-1].at if owning and owning[-1].kind == "taken" else None


def with_clocks(case: Case, events: tuple[Event, ...], service: ServiceLevels, time: WorkingTime) -> Case:
    """The case with every column that its clocks give. `level` must be worked out before."""
    targets: Targets = getattr(service, case.level)
    clocks = sla.clocks(events, targets, service.warn_at, time)
    history = effective(events)
    first, *nexts, resolution = clocks
    waiting_clock = next((clock for clock in clocks[:-1] if clock.stopped_at is None), None)
    next_clock = min(
        (clock for clock in clocks if clock.stopped_at is None and clock.due_at),
        key=lambda clock: clock.due_at or clock.started_at,
        default=None,
    )
    is_answered = sla.has_own_answer(events)
    first_end, reopenings = first.stopped_at, sum(event.stage == "reopened" for event in history)
    rounds = sla.earlier_rounds(events, targets, service.warn_at, time) if reopenings else ()
    # Nothing stays promised to the customer of a case that was dismissed in time.
    is_promised = first_end is None or is_answered or first.is_breached(first_end)
    return replace(
        case,
        asked_at=waiting_clock.started_at if waiting_clock else None,
        paused_at=next((clock.paused_at for clock in clocks if clock.paused_at), None),
        first_due_at=first.due_at if is_promised else None,
        first_answered_at=first_end if is_answered else None,
        first_minutes=_minutes(first) if is_answered else None,
        next_due_at=waiting_clock.due_at if waiting_clock and waiting_clock is not first else None,
        next_breaches=_late(nexts),
        resolve_due_at=resolution.due_at,
        resolved_at=resolution.stopped_at,
        resolve_minutes=sum(map(_minutes, (*rounds, resolution))) if resolution.stopped_at else None,
        resolve_breaches=_late(rounds),
        reopenings=reopenings,
        due_at=next_clock.due_at if next_clock else None,
        due_clock=next_clock.name if next_clock else None,
        warn_at=min((clock.warn_at for clock in clocks if _counts(clock) and clock.warn_at), default=None),
    )


def _late(clocks: Iterable[sla.Clock]) -> int:
    """How many stopped after their time; one that still runs is not among them."""
    return sum(clock.stopped_at is not None and clock.is_breached(clock.stopped_at) for clock in clocks)


def _counts(clock: sla.Clock) -> bool:
    return clock.stopped_at is None and clock.due_at is not None


def _minutes(clock: sla.Clock) -> float:
    return clock.counted / timedelta(minutes=1)
