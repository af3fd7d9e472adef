"""Working time: between which moments the desk works, and when a span of it is over.

A moment is working time when the clock on the wall of the desk's zone then shows an hour of work. So a day of 24 hours
of work has 23 or 25 of them when the clocks change, an hour that is skipped counts nothing and one that comes twice
counts twice. All is reckoned in whole microseconds since 1970, in tables of one year (UTC) that are made when needed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from monitor.settings.service_hours import WEEKDAYS, Calendar, minutes

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = _EPOCH.date().toordinal()
_MICRO = timedelta(microseconds=1)
_MINUTE = 60_000_000
_DAY = 24 * 60 * _MINUTE
_AHEAD = 200  # years after which a span that is still not over is taken to end


class _Rules(NamedTuple):
    """A calendar as a value that a cache can tell from others."""

    since: date
    hours: tuple[tuple[str, ...], ...]
    country: str
    region: str
    closed: tuple[date, ...]
    open: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class _Year:
    """The working spans of a year: where they start and end, and how much working time was before each."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]
    total: int

    def until(self, moment: int) -> int:
        """The working time of the year up to then."""
        last = bisect_right(self.starts, moment) - 1
        return self.before[last] + min(moment, self.ends[last]) - self.starts[last] if last >= 0 else 0

    def moment(self, working_time: int) -> int:
        """When so much of the year's working time, more than none, has gone by."""
        last = bisect_left(self.before, working_time) - 1
        return self.starts[last] + working_time - self.before[last]


class _Timetable:
    """The years of some calendars in a zone, each made once."""

    def __init__(self, rules: tuple[_Rules, ...], zone: ZoneInfo) -> None:
        self._rules = rules
        self._zone = zone
        self._since = [ruleset.since for ruleset in rules]
        self._hours = [
            [[(start * _MINUTE, end * _MINUTE) for start, end in map(minutes, day)] for day in ruleset.hours]
            for ruleset in rules
        ]
        self._free: dict[tuple[int, int], frozenset[date]] = {}
        self._years: dict[int, _Year] = {}

    def year(self, number: int) -> _Year:
        """The working spans of that year."""
        spans = self._years.get(number)
        if spans is None:
            spans = self._years[number] = self._build(number)
        return spans

    def _build(self, number: int) -> _Year:
        starts, ends, before, total = [], [], [], 0
        for begin, end, offset in _offsets(self._zone, number):
            for day in range((begin + offset) // _DAY, (end + offset - 1) // _DAY + 1):
                midnight = day * _DAY - offset
                for opens, closes in self._spans(date.fromordinal(_FIRST_DAY + day)):
                    start, stop = max(midnight + opens, begin), min(midnight + closes, end)
                    if start < stop:
                        starts.append(start)
                        ends.append(stop)
                        before.append(total)
                        total += stop - start
        return _Year(tuple(starts), tuple(ends), tuple(before), total)

    def _spans(self, day: date) -> Sequence[tuple[int, int]]:
        """The hours of a day, by the clock on the wall. Before the first calendar begins, it holds all the same."""
        calendar_index = max(bisect_right(self._since, day) - 1, 0)
        rules = self._rules[calendar_index]
        if day in rules.closed or (day in self._holidays(calendar_index, day.year) and day not in rules.open):
            return ()
        return self._hours[calendar_index][day.weekday()]

    def _holidays(self, calendar_index: int, year: int) -> frozenset[date]:
        days = self._free.get((calendar_index, year))
        if days is None:
            rules = self._rules[calendar_index]
            days = self._free[calendar_index, year] = public_holidays(rules.country, rules.region, year)
        return days


@lru_cache(maxsize=512)
def public_holidays(country: str, region: str, year: int) -> frozenset[date]:
    """The free days of a country, or of its part; none where no country is named."""
    if not country:
        return frozenset()
    import holidays

    return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))


def _offsets(zone: ZoneInfo, year: int) -> Iterator[tuple[int, int, int]]:
    """The stretches of a year (UTC) in which the zone keeps one offset: start, end and the offset."""
    first, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    begin, offset = first, _offset(zone, first)
    for day in range(1, (end - first).days + 1):
        low, high = first + timedelta(days=day - 1), first + timedelta(days=day)
        next_offset = _offset(zone, high)
        if next_offset == offset:
            continue
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) // timedelta(seconds=2) * timedelta(seconds=1)
            low, high = (middle, high) if _offset(zone, middle) == offset else (low, middle)
        yield _micros(begin), _micros(high), offset
        begin, offset = high, next_offset
    if begin < end:
        yield _micros(begin), _micros(end), offset


def _offset(zone: ZoneInfo, at: datetime) -> int:
    return (at.astimezone(zone).utcoffset() or timedelta()) // _MICRO


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICRO


@lru_cache(maxsize=64)
def _timetable(rules: tuple[_Rules, ...], zone: ZoneInfo) -> _Timetable:
    return _Timetable(rules, zone)


def _rules(calendar: Calendar) -> _Rules:
    hours = tuple(calendar.hours.get(day, ()) for day in WEEKDAYS)
    return _Rules(calendar.since, hours, calendar.country, calendar.region, calendar.closed, calendar.open)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """The calendars of a desk in its time zone, each in force from its local day `since` on."""

    calendars: Sequence[Calendar]
    zone: ZoneInfo
    _table: _Timetable = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_table", _timetable(tuple(map(_rules, self.calendars)), self.zone))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`, to the microsecond; none when `end` is not after `start`."""
        if end <= start:
            return timedelta()
        first, last = start.astimezone(UTC).year, end.astimezone(UTC).year
        full_years = sum(self._table.year(year).total for year in range(first, last))
        micros = full_years + self._table.year(last).until(_micros(end)) - self._table.year(first).until(_micros(start))
        return timedelta(microseconds=micros)

    def after(self, start: datetime, span: timedelta) -> datetime:
        """The first moment (UTC) at which `span` of working time has gone by since `start`; `start` for none.

        A span that is not over after two hundred years ends then.
        """
        if span <= timedelta():
            return start
        number = start.astimezone(UTC).year
        last = min(number + _AHEAD, 9_000)
        year = self._table.year(number)
        target = year.until(_micros(start)) + span // _MICRO
        while target > year.total:
            if number >= last:
                return datetime(number + 1, 1, 1, tzinfo=UTC)
            target -= year.total
            number += 1
            year = self._table.year(number)
        return _EPOCH + year.moment(target) * _MICRO
