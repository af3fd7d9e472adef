"""The clock in working days: what counts as one, when an answer is late, and what starts it anew."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.law import clock
from monitor.law.clock import LegalRound
from monitor.models.posts import Stage
from monitor.settings.service_hours import Calendar

MADRID = ZoneInfo("Europe/Madrid")
SPAIN = (Calendar(),)
FRIDAY = datetime(2026, 11, 27, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("received", "days", "last"),
    [
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # a Friday: the Monday after
        (date(2026, 11, 28), 1, date(2026, 11, 30)),  # a Saturday too
        (date(2026, 11, 27), 15, date(2026, 12, 21)),  # 8 December is a holiday, on a Tuesday
        (date(2026, 12, 17), 15, date(2027, 1, 12)),  # so are 25 December, 1 and 6 January
        (date(2026, 11, 27), 0, date(2026, 11, 27)),
    ],
)
def test_working_days_are_counted_from_the_day_after(received: date, days: int, last: date) -> None:
    assert clock.last_day(received, days, SPAIN) == last


def test_the_holidays_of_a_region_count_and_own_free_days_do_not() -> None:
    madrid = (Calendar(region="MD", closed=(date(2026, 12, 9),), open=(date(2026, 12, 8),)),)
    assert not clock.is_working_day(date(2026, 5, 2), madrid)
    assert clock.is_working_day(date(2026, 12, 9), madrid), "the desk's own closing gives it no more time"
    assert not clock.is_working_day(date(2026, 12, 8), madrid)


def test_each_day_counts_by_the_calendar_in_force() -> None:
    calendars = (Calendar(country=""), Calendar(since=date(2026, 12, 1)))
    assert clock.is_working_day(date(2026, 10, 12), calendars)
    assert not clock.is_working_day(date(2026, 12, 8), calendars)


def test_the_last_day_is_whole_by_the_clock_on_the_wall() -> None:
    legal = clock.clock(LegalRound(FRIDAY, None), 15, SPAIN, MADRID)
    assert legal.last_day == date(2026, 12, 21)
    assert legal.due_at == datetime(2026, 12, 21, 23, tzinfo=UTC)
    assert not legal.is_late(legal.due_at - timedelta(seconds=1))
    assert legal.is_late(legal.due_at)


def test_what_came_in_after_midnight_in_madrid_came_in_on_that_day() -> None:
    legal = clock.clock(LegalRound(datetime(2026, 11, 29, 23, 30, tzinfo=UTC), None), 1, SPAIN, MADRID)
    assert legal.last_day == date(2026, 12, 1)


def test_an_answer_stops_the_clock_and_an_acknowledgement_does_not() -> None:
    moves: list[tuple[datetime, Stage]]
    moves = [(FRIDAY + timedelta(hours=1), "acknowledged"), (FRIDAY + timedelta(days=3), "answered")]
    (only,) = clock.rounds(FRIDAY, [*moves, (FRIDAY + timedelta(days=9), "closed")])
    assert only == LegalRound(FRIDAY, FRIDAY + timedelta(days=3))


def test_a_case_that_comes_back_asks_for_another_answer() -> None:
    answered, back = FRIDAY + timedelta(days=3), FRIDAY + timedelta(days=40)
    found = clock.rounds(FRIDAY, [(answered, "answered"), (answered, "closed"), (back, "reopened")])
    assert found == [LegalRound(FRIDAY, answered), LegalRound(back, None)]


def test_one_that_was_dismissed_before_any_answer_goes_on_from_its_receipt() -> None:
    found = clock.rounds(FRIDAY, [(FRIDAY + timedelta(days=1), "dismissed"), (FRIDAY + timedelta(days=2), "reopened")])
    assert found == [LegalRound(FRIDAY, None)]


def test_days_left_are_working_days() -> None:
    assert clock.days_left(date(2026, 11, 27), date(2026, 12, 1), SPAIN) == 2
    assert clock.days_left(date(2026, 12, 1), date(2026, 12, 1), SPAIN) == 0
    assert clock.days_left(date(2026, 12, 9), date(2026, 12, 4), SPAIN) == -2
