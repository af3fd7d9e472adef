"""Service-level clocks: worked out from a case's history whenever they are read, so that nothing has to tick.

Three clocks: until the first answer, until each further one, until the solution. All rest while the desk waits for the
customer, and while the case is dismissed. The first two stop when an answer of ours is sent, seen, logged or implied by
the stage; the third when the case is closed or dismissed, and it begins anew when the case is reopened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from monitor.cases.calendars import WorkingTime
from monitor.models.cases import ClockName, Event, effective
from monitor.settings.service_hours import Targets

_ENDS = ("closed", "dismissed")
_Span: TypeAlias = tuple[datetime, datetime | None]
_Timeline: TypeAlias = Sequence[tuple[datetime, Event]]  # in the order in which it took place


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock: running while `stopped_at` is None, resting since `paused_at`.

    `counted` is the working time until `counted_at`, when it last began to run, to rest, or stopped. `due_at` and
    `warn_at` are when the target, or its share that warns, is used up; None while it rests with time left.
    """

    name: ClockName
    started_at: datetime
    target: timedelta
    stopped_at: datetime | None
    paused_at: datetime | None
    counted: timedelta
    counted_at: datetime
    due_at: datetime | None
    warn_at: datetime | None

    @property
    def is_running(self) -> bool:
        """Whether time counts."""
        return self.stopped_at is None and self.paused_at is None

    def is_breached(self, now: datetime) -> bool:
        """Whether the target was missed, or is by now."""
        return self.due_at is not None and (self.stopped_at or now) > self.due_at


def elapsed(clock: Clock, now: datetime, time: WorkingTime) -> timedelta:
    """The working time that the clock shows."""
    return clock.counted + time.between(clock.counted_at, now) if clock.is_running else clock.counted


def remaining(clock: Clock, now: datetime, time: WorkingTime) -> timedelta:
    """The working time that is left of the target; less than none once it is used up."""
    return clock.target - elapsed(clock, now, time)


def is_answer(event: Event) -> bool:
    """Whether the event is a word of ours to the customer, or says that there was one."""
    if event.kind == "contact":
        return event.became == "out"
    if event.kind == "reply":
        return event.became != "automatic"
    return event.kind == "sent" or event.stage in ("answered", "closed")


def is_overtaken(event: Event) -> bool:
    """Whether the customer had written again when our reply came, and still waits (monitor.casework.replies)."""
    return event.kind == "reply" and event.became == "overtaken"


def is_asking(event: Event) -> bool:
    """Whether the event is a word of the customer that waits for ours, or brings a case in that waits."""
    if event.kind == "merged":
        return event.took_place_at is not None
    if event.kind == "post" and event.became == "thanks":
        return False
    return event.kind in ("opened", "post") or (event.kind, event.became) in (("contact", "in"), ("edited", "asks"))


def settled_at(events: tuple[Event, ...]) -> datetime | None:
    """When we last spoke, or began to wait, or ended it; None: never.

    What the customer had written before, but we learned only later, is not settled by it: it waits from then on.
    """
    history = effective(events)
    return max((at for at, event in _date_events(history) if _settles(event)), default=None) if history else None


def _settles(event: Event) -> bool:
    return is_answer(event) or event.kind == "waiting" or event.stage in _ENDS


def clocks(events: tuple[Event, ...], targets: Targets, warn: float, time: WorkingTime) -> tuple[Clock, ...]:
    """The clocks of a case by its history: the first response, every further one in order, last the resolution.

    What was told late counts from when it took place, but from the opening at the earliest. Empty without events.
    """
    history = effective(events)
    if not history:
        return ()
    timeline = _date_events(history)
    first, *nexts = _waits(timeline)
    spans: list[tuple[ClockName, _Span, float]] = [
        ("first_response", first, targets.first_response_hours),
        *(("next_response", span, targets.next_response_hours) for span in nexts),
        ("resolution", _resolutions(timeline)[-1], targets.resolution_hours),
    ]
    rests = _rests(timeline)
    return tuple(_clock(name, span, timedelta(hours=hours), rests, warn, time) for name, span, hours in spans)


def earlier_rounds(events: tuple[Event, ...], targets: Targets, warn: float, time: WorkingTime) -> tuple[Clock, ...]:
    """The resolution clocks that had stopped before the case was reopened, in order."""
    timeline = _date_events(effective(events))
    target, rests = timedelta(hours=targets.resolution_hours), _rests(timeline)
    return tuple(_clock("resolution", span, target, rests, warn, time) for span in _resolutions(timeline)[:-1])


