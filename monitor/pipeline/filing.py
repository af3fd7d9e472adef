"""What can be learned of categories from how people filed cases, and from the examples in the settings."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from monitor.classify import categories
from monitor.classify.categories import FiledTexts
from monitor.classify.heads import CategoryHead, Heads
from monitor.classify.model import Classifier
from monitor.classify.text import prepare
from monitor.pipeline.study import HeadStudy
from monitor.settings.desk import Desk
from monitor.store.cases.filed_complaints import FiledComplaint

MOST_COMPLAINTS = 2_000
"""Complaints, the last ones, that categories are learned from: reading them takes some ten seconds."""


def study(
    classifier: Classifier, complaints: Sequence[FiledComplaint], desk: Desk, active: Heads
) -> tuple[HeadStudy, Heads]:
    """Return what came of the categories, and `active` with the learned ones if they got better.

    What people said last of a text counts; complaints that nobody filed keep the answers that they had. Only
    categories of the settings are learned.
    """
    filed, others = _by_text(complaints, desk)
    shipped_names = classifier.heads.categories.names if classifier.heads.categories else _names(desk)
    names = [category for _, category in filed]
    missing = categories.missing_texts(names, shipped_names)
    if missing:
        return HeadStudy(len(filed), missing), active
    width = classifier.heads.weight.shape[1]
    rows = classifier.rows([*(text for text, _ in filed), *others]).astype(np.float64)
    shipped = classifier.heads.categories or _ignorant(shipped_names, rows.shape[1])
    places = categories.usable_texts(names, shipped_names)
    texts = FiledTexts(rows[places], [names[place] for place in places])
    head, learned = categories.learn(texts, shipped, rows[len(filed) :], width)
    outcome = HeadStudy(len(filed), 0, learned)
    return outcome, replace(active, categories=head) if outcome.better else active


def has_new_examples(desk: Desk, active: Heads) -> bool:
    """Whether the settings have enough examples of a category that the heads in force do not know."""
    known = active.categories.names if active.categories else ()
    exemplified = (one for one in desk.categories if len(one.examples) >= categories.FEWEST_OF_A_CATEGORY)
    return any(category.name not in known for category in exemplified)


def _by_text(complaints: Sequence[FiledComplaint], desk: Desk) -> tuple[list[tuple[str, str]], list[str]]:
    """The different texts that have a category, with it, and those that have none; in an order that is always the same.

    A person's word counts before an example.
    """
    examples = [(text, category.name) for category in desk.categories for text in category.examples]
    said = [(one.text, one.category) for one in reversed(complaints) if one.category in _names(desk)]
    filed = {_key(text): (text, category) for text, category in (*examples, *said)}
    others = {_key(one.text): one.text for one in complaints if not one.category}
    return (
        [filed[key] for key in sorted(filed) if key],
        [others[key] for key in sorted(others) if key and key not in filed],
    )


def _key(text: str) -> str:
    return prepare(text).casefold()


def _names(desk: Desk) -> tuple[str, ...]:
    return tuple(category.name for category in desk.categories)


def _ignorant(names: Sequence[str], width: int) -> CategoryHead:
    """A head that finds all categories as likely."""
    return CategoryHead(tuple(names), np.zeros((len(names), width + 1), dtype=np.float32))
