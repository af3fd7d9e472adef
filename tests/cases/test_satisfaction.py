"""CSAT, NPS and the response rate against figures known elsewhere, and their bounds."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cases import satisfaction
from monitor.cases.satisfaction import Counts


def test_wilson_agrees_with_published_figures() -> None:
    # Newcombe (1998), Statistics in Medicine 17:857: 81 of 263 and 15 of 148, method 3.
    first, second = satisfaction.share(81, 263), satisfaction.share(15, 148)
    assert (round(first.low or 0, 4), round(first.high or 0, 4)) == (0.2553, 0.3662)
    assert (round(second.low or 0, 4), round(second.high or 0, 4)) == (0.0624, 0.1605)


def test_few_answers_are_far_from_sure() -> None:
    found = satisfaction.share(3, 3)
    assert found.value == 1.0
    assert found.low is not None
    assert found.low < 0.5
    assert found.is_few


def test_no_answers_give_no_figure() -> None:
    counts = Counts(asked=0)
    assert (counts.csat.value, counts.nps.value, counts.response.value) == (None, None, None)


def test_the_figures_come_from_the_counts() -> None:
    counts = Counts(asked=200, answered=50, satisfied=40, rated=40, promoters=20, detractors=10)
    assert counts.csat.value == 0.8
    assert counts.response.value == 0.25
    assert counts.nps.value == 25.0
    assert counts.nps.low is not None
    assert counts.nps.high is not None
    assert counts.nps.low < 25 < counts.nps.high


@pytest.mark.parametrize(("hits", "n"), [(-1, 3), (4, 3)])
def test_what_is_no_share_is_refused(hits: int, n: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        satisfaction.share(hits, n)
    with pytest.raises(ValueError, match="do not fit"):
        satisfaction.score(hits, 0, n)


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_within_its_interval(counted: tuple[int, int]) -> None:
    found = satisfaction.share(*counted)
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1


@given(st.lists(st.integers(0, 10), min_size=1, max_size=300))
def test_a_score_is_what_counting_says_and_its_interval_is_within_bounds(answers: list[int]) -> None:
    up, down = sum(a >= 9 for a in answers), sum(a <= 6 for a in answers)
    found = satisfaction.score(up, down, len(answers))
    assert math.isclose(found.value or 0.0, 100 * (up - down) / len(answers), abs_tol=1e-9)
    assert found.low is not None
    assert found.high is not None
    assert -100 <= found.low < found.high <= 100
