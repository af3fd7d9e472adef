"""How texts are put into batches, and that it does not show in their vectors."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from monitor.classify.encoder import Encoder, alike
from monitor.classify.model import BUNDLED
from monitor.errors import ModelError

WORDS = ("el", "pedido", "no", "ha", "llegado", "y", "nadie", "contesta", "desde", "ayer", "gracias", "🙂", "#norvia")


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(BUNDLED / "model.onnx", BUNDLED / "tokenizer.json", 128)


def texts(count: int, seed: int) -> Iterator[str]:
    source = random.Random(seed)
    for number in range(count):
        yield " ".join([*source.choices(WORDS, k=source.randrange(1, 40)), str(number)])


def vectors(encoder: Encoder, sentences: list[str]) -> np.ndarray:
    batches = list(encoder.vectors(sentences))
    places = [row for rows, _ in batches for row in rows]
    assert sorted(places) == list(range(len(sentences)))
    return np.concatenate([values for _, values in batches])[np.argsort(places)]


def test_a_batch_holds_texts_of_one_length_and_every_text_once() -> None:
    lengths = [random.Random(at).randrange(1, 20) for at in range(500)]
    plan = list(alike(lengths, 50))
    assert sorted(row for rows in plan for row in rows) == list(range(500))
    for rows in plan:
        (length,) = {lengths[row] for row in rows}
        assert length * len(rows) <= 50


def test_the_longest_come_first_and_one_that_exceeds_the_limit_comes_alone() -> None:
    assert list(alike([3, 90, 3, 90], 10)) == [[1], [3], [0, 2]]


def test_no_texts_no_batches(encoder: Encoder) -> None:
    assert list(alike([], 10)) == []
    assert list(encoder.vectors([])) == []


def test_a_vector_does_not_depend_on_company(encoder: Encoder) -> None:
    sentences = list(texts(150, 1))
    batch = vectors(encoder, sentences)
    alone = np.concatenate([vectors(encoder, [text]) for text in sentences[:30]])
    assert np.abs(batch[:30] - alone).max() < 1e-4 * np.abs(alone).max()
    turned = vectors(encoder, sentences[::-1])[::-1]
    assert np.abs(batch - turned).max() < 1e-4 * np.abs(batch).max()


def test_more_texts_than_a_window_are_all_read(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    sentences = list(texts(50, 2))
    expected = vectors(encoder, sentences)
    monkeypatch.setattr("monitor.classify.encoder._WINDOW", 20)
    np.testing.assert_allclose(vectors(encoder, sentences), expected, atol=1e-4 * np.abs(expected).max())


def test_long_texts_are_cut(encoder: Encoder) -> None:
    (ids,) = encoder.tokens(["no funciona " * 1000])
    assert len(ids) == 128


def test_a_file_that_is_no_network_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no network")
    with pytest.raises(ModelError, match="cannot be used"):
        Encoder(tmp_path / "model.onnx", BUNDLED / "tokenizer.json", 128)
