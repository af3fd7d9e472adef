"""The clocks of a case the slow way, minute by minute: what `monitor.cases.sla` must agree with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from monitor.models.cases import Event
from monitor.settings.service_hours import WEEKDAYS, Calendar

MINUTE = timedelta(minutes=1)


@cache
def _free(country: str, region: str, year: int) -> frozenset[object]:
    return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))


def is_working(at: datetime, calendars: Sequence[Calendar], zone: ZoneInfo) -> bool:
    """Whether the minute that begins then is one of work."""
    local = at.astimezone(zone)
    day = local.date()
    rules = [one for one in calendars if one.since <= day][-1:] or [calendars[0]]
    calendar = rules[0]
    if day in calendar.closed:
        return False
    if calendar.country and day in _free(calendar.country, calendar.region, day.year) and day not in calendar.open:
        return False
    clock = f"{local:%H:%M}"
    return any(
        span[:5] <= clock < span[6:] for span in calendar.hours.get(WEEKDAYS[day.weekday()], ())
    )  # "24:00" is after every minute


def between(start: datetime, end: datetime, calendars: Sequence[Calendar], zone: ZoneInfo) -> timedelta:
    """The working minutes between two whole minutes."""
    found, at = timedelta(), start
    while at < end:
        found += MINUTE * is_working(at, calendars, zone)
        at += MINUTE
    return found


@dataclass(slots=True)
class Ticking:
    """A clock that is wound on a minute at a time."""

    name: str
    target: timedelta
    shows: timedelta = timedelta()
    due_at: datetime | None = None
    stopped: bool = False

    def tick(self, end: datetime) -> None:
        """Counts the minute that ends then."""
        self.shows += MINUTE
        if self.shows == self.target:
            self.due_at = end


@dataclass(slots=True)
class Desk:
    """What a desk knows of a case at a moment: its clocks, and whether it waits for the customer or is at its end."""

    targets: dict[str, timedelta]
    first: Ticking = field(init=False)
    nexts: list[Ticking] = field(default_factory=list)
    resolution: Ticking = field(init=False)
    paused: bool = False
    over: str = ""
    spoke: bool = False

    def __post_init__(self) -> None:
        self.first = self._new("first_response")
        self.resolution = self._new("resolution")

    def _new(self, name: str) -> Ticking:
        return Ticking(name, self.targets[name])

    @property
    def asked(self) -> Ticking | None:
        """The clock of the answer that the customer waits for."""
        return next((one for one in (self.first, *self.nexts) if not one.stopped), None)

    def hear(self, event: Event) -> None:
        """Takes in what happened."""
        if event.kind == "stage":
            self._move(str(event.stage))
        elif event.kind in ("sent", "reply") or (event.kind, event.became) == ("contact", "out"):
            self._answer()
        elif event.kind == "post" or (event.kind, event.became) == ("contact", "in"):
            self._ask()
        elif event.kind in ("waiting", "resumed") and not self.over:
            self.paused = event.kind == "waiting"

    def _move(self, stage: str) -> None:
        if stage in ("answered", "closed"):
            self._answer()
        if stage in ("closed", "dismissed"):
            self.over, self.paused, self.spoke, self.resolution.stopped = stage, False, False, True
        elif stage == "reopened":
            self.over, self.paused, self.resolution = "", False, self._new("resolution")
            if self.spoke and not self.asked:
                self.nexts.append(self._new("next_response"))

    def _answer(self) -> None:
        self.spoke = False
        if self.asked:
            self.asked.stopped = True

    def _ask(self) -> None:
        if self.over:
            self.spoke = True
            return
        self.paused = False
        if not self.asked:
            self.nexts.append(self._new("next_response"))

    def tick(self, end: datetime) -> None:
        """Winds on the clocks that run."""
        if not self.paused and not self.over:
            for clock in (self.asked, self.resolution):
                if clock and not clock.stopped:
                    clock.tick(end)


def clocks(
    events: Sequence[Event], targets: dict[str, timedelta], now: datetime, calendars: Sequence[Calendar], zone: ZoneInfo
) -> list[Ticking]:
    """The clocks at `now` of a history in order and at whole minutes: first response, further ones, resolution."""
    desk, told = Desk(targets), list(events[1:])
    at = events[0].at
    while True:
        while told and told[0].at <= at:
            desk.hear(told.pop(0))
        if at >= now:
            return [desk.first, *desk.nexts, desk.resolution]
        if is_working(at, calendars, zone):
            desk.tick(at + MINUTE)
        at += MINUTE
