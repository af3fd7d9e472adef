"""Who gets a case by a rule: fair, within capacity, and only what is theirs."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cases.team.assignment import Assignment, Rule, assign, may_have
from monitor.models.cases import Case
from monitor.settings.desk import Person
from tests.conftest import NOW

CASE = Case(1, "ESC-1", "Norvia", "x", "t", "ana", "es", "received", NOW, "escucha", NOW, NOW, NOW, 1)
_SOME = st.lists(st.sampled_from(["billing", "delivery", "other"]), max_size=2).map(tuple)
_PEOPLE = st.builds(
    lambda known: [one.model_copy(update={"name": f"p{at}"}) for at, one in enumerate(known)],
    st.lists(
        st.builds(
            Person,
            name=st.just("p"),
            team=st.sampled_from(["", "norte"]),
            categories=_SOME,
            languages=st.lists(st.sampled_from(["es", "en"]), max_size=1).map(tuple),
            capacity=st.integers(0, 6),
        ),
        max_size=5,
    ),
)
_CASES = st.lists(
    st.builds(
        lambda category, language, team: replace(CASE, category=category, language=language, team=team),
        st.sampled_from(["billing", "delivery", "other"]),
        st.sampled_from(["es", "en"]),
        st.sampled_from(["", "", "norte"]),
    ),
    max_size=30,
)


def people(*names: str, **facts: object) -> list[Person]:
    return [Person(name=name, **facts) for name in names]  # type: ignore[arg-type]


def names(found: Assignment) -> list[str | None]:
    return [person.name if person else None for person in found.people]


@pytest.mark.parametrize("rule", ["round_robin", "capacity"])
def test_danger_and_loss_go_beyond_a_full_team_by_a_share_and_nothing_else_does(rule: Rule) -> None:
    grave = [replace(CASE, severity="serious", cue="money"), replace(CASE, severity="critical", cue="safety")]
    others = [CASE, replace(CASE, severity="serious", cue="repeated"), replace(CASE, severity="serious", cue="legal")]
    full = assign([*others, *grave, *grave], people("a", "b", capacity=1), rule, {"a": 1, "b": 1}, (), 0.5)
    assert names(full) == [None, None, None, "a", "b", None, None]
    assert names(assign(grave, people("a", capacity=1), rule, {"a": 1}, ())) == [None, None]
    roomy = assign(grave, [*people("a", capacity=4), *people("b", capacity=4)], rule, {"a": 4, "b": 3}, (), 0.5)
    assert names(roomy) == ["b", "a"]


@pytest.mark.parametrize("rule", ["round_robin", "capacity"])
@given(_CASES, _PEOPLE)
def test_nobody_gets_what_is_not_theirs_or_more_than_they_can_hold(
    rule: Rule, cases: list[Case], team: list[Person]
) -> None:
    loads = {person.name: 1 for person in team[:2]}
    found = assign(cases, team, rule, loads, ())
    held = Counter(loads)
    for case, person in zip(cases, found.people, strict=True):
        free = [one for one in team if may_have(one, case) and held[one.name] < one.capacity]
        assert (person in free) if person else not free
        held[person.name if person else ""] += 1
    assert assign(cases, team, rule, loads, ()) == found


@pytest.mark.parametrize("rule", ["round_robin", "capacity"])
@given(_CASES, _PEOPLE, st.integers(2, 4))
def test_equal_people_differ_by_one_case_at_most(rule: Rule, cases: list[Case], others: list[Person], n: int) -> None:
    equals = people(*(f"equal{at}" for at in range(n)), categories=("billing", "other"), capacity=100)
    got = Counter(names(assign(cases, [*others, *equals], rule, {}, ())))
    counts = [got[person.name] for person in equals]
    assert max(counts) - min(counts) <= 1


@given(_CASES, _PEOPLE, st.integers(0, 30))
def test_the_place_in_turn_is_kept_from_one_time_to_the_next(cases: list[Case], team: list[Person], at: int) -> None:
    whole = assign(cases, team, "round_robin", {}, ())
    first = assign(cases[:at], team, "round_robin", {}, ())
    loads = Counter(name for name in names(first) if name)
    second = assign(cases[at:], team, "round_robin", loads, first.turns)
    assert (first.people + second.people, second.turns) == (whole.people, whole.turns)


def test_in_turn_follows_the_list_and_then_who_waited_longest() -> None:
    assert names(assign([CASE] * 4, people("ana", "luis", "eva"), "round_robin", {}, ())) == [
        "ana", "luis", "eva", "ana",
    ]  # fmt: skip


def test_somebody_new_comes_first_and_somebody_who_left_is_forgotten() -> None:
    found = assign([CASE], people("ana", "nueva"), "round_robin", {}, ("se fue", "ana"))
    assert names(found) == ["nueva"]
    assert found.turns == ("ana", "nueva")


def test_by_capacity_goes_to_whoever_is_least_full() -> None:
    team = [Person(name="ana", capacity=10), Person(name="luis", capacity=4)]
    assert names(assign([CASE] * 3, team, "capacity", {"ana": 5, "luis": 1}, ())) == ["luis", "ana", "ana"]


def test_who_is_away_or_full_gets_nothing_and_the_case_waits_for_somebody() -> None:
    team = [Person(name="ana", capacity=0), Person(name="luis", capacity=2)]
    assert names(assign([CASE] * 2, team, "round_robin", {"luis": 1}, ())) == ["luis", None]


def test_by_hand_gives_nothing_out() -> None:
    assert names(assign([CASE], people("ana"), "by_hand", {}, ())) == [None]
