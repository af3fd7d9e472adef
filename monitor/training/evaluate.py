"""How good the classifier is per source and language: macro F1, macro recall, calibration; never one pooled number."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor.models import Scores
from monitor.training.datasets import UNKNOWN, Example

BINS = 15
Head = str
Scorer = Callable[[Sequence[str]], list[Scores]]
_Labels = npt.NDArray[np.int64]
_Probabilities = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `ece` is the expected calibration error; all figures but `rows` are in 0..1."""

    head: Head
    source: str
    language: str
    rows: int
    macro_f1: float
    macro_recall: float
    ece: float


def evaluate(score: Scorer, examples: Sequence[Example]) -> list[Figure]:
    """Return a figure per head, source and language; examples without a label of a head do not count for it."""
    found = score([one.text for one in examples])
    groups: dict[tuple[Head, str, str], list[tuple[int, tuple[float, ...]]]] = defaultdict(list)
    for one, scores in zip(examples, found, strict=True):
        source = family(one.source)
        if one.sentiment != UNKNOWN:
            groups["sentiment", source, one.language].append((one.sentiment, sentiment(scores)))
        if one.complaint != UNKNOWN:
            groups["complaint", source, one.language].append((one.complaint, complaint(scores)))
    return [_figure(key, pairs) for key, pairs in sorted(groups.items())]


def sentiment(scores: Scores) -> tuple[float, float, float]:
    """Return the probabilities of negative, neutral, positive."""
    return scores.p_negative, scores.p_neutral, scores.p_positive


def complaint(scores: Scores) -> tuple[float, float]:
    """Return the probabilities of no complaint, complaint."""
    return 1 - scores.p_complaint, scores.p_complaint


def family(source: str) -> str:
    """Return the data set that a source belongs to: labels of one set are told apart behind a hyphen."""
    name = source.partition("(")[0]
    return name if name.startswith("tass") else name.partition("-")[0]


def macro_f1(labels: _Labels, guesses: _Labels) -> float:
    """Return the mean over the classes present in `labels` of the harmonic mean of precision and recall."""
    scores = []
    for one in np.unique(labels):
        hits = np.sum((labels == one) & (guesses == one))
        scores.append(2 * hits / (np.sum(labels == one) + np.sum(guesses == one)))
    return float(np.mean(scores))


def macro_recall(labels: _Labels, guesses: _Labels) -> float:
    """Return the mean over the classes present in `labels` of the share found."""
    return float(np.mean([np.mean(guesses[labels == one] == one) for one in np.unique(labels)]))


def calibration_error(labels: _Labels, probabilities: _Probabilities) -> float:
    """Return the expected calibration error (Guo et al. 2017) of the top label, over BINS bins of equal width."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = (abs(np.sum(confidence[bins == at]) - np.sum(right[bins == at])) for at in range(BINS))
    return float(sum(gaps) / len(labels))


def table(figures: Iterable[Figure]) -> str:
    """Return figures as a Markdown table."""
    lines = ["| head | source | language | posts | macro F1 | macro recall | ECE |", "|---|---|---|--:|--:|--:|--:|"]
    lines += [
        f"| {one.head} | {one.source} | {one.language} | {one.rows} "
        f"| {one.macro_f1:.3f} | {one.macro_recall:.3f} | {one.ece:.3f} |"
        for one in figures
    ]
    return "\n".join(lines)


def _figure(key: tuple[Head, str, str], pairs: list[tuple[int, tuple[float, ...]]]) -> Figure:
    labels = np.array([label for label, _ in pairs])
    probabilities = np.array([row for _, row in pairs])
    guesses = probabilities.argmax(axis=1)
    return Figure(
        *key,
        len(pairs),
        macro_f1(labels, guesses),
        macro_recall(labels, guesses),
        calibration_error(labels, probabilities),
    )
