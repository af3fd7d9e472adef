"""Whether a learned head still answers the reference set as well as the shipped one. Pure numpy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from monitor.classify import figures
from monitor.classify.fitting import Floats
from monitor.classify.heads import softmax
from monitor.classify.reference import UNKNOWN, Reference

Head: TypeAlias = Literal["sentiment", "complaint"]
Labels: TypeAlias = npt.NDArray[np.int64]

WORSE_IN_ONE, WORSE_OVERALL = 0.02, 0.01
"""How much macro F1 may fall and log loss (nats) rise: in any one language, whose rows are few, and in their mean."""
FEWEST_ROWS = 100
"""Labelled rows that a language needs to be checked."""


@dataclass(frozen=True, slots=True)
class HeadMetrics:
    """How good answers are: macro F1 in 0..1, log loss in nats."""

    macro_f1: float
    log_loss: float


@dataclass(frozen=True, slots=True)
class HeadComparison:
    """How good the shipped head and the learned one are on the reference rows of a language."""

    rows: int
    shipped: HeadMetrics
    learned: HeadMetrics


class ReferenceCheck:
    """The rows of the reference set that say whether a head has forgotten anything."""

    def __init__(self, reference: Reference, head: Head, shipped: Floats) -> None:
        """`shipped` are the shipped head's weights (classes, width + 1), the bias last."""
        head_labels = reference.sentiment if head == "sentiment" else reference.complaint
        rows = (head_labels != UNKNOWN) & ~reference.replay
        self.labels: Labels = head_labels[rows]
        self.languages = reference.language[rows]
        self._vectors = reference.vectors[rows]
        self._shipped = softmax(self.logits(shipped))
        sizes = {str(language): int(np.sum(self.languages == language)) for language in np.unique(self.languages)}
        self._checked_languages = [language for language, size in sizes.items() if size >= FEWEST_ROWS]

    def logits(self, weights: Floats) -> Floats:
        """Return what weights make of the rows, shape (rows, classes)."""
        return logits_of(self._vectors, weights)

    def compare(self, weights: Floats) -> dict[str, HeadComparison]:
        """Return the shipped head beside these weights, by language, where there are FEWEST_ROWS labels."""
        learned = softmax(self.logits(weights))
        comparisons = {}
        for language in self._checked_languages:
            rows = self.languages == language
            labels = self.labels[rows]
            before, after = head_metrics(labels, self._shipped[rows]), head_metrics(labels, learned[rows])
            comparisons[language] = HeadComparison(len(labels), before, after)
        return comparisons

    def accepts(self, weights: Floats) -> bool:
        """Return whether weights are not worse than the shipped ones by more than the tolerance."""
        return within_tolerance(self.compare(weights))


def within_tolerance(comparisons: Mapping[str, HeadComparison]) -> bool:
    """Return whether nothing fell by more than WORSE_IN_ONE in a language and WORSE_OVERALL in the mean of them."""
    costs: tuple[Callable[[HeadComparison], float], ...] = (
        lambda comparison: comparison.shipped.macro_f1 - comparison.learned.macro_f1,
        lambda comparison: comparison.learned.log_loss - comparison.shipped.log_loss,
    )
    by_cost = [[cost(comparison) for comparison in comparisons.values()] or [0.0] for cost in costs]
    return all(max(losses) <= WORSE_IN_ONE and float(np.mean(losses)) <= WORSE_OVERALL for losses in by_cost)


def head_metrics(labels: Labels, probabilities: Floats) -> HeadMetrics:
    """Return how good probabilities (rows, classes) are; there is at least one row."""
    f1 = figures.macro_f1(labels, probabilities.argmax(axis=1))
    return HeadMetrics(f1, float(figures.losses(labels, probabilities).mean()))


def logits_of(vectors: Floats, weights: Floats) -> Floats:
    """Return (rows, classes) for vectors (rows, width) and weights (classes, width + 1), the bias last."""
    return np.asarray(vectors @ weights[:, :-1].T + weights[:, -1], dtype=np.float64)
