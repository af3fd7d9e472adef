"""Young posts are looked up in the rhythm of the settings, older ones more rarely, and never after a wrong clock."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from monitor.collect import rhythm

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def test_the_rhythm_doubles_with_the_age_until_a_week() -> None:
    assert [(age / DAY, distance / DAY) for age, distance in rhythm.rhythms(DAY)] == [
        (0, 1),
        (2, 2),
        (4, 4),
        (8, 7),
    ]
    assert list(rhythm.rhythms(30 * DAY)) == [(timedelta(), 30 * DAY)], "a rhythm of the settings may be longer"


def test_the_oldest_band_comes_first_and_is_due_the_most_rarely() -> None:
    first, *_, last = rhythm.bands(NOW, DAY)
    assert (first.posted_before, first.not_since) == (NOW - 8 * DAY, NOW - 7 * 0.8 * DAY)
    assert (last.posted_before, last.not_since) == (NOW - 2 * DAY, NOW - 2 * 0.8 * DAY)


@pytest.mark.parametrize(("days", "looks"), [(1, 1), (2, 2), (4, 3), (8, 4), (15, 5), (30, 4 + 22 / 7)])
def test_how_often_a_post_is_looked_up(days: float, looks: float) -> None:
    assert rhythm.looks(DAY, days) == pytest.approx(looks)


@pytest.mark.parametrize("seconds", [0.36, 3_600, 87_600 * 3_600])
def test_any_rhythm_of_the_settings_has_bands_that_end(seconds: float) -> None:
    bands = rhythm.bands(NOW, timedelta(seconds=seconds))
    assert all(older.posted_before < younger.posted_before for older, younger in itertools.pairwise(bands))
    assert rhythm.looks(timedelta(seconds=seconds), 36_500) > 0
