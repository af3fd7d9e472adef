"""What the figures of `escucha evaluate` mean for a team, and whether they are good."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from monitor.cli import common

if TYPE_CHECKING:
    from monitor.classify.evaluation import HeadEvaluation

_GOOD_F1, _POOR_F1 = 0.80, 0.65
_GOOD_ECE, _POOR_ECE = 0.05, 0.10


def print_meanings(outcomes: "Sequence[HeadEvaluation]") -> None:
    """Prints how good the figures of all languages together are, and what each kind of figure is."""
    common.stdout.print()
    common.stdout.print("In short")
    for outcome in outcomes:
        common.print_wrapped(
            f"{common.tell(outcome.head)}: {', '.join(map(common.tell, _verdicts(outcome)))}", "  ", "    "
        )
    common.stdout.print("What the figures mean")
    for line in _meanings():
        common.print_wrapped(common.tell(line), "  ", "    ")


def _verdicts(outcome: "HeadEvaluation") -> Iterator[str]:
    score, error = outcome.macro_f1, outcome.ece
    if score >= _GOOD_F1:
        yield f"good answers (macro F1 {score:.2f})"
    elif score >= _POOR_F1:
        yield f"fair answers, to be looked over by people (macro F1 {score:.2f})"
    else:
        yield f"poor answers, not to be relied on (macro F1 {score:.2f})"
    if error <= max(_GOOD_ECE, outcome.chance):
        yield f"probabilities that hold (ECE {error:.3f})"
    elif error <= _POOR_ECE:
        yield f"probabilities that are somewhat off (ECE {error:.3f})"
    else:
        yield f"probabilities that are not to be believed (ECE {error:.3f}): set the thresholds below"


def _meanings() -> tuple[str, ...]:
    return (
        "precision: of the posts that were given this answer, the share that it is true of",
        "recall: of the posts that it is true of, the share that was found",
        "F1: precision and recall in one figure, 1 at best",
        f"macro F1: the mean F1 of all answers, rare ones counting as much as frequent ones; good from {_GOOD_F1:.2f} "
        f"on, poor below {_POOR_F1:.2f}. Guessing gives about 0.50 with two answers, 0.33 with three",
        "macro rec.: the mean recall of all answers",
        "in brackets: where the figure would lie with other posts of the same kind, 95 times of 100",
        f"ECE (calibration error): by how much probabilities and what came true differ; good up to {_GOOD_ECE:.2f} (5 "
        f"points of 100), bad above {_POOR_ECE:.2f}",
        "by chance: the ECE that exactly true probabilities would show with so few posts; nobody gets below it",
        "top label: the same error of the likeliest answer alone",
    )
