"""From probabilities to a decision."""

import pytest

from monitor.classify.policy import decide
from monitor.models import PendingMention, Scores
from monitor.settings import Policy
from tests.conftest import NOW

POLICY = Policy(complaint_at=0.7, unsure_at=0.3)


def waiting(author: str | None = "ana", *, is_repost: bool = False) -> PendingMention:
    return PendingMention(1, "no llega", 1, author, is_repost, NOW)


@pytest.mark.parametrize(
    ("chance", "decision"), [(0.7, "complaint"), (0.69, "unsure"), (0.3, "unsure"), (0.29, "other"), (1.0, "complaint")]
)
def test_the_thresholds_belong_to_the_higher_side(chance: float, decision: str) -> None:
    assert decide(Scores(0.9, 0.05, 0.05, chance), waiting(), set(), POLICY) == decision


@pytest.mark.parametrize("mention", [waiting("Norvia"), waiting(is_repost=True)])
def test_own_accounts_and_reposts_never_complain(mention: PendingMention) -> None:
    assert decide(Scores(0.9, 0.05, 0.05, 0.99), mention, {"norvia"}, POLICY) == "other"


def test_an_unknown_author_is_nobodys_own_account() -> None:
    assert decide(Scores(0.9, 0.05, 0.05, 0.99), waiting(None), {"norvia"}, POLICY) == "complaint"
