"""What thresholds of `p_complaint` are worth, measured on labelled posts that the model was not trained on. Pure."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from monitor.classify.heads import OperatingPoint

ALL = ""
"""The name of all languages together."""
FEWEST_ROWS = 100
"""Labelled posts that a language needs for points of its own."""
FEWEST_ABOVE = 10
"""Posts at or above a threshold, below which its precision says nothing."""
GRID = (0.01, *(round(0.02 * step, 2) for step in range(1, 50)), 0.99)

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def measure_points(
    labels: Flags,
    probabilities: Floats,
    languages: Sequence[str],
    weights: Floats | None = None,
    fewest_above: int = FEWEST_ABOVE,
) -> dict[str, tuple[OperatingPoint, ...]]:
    """Return the points of all posts (under "") and of each language with FEWEST_ROWS posts, thresholds rising.

    `labels` (posts) are true for complaints, `probabilities` (posts) are the model's, `weights` (posts) how many posts
    each stands for. Before shares are taken, the labels are smoothed by isotonic regression on the probability. That
    keeps the number of complaints and makes precision rise and `cleared` fall with the threshold, so that a target has
    one answer, not several by luck. A language in which every label is the same has no points.
    """
    codes = np.array(languages)
    counts = np.ones(len(labels)) if weights is None else weights
    groups = {ALL: np.ones(len(labels), dtype=bool)} | {code: codes == code for code in sorted(set(languages))}
    return {
        language: _points(labels[rows], probabilities[rows], counts[rows], fewest_above)
        for language, rows in groups.items()
        if rows.sum() >= FEWEST_ROWS and 0 < labels[rows].sum() < rows.sum()
    }


def _points(labels: Flags, probabilities: Floats, weights: Floats, fewest_above: int) -> tuple[OperatingPoint, ...]:
    shares = isotonic(labels, probabilities, weights)
    points = []
    for threshold in GRID:
        above = probabilities >= threshold
        if above.sum() < fewest_above:
            break
        cleared = 1 - _mean(shares, weights, ~above) if not above.all() else 1.0
        recall = weights[above & labels].sum() / weights[labels].sum()
        precision = _mean(shares, weights, above)
        points.append(OperatingPoint(threshold, _share(precision), _share(cleared), _share(recall)))
    return tuple(points)


def _mean(shares: Floats, weights: Floats, rows: Flags) -> float:
    return float(np.average(shares[rows], weights=weights[rows]))


def threshold_for_precision(points: Sequence[OperatingPoint], precision: float) -> float | None:
    """Return the lowest threshold whose precision is at least this; None if there is none."""
    return min((point.threshold for point in points if point.precision >= precision), default=None)


def threshold_for_cleared(points: Sequence[OperatingPoint], cleared: float) -> float | None:
    """Return the highest threshold below which at least this share of posts is no complaint; None if there is none."""
    return max((point.threshold for point in points if point.cleared >= cleared), default=None)


def isotonic(labels: Flags, probabilities: Floats, weights: Floats | None = None) -> Floats:
    """Return the share of complaints expected at each post: the best fit to `labels` that rises with the probability.

    By pooling adjacent violators (Ayer et al. 1955); posts with the same probability get the same share. `weights`
    (posts) say how many posts each stands for.
    """
    counts = np.ones(len(labels)) if weights is None else weights
    values, positions = np.unique(probabilities, return_inverse=True)
    sizes = np.bincount(positions, weights=counts, minlength=len(values))
    sums = np.bincount(positions, weights=counts * labels, minlength=len(values))
    blocks: list[tuple[float, float, int]] = []
    for total, size in zip(sums.tolist(), sizes.tolist(), strict=True):
        block = (total, size, 1)
        while blocks and blocks[-1][0] * block[1] >= block[0] * blocks[-1][1]:
            before = blocks.pop()
            block = (before[0] + block[0], before[1] + block[1], before[2] + block[2])
        blocks.append(block)
    shares = np.repeat([total / size for total, size, _ in blocks], [width for _, _, width in blocks])
    return np.asarray(shares[positions], dtype=np.float64)


def _share(value: float) -> float:
    return round(float(value), 4)
