"""One clock of a case: its span, its rests, how much it shows and when it is due. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from monitor.cases.calendars import WorkingTime
from monitor.models.cases import ClockName

TimeSpan: TypeAlias = tuple[datetime, datetime | None]
"""From when to when; to None: it goes on."""


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


def wind(
    name: ClockName, span: TimeSpan, target: timedelta, rests: Sequence[TimeSpan], warn: float, time: WorkingTime
) -> Clock:
    """The clock of a span of time that has `target` working time, `rests` left out; it warns at that share of it."""
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
