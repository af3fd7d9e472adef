"""Working time against a slow count of minutes, over zones, clock changes, holidays, leap days and calendar edits."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.cases.calendars import WorkingTime
from monitor.settings.desk import Desk
from monitor.settings.service_hours import WEEKDAYS, Calendar, Weekday
from tests.cases import reference_clock
from tests.cases.calendar_strategies import ZONES, calendars, moments, spans

MADRID = ZoneInfo("Europe/Madrid")
ALWAYS: dict[Weekday, tuple[str, ...]] = dict.fromkeys(WEEKDAYS, ("00:00-24:00",))
plain = Calendar(country="")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


@settings(max_examples=80)
@given(calendars(), st.sampled_from(ZONES), moments(), st.integers(0, 6 * 1440))
def test_between_agrees_with_counting_minutes(
    kept: tuple[Calendar, ...], zone: ZoneInfo, start: datetime, length: int
) -> None:
    end = start + timedelta(minutes=length)
    assert WorkingTime(kept, zone).between(start, end) == reference_clock.between(start, end, kept, zone)


@given(calendars(), st.sampled_from(ZONES), moments(exact=True), spans())
def test_after_is_the_first_moment_at_which_the_span_has_gone_by(
    kept: tuple[Calendar, ...], zone: ZoneInfo, start: datetime, span: timedelta
) -> None:
    time = WorkingTime(kept, zone)
    end = time.after(start, span)
    assert time.between(start, end) == span
    assert end == start or time.between(start, end - timedelta(microseconds=1)) < span


@given(calendars(), st.sampled_from(ZONES), st.lists(moments(exact=True), min_size=3, max_size=3).map(sorted))
def test_time_adds_up_and_never_runs_backwards(
    kept: tuple[Calendar, ...], zone: ZoneInfo, three: list[datetime]
) -> None:
    time, (first, middle, last) = WorkingTime(kept, zone), three
    whole = time.between(first, last)
    assert time.between(first, middle) + time.between(middle, last) == whole
    assert timedelta() <= time.between(first, middle) <= whole <= last - first
    assert time.between(last, first) == timedelta()


@given(calendars(), st.sampled_from(ZONES), moments(exact=True), spans(), spans())
def test_longer_spans_end_later(
    kept: tuple[Calendar, ...], zone: ZoneInfo, start: datetime, one: timedelta, other: timedelta
) -> None:
    time = WorkingTime(kept, zone)
    assert (time.after(start, one) <= time.after(start, other)) == (one <= other)
    assert time.after(time.after(start, one), other) == time.after(start, one + other)


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Europe/Madrid", date(2026, 3, 29), 23),
        ("Europe/Madrid", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("America/Mexico_City", date(2026, 4, 5), 24),  # no summer time since 2022
        ("Pacific/Apia", date(2011, 12, 30), 0),  # Samoa left this day out
        ("Asia/Kolkata", date(2024, 2, 29), 24),
    ],
)
def test_a_day_is_as_long_as_the_clock_on_the_wall_says(zone: str, day: date, expected: float) -> None:
    only = Calendar(country="", hours=ALWAYS, closed=tuple(day + timedelta(days=days) for days in (-2, -1, 1, 2)))
    around = utc(day.year, day.month, day.day)
    time = WorkingTime((only,), ZoneInfo(zone))
    assert time.between(around - hours(24), around + hours(48)) == hours(expected)


def test_an_hour_that_comes_twice_counts_twice_and_one_that_is_skipped_not_at_all() -> None:
    night = WorkingTime((Calendar(country="", hours={"sun": ("01:30-02:30",)}),), MADRID)
    assert night.between(utc(2026, 10, 24), utc(2026, 10, 26)) == hours(1.5)  # 01:30-02:30 and 02:00-02:30 again
    assert night.between(utc(2026, 3, 28), utc(2026, 3, 30)) == hours(0.5)  # at 02:00 it is 03:00


def test_friday_afternoon_goes_on_on_monday_morning() -> None:
    time = WorkingTime((plain,), MADRID)
    assert time.after(utc(2026, 11, 20, 16, 30), hours(1)) == utc(2026, 11, 23, 8, 30)


def test_public_holidays_of_the_region_are_free_and_can_be_opened() -> None:
    day = utc(2026, 5, 15), utc(2026, 5, 16)  # San Isidro, in the city of Madrid; no holiday of the country
    start, end = utc(2026, 5, 1), utc(2026, 5, 5)  # Friday, Labour Day, to Monday; 2 May is Madrid's day, a Saturday
    assert WorkingTime((Calendar(),), MADRID).between(start, end) == hours(9)
    assert WorkingTime((plain,), MADRID).between(start, end) == hours(18)
    assert WorkingTime((Calendar(open=(date(2026, 5, 1),)),), MADRID).between(start, end) == hours(18)
    assert WorkingTime((Calendar(closed=(date(2026, 5, 15),)),), MADRID).between(*day) == hours(0)
    assert WorkingTime((Calendar(),), MADRID).between(*day) == hours(9)


def test_a_region_has_holidays_of_its_own() -> None:
    diada = utc(2026, 9, 11), utc(2026, 9, 12)
    assert WorkingTime((Calendar(),), MADRID).between(*diada) == hours(9)
    assert WorkingTime((Calendar(region="CT"),), MADRID).between(*diada) == hours(0)


def test_each_calendar_counts_from_its_own_day_on() -> None:
    long = Calendar(country="", since=date(2026, 6, 3), hours=dict.fromkeys(WEEKDAYS, ("08:00-20:00",)))
    assert WorkingTime((plain, long), MADRID).between(utc(2026, 6, 2), utc(2026, 6, 4)) == hours(9 + 12)


def test_before_the_first_calendar_begins_it_holds_all_the_same() -> None:
    late = Calendar(country="", since=date(2030, 1, 1))
    assert WorkingTime((late,), MADRID).between(utc(2026, 6, 2), utc(2026, 6, 3)) == hours(9)


def test_decades_are_no_trouble() -> None:
    time = WorkingTime((plain,), MADRID)
    span = timedelta(days=40 * 365)
    assert time.between(utc(2026, 1, 1), time.after(utc(2026, 1, 1), span)) == span


def test_a_span_that_would_take_ages_ends_after_two_hundred_years() -> None:
    rare = Calendar(country="", hours={"mon": ("09:00-09:01",)})
    assert WorkingTime((rare,), MADRID).after(utc(2026, 1, 1), timedelta(days=3_650)) == utc(2227, 1, 1)


def test_hours_of_no_day_at_all_are_refused() -> None:
    with pytest.raises(ValueError, match="no day has hours"):
        Calendar(hours={"mon": ()})
    with pytest.raises(ValueError, match="no day has hours"):
        Desk(calendars=(Calendar(hours={}),))
