"""Temperatures: one number per head that makes its probabilities mean what they say (Guo et al. 2017)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor.models import Scores
from monitor.training import evaluate
from monitor.training.datasets import UNKNOWN, Example

_UNFIT = ("fincorp", "es_airlines")
"""Sources that would mislead: one is too easy, the other wrongly labelled."""
_GRID = np.geomspace(0.25, 4.0, 200)


@dataclass(frozen=True, slots=True)
class Temperatures:
    """What the logits of each head are divided by."""

    sentiment: float
    complaint: float


def calibrate(examples: Sequence[Example], uncalibrated: Sequence[Scores]) -> Temperatures:
    """Return the temperatures that fit development examples best; every language counts the same.

    `uncalibrated` are the scores of `examples` at temperature 1.
    """
    usable = [
        (one, scores)
        for one, scores in zip(examples, uncalibrated, strict=True)
        if evaluate.family(one.source) not in _UNFIT
    ]
    feelings = [(one.sentiment, one.language, evaluate.sentiment(scores)) for one, scores in usable]
    breaches = [(one.complaint, one.language, evaluate.complaint(scores)) for one, scores in usable]
    return Temperatures(_fit(feelings), _fit(breaches))


def temperature(
    labels: npt.NDArray[np.int64], probabilities: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]
) -> float:
    """Return the temperature with the least weighted log loss; log probabilities do as logits."""
    logits = np.log(np.maximum(probabilities, 1e-12))
    losses = []
    for one in _GRID:
        scaled = logits / one
        peak = scaled.max(axis=1)
        normaliser = peak + np.log(np.exp(scaled - peak[:, None]).sum(axis=1))
        losses.append(np.average(normaliser - scaled[np.arange(len(labels)), labels], weights=weights))
    return float(_GRID[int(np.argmin(losses))])


def _fit(rows: Sequence[tuple[int, str, tuple[float, ...]]]) -> float:
    labelled = [row for row in rows if row[0] != UNKNOWN]
    sizes = Counter(language for _, language, _ in labelled)
    return temperature(
        np.array([label for label, _, _ in labelled]),
        np.array([row for _, _, row in labelled]),
        np.array([1 / sizes[language] for _, language, _ in labelled]),
    )
