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

from monitor.classify.check import Check, Figure, Head, Kept, Labels, figure, keeps, logits_of
from monitor.classify.figures import losses
from monitor.classify.fitting import Floats, Rows, fit
from monitor.classify.heads import softmax
from monitor.classify.reference import Reference

FEWEST, FEWEST_OF_A_CLASS = 30, 5
"""Corrected texts that a head needs, and how many of each of at least two classes."""
FOLDS = 5
SETTINGS = tuple((spread, weight) for spread in (1.0, 4.0) for weight in (0.1, 0.5, 2.0))
"""What is tried: the prior's spread in logits, and what a replayed row weighs beside a corrected one."""
_SCALES = np.geomspace(0.5, 2.0, 81)

Verdict: TypeAlias = Literal["better", "not better", "forgets"]
Told: TypeAlias = Callable[[int, int], None]


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
class Learned:
    """A head fitted again: `weights` (classes, width + 1), the bias last, calibrated.

    `before` and `after` are figures on the corrections by nested cross-validation: no text is judged by weights or
    settings that it had a part in. `gain` is by how much their log loss fell, less its standard error, in nats.
    `unseen` (texts, classes) are the probabilities behind `after`. `reference` is by language.
    """

    weights: Floats
    verdict: Verdict
    before: Figure
    after: Figure
    gain: float
    reference: Mapping[str, Kept]
    unseen: Floats


def missing(labels: Labels) -> int:
    """Return how many more corrected texts a head needs at least before anything can be learned from them."""
    most: list[int] = sorted([0, 0, *np.bincount(labels).tolist()])[-2:]
    return max(FEWEST - len(labels), sum(max(0, FEWEST_OF_A_CLASS - one) for one in most), 0)


def learn(lessons: Lessons, reference: Reference, head: Head, shipped: Floats, told: Told | None = None) -> Learned:
    """Fit a head, now `shipped` (classes, width + 1), to the lessons, and judge it. No chance is involved.

    "better": the log loss of the corrections falls by more than its standard error, their macro F1 does not fall,
    and the reference set is kept (`check.keeps`). "forgets": no setting keeps it. `told` hears of fits done and to do.
    """
    check = Check(reference, head, shipped)
    unseen, weights = _Trials(lessons, reference, check, shipped).run(told)
    labels = lessons.labels
    scale = _scale(np.concatenate((labels, check.labels)), np.concatenate((unseen, check.logits(weights))))
    if not check.keeps(scale * weights):
        scale = 1.0
    weights, probabilities = scale * weights, softmax(scale * unseen)
    before, after = figure(labels, lessons.rival), figure(labels, probabilities)
    saved = losses(labels, lessons.rival) - losses(labels, probabilities)
    gain = float(saved.mean() - saved.std(ddof=1) / np.sqrt(len(saved)))
    kept = check.figures(weights)
    verdict: Verdict = "better" if gain > 0 and after.macro_f1 >= before.macro_f1 else "not better"
    return Learned(weights, verdict if keeps(kept) else "forgets", before, after, gain, kept, probabilities)


class _Trials:
    """All fits of one head: with every setting, on all lessons, without one fold, and without each pair of folds.

    What is left out in pairs serves the choice of settings inside of each outer fold, twice: {1, 2} is inner fold 2 of
    outer fold 1 and inner fold 1 of outer fold 2.
    """

    def __init__(self, lessons: Lessons, reference: Reference, check: Check, shipped: Floats) -> None:
        self._lessons, self._check, self._shipped = lessons, check, shipped
        self._replayed = reference.vectors[reference.replay]
        self._remembered = softmax(logits_of(self._replayed, shipped))
        self._folds = np.empty(len(lessons.labels), dtype=np.int64)
        self._folds[np.argsort(lessons.labels, kind="stable")] = np.arange(len(lessons.labels)) % FOLDS

    def run(self, told: Told | None) -> tuple[Floats, Floats]:
        """Return logits of every lesson by weights that did not see it, and the weights that saw them all.

        Where no setting keeps the reference set, that is the shipped weights for the fold in question, and for the
        whole the setting that keeps most.
        """
        left_out = [(), *((one,) for one in range(FOLDS)), *combinations(range(FOLDS), 2)]
        fits: dict[tuple[int, ...], list[Floats]] = {}
        for done, folds in enumerate(left_out, 1):
            fits[folds] = [self._fit(folds, *setting) for setting in SETTINGS]
            if told:
                told(done, len(left_out))
        unseen = np.empty((len(self._lessons.labels), len(self._shipped)))
        for fold in range(FOLDS):
            others = [one for one in range(FOLDS) if one != fold]
            inner = {one: fits[min(fold, one), max(fold, one)] for one in others}
            chosen = self._chosen(fits[fold,], inner)
            unseen[self._folds == fold] = self._logits(fold, self._shipped if chosen is None else chosen)
        chosen = self._chosen(fits[()], {fold: fits[fold,] for fold in range(FOLDS)})
        return unseen, fits[()][len(SETTINGS) - 1] if chosen is None else chosen

    def _fit(self, left_out: tuple[int, ...], spread: float, replay: float) -> Floats:
        rows = ~np.isin(self._folds, left_out)
        wanted = np.eye(len(self._shipped))[self._lessons.labels[rows]]
        weights = np.concatenate((np.ones(len(wanted)), np.full(len(self._replayed), replay)))
        vectors = np.concatenate((self._lessons.vectors[rows], self._replayed))
        return fit(Rows(vectors, np.concatenate((wanted, self._remembered)), weights), self._shipped, spread)

    def _chosen(self, fits: list[Floats], inner: Mapping[int, list[Floats]]) -> Floats | None:
        """The one of `fits`, a setting each, that is best on inner folds among those that keep the reference set."""
        kept = [at for at, weights in enumerate(fits) if self._check.keeps(weights)]
        costs = {at: sum(self._loss(fold, weights[at]) for fold, weights in inner.items()) for at in kept}
        return fits[min(kept, key=costs.__getitem__)] if kept else None

    def _loss(self, fold: int, weights: Floats) -> float:
        labels = self._lessons.labels[self._folds == fold]
        return float(losses(labels, softmax(self._logits(fold, weights))).sum())

    def _logits(self, fold: int, weights: Floats) -> Floats:
        return logits_of(self._lessons.vectors[self._folds == fold], weights)


def _scale(labels: Labels, logits: Floats) -> float:
    """Return by what to multiply logits so that probabilities mean what they say (Guo et al. 2017)."""
    costs = [float(losses(labels, softmax(scale * logits)).mean()) for scale in _SCALES]
    return float(_SCALES[int(np.argmin(costs))])
