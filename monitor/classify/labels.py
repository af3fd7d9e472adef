"""What the labels of another team's model mean, and its answers as scores. Pure.

A model answers sentiment if it has labels for negative and positive, and complaint if it has one for complaint.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from monitor.classify.heads import softmax
from monitor.errors import ModelError
from monitor.models.posts import SENTIMENTS, Scores
from monitor.settings.classifier import LabelMeaning

Question: TypeAlias = Literal["sentiment", "complaint"]
Values: TypeAlias = npt.NDArray[np.float64]

_USUAL: Mapping[LabelMeaning, tuple[str, ...]] = {
    "negative": ("negative", "very negative", "neg", "negativo", "negativa", "négatif", "negativ"),
    "neutral": ("neutral", "neu", "neutro", "neutra", "neutre"),
    "positive": ("positive", "very positive", "pos", "positivo", "positiva", "positif", "positiv"),
    "complaint": ("complaint", "queja", "reclamo", "reclamación", "reclamação"),
    "other": ("other", "no complaint", "not complaint", "non complaint", "no queja", "no reclamo"),
}
"""Names that leave no doubt; `LABEL_0` and numbers of stars do."""
_BY_NAME: Mapping[str, LabelMeaning] = {name: meaning for meaning, names in _USUAL.items() for name in names}
_LARGEST_LOGIT = 60.0
"""Beyond it a probability is 0 or 1 in all its digits."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What each output of a model means. `independent`: labels do not exclude one another (sigmoid, not softmax)."""

    meanings: tuple[LabelMeaning, ...]
    independent: bool = False

    @property
    def answers(self) -> frozenset[Question]:
        """The questions that the model answers."""
        questions: set[Question] = set()
        if {"negative", "positive"} <= set(self.meanings):
            questions.add("sentiment")
        if "complaint" in self.meanings:
            questions.add("complaint")
        return frozenset(questions)

    def scores(self, logits: npt.NDArray[np.floating[Any]]) -> list[Scores]:
        """Return the probabilities for logits of shape (texts, outputs); a question without an answer is neutral, 0.

        Outputs of the same meaning count together. Without an output for neutral its probability is 0.
        """
        count = len(logits)
        sentiment = np.tile([0.0, 1.0, 0.0], (count, 1))
        complaint = np.zeros(count)
        if "sentiment" in self.answers:
            shares = self._shares(logits, SENTIMENTS)
            sentiment = shares / shares.sum(axis=1, keepdims=True)
        if "complaint" in self.answers:
            among = ("complaint", "other") if "other" in self.meanings else get_args(LabelMeaning)
            complaint = self._shares(logits, among)[:, among.index("complaint")]
        return [Scores(*row) for row in np.column_stack((sentiment, complaint)).tolist()]

    def _shares(self, logits: npt.NDArray[np.floating[Any]], among: Sequence[LabelMeaning]) -> Values:
        """Return the probability of each meaning among these, shape (texts, meanings)."""
        outputs = [at for at, meaning in enumerate(self.meanings) if meaning in among]
        used_logits = logits[:, outputs].astype(np.float64)
        shares, join = (_sigmoid(used_logits), np.maximum) if self.independent else (softmax(used_logits), np.add)
        totals = np.zeros((len(logits), len(among)))
        for at, output in enumerate(outputs):
            column = totals[:, among.index(self.meanings[output])]
            join(column, shares[:, at], out=column)
        return totals


def read(model: str, labels: Sequence[str], configured: Mapping[str, LabelMeaning], independent: bool) -> Reading:
    """Return what a model's labels mean: what the settings say (`configured`), else what their usual names say.

    Case does not count: an environment variable has none. Raises ModelError, with the line to write in the settings,
    when a label has no meaning, when the settings name one that the model has not, or when nothing is answered.
    """
    by_label = {label.casefold(): meaning for label, meaning in configured.items()}
    unknown_labels = sorted(set(by_label) - {label.casefold() for label in labels})
    guesses = [by_label.get(label.casefold()) if configured else _BY_NAME.get(_normalise(label)) for label in labels]
    meanings = tuple(meaning for meaning in guesses if meaning)
    if unknown_labels:
        fault = f"has no label {', '.join(unknown_labels)}"
    elif len(meanings) < len(labels):
        fault = "has labels that the settings do not explain"
    elif not Reading(meanings).answers:
        fault = "answers neither sentiment (it needs negative and positive) nor complaint"
    else:
        return Reading(meanings, independent)
    pairs = ", ".join(f'{_key(label)} = "{meaning or "?"}"' for label, meaning in zip(labels, guesses, strict=True))
    raise ModelError(
        f"The model {model} {fault}. Write beside it in escucha.toml, each with one of "
        f"{', '.join(get_args(LabelMeaning))}: labels = {{{pairs}}}"
    )


def _sigmoid(logits: Values) -> Values:
    probabilities: Values = 1 / (1 + np.exp(-logits.clip(-_LARGEST_LOGIT, _LARGEST_LOGIT)))
    return probabilities


def _normalise(label: str) -> str:
    return re.sub(r"[\s_-]+", " ", label).strip().casefold()


def _key(label: str) -> str:
    return label if re.fullmatch(r"[A-Za-z0-9_-]+", label) else json.dumps(label, ensure_ascii=False)
