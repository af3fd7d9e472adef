"""From probabilities to a decision, and from targets to thresholds."""

from dataclasses import replace

import pytest

from monitor.classify.heads import OperatingPoint
from monitor.classify.policy import Thresholds, decide, judge, origins, thresholds, thresholds_by_language
from monitor.models.posts import PendingMention, Scores
from monitor.settings.classifier import FixedThresholds, Policy
from tests.conftest import NOW

LIMITS = Thresholds(complaint_at=0.7, unsure_at=0.3)
POINTS = {
    "": (
        OperatingPoint(0.1, 0.6, 0.99, 1.0),
        OperatingPoint(0.3, 0.8, 0.975, 0.9),
        OperatingPoint(0.5, 0.86, 0.95, 0.8),
    ),
    "es": (
        OperatingPoint(0.1, 0.5, 0.98, 1.0),
        OperatingPoint(0.5, 0.8, 0.9, 0.8),
        OperatingPoint(0.9, 0.95, 0.8, 0.4),
    ),
}


def waiting(author: str | None = "ana", *, is_repost: bool = False) -> PendingMention:
    return PendingMention(1, "no llega", 1, author, is_repost, NOW)


@pytest.mark.parametrize(
    ("chance", "decision"), [(0.7, "complaint"), (0.69, "unsure"), (0.3, "unsure"), (0.29, "other"), (1.0, "complaint")]
)
def test_the_thresholds_belong_to_the_higher_side(chance: float, decision: str) -> None:
    assert decide(Scores(0.9, 0.05, 0.05, chance), waiting(), set(), LIMITS, 0.25) == (decision, None)


@pytest.mark.parametrize(
    ("mention", "reason"),
    [
        (waiting("Norvia"), "own_account"),
        (waiting(is_repost=True), "repost"),
        (waiting("norvia", is_repost=True), "own_account"),
    ],
)
def test_own_accounts_and_reposts_never_complain(mention: PendingMention, reason: str) -> None:
    assert decide(Scores(0.9, 0.05, 0.05, 0.99), mention, {"norvia"}, LIMITS, 0.25) == ("other", reason)


def test_an_unknown_author_is_nobodys_own_account() -> None:
    assert decide(Scores(0.9, 0.05, 0.05, 0.99), waiting(None), {"norvia"}, LIMITS, 0.25) == ("complaint", None)


@pytest.mark.parametrize(
    ("p_about", "about_at", "decision"),
    [
        (0.24, 0.25, ("other", "not_about")),
        (0.25, 0.25, ("complaint", None)),
        (0.0, 0.0, ("complaint", None)),
        (None, 0.25, ("complaint", None)),
    ],
)
def test_what_is_about_no_company_is_put_aside(
    p_about: float | None, about_at: float, decision: tuple[str, str | None]
) -> None:
    scores = Scores(0.9, 0.05, 0.05, 0.99, p_about)
    assert decide(scores, waiting(), {"norvia"}, LIMITS, about_at) == judge(scores, LIMITS, about_at) == decision


@pytest.mark.parametrize(
    "mention",
    [
        replace(waiting(), text="@Norvia no llega"),
        replace(waiting(), answers=("ana", "@Norvia")),
        replace(waiting(), is_placed=True),
    ],
)
def test_what_is_addressed_to_a_brand_is_about_it_whatever_the_model_says(mention: PendingMention) -> None:
    assert decide(Scores(0.9, 0.05, 0.05, 0.99, 0.01), mention, {"norvia"}, LIMITS, 0.25) == ("complaint", None)


def test_targets_become_the_thresholds_that_reach_them() -> None:
    assert thresholds(POINTS, "es", Policy()) == Thresholds(0.9, 0.1)


@pytest.mark.parametrize("language", ["pt", "und"])
def test_a_language_without_points_takes_those_of_all(language: str) -> None:
    assert thresholds(POINTS, language, Policy()) == Thresholds(0.5, 0.3)


@pytest.mark.parametrize("points", [None, {}])
def test_a_model_without_points_is_taken_at_its_word(points: dict[str, tuple[OperatingPoint, ...]] | None) -> None:
    assert thresholds(points, "es", Policy()) == Thresholds(0.85, 0.03)


def test_a_target_out_of_reach_gives_the_extreme_and_is_told() -> None:
    policy = Policy(complaint_precision=0.99, other_precision=0.999)
    assert thresholds(POINTS, "es", policy) == Thresholds(0.9, 0.1, ("complaint_precision", "other_precision"))


def test_the_band_is_empty_where_both_targets_meet() -> None:
    assert thresholds(POINTS, "es", Policy(complaint_precision=0.5, other_precision=0.9)) == Thresholds(0.1, 0.1)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (Policy(complaint_at=0.8, unsure_at=0.2), Thresholds(0.8, 0.2)),
        (Policy(complaint_at=0.05), Thresholds(0.05, 0.05)),
        (Policy(unsure_at=0.95), Thresholds(0.95, 0.95)),
        (Policy(complaint_at=0.8, other_precision=0.999), Thresholds(0.8, 0.1, ("other_precision",))),
    ],
)
def test_what_the_settings_fix_comes_first(policy: Policy, expected: Thresholds) -> None:
    assert thresholds(POINTS, "es", policy) == expected


def test_fixed_thresholds_must_be_in_order() -> None:
    with pytest.raises(ValueError, match="unsure_at must not be above complaint_at"):
        Policy(complaint_at=0.2, unsure_at=0.3)


def test_every_language_with_points_is_told_and_then_the_others() -> None:
    assert thresholds_by_language(POINTS, Policy()) == {"es": Thresholds(0.9, 0.1), "": Thresholds(0.5, 0.3)}
    assert list(thresholds_by_language(None, Policy())) == [""]


def test_what_is_fixed_for_a_language_comes_before_what_is_fixed_for_all() -> None:
    policy = Policy(complaint_at=0.8, by_language={"pt": FixedThresholds(complaint_at=0.7, unsure_at=0.2)})
    assert thresholds_by_language(POINTS, policy) == {
        "es": Thresholds(0.8, 0.1), "pt": Thresholds(0.7, 0.2), "": Thresholds(0.8, 0.3),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "policy", "expected"),
    [
        ("es", Policy(), ("language", "language")),
        ("pt", Policy(), ("others", "others")),
        ("pt", Policy(unsure_at=0.1), ("others", "settings")),
        ("pt", Policy(by_language={"pt": FixedThresholds(complaint_at=0.7)}), ("settings", "others")),
        ("es", Policy(by_language={"pt": FixedThresholds(complaint_at=0.7)}), ("language", "language")),
    ],
)
def test_where_thresholds_come_from(language: str, policy: Policy, expected: tuple[str, str]) -> None:
    assert origins(POINTS, language, policy) == expected
    assert origins({}, language, Policy()) == ("target", "target")
