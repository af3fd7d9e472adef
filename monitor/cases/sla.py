"""Service-level clocks: worked out from a case's history whenever they are read, so that nothing has to tick.

Three clocks: until the first answer, until each further one, until the solution. All rest while the desk waits for the
customer. The first two stop when an answer of ours is sent, seen or logged; the third when the case is closed or
dismissed, and it begins anew when the case is reopened.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.cases.calendars import WorkingTime
from monitor.casework import Case, ClockName, Event, in_force
from monitor.desk_settings import Service, Targets

_ENDS = ("closed", "dismissed")


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock: running while `stopped_at` is None, resting since `paused_at`.

    `elapsed` is the working time counted when it stopped or began to rest (None while it runs); `due_at` when the
    target is used up, None while it rests with time left.
    """

    name: ClockName
    started_at: datetime
    target: timedelta
    stopped_at: datetime | None
    paused_at: datetime | None
    elapsed: timedelta | None
    due_at: datetime | None
    warn_at: datetime | None

    @property
    def is_running(self) -> bool:
        """Whether time counts."""
        return self.stopped_at is None and self.paused_at is None

    def is_breached(self, now: datetime) -> bool:
        """Whether the target was missed, or is by now."""
        return self.due_at is not None and (self.stopped_at or now) > self.due_at


def is_answer(event: Event) -> bool:
    """Whether the event is a word of ours to the customer."""
    return event.kind in ("sent", "reply") or (event.kind == "contact" and event.became == "out")


def is_asking(event: Event) -> bool:
    """Whether the event is a word of the customer that waits for ours."""
    return event.kind in ("opened", "post") or (event.kind == "contact" and event.became == "in")


def clocks(events: tuple[Event, ...], targets: Targets, warn: float, time: WorkingTime) -> tuple[Clock, ...]:
    """The clocks of a case by its history, the finished next-response clocks among them, in the order they started."""
    held = in_force(events)
    if not held:
        return ()
    first, nexts = _answers(held)
    spans: list[tuple[ClockName, datetime, datetime | None, float]] = [
        ("first_response", *first, targets.first_response_hours),
        *(("next_response", *span, targets.next_response_hours) for span in nexts),
        ("resolution", *_resolution(held), targets.resolution_hours),
    ]
    rests = _rests(held)
    return tuple(
        _clock(name, start, end, timedelta(hours=hours), rests, warn, time) for name, start, end, hours in spans
    )


_Span = tuple[datetime, datetime | None]


def _answers(events: Sequence[Event]) -> tuple[_Span, list[_Span]]:
    """The span until the first answer, and those until each further one."""
    started = events[0].at
    answered: datetime | None = None
    asked: datetime | None = None
    nexts: list[_Span] = []
    for event in events:
        if answered is None:
            answered = event.at if is_answer(event) or event.stage in _ENDS else None
        elif asked is None:
            asked = event.at if is_asking(event) else None
        elif is_answer(event) or event.stage in _ENDS:
            nexts.append((asked, max(event.at, asked)))
            asked = None
    if asked:
        nexts.append((asked, None))
    return (started, answered and max(answered, started)), nexts


def _resolution(events: Sequence[Event]) -> _Span:
    started, ended = events[0].at, None
    for event in events:
        if event.stage in _ENDS:
            ended = ended or event.at
        elif event.stage is not None and ended:
            started, ended = event.at, None
    return started, ended


def _rests(events: Sequence[Event]) -> list[_Span]:
    """The spans in which the desk waited for the customer; a word of the customer ends one."""
    rests: list[_Span] = []
    since: datetime | None = None
    for event in events:
        if event.kind == "waiting":
            since = since or event.at
        elif since and (event.kind == "resumed" or is_asking(event) or event.stage in (*_ENDS, "reopened")):
            rests.append((since, max(event.at, since)))
            since = None
    if since:
        rests.append((since, None))
    return rests


def _clock(
    name: ClockName,
    start: datetime,
    end: datetime | None,
    target: timedelta,
    rests: Sequence[_Span],
    warn: float,
    time: WorkingTime,
) -> Clock:
    at, used = start, timedelta()
    due: datetime | None = None
    warned: datetime | None = None
    paused: datetime | None = None
    for rest, until in [*((s, u) for s, u in rests if end is None or s < end), (end, end)]:
        since = rest and max(rest, at)
        due = due or _reached(at, since, used, target, time)
        warned = warned or _reached(at, since, used, target * warn, time)
        if since is not None:
            used += time.between(at, since)
        if since is not None and until is None:
            paused = since
            break
        at = until if until is not None and until > at else at
    known = used if end is not None or paused is not None else None
    return Clock(name, start, target, end, paused if end is None else None, known, due, warned)


def _reached(
    at: datetime, until: datetime | None, used: timedelta, target: timedelta, time: WorkingTime
) -> datetime | None:
    """When the target is used up if that is before the rest at `until`."""
    if used > target:
        return at
    due = time.after(at, target - used)
    return due if until is None or due <= until else None


def work_out(case: Case, events: tuple[Event, ...], service: Service, time: WorkingTime) -> Case:
    """The case with every column that its clocks give. `level` must be worked out before."""
    targets: Targets = getattr(service, case.level)
    found = clocks(events, targets, service.warn_at, time)
    first, resolution = found[0], found[-1]
    nexts = found[1:-1]
    open_next = nexts[-1] if nexts and nexts[-1].stopped_at is None else None
    running = [clock for clock in found if clock.is_running]
    ending = min((clock for clock in running if clock.due_at), key=lambda clock: clock.due_at, default=None)  # type: ignore[arg-type,return-value]
    waits = first if first.stopped_at is None else open_next
    return replace(
        case,
        asked_at=waits.started_at if waits else None,
        paused_at=next((clock.paused_at for clock in found if clock.paused_at), None),
        first_due_at=first.due_at,
        first_answered_at=first.stopped_at,
        first_minutes=_minutes(first),
        next_due_at=open_next.due_at if open_next else None,
        next_breaches=sum(clock.stopped_at is not None and clock.is_breached(clock.stopped_at) for clock in nexts),
        resolve_due_at=resolution.due_at,
        resolved_at=resolution.stopped_at,
        resolve_minutes=_minutes(resolution),
        reopenings=sum(event.stage == "reopened" for event in in_force(events)),
        due_at=ending.due_at if ending else None,
        due_clock=ending.name if ending else None,
        warn_at=min((clock.warn_at for clock in running if clock.warn_at), default=None),
    )


def _minutes(clock: Clock) -> float | None:
    if clock.stopped_at is None or clock.elapsed is None:
        return None
    return clock.elapsed / timedelta(minutes=1)
