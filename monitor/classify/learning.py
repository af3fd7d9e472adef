"""Learning from corrections: one head fitted again near what it was, and whether that is worth having. Pure numpy.

Three things keep a head from learning a few rows by heart: a Gaussian prior centred on the shipped weights; replayed
rows of the reference set, whose targets are the shipped head's own probabilities (learning without forgetting, Li and
Hoiem 2017), so that nothing moves where no correction pulls; and the check on the other rows of the reference set.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, TypeAlias

import numpy as np

from monitor.classify.figures import losses
from monitor.classify.fitting import Floats, TrainingRows, fit
from monitor.classify.heads import softmax
from monitor.classify.reference import Reference
from monitor.classify.reference_check import (
    Head,
    HeadComparison,
    HeadMetrics,
    Labels,
    ReferenceCheck,
    head_metrics,
    logits_of,
    within_tolerance,
)

FEWEST, FEWEST_OF_A_CLASS = 30, 5
"""Corrected texts that a head needs, and how many of each of at least two classes."""
FOLDS = 5
SETTINGS = tuple((spread, weight) for spread in (1.0, 4.0) for weight in (0.1, 0.5, 2.0))
"""What is tried: the prior's spread in logits, and what a replayed row weighs beside a corrected one."""
_SCALES = np.geomspace(0.5, 2.0, 81)

LearningVerdict: TypeAlias = Literal["better", "not better", "forgets"]
FitProgress: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """Different texts that people labelled, in an order that is always the same.

    `vectors` (texts, width), `labels` (texts) are class numbers; `rival` (texts, classes) are the probabilities of
    heads that did not learn from the text, the ones in force if possible.
    """

    vectors: Floats
    labels: Labels
    rival: Floats


@dataclass(frozen=True, slots=True, eq=False)
class LearnedHead:
    """A head fitted again: `weights` (classes, width + 1), the bias last, calibrated.

    `before` and `after` are figures on the corrections by nested cross-validation: no text is judged by weights or
    settings that it had a part in. `gain` is by how much their log loss fell, less its standard error, in nats.
    `unseen` (texts, classes) are the probabilities behind `after`. `reference` is by language.
    """

    weights: Floats
    verdict: LearningVerdict
    before: HeadMetrics
    after: HeadMetrics
    gain: float
    reference: Mapping[str, HeadComparison]
    unseen: Floats


def missing_corrections(labels: Labels) -> int:
    """Return how many more corrected texts a head needs at least before anything can be learned from them."""
    sizes: list[int] = sorted([0, 0, *np.bincount(labels).tolist()])[-2:]
    return max(FEWEST - len(labels), sum(max(0, FEWEST_OF_A_CLASS - size) for size in sizes), 0)


def learn(
    lessons: Lessons, reference: Reference, head: Head, shipped: Floats, on_fit: FitProgress | None = None
) -> LearnedHead:
    """Fit a head, now `shipped` (classes, width + 1), to the lessons, and judge it. No chance is involved.

    "better": the log loss of the corrections falls by more than its standard error, their macro F1 does not fall,
    and the reference set is kept (`reference_check.within_tolerance`). "forgets": no setting keeps it. `on_fit` is
    called with how many fits are done and how many there are.
    """
    check = ReferenceCheck(reference, head, shipped)
    unseen, weights = _Trials(lessons, reference, check, shipped).run(on_fit)
    labels = lessons.labels
    scale = best_scale(np.concatenate((labels, check.labels)), np.concatenate((unseen, check.logits(weights))))
    if not check.accepts(scale * weights):
        scale = 1.0
    weights, probabilities = scale * weights, softmax(scale * unseen)
    before, after = head_metrics(labels, lessons.rival), head_metrics(labels, probabilities)
    gain = gain_of(labels, lessons.rival, probabilities)
    comparisons = check.compare(weights)
    verdict = verdict_of(gain, before, after)
    return LearnedHead(
        weights,
        verdict if within_tolerance(comparisons) else "forgets",
        before,
        after,
        gain,
        comparisons,
        probabilities,
    )


def folds_of(labels: Labels) -> Labels:
    """Return the fold of each row, every class spread over all of them."""
    folds = np.empty(len(labels), dtype=np.int64)
    folds[np.argsort(labels, kind="stable")] = np.arange(len(labels)) % FOLDS
    return folds


