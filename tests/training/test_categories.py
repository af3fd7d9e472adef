"""The shipped head of categories, fitted on readings: made-up vectors, no network."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from monitor.settings.desk import CATEGORIES
from monitor.training import categories
from monitor.training.datasets import Example

NAMES = [category.name for category in CATEGORIES]
WIDTH = len(NAMES)
TEXTS = {f"{name} {at}": name for name in NAMES for at in range(15)}


def rows(texts: list[str]) -> Any:
    """Vectors that tell the category, and topic vectors behind them that tell nothing."""
    noise = np.random.default_rng(1).normal(scale=0.2, size=(len(texts), WIDTH + 3))
    noise[:, :WIDTH] += np.eye(WIDTH)[[NAMES.index(text.split()[0]) for text in texts]]
    return noise.astype(np.float32)


def test_a_head_is_fitted_on_the_texts_whose_category_is_known() -> None:
    classifier: Any = SimpleNamespace(rows=rows, heads=SimpleNamespace(weight=np.zeros((7, WIDTH))))
    examples = [Example(text, "es", "made-up", 0, 1, category=name) for text, name in [*TEXTS.items()] * 2]
    examples.append(Example("nobody read this", "es", "made-up", 0, 1))
    fitted = categories.fit_categories(classifier, examples)
    assert fitted.texts == len(TEXTS)
    assert fitted.accuracy > 0.9
    assert fitted.macro_f1 > 0.9
    assert fitted.head.names == tuple(NAMES)
    assert fitted.head.guesses(rows(["billing 1", "policy 2"])) == ["billing", "policy"]
