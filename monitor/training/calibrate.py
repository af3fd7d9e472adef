"""Making probabilities mean what they say, fitted on development posts and folded into the heads' weights.

Two ways are compared (Guo et al. 2017): one scale for all logits of a head, and a scale with a shift per class. The
shifts are drawn to zero, as if a few rows had spoken for them. Either is fitted on all groups (source and language)
but one and judged on that one, in turn: what is right on the sets we have should be right on others.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from monitor.classify import figures
from monitor.classify.heads import Heads, softmax
from monitor.training.datasets import Example
from monitor.training.evaluate import HEADS, MISLEADING, family, label_of
from monitor.training.readings import UNKNOWN

WAYS = ("none", "scale", "scale and shifts")
_ROWS_BEHIND_ZERO = 100.0
"""Rows' worth of belief that a shift is zero."""
_HARDLY_ANY = 1e-6
"""The same for the scale being 1."""
_STEPS, _SMALL = 30, 1e-7
"""Newton steps at most, and the change that ends them; some five are enough."""

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class LogitAdjustment:
    """How a head's logits are calibrated: times `scale`, plus `shifts` (classes)."""

    scale: float
    shifts: Floats


@dataclass(frozen=True, slots=True)
class Trial:
    """How one way did in one language on groups that it was not fitted on.

    `loss` is the mean log loss, `ece` the expected calibration error, `chance` what a perfect model would show.
    """

    head: str
    way: str
    language: str
    rows: int
    loss: float
    ece: float
    chance: float


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """The way chosen for each head, the adjustment of its logits, and all trials."""

    ways: dict[str, str]
    adjustments: dict[str, LogitAdjustment]
    trials: tuple[Trial, ...]

    def apply_to_logits(self, logits: Floats) -> Floats:
        """Return calibrated logits, shape (rows, 5)."""
        calibrated = logits.copy()
        for head, rows in HEADS.items():
            calibrated[:, rows] = calibrated[:, rows] * self.adjustments[head].scale + self.adjustments[head].shifts
        return calibrated

    def apply_to_heads(self, heads: Heads) -> Heads:
        """Return heads whose logits are calibrated ones."""
        weight, bias = heads.weight.copy(), heads.bias.copy()
        for head, rows in HEADS.items():
            adjustment = self.adjustments[head]
            weight[rows] *= np.float32(adjustment.scale)
            bias[rows] = bias[rows] * adjustment.scale + adjustment.shifts
        return replace(heads, weight=weight, bias=bias)


@dataclass(frozen=True, slots=True, eq=False)
class _CalibrationRows:
    """What a head is calibrated on: `logits` (rows, classes), `labels`, `languages` and `groups` (rows)."""

    logits: Floats
    labels: Labels
    languages: npt.NDArray[np.str_]
    groups: npt.NDArray[np.str_]


def calibrate(examples: Sequence[Example], logits: Floats) -> Calibration:
    """Return what to do to the logits (rows, 5) of development examples; every language counts the same."""
    ways: dict[str, str] = {}
    adjustments: dict[str, LogitAdjustment] = {}
    trials: list[Trial] = []
    for head in HEADS:
        rows = _calibration_rows(head, examples, logits)
        by_way = {way: _try(head, way, rows) for way in WAYS}
        losses = [round(float(np.mean([trial.loss for trial in by_way[way]])), 3) for way in WAYS]
        ways[head] = WAYS[losses.index(min(losses))]  # the first of two equals: shifts must earn their place
        adjustments[head] = fit(rows.logits, rows.labels, _weights(rows.languages), ways[head])
        trials += [trial for way_trials in by_way.values() for trial in way_trials]
    return Calibration(ways, adjustments, tuple(trials))


def fit(logits: Floats, labels: Labels, weights: Floats, way: str) -> LogitAdjustment:
    """Return the adjustment with the least weighted log loss; `weights` (rows) add up to the number of rows."""
    classes = logits.shape[1]
    if way == "none":
        return LogitAdjustment(1.0, np.zeros(classes))
    slopes = logits[:, :, None]
    if way == "scale and shifts":
        slopes = np.concatenate((slopes, np.broadcast_to(np.eye(classes), (len(logits), classes, classes))), axis=2)
    start = np.eye(slopes.shape[2])[0]
    belief = _ROWS_BEHIND_ZERO * (1 - start) + _HARDLY_ANY * start

    def loss(at: Floats) -> float:
        lost = -np.log(np.maximum(softmax(slopes @ at)[np.arange(len(labels)), labels], 1e-300))
        return float(weights @ lost + belief @ (at - start) ** 2 / 2)

    parameters = start
    for _ in range(_STEPS):
        chances = softmax(slopes @ parameters)
        mean = np.einsum("nk,nkp->np", chances, slopes)
        gradient = weights @ (mean - slopes[np.arange(len(labels)), labels]) + belief * (parameters - start)
        curvature = np.einsum("n,nk,nkp,nkq->pq", weights, chances, slopes, slopes, optimize=True)
        curvature += np.diag(belief) - (mean * weights[:, None]).T @ mean
        step = np.linalg.solve(curvature, gradient)
        while loss(parameters - step) > loss(parameters) and np.abs(step).max() > _SMALL:
            step = step / 2
        parameters = parameters - step
        if np.abs(step).max() <= _SMALL:
            break
    return LogitAdjustment(float(parameters[0]), parameters[1:] if len(parameters) > 1 else np.zeros(classes))


def _calibration_rows(head: str, examples: Sequence[Example], logits: Floats) -> _CalibrationRows:
    places = [
        row
        for row, example in enumerate(examples)
        if label_of(example, head) != UNKNOWN and family(example.source) not in MISLEADING
    ]
    kept_examples = [examples[row] for row in places]
    return _CalibrationRows(
        logits[places][:, HEADS[head]],
        np.array([label_of(example, head) for example in kept_examples]),
        np.array([example.language for example in kept_examples]),
        np.array([f"{family(example.source)} {example.language}" for example in kept_examples]),
    )


def _weights(languages: npt.NDArray[np.str_]) -> Floats:
    """Return weights by which every language counts the same; they add up to the number of rows."""
    sizes = Counter(languages.tolist())
    return np.array([len(languages) / len(sizes) / sizes[language] for language in languages.tolist()])


def _try(head: str, way: str, rows: _CalibrationRows) -> list[Trial]:
    held_back: dict[str, list[tuple[Floats, Labels]]] = defaultdict(list)
    for group in np.unique(rows.groups):
        judged = rows.groups == group
        fitted = ~judged if not judged.all() else judged
        adjustment = fit(rows.logits[fitted], rows.labels[fitted], _weights(rows.languages[fitted]), way)
        chances = softmax(rows.logits[judged] * adjustment.scale + adjustment.shifts)
        held_back[str(rows.languages[judged][0])].append((chances, rows.labels[judged]))
    return [_trial(head, way, language, parts) for language, parts in sorted(held_back.items())]


def _trial(head: str, way: str, language: str, parts: Sequence[tuple[Floats, Labels]]) -> Trial:
    chances = np.concatenate([part_chances for part_chances, _ in parts])
    labels = np.concatenate([part_labels for _, part_labels in parts])
    return Trial(
        head,
        way,
        language,
        len(labels),
        float(figures.losses(labels, chances).mean()),
        figures.calibration_error(labels, chances),
        figures.chance_error(chances),
    )
