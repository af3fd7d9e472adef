"""The frozen reference set: packed, verified, and free of what must not be in it."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from monitor.classify import reference
from monitor.classify.model import BUNDLED, describe
from monitor.classify.reference import NAME, Reference
from monitor.errors import ModelError

WIDTH = 384


def small() -> Reference:
    vectors = np.random.default_rng(1).normal(size=(6, WIDTH))
    labels = np.array([0, 1, 2, -1, -1, 0]), np.array([1, 0, -1, 1, 0, -1])
    return Reference(vectors, *labels, np.array(["es", "en"] * 3), np.array(["made up"] * 6), np.arange(6) > 3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the bundled description and reference set."""
    for name in ("model.json", NAME):
        shutil.copy(BUNDLED / name, tmp_path / name)
    return tmp_path


def test_what_is_packed_comes_back() -> None:
    before = small()
    after = reference.unpack(before.pack())
    assert after.vectors == pytest.approx(before.vectors, abs=np.abs(before.vectors).max() / 127)
    for name in ("sentiment", "complaint", "language", "source", "replay"):
        assert np.array_equal(getattr(after, name), getattr(before, name))
    assert before.pack() == small().pack()


def test_the_bundled_one_is_of_the_bundled_model_and_small() -> None:
    shipped = reference.read(BUNDLED, describe().heads.weight.shape[1])
    assert (BUNDLED / NAME).stat().st_size < 3_000_000
    assert {"es", "en", "pt", "fr", "it", "de"} <= set(shipped.language)
    assert np.sum(~shipped.replay) > np.sum(shipped.replay) > 1_000


def test_the_bundled_one_replays_nothing_that_is_only_to_be_measured() -> None:
    shipped = reference.read(BUNDLED, WIDTH)
    assert "es_brand" not in set(shipped.source)
    rows = {row.tobytes() for row in shipped.vectors[shipped.replay]}
    assert not [row for row in shipped.vectors[~shipped.replay] if row.tobytes() in rows]


def test_a_missing_one_is_named(folder: Path) -> None:
    (folder / NAME).unlink()
    with pytest.raises(ModelError, match=r"no reference set \(reference\.npz\)"):
        reference.read(folder, WIDTH)


def test_a_damaged_one_is_noticed(folder: Path) -> None:
    with (folder / NAME).open("r+b") as content:
        content.write(b"broken")
    with pytest.raises(ModelError, match="damaged"):
        reference.read(folder, WIDTH)


def test_one_that_is_none_is_named(folder: Path) -> None:
    content = b"something else"
    (folder / NAME).write_bytes(content)
    stated = json.loads((folder / "model.json").read_text())
    stated["sha256"][NAME] = hashlib.sha256(content).hexdigest()
    (folder / "model.json").write_text(json.dumps(stated))
    with pytest.raises(ModelError, match="is no reference set"):
        reference.read(folder, WIDTH)


def test_one_of_another_model_is_noticed(folder: Path) -> None:
    with pytest.raises(ModelError, match="of another model"):
        reference.read(folder, WIDTH + 1)
