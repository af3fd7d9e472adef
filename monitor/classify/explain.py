"""Why a post scores as it does: the words that moved the probability of a complaint. Works for any model.

Each word is read once alone and, if that says something, left out once: how much the log-odds fall without it, and a
little of what it says by itself, is its weight. Compared with other ways on real posts: docs/classifier/explain.md.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from monitor.classify.model import Model
from monitor.classify.text import prepare

_REACH = 120
"""Words from the beginning that are weighed; the default classifier reads about ninety."""
_MOST = 12
"""Words of a text that are left out: those that say most alone. With all, twice the work shows hardly more."""
_ALONE = 0.2
"""What a word says by itself counts for this much of what is lost without it; both in log-odds."""
_CERTAIN = 1e-6
"""Probabilities closer to 0 or 1 than this are taken as this close: log-odds stay finite."""
_EDGE = re.escape(".,:!?¡¿()[]{}\"'«»“”‘’„…-–—*_~|/\\<>=+`")
_WORD = re.compile(rf"(?:https?://|www\.)\S+|&#?\w{{1,31}};|[^\s{_EDGE}](?:\S*[^\s{_EDGE}])?", re.IGNORECASE)

_Floats = npt.NDArray[np.float64]
_Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class WeightedWord:
    """A word of a text as given, `text[start:end]`, and its weight in log-odds: above 0 for a complaint."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """The words of a text in their order, as far as they were weighed, and the probability that they explain.

    `p_about` is that of a text about any company, which they do not explain; None from a model that does not say.
    """

    p_complaint: float
    words: tuple[WeightedWord, ...]
    p_about: float | None = None


def explain(model: Model, text: str) -> Explanation:
    """Return what moved `p_complaint` of any text. The same model and text give the same explanation."""
    return explain_all(model, [text])[0]


def explain_all(model: Model, texts: Sequence[str], on_batch: Callable[[int], None] | None = None) -> list[Explanation]:
    """Return the explanation of each text, all asked at once; `on_batch` is called with the size of each batch read.

    Raises what the model and `on_batch` raise.
    """
    if not texts:
        return []
    spans = [[word.span() for word in islice(_WORD.finditer(text), _REACH)] for text in texts]
    all_scores = model.scores(texts)
    chances = [scores.p_complaint for scores in all_scores]
    weights = [_ALONE * _centred(odds) for odds in _group_odds(model, list(map(_single_words, texts, spans)), on_batch)]
    heaviest = [np.argsort(-np.abs(weight), kind="stable")[:_MOST] for weight in weights]
    reduced = _group_odds(model, list(map(_texts_without, texts, spans, heaviest)), on_batch)
    for weight, places, full_odds, odds in zip(weights, heaviest, _log_odds(texts, chances), reduced, strict=True):
        weight[places] += full_odds - odds
    return [
        Explanation(scores.p_complaint, tuple(map(_weighted_word, text_spans, weight)), scores.p_about)
        for scores, text_spans, weight in zip(all_scores, spans, weights, strict=True)
    ]


def _weighted_word(span: tuple[int, int], weight: np.float64) -> WeightedWord:
    return WeightedWord(*span, float(weight))


def _single_words(text: str, spans: _Spans) -> list[str]:
    return [text[start:end] for start, end in spans]


def _texts_without(text: str, spans: _Spans, places: npt.NDArray[np.intp]) -> list[str]:
    return [text[: spans[at][0]] + text[spans[at][1] :] for at in places]


def _centred(odds: _Floats) -> _Floats:
    """Return how much more each word says than the text's middle one."""
    return odds - np.median(odds) if len(odds) else odds


def _group_odds(model: Model, groups: Sequence[Sequence[str]], on_batch: Callable[[int], None] | None) -> list[_Floats]:
    """Return the log-odds of a complaint for the texts of each group, from one question to the model."""
    texts = [text for group in groups for text in group]
    odds = _log_odds(texts, [scores.p_complaint for scores in model.scores(texts, on_batch)])
    return np.split(odds, np.cumsum([len(group) for group in groups])[:-1])


def _log_odds(texts: Sequence[str], chances: Sequence[float]) -> _Floats:
    """Return the log-odds, even for silence: it tells nothing."""
    sure = np.clip(np.array(chances, dtype=np.float64), _CERTAIN, 1 - _CERTAIN)
    silent = np.array([not prepare(text) for text in texts], dtype=bool)
    odds: _Floats = np.where(silent, 0.0, np.log(sure / (1 - sure)))
    return odds
