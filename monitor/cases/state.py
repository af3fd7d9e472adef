"""Where a case stands by its history and the desk's settings: stage, priority, clocks. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from monitor.cases import priority, sla, stages
from monitor.cases.calendars import WorkingTime
from monitor.models.cases import Case, Event, effective
from monitor.settings.desk import Desk
from monitor.settings.service_hours import ServiceLevels, Targets


def derive(case: Case, events: tuple[Event, ...], desk: Desk, zone: ZoneInfo) -> Case:
    """The case with all that follows from its history: to be called after every change, and when settings changed."""
    base = priority.base(case, desk.priority)
    case = replace(case, stage=stages.stage_after(events), base=base, level=priority.level(base, desk.priority))
    return with_clocks(case, events, desk.service, WorkingTime(desk.calendars, zone))


def with_clocks(case: Case, events: tuple[Event, ...], service: ServiceLevels, time: WorkingTime) -> Case:
    """The case with every column that its clocks give. `level` must be worked out before."""
    targets: Targets = getattr(service, case.level)
    clocks = sla.clocks(events, targets, service.warn_at, time)
    held = effective(events)
    first, *nexts, resolution = clocks
    waits = next((clock for clock in clocks[:-1] if clock.stopped_at is None), None)
    ending = min(
        (clock for clock in clocks if clock.stopped_at is None and clock.due_at),
        key=lambda clock: clock.due_at or clock.started_at,
        default=None,
    )
    answered = any(map(sla.is_answer, held))
    ended, reopenings = first.stopped_at, sum(event.stage == "reopened" for event in held)
    rounds = sla.earlier_rounds(events, targets, service.warn_at, time) if reopenings else ()
    # Nothing stays promised to the customer of a case that was dismissed in time.
    promised = ended is None or answered or first.is_breached(ended)
    return replace(
        case,
        asked_at=waits.started_at if waits else None,
        paused_at=next((clock.paused_at for clock in clocks if clock.paused_at), None),
        first_due_at=first.due_at if promised else None,
        first_answered_at=ended if answered else None,
        first_minutes=_minutes(first) if answered else None,
        next_due_at=waits.due_at if waits and waits is not first else None,
        next_breaches=_late(nexts),
        resolve_due_at=resolution.due_at,
        resolved_at=resolution.stopped_at,
        resolve_minutes=sum(map(_minutes, (*rounds, resolution))) if resolution.stopped_at else None,
        resolve_breaches=_late(rounds),
        reopenings=reopenings,
        due_at=ending.due_at if ending else None,
        due_clock=ending.name if ending else None,
        warn_at=min((clock.warn_at for clock in clocks if _counts(clock) and clock.warn_at), default=None),
    )


def _late(clocks: Iterable[sla.Clock]) -> int:
    """How many stopped after their time; one that still runs is not among them."""
    return sum(clock.stopped_at is not None and clock.is_breached(clock.stopped_at) for clock in clocks)


def _counts(clock: sla.Clock) -> bool:
    return clock.stopped_at is None and clock.due_at is not None


def _minutes(clock: sla.Clock) -> float:
    return clock.counted / timedelta(minutes=1)