def _date_events(history: Sequence[Event]) -> _Timeline:
    """The events by when they took place: in the order of the history, but for what was told late."""
    timeline: list[tuple[datetime, Event]] = []
    opened_at = latest = history[0].at
    for event in history:
        if event.took_place_at is None or event.at == event.happened_at:
            latest = max(latest, event.happened_at)  # clocks of computers differ a little
            timeline.append((latest, event))
        else:
            # A case that is taken in may have waited for longer than this one.
            timeline.append((event.at if event.kind == "merged" else max(event.at, opened_at), event))
    return _date_reopenings(sorted(timeline, key=lambda moment: (moment[0], moment[1].event_id)))


def _date_reopenings(timeline: _Timeline) -> _Timeline:
    """The same, with what somebody reopened before we learned that the customer had written: open from that on."""
    dated: list[tuple[datetime, Event]] = []
    since_end: list[tuple[datetime, Event]] = []
    for at, event in timeline:
        if event.stage == "reopened":
            late = [moment for moment in since_end if is_asking(moment[1]) and moment[1].event_id > event.event_id]
            place = dated.index(late[0]) + 1 if late else len(dated)
            dated.insert(place, (late[0][0] if late else at, event))
            since_end = []
            continue
        since_end = [] if event.stage in _ENDS else [*since_end, (at, event)]
        dated.append((at, event))
    return dated


def _waits(timeline: _Timeline) -> list[_Span]:
    """The spans in which the customer waited for a word of ours; dismissing ends one that is not taken up again."""
    waits: list[_Span] = []
    waiting_since: datetime | None = timeline[0][0]
    ended_at: datetime | None = None
    has_spoken = False
    for at, event in timeline:
        if event.stage == "reopened":
            waiting_since, ended_at = waiting_since or (at if has_spoken else None), None
        elif is_answer(event):
            waits += [(waiting_since, at)] if waiting_since else []
            waits_on = is_overtaken(event)
            waiting_since, has_spoken = (at if waits_on and not ended_at else None), waits_on and ended_at is not None
        elif is_asking(event) and ended_at:
            has_spoken = True  # thanks after the end ask for nothing, unless the case is reopened for them
        elif is_asking(event):
            waiting_since = waiting_since or at
        if event.stage in _ENDS:
            ended_at, has_spoken = at, False
    return [*waits, (waiting_since, ended_at)] if waiting_since else waits


def _resolutions(timeline: _Timeline) -> list[_Span]:
    """From the opening, or a reopening, to the end; the last may have none yet."""
    rounds: list[_Span] = [(timeline[0][0], None)]
    for at, event in timeline:
        started, ended = rounds[-1]
        if event.stage in _ENDS:
            rounds[-1] = (started, ended or at)
        elif event.stage == "reopened":
            rounds.append((at, None))
    return rounds


def _rests(timeline: _Timeline) -> list[_Span]:
    """The spans in which the desk waited for the customer, whose word ends one, or the case was at its end."""
    rests: list[_Span] = []
    since: datetime | None = None
    is_ended = False
    for at, event in timeline:
        ends, reopens = event.stage in _ENDS, event.stage == "reopened"
        speaks = not is_ended and (event.kind == "resumed" or is_asking(event))
        if since and (ends or reopens or speaks):
            rests.append((since, at))
            since = None
        is_ended = ends or (is_ended and not reopens)
        if ends or event.kind == "waiting":
            since = since or at
    return [*rests, (since, None)] if since else rests


def _clock(
    name: ClockName, span: _Span, target: timedelta, rests: Sequence[_Span], warn: float, time: WorkingTime
) -> Clock:
    start, end = span
    at, elapsed_time = start, timedelta()
    due_at: datetime | None = None
    warn_at: datetime | None = None
    resting_since: datetime | None = None
    for rest_start, rest_end in rests:
        if (rest_end and rest_end <= at) or (end and rest_start >= end):
            continue
        pause = max(rest_start, at)
        due_at = due_at or _due_before(at, pause, target - elapsed_time, time)
        warn_at = warn_at or _due_before(at, pause, target * warn - elapsed_time, time)
        elapsed_time += time.between(at, pause)
        if rest_end is None or (end and rest_end > end):
            resting_since = pause
            break
        at = rest_end
    if resting_since is None:
        due_at = due_at or time.after(at, target - elapsed_time)
        warn_at = warn_at or time.after(at, target * warn - elapsed_time)
        if end:
            elapsed_time += time.between(at, end)
    counted_at = resting_since or end or at
    return Clock(name, start, target, end, None if end else resting_since, elapsed_time, counted_at, due_at, warn_at)


def _due_before(at: datetime, pause: datetime, time_left: timedelta, time: WorkingTime) -> datetime | None:
    """When what is left is used up, if that is before the pause."""
    due = time.after(at, time_left)
    return due if due <= pause else None
