"""Making probabilities mean what they say, fitted on development posts and folded into the heads' weights.

Two ways are compared (Guo et al. 2017): one scale for all logits of a head, and a scale with a shift per class. The
shifts are drawn to zero, as if a few rows had spoken for them. Either is fitted on all groups (source and language)
but one and judged on that one, in turn: what is right on the sets we have should be right on others. Shifts that
differ by language were tried and not kept: on sources that they were not fitted on they lost (see the report's notes).

What a probability is true of is a choice: our files, added up, are no brand's stream of posts. Whole data sets of them
speak of no company at all, and a language has ten times the posts of another. So rows are weighed, see OFF_BRAND_SHARE.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from monitor.classify import figures
from monitor.classify.heads import Heads, softmax
from monitor.training.datasets import Example, label_of
from monitor.training.evaluate import HEADS, MISLEADING, family
from monitor.training.readings import UNKNOWN

WAYS = ("none", "scale", "scale and shifts")
OFF_BRAND_SHARE: Mapping[str, float] = {"complaint": 0.1, "about": 0.5}
"""By head, what posts about no company weigh among all in the stream that its probabilities shall be true of.

A brand's queries find some: one post in ten that shares no more than a word with it. `about` is asked of posts that
nothing but a word ties to a brand; how many of these are about one depends on the word, so neither answer is favoured.
Sentiment is asked of any post, and its rows stay as they are.
"""
MOST_OF_A_LANGUAGE = 500
"""Rows' worth that a language weighs at most: some have ten times the rows of others, and some hardly any."""
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
    """How one way did on groups that it was not fitted on, weighed as a brand's stream.

    `loss` is the mean log loss, `ece` the expected calibration error (of two classes the second's, of three the mean),
    `chance` what a perfect model would show.
    """

    head: str
    way: str
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
        """Return calibrated logits, shape (rows, logits)."""
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
    """What a head is calibrated on: `logits` (rows, classes); `labels`, `groups` and `weights` (rows).

    The weights add up to the number of rows.
    """

    logits: Floats
    labels: Labels
    groups: npt.NDArray[np.str_]
    weights: Floats


def calibrate(examples: Sequence[Example], logits: Floats) -> Calibration:
    """Return what to do to the logits (rows, logits) of development examples, weighed as a brand's stream."""
    ways: dict[str, str] = {}
    adjustments: dict[str, LogitAdjustment] = {}
    trials: list[Trial] = []
    for head in HEADS:
        rows = _calibration_rows(head, examples, logits)
        head_trials = [_try(head, way, rows) for way in WAYS]
        losses = [round(trial.loss, 3) for trial in head_trials]
        ways[head] = WAYS[losses.index(min(losses))]  # the first of two equals: shifts must earn their place
        adjustments[head] = fit(rows.logits, rows.labels, rows.weights, ways[head])
        trials += head_trials
    return Calibration(ways, adjustments, tuple(trials))


def stream_weights(head: str, examples: Sequence[Example]) -> Floats:
    """Return what examples with a label of the head weigh in the stream that its probabilities shall be true of.

    They add up to the number of examples. See OFF_BRAND_SHARE and MOST_OF_A_LANGUAGE.
    """
    sizes = Counter(example.language for example in examples)
    weights = np.array([min(1.0, MOST_OF_A_LANGUAGE / sizes[example.language]) for example in examples])
    is_off_brand = np.array([example.about == 0 for example in examples], dtype=np.bool_)
    if head in OFF_BRAND_SHARE and 0 < is_off_brand.sum() < len(examples):
        share = OFF_BRAND_SHARE[head]
        for part, part_share in ((is_off_brand, share), (~is_off_brand, 1 - share)):
            weights[part] *= part_share / weights[part].sum()
    return np.asarray(weights * len(examples) / weights.sum(), dtype=np.float64)


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
        np.array([f"{family(example.source)} {example.language}" for example in kept_examples]),
        stream_weights(head, kept_examples),
    )


def _try(head: str, way: str, rows: _CalibrationRows) -> Trial:
    """Judge a way on each group by a fit to all others; on itself where there is no other."""
    chances = np.empty_like(rows.logits)
    for group in np.unique(rows.groups):
        judged = rows.groups == group
        fitted = ~judged if not judged.all() else judged
        weights = rows.weights[fitted] * fitted.sum() / rows.weights[fitted].sum()
        adjustment = fit(rows.logits[fitted], rows.labels[fitted], weights, way)
        chances[judged] = softmax(rows.logits[judged] * adjustment.scale + adjustment.shifts)
    loss = float(np.average(figures.losses(rows.labels, chances), weights=rows.weights))
    calibration = figures.calibration(rows.labels, chances, rows.weights)
    return Trial(head, way, len(rows.labels), loss, calibration.error, calibration.chance)
