"""The heads: from a text's vector to probabilities, and what those are worth as a decision.

The encoder stays as it was trained; the heads are a few thousand numbers, so they can be fitted again on a team's
corrections and kept in the database. Calibration is part of them: scaling logits is scaling weights.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from monitor.models.posts import Scores

ROWS: Mapping[str, slice] = {"sentiment": slice(0, 3), "complaint": slice(3, 5), "about": slice(5, 7)}
"""The heads, and the rows of the weights that belong to each: negative, neutral, positive; no complaint, complaint;
about no company, about one. Weights of the second edition and before end with the complaint.
"""

Array = npt.NDArray[np.float32]
LIKELY = 0.35
"""The probability from which on a category is said. What is less likely is wrong two times in three: then none is."""


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """What a threshold of `p_complaint` was worth on labelled posts that were not trained on; all in 0..1.

    `precision` is the share of complaints among the posts at or above it, `cleared` the share of posts that are none
    among those below it, `recall` the share of all complaints that are at or above it.
    """

    threshold: float
    precision: float
    cleared: float
    recall: float


@dataclass(frozen=True, slots=True, eq=False)
class CategoryHead:
    """What complaints are about: `names` of categories, and `weights` (names, width + 1), the bias last.

    It reads all that is known of a text: what the other heads read, and then its topic vector, if there is one.
    """

    names: tuple[str, ...]
    weights: Array

    def guesses(self, vectors: Array) -> list[str]:
        """Return the likeliest category of each vector (texts, width), "" where none is likely."""
        if not self.names:
            return [""] * len(vectors)
        chances = self.probabilities(vectors)
        return [
            self.names[at] if chance >= LIKELY else ""
            for at, chance in zip(chances.argmax(axis=1), chances.max(axis=1), strict=True)
        ]

    def probabilities(self, vectors: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
        """Return how probable each category is, (texts, names), if the texts are complaints."""
        return softmax(vectors @ self.weights[:, :-1].T + self.weights[:, -1])

    def among(self, names: Collection[str]) -> "CategoryHead":
        """Return a head that knows only those of its categories that are among these."""
        rows = [at for at, name in enumerate(self.names) if name in names]
        return CategoryHead(tuple(self.names[at] for at in rows), self.weights[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """`weight` (logits, width) and `bias` (logits), see ROWS. `points` are by language, "" for all together.

    `categories` is None in classifiers that say nothing of them.
    """

    version: str
    weight: Array
    bias: Array
    points: Mapping[str, tuple[OperatingPoint, ...]]
    categories: CategoryHead | None = None

    def scores(self, vectors: Array) -> list[Scores]:
        """Return the probabilities for vectors of shape (texts, width), topic vectors behind that if there are any."""
        logits = vectors[:, : self.weight.shape[1]] @ self.weight.T + self.bias
        chances = {head: softmax(logits[:, rows]) for head, rows in ROWS.items() if rows.stop <= logits.shape[1]}
        columns = [
            *chances["sentiment"].T,
            *(chances[head][:, 1] for head in ("complaint", "about") if head in chances),
        ]
        rows = np.column_stack(columns).tolist()
        categories = self.categories.guesses(vectors) if self.categories else [""] * len(rows)
        return [replace(Scores(*row), category=category) for row, category in zip(rows, categories, strict=True)]

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that tell these weights from any others, whatever their version is called."""
        return hashlib.sha256(self.weight.tobytes() + self.bias.tobytes()).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        """Return the heads as JSON values; `read` takes them back."""
        return {
            "version": self.version,
            "weight": [_numbers(row) for row in self.weight],
            "bias": _numbers(self.bias),
            "points": {
                language: [[point.threshold, point.precision, point.cleared, point.recall] for point in points]
                for language, points in self.points.items()
            },
            "categories": dict(zip(self.categories.names, map(_numbers, self.categories.weights), strict=True))
            if self.categories
            else {},
        }


def _numbers(row: Array) -> list[float]:
    return [float(f"{number:.7g}") for number in row]


def read(values: Mapping[str, Any]) -> Heads:
    """Return heads from what `Heads.to_json` gave. Raises KeyError, TypeError or ValueError if it is anything else."""
    weight = np.array(values["weight"], dtype=np.float32)
    bias = np.array(values["bias"], dtype=np.float32)
    if (
        weight.ndim != 2
        or bias.shape != (len(weight),)
        or len(bias) not in (ROWS["complaint"].stop, ROWS["about"].stop)
    ):
        raise ValueError(f"heads of the wrong shape: {weight.shape}, {bias.shape}")
    points = {
        str(language): tuple(OperatingPoint(*map(float, point)) for point in language_points)
        for language, language_points in values["points"].items()
    }
    return Heads(str(values["version"]), weight, bias, points, _categories(values.get("categories"), weight.shape[1]))


def _categories(rows: Mapping[str, Any] | None, width: int) -> CategoryHead | None:
    if not rows:
        return None
    weights = np.array(list(rows.values()), dtype=np.float32)
    if weights.ndim != 2 or weights.shape[1] <= width:
        raise ValueError(f"categories of the wrong shape: {weights.shape}")
    return CategoryHead(tuple(map(str, rows)), weights)


def softmax(logits: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Return probabilities along the last axis, in float64 so that they add up to 1."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    probabilities: npt.NDArray[np.float64] = shifted / shifted.sum(axis=-1, keepdims=True)
    return probabilities
