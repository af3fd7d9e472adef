"""Customer segments: quantiles with ties, amounts before shares, what is not known, and that value never lowers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cases import priority, segments
from monitor.models.cases import CUSTOMER_VALUES, LEVELS, SEVERITIES, Case
from monitor.settings.desk import Priority, Segments, ValueWeights
from monitor.settings.service_hours import ServiceLevels, Targets

TODAY = date(2026, 3, 2)
CUTOFFS = Segments()
AMOUNTS = st.lists(st.one_of(st.none(), st.integers(-5, 20).map(float)), max_size=60)


@st.composite
def cutoffs(draw: st.DrawFn) -> Segments:
    top, large = draw(st.floats(0, 0.5)), draw(st.floats(0, 0.3))
    return Segments(top_share=top, large_share=large, medium_share=draw(st.floats(0, 0.2)))


@given(AMOUNTS, cutoffs())
def test_customers_worth_the_same_are_in_the_same_segment_and_more_is_never_less(
    amounts: list[float | None], chosen: Segments
) -> None:
    found = segments.bounds(amounts, chosen)
    ranked = [segments.value(amount, found) for amount in sorted(one for one in amounts if one is not None)]
    places = [CUSTOMER_VALUES.index(one) for one in ranked if one]
    assert places == sorted(places, reverse=True)
    assert found.top >= found.large >= found.medium


@given(AMOUNTS, cutoffs())
def test_no_segment_holds_more_than_its_share_of_those_whose_value_is_known(
    amounts: list[float | None], chosen: Segments
) -> None:
    known = [one for one in amounts if one is not None]
    found = [segments.value(one, segments.bounds(amounts, chosen)) for one in known]
    share = 0.0
    for name, part in zip(CUSTOMER_VALUES, (chosen.top_share, chosen.large_share, chosen.medium_share), strict=False):
        share += part
        above = CUSTOMER_VALUES[: CUSTOMER_VALUES.index(name) + 1]
        assert sum(one in above for one in found) <= share * len(known) + 1e-6


def test_a_hundred_customers_fall_into_the_shares_of_the_settings() -> None:
    amounts = [float(one) for one in range(100)]
    found = [segments.value(one, segments.bounds(amounts, CUTOFFS)) for one in amounts]
    assert [found.count(name) for name in CUSTOMER_VALUES] == [5, 15, 30, 50]


def test_customers_who_are_all_worth_the_same_are_all_low() -> None:
    assert segments.value(10.0, segments.bounds([10.0] * 50, CUTOFFS)) == "low"


def test_an_amount_outranks_the_share() -> None:
    found = segments.bounds([1.0, 2.0, 3.0], Segments(top_amount=3, large_amount=2, medium_amount=2))
    assert [segments.value(one, found) for one in (3.0, 2.0, 1.0)] == ["top", "large", "low"]


def test_without_a_lifetime_value_there_is_no_segment() -> None:
    assert segments.value(None, segments.bounds([1.0, None], CUTOFFS)) == ""


@pytest.mark.parametrize(
    ("purchases", "expected"),
    [(None, ""), (0, ""), (1, "occasional"), (2, "occasional"), (3, "habitual"), (9, "habitual"), (10, "frequent")],
)
def test_frequency_by_purchases(purchases: int | None, expected: str) -> None:
    assert segments.frequency(purchases, CUTOFFS) == expected


@pytest.mark.parametrize(
    ("purchases", "days", "has_written", "expected"),
    [
        (5, 0, False, "current"),
        (5, 90, False, "current"),
        (5, 91, False, "active"),
        (None, 365, False, "active"),
        (5, 366, False, "inactive"),
        (0, None, False, "potential"),
        (0, None, True, "probable"),
        (None, None, True, ""),
        (3, None, True, ""),
    ],
)
def test_life_cycle_by_the_last_purchase(
    purchases: int | None, days: int | None, has_written: bool, expected: str
) -> None:
    last = None if days is None else TODAY - timedelta(days=days)
    assert segments.lifecycle(purchases, last, has_written=has_written, today=TODAY, cutoffs=CUTOFFS) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"top_share": 0.6, "large_share": 0.6},
        {"top_amount": 10, "large_amount": 20},
        {"frequent_purchases": 1},
        {"active_days": 30},
    ],
)
def test_cutoffs_that_contradict_each_other_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must not ascend|add up|at least"):
        Segments(**wrong)  # type: ignore[arg-type]


AT = datetime(2026, 3, 2, tzinfo=UTC)
WEIGHTS = st.builds(
    Priority,
    value=st.lists(st.floats(1, 5), min_size=4, max_size=4).map(
        lambda weights: ValueWeights(**dict(zip(CUSTOMER_VALUES, sorted(weights, reverse=True), strict=True)))
    ),
    reach=st.floats(0, 3),
    repeat=st.floats(0, 3),
    repeat_most=st.integers(0, 10),
)
CASES = st.builds(
    Case,
    **dict.fromkeys(("case_id", "version"), st.just(1)),
    **dict.fromkeys(("code", "brand", "network", "thread_id", "author", "language", "opened_by"), st.just("x")),
    **dict.fromkeys(("opened_at", "first_post_at", "last_post_at", "changed_at"), st.just(AT)),
    stage=st.just("received"),
    severity=st.sampled_from(SEVERITIES),
    reach=st.integers(0, 10**9),
    contacts=st.integers(1, 50),
)  # type: ignore[arg-type]


@given(CASES, st.sampled_from(["", *CUSTOMER_VALUES]), st.integers(0, 20), WEIGHTS)
def test_linking_any_customer_never_lowers_a_case_nor_lengthens_its_times(
    case: Case, value: str, earlier: int, weights: Priority
) -> None:
    linked = replace(case, customer_id="C1", value=value, contacts=case.contacts + earlier)
    before, after = (priority.base(one, weights) for one in (case, linked))
    assert after >= before
    levels = [priority.level(base, weights) for base in (before, after)]
    assert LEVELS.index(levels[1]) <= LEVELS.index(levels[0])
    unlinked, targets = (getattr(ServiceLevels(), one) for one in levels)
    for clock in Targets.model_fields:
        assert getattr(targets, clock) <= getattr(unlinked, clock)
