"""A standstill of runs that a Prefect server of one's own plans, told by what the store knows of them."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor import store
from monitor.settings.loading import Settings
from monitor.store import leases
from monitor.store.schedules import planned, standstill

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RHYTHM = timedelta(minutes=15)
DAY = timedelta(days=1)


def _ended(settings: Settings, flow: str, at: datetime, every: timedelta | None = RHYTHM) -> None:
    with store.connect(settings.store) as connection:
        planned.note(connection, flow, at + leases.PASSES * every if every else None, at)


def _read(settings: Settings, at: datetime) -> standstill.Standstill | None:
    with store.connect(settings.store, read_only=True) as connection:
        return standstill.read(connection, RHYTHM, at)


def test_runs_that_do_not_come_any_more_are_told_each_by_its_rhythm(settings: Settings) -> None:
    for flow, every in (("classify", RHYTHM / 3), ("collect", RHYTHM), ("recheck", DAY)):
        _ended(settings, flow, START, every)
    assert _read(settings, START + leases.PASSES * RHYTHM) is None
    found = _read(settings, START + leases.PASSES * RHYTHM + timedelta(seconds=1))
    assert found == standstill.Standstill(START, False, None, None, ("classify", "collect"))
    _ended(settings, "classify", START + timedelta(hours=1), RHYTHM / 3)
    found = _read(settings, START + timedelta(hours=1))
    assert found is not None
    assert found.planned == ("collect",)
    found = _read(settings, START + 3 * DAY + timedelta(seconds=1))
    assert found is not None
    assert found.planned == ("classify", "collect", "recheck")


def test_what_was_ended_on_purpose_is_not_told(settings: Settings) -> None:
    _ended(settings, "collect", START)
    _ended(settings, "collect", START + RHYTHM, None)
    assert _read(settings, START + DAY) is None, "its schedule rests"
    _ended(settings, "collect", START + DAY)
    assert _read(settings, START + 2 * DAY) is not None
    assert _read(settings, START + DAY + leases.PASSES * RHYTHM + standstill.TOLD) is not None
    assert _read(settings, START + 2 * DAY + standstill.TOLD) is None, "nobody wants to be told for ever"


def test_people_who_run_things_by_hand_are_told_nothing(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        leases.take(connection, leases.MAIN_LINE, "by hand", START)
        leases.release(connection, leases.MAIN_LINE, "by hand", START + timedelta(minutes=1))
    assert _read(settings, START + 30 * DAY) is None


def test_who_goes_from_one_run_for_everything_to_runs_by_role_misses_none(settings: Settings) -> None:
    _ended(settings, leases.MAIN_LINE, START)
    _ended(settings, "open-cases", START + DAY)
    assert _read(settings, START + DAY + RHYTHM) is None


@pytest.mark.parametrize("is_stopped", [False, True], ids=["serve keeps the schedules", "serve was stopped"])
def test_who_goes_from_prefect_to_serve_misses_none(settings: Settings, is_stopped: bool) -> None:
    _ended(settings, "collect", START)
    with store.connect(settings.store) as connection:
        leases.take(connection, leases.SCHEDULES, "serve", START + DAY)
        if is_stopped:
            leases.release(connection, leases.SCHEDULES, "serve", START + DAY)
    assert _read(settings, START + DAY + RHYTHM) is None


def test_who_goes_from_a_serve_that_was_killed_to_prefect_is_told_of_its_runs_alone(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        leases.take(connection, leases.SCHEDULES, "killed", START)
    found = _read(settings, START + DAY)
    assert found is not None
    assert found.planned == ()
    _ended(settings, "collect", START + DAY)
    assert _read(settings, START + DAY + RHYTHM) is None
    found = _read(settings, START + 2 * DAY)
    assert found is not None
    assert found.planned == ("collect",)
