from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cases import priority
from monitor.models.cases import LEVELS, SEVERITIES, Case
from monitor.settings.desk import Priority, SeverityWeights
from tests.cases.priority_strategies import VALUES, case, some_cases, some_weights
from tests.conftest import NOW


def score(one: Case, weights: Priority, now: datetime = NOW) -> float:
    return priority.score(replace(one, base=priority.base(one, weights)), weights, now)


@given(some_cases, some_weights)
def test_each_factor_only_lifts(one: Case, weights: Priority) -> None:
    before = score(one, weights)
    worse = SEVERITIES[min(SEVERITIES.index(one.severity) + 1, 3)]
    dearer = VALUES[min(VALUES.index(one.value) + 1, 4)]
    for more in ({"severity": worse}, {"value": dearer}, {"reach": one.reach + 1}, {"contacts": one.contacts + 1}):
        assert score(replace(one, **more), weights) >= before, more
    assert score(one, weights, NOW + timedelta(hours=5)) >= before


@given(some_cases, some_weights, st.sampled_from(VALUES))
def test_no_value_puts_a_case_below_that_of_an_unknown_customer(one: Case, weights: Priority, value: str) -> None:
    unknown, known = replace(one, value=""), replace(one, value=value)
    assert priority.base(known, weights) >= priority.base(unknown, weights)
    levels = [priority.level(priority.base(which, weights), weights) for which in (known, unknown)]
    assert LEVELS.index(levels[0]) <= LEVELS.index(levels[1])


def test_a_case_that_waits_for_the_customer_gains_nothing_by_time() -> None:
    weights, asked = Priority(), NOW - timedelta(days=9)
    assert score(case(asked_at=asked), weights) > score(case(), weights)
    assert score(case(asked_at=asked, paused_at=NOW), weights) == score(case(), weights)


def test_waiting_and_contacts_count_up_to_a_limit() -> None:
    weights = Priority(waiting_days=10, repeat_most=2)
    month, year = (case(asked_at=NOW - timedelta(days=days)) for days in (30, 365))
    assert score(month, weights) == score(year, weights)
    assert priority.base(case(contacts=3), weights) == priority.base(case(contacts=30), weights)


@pytest.mark.parametrize(
    ("base", "level"),
    [(7.5, "urgent"), (7.49, "high"), (3.5, "high"), (3.49, "normal"), (1.5, "normal"), (1.49, "low"), (0, "low")],
)
def test_levels_begin_at_their_cut_offs(base: float, level: str) -> None:
    assert priority.level(base, Priority()) == level


def test_cut_offs_and_weights_come_from_the_settings() -> None:
    weights = Priority(urgent_at=3, high_at=2, normal_at=1, severity=SeverityWeights(moderate=2.5))
    assert priority.level(priority.base(case(), weights), weights) == "high"


def test_the_reasons_are_told_strongest_first() -> None:
    weights = Priority()
    one = case(severity="serious", cue="money", contacts=3, asked_at=NOW - timedelta(days=12, hours=3), base=6.0)
    found = priority.reasons(one, weights, NOW)
    assert [(reason.factor, reason.word, reason.number) for reason in found] == [
        ("cue", "money", 0),
        ("waiting", "", 12),
        ("contacts", "", 3),
    ]


def test_a_severity_that_a_person_chose_is_told_instead_of_the_cue() -> None:
    found = priority.reasons(case(severity="critical", cue="money"), Priority(), NOW)
    assert [(one.factor, one.word) for one in found] == [("severity", "critical")]


def test_nothing_is_told_of_a_case_that_nothing_lifts() -> None:
    assert priority.reasons(case(severity="minor", asked_at=NOW - timedelta(hours=3)), Priority(), NOW) == ()


@given(some_cases, some_weights)
def test_the_reasons_multiply_to_the_score(one: Case, weights: Priority) -> None:
    product = weights.severity.minor
    for reason in priority.reasons(one, weights, NOW):
        product *= reason.times
    hours = priority.days_waited(one, NOW)
    if hours == 0 or hours >= 1:
        assert product == pytest.approx(score(one, weights))
