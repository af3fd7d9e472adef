"""From probabilities to a decision, and from targets to thresholds."""

import pytest

from monitor.classify.heads import OperatingPoint
from monitor.classify.policy import Thresholds, decide, thresholds, thresholds_by_language
from monitor.models.posts import PendingMention, Scores
from monitor.settings.classifier import Policy
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
    assert decide(Scores(0.9, 0.05, 0.05, chance), waiting(), set(), LIMITS) == decision


@pytest.mark.parametrize("mention", [waiting("Norvia"), waiting(is_repost=True)])
def test_own_accounts_and_reposts_never_complain(mention: PendingMention) -> None:
    assert decide(Scores(0.9, 0.05, 0.05, 0.99), mention, {"norvia"}, LIMITS) == "other"


def test_an_unknown_author_is_nobodys_own_account() -> None:
    assert decide(Scores(0.9, 0.05, 0.05, 0.99), waiting(None), {"norvia"}, LIMITS) == "complaint"


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
