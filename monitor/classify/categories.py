"""Learning what complaints are about from cases that people filed: the head of categories fitted again. Pure numpy.

A business's own category begins as the mean of the others. Two things keep a head from learning a few texts by heart:
a Gaussian prior centred on where it began, and replayed texts that keep the answers they had.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.classify.fitting import Floats, TrainingRows, fit
from monitor.classify.heads import CategoryHead, softmax
from monitor.classify.learning import FOLDS, LearnedHead, folds_of, gain_of, verdict_of
from monitor.classify.reference_check import Labels, head_metrics, logits_of

FEWEST, FEWEST_OF_A_CATEGORY = 10, 5
"""Different texts that learning needs, of two categories, and those that a category needs that is not known yet."""
_SPREAD = 4.0
"""The prior's standard deviation, in logits."""
_BALANCE = 0.7
"""How much more texts of rare categories count: 0 all alike, 1 each category alike. Measured on reasons of airlines."""


@dataclass(frozen=True, slots=True, eq=False)
class FiledTexts:
    """Different texts that people filed, in an order that is always the same: `vectors` (texts, width) and names."""

    vectors: Floats
    names: Sequence[str]


def missing_texts(names: Sequence[str], known: Collection[str]) -> int:
    """Return how many more texts are needed at least before anything can be learned from texts of these categories.

    `known` are the categories of the shipped head.
    """
    usable = [names[at] for at in usable_texts(names, known)]
    return max(FEWEST - len(usable), FEWEST_OF_A_CATEGORY if len(set(usable)) < 2 else 0)


def usable_texts(names: Sequence[str], known: Collection[str]) -> list[int]:
    """Return the places of those texts whose category is known or has a handful of them."""
    sizes = Counter(names)
    return [at for at, name in enumerate(names) if name in known or sizes[name] >= FEWEST_OF_A_CATEGORY]


def learn(filed: FiledTexts, shipped: CategoryHead, replayed: Floats, width: int) -> tuple[CategoryHead, LearnedHead]:
    """Return the head fitted to the texts, and how good it is on them by cross-validation. No chance is involved.

    `replayed` (texts, all) are other complaints; a text's topic vector begins behind `width` numbers. "better": the log
    loss of the texts falls by more than its standard error, and their macro F1 does not fall.
    """
    start = with_new_names(shipped, filed.names)
    labels: Labels = np.array([start.names.index(name) for name in filed.names], dtype=np.int64)
    rival = _padded(shipped.probabilities(filed.vectors), len(start.names))
    kept = _padded(shipped.probabilities(replayed), len(start.names))
    folds = folds_of(labels)
    unseen = np.empty_like(rival)
    for fold in range(FOLDS):
        seen = folds != fold
        weights = _fit(filed.vectors[seen], labels[seen], start, (replayed, kept), width)
        unseen[~seen] = softmax(logits_of(filed.vectors[~seen], weights))
    weights = _fit(filed.vectors, labels, start, (replayed, kept), width)
    before, after = head_metrics(labels, rival), head_metrics(labels, unseen)
    gain = gain_of(labels, rival, unseen)
    head = CategoryHead(start.names, weights.astype(np.float32))
    return head, LearnedHead(weights, verdict_of(gain, before, after), before, after, gain, {}, unseen)


def with_new_names(head: CategoryHead, names: Sequence[str]) -> CategoryHead:
    """Return a head that knows these names too; what is new begins as the mean of what is known."""
    new = sorted(set(names) - set(head.names))
    rows = np.repeat(head.weights.mean(axis=0, keepdims=True), len(new), axis=0)
    return CategoryHead((*head.names, *new), np.concatenate((head.weights, rows)))


def _padded(chances: Floats, width: int) -> Floats:
    """The probabilities with none for the categories that are new."""
    return np.pad(chances, ((0, 0), (0, width - chances.shape[1])))


def _fit(vectors: Floats, labels: Labels, start: CategoryHead, kept: tuple[Floats, Floats], width: int) -> Floats:
    """Texts and probabilities that are `kept` count as much together as those that people filed."""
    replayed, chances = kept
    share = len(labels) / max(1, len(replayed))
    rows = TrainingRows(
        np.concatenate((vectors, replayed)),
        np.concatenate((np.eye(len(start.names))[labels], chances)),
        np.concatenate((balance(labels), np.full(len(replayed), share))),
    )
    return fit_balanced(rows, start.weights.astype(np.float64), _SPREAD, width)


def balance(labels: Labels) -> Floats:
    """Return what each text counts, 1 on average: one of a rare category more, though not by as much as it is rare."""
    sizes = np.bincount(labels)[labels].astype(np.float64)
    weights = sizes**-_BALANCE
    return np.asarray(weights / weights.mean(), dtype=np.float64)


def fit_balanced(rows: TrainingRows, start: Floats, spread: float, width: int) -> Floats:
    """Return what `fit` does, with topic vectors, which begin behind `width` numbers, as long as what goes before."""
    lengths = [np.sqrt(np.mean(np.sum(part**2, axis=1))) for part in np.split(rows.vectors, [width], axis=1)]
    units = np.ones(rows.vectors.shape[1] + 1)
    units[width:-1] = lengths[0] / lengths[1] if lengths[1] else 1.0
    scaled = TrainingRows(rows.vectors * units[:-1], rows.targets, rows.weights)
    return fit(scaled, start / units, spread) * units
