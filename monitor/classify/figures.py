"""How good answers are: precision, recall, F1 and calibration of guesses against labels. Pure numpy.

Labels and guesses are class numbers, shape (rows); probabilities have shape (rows, classes) and add up to 1 per row.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BINS = 15
_CHANCES = 200
"""Simulated readings behind `chance_error`: enough to know their mean to about 2 %."""

Labels = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows whose chance was in one interval: how many, what they were given on average, what came true; in 0..1."""

    rows: int
    expected: float
    happened: float


def confusion(labels: Labels, guesses: Labels, classes: int) -> Counts:
    """Return how often each label (row) got each guess (column), shape (classes, classes)."""
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (labels, guesses), 1)
    return counts


def precisions(matrix: Counts) -> Floats:
    """Return per class the share of its guesses that were right; 0 for a class that was never guessed."""
    return np.asarray(matrix.diagonal() / np.maximum(matrix.sum(axis=0), 1), dtype=np.float64)


def recalls(matrix: Counts) -> Floats:
    """Return per class the share of its rows that were found; 0 for a class without rows."""
    return np.asarray(matrix.diagonal() / np.maximum(matrix.sum(axis=1), 1), dtype=np.float64)


def f1s(matrix: Counts) -> Floats:
    """Return per class the harmonic mean of precision and recall; 0 for a class that neither occurs nor is guessed."""
    sizes = matrix.sum(axis=0) + matrix.sum(axis=1)
    return np.asarray(2 * matrix.diagonal() / np.maximum(sizes, 1), dtype=np.float64)


def macro(figure: Callable[[Counts], Floats], matrix: Counts) -> float:
    """Return the mean of a figure over the classes that have rows."""
    return float(np.mean(figure(matrix)[matrix.sum(axis=1) > 0]))


def macro_f1(labels: Labels, guesses: Labels) -> float:
    """Return the mean F1 over the classes present in `labels`."""
    return macro(f1s, _matrix(labels, guesses))


def macro_recall(labels: Labels, guesses: Labels) -> float:
    """Return the mean over the classes present in `labels` of the share found."""
    return macro(recalls, _matrix(labels, guesses))


def losses(labels: Labels, probabilities: Floats) -> Floats:
    """Return the log loss of each row in nats, at most 27.6."""
    return np.asarray(-np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-12)), dtype=np.float64)


def calibration_error(labels: Labels, probabilities: Floats) -> float:
    """Return the expected calibration error (Guo et al. 2017) of the top label, over BINS bins of equal width."""
    return _error(probabilities.max(axis=1), probabilities.argmax(axis=1) == labels)


def chance_error(probabilities: Floats, seed: int = 0) -> float:
    """Return the calibration error that these probabilities would show on average if they were exactly right.

    Few rows never fall quite as they should, so the error of a perfect model is not 0. Labels are drawn at random
    from the probabilities, again and again; the same arguments give the same answer.
    """
    rng = np.random.default_rng(seed)
    confidence = probabilities.max(axis=1)
    return float(np.mean([_error(confidence, rng.random(len(confidence)) < confidence) for _ in range(_CHANCES)]))


def reliability(chances: Floats, happened: npt.NDArray[np.bool_], bins: int = 10) -> list[Bin]:
    """Return what came true beside what was expected, per interval of the chance that has rows, lowest first."""
    places = _places(chances, bins)
    return [
        Bin(int(inside.sum()), float(chances[inside].mean()), float(happened[inside].mean()))
        for inside in (places == at for at in range(bins))
        if inside.any()
    ]


def _matrix(labels: Labels, guesses: Labels) -> Counts:
    return confusion(labels, guesses, int(max(labels.max(), guesses.max())) + 1)


def _places(chances: Floats, bins: int) -> Labels:
    return np.minimum((chances * bins).astype(np.int64), bins - 1)


def _error(confidence: Floats, right: npt.NDArray[np.bool_]) -> float:
    gaps = np.bincount(_places(confidence, BINS), weights=confidence - right, minlength=BINS)
    return float(np.abs(gaps).sum() / len(confidence))
