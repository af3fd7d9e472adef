"""Local days and times. Everything stored is UTC; people see the settings' time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole local days from `first` to `last`, both included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def days(self) -> int:
        """How many days it spans, at least one."""
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime:
        """The first instant, UTC."""
        return midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The first instant after it, UTC."""
        return midnight(self.last + timedelta(days=1), self.zone)

    @property
    def before(self) -> "Period":
        """The period of the same length just before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1), self.zone)


def last_days(days: int, today: date, zone: ZoneInfo) -> Period:
    """The `days` local days that end with `today`."""
    return Period(today - timedelta(days=days - 1), today, zone)


def local_date(at: datetime, zone: ZoneInfo) -> date:
    """The calendar day of an instant in `zone`."""
    return at.astimezone(zone).date()


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant, UTC, at which a local day begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def local_day_sql(column: str, start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """SQL for the local day of a TIMESTAMPTZ `column`, as days since 1970-01-01, right between `start` and `end`.

    Integer arithmetic with the zone's offsets, which change a few times a year: over a million rows DuckDB's own
    `AT TIME ZONE` takes three times as long.
    """
    steps = _offsets(start, end, zone)
    offset = str(steps[0][1])
    for instant, seconds in steps[1:]:
        moment = f"TIMESTAMPTZ '{instant.astimezone(UTC):%Y-%m-%d %H:%M}+00'"
        offset = f"CASE WHEN {column} >= {moment} THEN {seconds} ELSE {offset} END"
    return f"(((epoch_us({column}) // 1000000) + {offset}) // 86400)"  # PostgreSQL adds before it divides so


def _offsets(start: datetime, end: datetime, zone: ZoneInfo) -> list[tuple[datetime, int]]:
    """Each instant from which another offset holds, with its seconds east of UTC; zones change on the quarter hour."""
    steps = [(start, _seconds(start, zone))]
    at = start.replace(minute=0, second=0, microsecond=0)
    while at < end:
        after = min(at + timedelta(days=7), end + _HOUR)
        if _seconds(after, zone) != steps[-1][1]:
            at = _first_change(at, after, zone, steps[-1][1])
            steps.append((at, _seconds(at, zone)))
        else:
            at = after
    return steps


def _first_change(low: datetime, high: datetime, zone: ZoneInfo, offset: int) -> datetime:
    while low < high and _seconds(low, zone) == offset:
        low += timedelta(minutes=15)
    return low


def _seconds(at: datetime, zone: ZoneInfo) -> int:
    offset = at.astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0
