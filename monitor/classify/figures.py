"""How good answers are: precision, recall, F1 and calibration of guesses against labels. Pure numpy.

Labels and guesses are class numbers, shape (rows); probabilities have shape (rows, classes) and add up to 1 per row.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor import intervals

BINS = 15
_CHANCES = 200
"""Simulated readings behind `chance`: enough to know their mean to about 2 %."""
_DRAWS = 1_000
"""Bootstrap samples behind an interval: its ends are then known to about a tenth of its width."""

Labels = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CalibrationError:
    """An expected calibration error, and what exactly right probabilities would show on average with so few rows."""

    error: float
    chance: float


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
    """Return per class the harmonic mean of precision and recall; 0 for a class that neither occurs nor is guessed.

    Of several matrices, shape (matrices, classes, classes), those of each.
    """
    sizes = matrix.sum(axis=-2) + matrix.sum(axis=-1)
    return np.asarray(2 * matrix.diagonal(axis1=-2, axis2=-1) / np.maximum(sizes, 1), dtype=np.float64)


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


def calibration(labels: Labels, probabilities: Floats, weights: Floats | None = None) -> CalibrationError:
    """Return the expected calibration error class by class, over BINS bins of equal width.

    Of two classes, the second one's probability is held against whether it was: a model that is sure of too much of it
    shows that, which the error of the label given (`top_calibration`) hides where it is as much too unsure of the
    other. Of more classes, the mean over all is given (Kull et al. 2019). `weights` (rows): what each row counts.
    """
    counts = np.ones(len(labels)) if weights is None else weights
    return _calibration(labels, probabilities, lambda drawn: _class_error(drawn, probabilities, counts))


def top_calibration(labels: Labels, probabilities: Floats) -> CalibrationError:
    """Return the expected calibration error of the label given: its probability, and whether it was right.

    Guo et al. 2017.
    """
    confidence, guesses, counts = probabilities.max(axis=1), probabilities.argmax(axis=1), np.ones(len(labels))
    return _calibration(labels, probabilities, lambda drawn: _error(confidence, drawn == guesses, counts))


def f1_interval(matrix: Counts, seed: int = 0) -> tuple[float, float]:
    """Return the 95 % interval of the macro F1 of a confusion matrix that has rows: a bootstrap over them (Efron 1979).

    Where all guesses are right, or none, there is nothing to draw from: it is Wilson's of the share that is right.
    The same arguments give the same answer.
    """
    right, rows = int(matrix.trace()), int(matrix.sum())
    if right in (0, rows):
        return intervals.wilson(right, rows)
    draws = np.random.default_rng(seed).multinomial(rows, matrix.ravel() / rows, size=_DRAWS)
    matrices = draws.reshape(-1, *matrix.shape)
    low, high = np.percentile(np.mean(f1s(matrices), axis=1, where=matrices.sum(axis=2) > 0), (2.5, 97.5)).tolist()
    return low, high


def claims(labels: Labels, probabilities: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return what is claimed of each row, and whether it happened: the second of two classes, else the label given."""
    if probabilities.shape[1] == 2:
        return probabilities[:, 1], labels == 1
    return probabilities.max(axis=1), probabilities.argmax(axis=1) == labels


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


def _calibration(labels: Labels, probabilities: Floats, error: Callable[[Labels], float]) -> CalibrationError:
    """Return the error of the labels, and its mean for labels drawn at random from the probabilities (always alike)."""
    rng = np.random.default_rng(0)
    steps = probabilities.cumsum(axis=1)[:, :-1]
    drawn = (np.sum(rng.random((len(steps), 1)) >= steps, axis=1) for _ in range(_CHANCES))
    return CalibrationError(error(labels), float(np.mean([error(drawn_labels) for drawn_labels in drawn])))


def _class_error(labels: Labels, probabilities: Floats, weights: Floats) -> float:
    classes = range(1, 2) if probabilities.shape[1] == 2 else range(probabilities.shape[1])
    return float(np.mean([_error(probabilities[:, answer], labels == answer, weights) for answer in classes]))


def _error(chances: Floats, happened: npt.NDArray[np.bool_], weights: Floats) -> float:
    gaps = np.bincount(_places(chances, BINS), weights=weights * (chances - happened), minlength=BINS)
    return float(np.abs(gaps).sum() / weights.sum())
