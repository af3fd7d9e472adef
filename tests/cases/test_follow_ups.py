"""When the contacts after a closing are due."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from monitor.cases import follow_ups
from monitor.cases.calendars import WorkingTime
from monitor.settings.desk import FollowUps
from monitor.settings.service_hours import Calendar

MADRID = ZoneInfo("Europe/Madrid")
TIME = WorkingTime((Calendar(region="MD"),), MADRID)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=MADRID).astimezone(UTC)  # type: ignore[arg-type,misc]


def test_the_same_time_of_day_on_a_working_day() -> None:
    due = follow_ups.plan(local(2026, 3, 4, 11, 20), "", FollowUps(), TIME)
    assert due == (local(2026, 3, 11, 11, 20), local(2026, 4, 6, 9, 0))  # 3 April 2026 is Good Friday


def test_summer_time_does_not_move_the_time_of_day() -> None:
    assert follow_ups.due_after(local(2026, 3, 27, 11), 7 + 4, TIME) == local(2026, 4, 7, 11)


def test_outside_working_hours_it_is_due_when_work_begins_again() -> None:
    assert follow_ups.due_after(local(2026, 3, 2, 22), 4, TIME) == local(2026, 3, 9, 9)  # Friday night
    assert follow_ups.due_after(local(2026, 3, 2, 7), 1, TIME) == local(2026, 3, 3, 9)


def test_the_last_moment_of_a_day_is_still_of_that_day() -> None:
    last = local(2026, 3, 3, 17, 59) + timedelta(seconds=59)
    assert follow_ups.next_working_moment(last, TIME) == last


def test_value_has_days_of_its_own_or_those_of_all() -> None:
    wanted = FollowUps(days=(7, 30), top=(2, 14), low=())
    assert [follow_ups.days_for(value, wanted) for value in ("top", "large", "low", "")] == [
        (2, 14), (7, 30), (), (7, 30),
    ]  # fmt: skip
    assert follow_ups.plan(local(2026, 3, 4, 11), "low", wanted, TIME) == ()


def test_two_that_fall_on_the_same_moment_are_one() -> None:
    assert len(follow_ups.plan(local(2026, 3, 2, 22), "", FollowUps(days=(4, 5, 6)), TIME)) == 1


@pytest.mark.parametrize("days", [(30, 7), (7, 7), (0,), (-1,), (4_000,)])
def test_days_that_make_no_sense_are_refused(days: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError, match="go upwards"):
        FollowUps(days=days)


@given(st.integers(0, 1_200_000), st.integers(1, 60))
def test_it_is_never_before_its_day_and_always_in_working_time(minutes: int, days: int) -> None:
    at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    due = follow_ups.due_after(at, days, TIME)
    wished = at.astimezone(MADRID).date() + timedelta(days=days)
    assert due.astimezone(MADRID).date() >= wished
    assert due.astimezone(MADRID).date() <= wished + timedelta(days=7)
    assert TIME.between(due, due + timedelta(microseconds=1)) == timedelta(microseconds=1)
