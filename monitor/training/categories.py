"""The head of categories that ships with a classifier: fitted on what was read of complaints. Numbers only, no text."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from monitor.classify.categories import fit_balanced
from monitor.classify.figures import macro_f1
from monitor.classify.fitting import Floats, TrainingRows
from monitor.classify.heads import CategoryHead
from monitor.classify.learning import best_scale
from monitor.classify.model import Classifier
from monitor.classify.reference_check import Labels, logits_of
from monitor.settings.desk import CATEGORIES
from monitor.training.datasets import Example

_SPREAD = 6.0
"""The prior's standard deviation in logits: the best of 2, 6 and 12 by cross-validation."""
_HELD_STEP = 5
"""Every how many texts are held back, to find by what the logits are multiplied, and for the figures."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class FittedCategories:
    """A head of categories, on how many `texts` it was fitted, and how right one without every fifth is on those."""

    head: CategoryHead
    texts: int
    accuracy: float
    macro_f1: float


def fit_categories(classifier: Classifier, examples: Iterable[Example]) -> FittedCategories:
    """Return a head fitted on those examples whose category is known; its probabilities mean what they say."""
    texts, labels = labelled_texts(examples)
    vectors, width = classifier.rows(texts).astype(np.float64), classifier.heads.weight.shape[1]
    is_held = np.arange(len(texts)) % _HELD_STEP == 0
    logits = logits_of(vectors[is_held], _fit(vectors[~is_held], labels[~is_held], width))
    scale = best_scale(labels[is_held], logits)
    guesses = logits.argmax(axis=1)
    head = CategoryHead(_names(), (scale * _fit(vectors, labels, width)).astype(np.float32))
    logger.info("categories fitted", extra={"count": len(texts)})
    accuracy = float(np.mean(guesses == labels[is_held]))
    return FittedCategories(head, len(texts), accuracy, macro_f1(labels[is_held], guesses))


def labelled_texts(examples: Iterable[Example]) -> tuple[list[str], Labels]:
    """Return the different texts of the examples whose category is known, with its number among the desk's."""
    names = _names()
    numbers = {example.text: names.index(example.category) for example in examples if example.category}
    texts = sorted(numbers)
    return texts, np.array([numbers[text] for text in texts], dtype=np.int64)


def _names() -> tuple[str, ...]:
    return tuple(category.name for category in CATEGORIES)


def _fit(vectors: Floats, labels: Labels, width: int) -> Floats:
    rows = TrainingRows(vectors, np.eye(len(_names()))[labels], np.ones(len(labels)))
    return fit_balanced(rows, np.zeros((len(_names()), vectors.shape[1] + 1)), _SPREAD, width)
