"""What complaints are about: the head of categories, and learning it from cases that people filed."""

from dataclasses import replace

import numpy as np
import pytest

from monitor.classify import categories, heads
from monitor.classify.categories import FiledTexts
from monitor.classify.heads import CategoryHead, Heads

WIDTH = 8
HEAD = CategoryHead(("billing", "delivery", "other"), np.eye(3, WIDTH + 1, dtype=np.float32) * 5)


def along(*axes: int) -> np.ndarray:
    """Vectors along these axes, each a little its own."""
    noise = np.random.default_rng(1).normal(scale=0.1, size=(len(axes), WIDTH))
    return np.eye(WIDTH)[list(axes)] + noise


def test_a_category_is_said_only_where_it_is_likely() -> None:
    assert HEAD.guesses(np.eye(WIDTH, dtype=np.float32)[[0, 1, 5]]) == ["billing", "delivery", ""]


def test_only_categories_of_the_settings_are_left() -> None:
    assert HEAD.among(("delivery", "irrigation")).names == ("delivery",)
    assert HEAD.among(()).guesses(np.eye(WIDTH, dtype=np.float32)[:2]) == ["", ""]


def test_the_categories_travel_with_the_heads_and_read_topic_vectors_too() -> None:
    shipped = Heads("m", np.zeros((7, 5), np.float32), np.zeros(7, np.float32), {}, HEAD)
    read = heads.read(shipped.to_json())
    assert read.categories is not None
    assert read.categories.names == HEAD.names
    assert np.allclose(read.categories.weights, HEAD.weights)
    assert [one.category for one in read.scores(np.eye(WIDTH, dtype=np.float32)[:2])] == ["billing", "delivery"]


def test_heads_without_categories_say_none() -> None:
    shipped = Heads("m", np.zeros((5, WIDTH), np.float32), np.zeros(5, np.float32), {})
    read = heads.read(shipped.to_json())
    assert read.categories is None
    assert [one.category for one in read.scores(np.eye(WIDTH, dtype=np.float32)[:2])] == ["", ""]


def test_categories_of_another_width_are_refused() -> None:
    values = Heads("m", np.zeros((5, WIDTH), np.float32), np.zeros(5, np.float32), {}, HEAD).to_json()
    with pytest.raises(ValueError, match="categories"):
        heads.read({**values, "categories": {"billing": [1.0, 2.0]}})


def test_a_handful_of_texts_makes_a_category_of_the_business_s_own() -> None:
    axes = (0, 1) * 5 + (6,) * 6
    filed = FiledTexts(along(*axes), ["billing", "delivery"] * 5 + ["irrigation"] * 6)
    head, learned = categories.learn(filed, HEAD, along(*(0, 1, 2) * 20), WIDTH)
    assert learned.verdict == "better"
    assert head.guesses(along(6, 0, 1).astype(np.float32)) == ["irrigation", "billing", "delivery"]


def test_texts_that_say_what_is_known_are_no_better() -> None:
    filed = FiledTexts(along(*(0, 1) * 6), ["billing", "delivery"] * 6)
    sure = replace(HEAD, weights=HEAD.weights * 4)
    assert categories.learn(filed, sure, along(*(0, 1, 2) * 20), WIDTH)[1].verdict == "not better"


def test_topic_vectors_are_learned_from_too() -> None:
    """The head reads the same numbers as it learned from, however small the topic vectors are beside the others."""
    vectors = np.concatenate((np.random.default_rng(2).normal(size=(24, 4)) * 10, along(*(4, 6) * 12)[:, 4:]), axis=1)
    filed = FiledTexts(vectors, ["irrigation", "pruning"] * 12)
    unsure = replace(HEAD, weights=np.zeros_like(HEAD.weights))
    head, learned = categories.learn(filed, unsure, along(*(0, 1, 2) * 20), 4)
    assert learned.after.macro_f1 > 0.9
    assert head.guesses(vectors[:2].astype(np.float32)) == ["irrigation", "pruning"]


def test_what_is_missing_is_told() -> None:
    assert categories.missing_texts([], HEAD.names) == 10
    assert categories.missing_texts(["irrigation"] * 4 + ["billing"] * 9, HEAD.names) == 5
    assert categories.missing_texts(["irrigation"] * 5 + ["billing"] * 5, HEAD.names) == 0
    assert categories.usable_texts(["irrigation"] * 4 + ["billing"], HEAD.names) == [4]
