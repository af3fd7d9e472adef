"""Calendars, moments near what is hard about them, and spans of time, for property tests."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from monitor.settings.service_hours import WEEKDAYS, Calendar, Weekday

ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Madrid", "America/Mexico_City", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"
    )
]  # fmt: skip
# Clock changes, a leap day, New Year, holidays of Spain, and a day on which a calendar is edited.
HARD = [
    datetime(*day, tzinfo=UTC)
    for day in (
        (2024, 2, 28), (2025, 12, 31), (2026, 3, 8), (2026, 3, 28), (2026, 4, 4), (2026, 5, 1), (2026, 10, 4),
        (2026, 10, 24), (2026, 11, 1), (2026, 12, 5),
    )
]  # fmt: skip


@st.composite
def _day(draw: st.DrawFn) -> tuple[str, ...]:
    quarters = sorted(draw(st.sets(st.integers(0, 96), max_size=4)))
    ends = [f"{quarter // 4:02}:{quarter % 4 * 15:02}" for quarter in quarters]
    return tuple(f"{start}-{end}" for start, end in zip(ends[::2], ends[1::2], strict=False))


@st.composite
def _hours(draw: st.DrawFn) -> dict[Weekday, tuple[str, ...]]:
    days = {day: draw(_day()) for day in WEEKDAYS}
    return days if any(days.values()) else days | {"tue": ("08:00-24:00",)}


def _days() -> st.SearchStrategy[tuple[date, ...]]:
    near = st.builds(lambda at, days: at.date() + timedelta(days=days), st.sampled_from(HARD), st.integers(-1, 4))
    return st.lists(near, max_size=3).map(tuple)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, ...]:
    """One calendar, or two or three of which the later ones begin near a hard day."""
    edits = sorted(set(draw(_days()))) if draw(st.booleans()) else []
    return tuple(
        Calendar(
            since=since,
            hours=draw(_hours()),
            country=draw(st.sampled_from(["", "ES", "MX"])),
            closed=draw(_days()),
            open=draw(_days()),
        )
        for since in [date.min, *edits]
    )


def moments(*, exact: bool = False) -> st.SearchStrategy[datetime]:
    """Whole minutes near a hard day; any microsecond where `exact`."""
    minutes = st.integers(-3 * 1440, 3 * 1440)
    micros = st.integers(0, 59_999_999) if exact else st.just(0)
    return st.builds(
        lambda at, m, us: at + timedelta(minutes=m, microseconds=us), st.sampled_from(HARD), minutes, micros
    )


def spans() -> st.SearchStrategy[timedelta]:
    """From nothing to some weeks of working time."""
    return st.timedeltas(timedelta(), timedelta(hours=400))
