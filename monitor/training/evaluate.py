"""How good the classifier is per source and language: F1, recall, calibration; never one pooled number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor.classify import figures
from monitor.classify.heads import ROWS, Heads, softmax
from monitor.training.datasets import Example, label_of
from monitor.training.readings import UNKNOWN

HEADS = ROWS
WATCHED = {"sentiment": 0, "complaint": 1, "about": 1}
"""The class of each head whose precision and recall matter most: negative, complaint, about a company."""
MISLEADING = frozenset({"fincorp", "es_airlines"})
"""Sources of which nothing is to be learned about calibration: one is too easy, the other wrongly labelled."""
DERIVED = frozenset({"us_airline"})
"""Sources whose complaints are what is negative: right in the main and too easy, so that no promise rests on them."""
BRAND = "es_brand"
"""The source that nothing is fitted on; where answers are joined it stands for itself."""
OFF_BRAND = "off-brand"
"""The source that posts about no company have for complaint, whatever they come from: no brand looks for them."""
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
class SourceMetrics:
    """One line of the table; all figures but `rows` are in 0..1.

    `precision` and `recall` are those of the WATCHED class, `low` and `high` the ends of the 95 % interval of macro F1.
    `ece` is the expected calibration error (of two classes the second's, of three the mean), `chance` what it would be
    on average for a perfect model with so few rows, `top_ece` the error of the label given.
    """

    head: str
    source: str
    language: str
    rows: int
    precision: float
    recall: float
    macro_f1: float
    low: float
    high: float
    macro_recall: float
    ece: float
    chance: float
    top_ece: float


def logits(heads: Heads, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Return what the heads make of vectors (rows, width) before it becomes probabilities, shape (rows, logits)."""
    return np.asarray(vectors @ heads.weight.T + heads.bias, dtype=np.float64)


def answers(examples: Sequence[Example], logits_by_row: npt.NDArray[np.float64]) -> dict[Key, Answers]:
    """Return labels and probabilities by head, source and language, from the `logits` of the examples.

    Examples without a label of a head do not count for it.
    """
    groups: dict[Key, list[int]] = defaultdict(list)
    for row, example in enumerate(examples):
        for head in HEADS:
            if label_of(example, head) != UNKNOWN:
                groups[head, _source(head, example), example.language].append(row)
    return {
        key: Answers(
            np.array([label_of(examples[row], key[0]) for row in rows]),
            softmax(logits_by_row[rows][:, HEADS[key[0]]]),
        )
        for key, rows in sorted(groups.items())
    }


def by_language(groups: Mapping[Key, Answers]) -> dict[tuple[str, str], Answers]:
    """Return the answers by head and language, those of BRAND under its own name; MISLEADING and OFF_BRAND left out."""
    joined: dict[tuple[str, str], list[Answers]] = defaultdict(list)
    for (head, source, language), group in groups.items():
        if source not in MISLEADING and source != OFF_BRAND:
            joined[head, BRAND if source == BRAND else language].append(group)
    return {
        key: Answers(
            np.concatenate([part.labels for part in parts]),
            np.concatenate([part.probabilities for part in parts]),
        )
        for key, parts in sorted(joined.items())
    }


def evaluate(groups: Mapping[Key, Answers]) -> list[SourceMetrics]:
    """Return a figure per head, source and language."""
    return [source_metrics(key, group) for key, group in groups.items()]


def source_metrics(key: Key, group: Answers) -> SourceMetrics:
    """Return the figures of one group of answers."""
    matrix, watched = group.confusion, WATCHED[key[0]]
    calibration = figures.calibration(group.labels, group.probabilities)
    return SourceMetrics(
        *key,
        len(group.labels),
        float(figures.precisions(matrix)[watched]),
        float(figures.recalls(matrix)[watched]),
        figures.macro(figures.f1s, matrix),
        *figures.f1_interval(matrix),
        figures.macro(figures.recalls, matrix),
        calibration.error,
        calibration.chance,
        figures.top_calibration(group.labels, group.probabilities).error,
    )


def _source(head: str, example: Example) -> str:
    return OFF_BRAND if head == "complaint" and example.about == 0 else family(example.source)


def family(source: str) -> str:
    """Return the data set that a source belongs to: labels of one set are told apart behind a hyphen."""
    name = source.partition("(")[0]
    return name if name.startswith(("tass", "read-")) else name.partition("-")[0]


def table(metrics: Iterable[SourceMetrics]) -> str:
    """Return figures as a Markdown table."""
    lines = [
        "| head | source | language | posts | precision | recall | macro F1 (95 %) | macro recall "
        "| ECE | by chance | top label |",
        "|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {line.head} | {line.source} | {line.language} | {line.rows:,} | {line.precision:.3f} | {line.recall:.3f} "
        f"| {line.macro_f1:.3f} ({line.low:.3f}-{line.high:.3f}) | {line.macro_recall:.3f} "
        f"| {line.ece:.3f} | {line.chance:.3f} | {f'{line.top_ece:.3f}' if line.head == 'sentiment' else ''} |"
        for line in metrics
    ]
    return "\n".join(lines)
