"""The reference set is sampled by language and source, and its two sides share no text."""

from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from monitor.classify.reference import Reference, unpack
from monitor.training import reference
from monitor.training.datasets import Example
from monitor.training.readings import UNKNOWN


class Counting:
    """Stands for the classifier: a text's vector tells which text it was."""

    def vectors(self, texts: list[str]) -> npt.NDArray[np.float32]:
        numbers = [int(text.split()[-1]) for text in texts]
        return np.array([[number // 100 + 1, number % 100, 100] for number in numbers], dtype=np.float32)


def examples(count: int) -> list[Example]:
    large = [Example(f"frase {at}", "en", "large-2020", at % 3, UNKNOWN) for at in range(count)]
    small = [Example(f"frase {at}", "es", "small", UNKNOWN, at % 2) for at in range(count, count + 200)]
    twice = [Example(example.text, "en", "other", UNKNOWN, 1) for example in large[:300]]
    wrong = [Example(f"frase {at}", "es", "es_airlines(noisy)", 0, 0) for at in range(9_000, 9_100)]
    return [*large, *small, *twice, *wrong]


def made(path: Path, rows: list[Example]) -> Reference:
    reference.write(Counting(), rows, path)  # type: ignore[arg-type]
    return unpack(path.read_bytes())


def test_small_sources_are_taken_whole_and_large_ones_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "MAX_CHECK_ROWS", 700)
    monkeypatch.setattr(reference, "MAX_REPLAY_ROWS", 100)
    frozen = made(tmp_path / "reference.npz", examples(6_000))
    kinds = Counter(frozen.source[~frozen.replay].tolist())
    assert frozen.replay.sum() == 100
    assert sum(kinds.values()) == 700
    assert 120 < kinds["small"] < 180
    assert kinds["large"] < 400
    assert "es_airlines" not in kinds


def test_no_text_checks_and_is_replayed(tmp_path: Path) -> None:
    frozen = made(tmp_path / "reference.npz", examples(2_000))
    rows = np.rint(frozen.vectors).astype(int)
    checked, replayed = ({tuple(row) for row in rows[side]} for side in (~frozen.replay, frozen.replay))
    assert not checked & replayed
    assert len(checked) > 2 * len(replayed)


def test_the_order_of_the_examples_does_not_matter(tmp_path: Path) -> None:
    rows = examples(1_000)
    made(tmp_path / "one.npz", rows)
    made(tmp_path / "two.npz", rows[::-1])
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