def gain_of(labels: Labels, before: Floats, after: Floats) -> float:
    """Return by how much the log loss of probabilities (rows, classes) fell, less its standard error, in nats."""
    improvement = losses(labels, before) - losses(labels, after)
    return float(improvement.mean() - improvement.std(ddof=1) / np.sqrt(len(improvement)))


def verdict_of(gain: float, before: HeadMetrics, after: HeadMetrics) -> LearningVerdict:
    """Return whether a head is better on what it learned from: something was gained, and macro F1 did not fall."""
    return "better" if gain > 0 and after.macro_f1 >= before.macro_f1 else "not better"


class _Trials:
    """All fits of one head: with every setting, on all lessons, without one fold, and without each pair of folds.

    What is left out in pairs serves the choice of settings inside of each outer fold, twice: {1, 2} is inner fold 2 of
    outer fold 1 and inner fold 1 of outer fold 2.
    """

    def __init__(self, lessons: Lessons, reference: Reference, check: ReferenceCheck, shipped: Floats) -> None:
        self._lessons, self._check, self._shipped = lessons, check, shipped
        self._replayed = reference.vectors[reference.replay]
        self._replay_targets = softmax(logits_of(self._replayed, shipped))
        self._folds = folds_of(lessons.labels)

    def run(self, on_fit: FitProgress | None) -> tuple[Floats, Floats]:
        """Return logits of every lesson by weights that did not see it, and the weights that saw them all.

        Where no setting keeps the reference set, that is the shipped weights for the fold in question, and for the
        whole the setting that keeps most.
        """
        left_out = [(), *((fold,) for fold in range(FOLDS)), *combinations(range(FOLDS), 2)]
        fits: dict[tuple[int, ...], list[Floats]] = {}
        for done, folds in enumerate(left_out, 1):
            fits[folds] = [self._fit(folds, *setting) for setting in SETTINGS]
            if on_fit:
                on_fit(done, len(left_out))
        unseen = np.empty((len(self._lessons.labels), len(self._shipped)))
        for fold in range(FOLDS):
            inner_folds = [inner_fold for inner_fold in range(FOLDS) if inner_fold != fold]
            inner = {inner_fold: fits[min(fold, inner_fold), max(fold, inner_fold)] for inner_fold in inner_folds}
            best = self._best(fits[fold,], inner)
            unseen[self._folds == fold] = self._logits(fold, self._shipped if best is None else best)
        best = self._best(fits[()], {fold: fits[fold,] for fold in range(FOLDS)})
        return unseen, fits[()][len(SETTINGS) - 1] if best is None else best

    def _fit(self, left_out: tuple[int, ...], spread: float, replay: float) -> Floats:
        rows = ~np.isin(self._folds, left_out)
        targets = np.eye(len(self._shipped))[self._lessons.labels[rows]]
        weights = np.concatenate((np.ones(len(targets)), np.full(len(self._replayed), replay)))
        vectors = np.concatenate((self._lessons.vectors[rows], self._replayed))
        return fit(
            TrainingRows(vectors, np.concatenate((targets, self._replay_targets)), weights), self._shipped, spread
        )

    def _best(self, fits: list[Floats], inner: Mapping[int, list[Floats]]) -> Floats | None:
        """The one of `fits`, a setting each, that is best on inner folds among those that keep the reference set."""
        accepted = [setting for setting, weights in enumerate(fits) if self._check.accepts(weights)]
        costs = {
            setting: sum(self._loss(fold, weights[setting]) for fold, weights in inner.items()) for setting in accepted
        }
        return fits[min(accepted, key=costs.__getitem__)] if accepted else None

    def _loss(self, fold: int, weights: Floats) -> float:
        labels = self._lessons.labels[self._folds == fold]
        return float(losses(labels, softmax(self._logits(fold, weights))).sum())

    def _logits(self, fold: int, weights: Floats) -> Floats:
        return logits_of(self._lessons.vectors[self._folds == fold], weights)


def best_scale(labels: Labels, logits: Floats) -> float:
    """Return by what to multiply logits so that probabilities mean what they say (Guo et al. 2017)."""
    costs = [float(losses(labels, softmax(scale * logits)).mean()) for scale in _SCALES]
    return float(_SCALES[int(np.argmin(costs))])
