"""How good the classifier is per source and language: F1, recall, calibration; never one pooled number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor.classify import figures
from monitor.classify.heads import ROWS, Heads, softmax
from monitor.training.datasets import UNKNOWN, Example

HEADS = ROWS
WATCHED = {"sentiment": 0, "complaint": 1}
"""The class of each head whose precision and recall matter most: negative, and complaint."""
MISLEADING = frozenset({"fincorp", "es_airlines"})
"""Sources of which nothing is to be learned about calibration: one is too easy, the other wrongly labelled."""
BRAND = "es_brand"
"""The source that nothing is fitted on; where answers are joined it stands for itself."""
Key = tuple[str, str, str]
"""Head, source, language."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Labels (rows) and the probabilities of their head (rows, classes)."""

    labels: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float64]

    @property
    def confusion(self) -> npt.NDArray[np.int64]:
        """How often each label (row) got each guess (column)."""
        return figures.confusion(self.labels, self.probabilities.argmax(axis=1), self.probabilities.shape[1])


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; all figures but `rows` are in 0..1.

    `precision` and `recall` are those of the WATCHED class. `ece` is the expected calibration error, `chance` what it
    would be on average for a perfect model with so few rows.
    """

    head: str
    source: str
    language: str
    rows: int
    precision: float
    recall: float
    macro_f1: float
    macro_recall: float
    ece: float
    chance: float


def logits(heads: Heads, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Return what the heads make of vectors (rows, width) before it becomes probabilities, shape (rows, 5)."""
    return np.asarray(vectors @ heads.weight.T + heads.bias, dtype=np.float64)


def answers(examples: Sequence[Example], found: npt.NDArray[np.float64]) -> dict[Key, Answers]:
    """Return labels and probabilities by head, source and language, from the `logits` of the examples.

    Examples without a label of a head do not count for it.
    """
    groups: dict[Key, list[int]] = defaultdict(list)
    for row, one in enumerate(examples):
        for head in HEADS:
            if label_of(one, head) != UNKNOWN:
                groups[head, family(one.source), one.language].append(row)
    return {
        key: Answers(
            np.array([label_of(examples[row], key[0]) for row in rows]),
            softmax(found[rows][:, HEADS[key[0]]]),
        )
        for key, rows in sorted(groups.items())
    }


def by_language(groups: Mapping[Key, Answers]) -> dict[tuple[str, str], Answers]:
    """Return the answers by head and language, misleading sources left out, and those of BRAND under its own name."""
    joined: dict[tuple[str, str], list[Answers]] = defaultdict(list)
    for (head, source, language), one in groups.items():
        if source not in MISLEADING:
            joined[head, BRAND if source == BRAND else language].append(one)
    return {
        key: Answers(
            np.concatenate([one.labels for one in parts]),
            np.concatenate([one.probabilities for one in parts]),
        )
        for key, parts in sorted(joined.items())
    }


def evaluate(groups: Mapping[Key, Answers]) -> list[Figure]:
    """Return a figure per head, source and language."""
    return [figure(key, one) for key, one in groups.items()]


def figure(key: Key, found: Answers) -> Figure:
    """Return the figures of one group of answers."""
    matrix, watched = found.confusion, WATCHED[key[0]]
    return Figure(
        *key,
        len(found.labels),
        float(figures.precisions(matrix)[watched]),
        float(figures.recalls(matrix)[watched]),
        figures.macro(figures.f1s, matrix),
        figures.macro(figures.recalls, matrix),
        figures.calibration_error(found.labels, found.probabilities),
        figures.chance_error(found.probabilities),
    )


def label_of(example: Example, head: str) -> int:
    """Return the label that an example has for a head."""
    return example.sentiment if head == "sentiment" else example.complaint


def family(source: str) -> str:
    """Return the data set that a source belongs to: labels of one set are told apart behind a hyphen."""
    name = source.partition("(")[0]
    return name if name.startswith(("tass", "read-")) else name.partition("-")[0]


def table(found: Iterable[Figure]) -> str:
    """Return figures as a Markdown table."""
    lines = [
        "| head | source | language | posts | precision | recall | macro F1 | macro recall | ECE | by chance |",
        "|---|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {one.head} | {one.source} | {one.language} | {one.rows:,} | {one.precision:.3f} | {one.recall:.3f} "
        f"| {one.macro_f1:.3f} | {one.macro_recall:.3f} | {one.ece:.3f} | {one.chance:.3f} |"
        for one in found
    ]
    return "\n".join(lines)
