"""The classifier: texts in, scores out. The one in the package, or one of the same kind in a folder."""

import hashlib
import json
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Protocol

import numpy as np

from monitor.classify.encoder import Encoder
from monitor.classify.heads import Array, Heads, OperatingPoint, read
from monitor.classify.text import prepare
from monitor.errors import ModelError
from monitor.models.posts import Scores

logger = logging.getLogger(__name__)

BUNDLED = Path(__file__).resolve().parent.parent / "bundled"
_CONFIG, _NETWORK, _TOKENIZER = "model.json", "model.onnx", "tokenizer.json"
RESEARCH_ONLY = "research and non-commercial use only, unless you clear the sources yourself"
"""The terms of weights whose labels are for research only: those of the second edition and before, which do not say."""
_REPAIR = "Reinstall Escucha (pip install --force-reinstall --no-deps escucha), or name another folder."
_WINDOW = 4096
"""Texts looked at together: bounds memory whatever the caller brings."""
_CACHED = 20_000
"""Vectors of texts that are kept, the last used ones (60 MB): the same few sentences come again and again."""

_LEAST_LENGTH = 1e-9

SILENT = Scores(p_negative=0.0, p_neutral=1.0, p_positive=0.0, p_complaint=0.0)
"""The answer to a text with nothing in it; there is nothing to ask a network."""


class Model(Protocol):
    """What the main line needs of a classifier."""

    @property
    def version(self) -> str:
        """The name that is stored with every classification."""

    @property
    def heads(self) -> Heads | None:
        """The heads, if they can be fitted again."""

    def scores(self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None) -> list[Scores]:
        """Return the scores of each text, in order; tell `on_batch` how many were finished."""


def operating_points(model: Model) -> Mapping[str, tuple[OperatingPoint, ...]] | None:
    """Return what thresholds of a model are worth, by language, if that was measured."""
    return model.heads.points if model.heads else None


class Classifier:
    """Scores texts. Made by `load`; safe to share between threads. The encoder is opened when the first text comes."""

    def __init__(self, open_encoder: Callable[[], Encoder], heads: Heads, folder: Path) -> None:
        """`open_encoder` gives the same encoder every time."""
        self.heads = heads
        self.folder = folder
        self._open_encoder = open_encoder
        self._vectors_by_text: OrderedDict[str, Array] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def version(self) -> str:
        """The name that is stored with every classification."""
        return self.heads.version

    def with_heads(self, heads: Heads) -> "Classifier":
        """Return a classifier with the same encoder and memory, and other heads."""
        classifier = Classifier(self._open_encoder, heads, self.folder)
        classifier._vectors_by_text, classifier._lock = self._vectors_by_text, self._lock
        return classifier

    def scores(self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None) -> list[Scores]:
        """Return the scores of each text, in order. Any string has an answer.

        A text that occurs several times is read once. `on_batch(count)` is called after each batch with how many
        of `texts` were finished by it; the counts add up to `len(texts)`.
        """
        all_scores: list[Scores] = [SILENT] * len(texts)
        for rows, vectors in self._read(texts):
            if vectors is not None:
                scores = self.heads.scores(vectors)
                for row, row_scores in zip(rows, scores, strict=True):
                    all_scores[row] = row_scores
            if on_batch is not None:
                on_batch(len(rows))
        return all_scores

    def vectors(self, texts: Sequence[str]) -> Array:
        """Return what the heads read, shape (texts, width): the mean of a text's token vectors; zeros for silence."""
        return self.rows(texts)[:, : self._width]

    def topic_vectors(self, texts: Sequence[str]) -> Array:
        """Return vectors that lie close where texts are about the same, shape (texts, any width); zeros for silence.

        Their length is 1, so their products are cosines. Networks of the second edition and before have none: there
        they are `vectors`, in which the judgement drowns the topic.
        """
        matrix = self.rows(texts)
        topics = matrix[:, self._width :] if matrix.shape[1] > self._width else matrix
        unit: Array = topics / np.maximum(np.linalg.norm(topics, axis=1, keepdims=True), _LEAST_LENGTH)
        return unit

    def rows(self, texts: Sequence[str]) -> Array:
        """Return all that is known of each text, see `Encoder.vectors`; zeros for silence."""
        found = [(rows, vectors) for rows, vectors in self._read(texts) if vectors is not None]
        width = found[0][1].shape[1] if found else self._width
        matrix = np.zeros((len(texts), width), dtype=np.float32)
        for rows, vectors in found:
            matrix[rows] = vectors
        return matrix

    @property
    def _width(self) -> int:
        """How many numbers of a text's row the heads read."""
        return int(self.heads.weight.shape[1])

    def _read(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Array | None]]:
        """Yield row numbers and what `Encoder.vectors` says of them; None for rows with nothing in them."""
        for places in windows(texts):
            if silent_rows := places.pop("", []):
                yield silent_rows, None
            if cached := self._cached_vectors(places):
                yield _by_row([places.pop(text) for text in cached], np.stack(list(cached.values())))
            new_texts = list(places)
            for batch, vectors in self._open_encoder().vectors(new_texts) if new_texts else ():
                self._cache_vectors([new_texts[row] for row in batch], vectors)
                yield _by_row([places[new_texts[row]] for row in batch], vectors)

    def _cached_vectors(self, texts: Iterable[str]) -> dict[str, Array]:
        with self._lock:
            cached = {text: self._vectors_by_text[text] for text in texts if text in self._vectors_by_text}
            for text in cached:
                self._vectors_by_text.move_to_end(text)
        return cached

    def _cache_vectors(self, texts: Sequence[str], vectors: Array) -> None:
        with self._lock:
            self._vectors_by_text.update(zip(texts, vectors.copy(), strict=True))
            while len(self._vectors_by_text) > _CACHED:
                self._vectors_by_text.popitem(last=False)


def windows(texts: Sequence[str]) -> Iterator[dict[str, list[int]]]:
    """Yield different prepared texts with the rows they stand in, window by window; "" for rows that say nothing."""
    for start in range(0, len(texts), _WINDOW):
        places: dict[str, list[int]] = {}
        for row, text in enumerate(texts[start : start + _WINDOW], start):
            places.setdefault(prepare(text), []).append(row)
        yield places


def _by_row(places: Sequence[Sequence[int]], vectors: Array) -> tuple[list[int], Array]:
    """Return a row number for every place of every text, and its vector."""
    return [row for rows in places for row in rows], np.repeat(vectors, [len(rows) for rows in places], axis=0)


_loaded: dict[Path, Classifier] = {}
_loading = threading.Lock()


def load(folder: Path | None = None) -> Classifier:
    """Return the classifier in `folder` (the one in the package if None), loaded once per process.

    Raises ModelError when files are missing, damaged or do not fit.
    """
    location = (folder or BUNDLED).resolve()
    with _loading:
        if location not in _loaded:
            _loaded[location] = _open(location)
        return _loaded[location]


@dataclass(frozen=True, slots=True)
class Description:
    """What `model.json` says of a classifier, its files' digests among it.

    `variant` is by which labels it was made, `licence` whose terms hold for the weights, in a few words.
    """

    heads: Heads
    max_tokens: int
    digests: Mapping[str, str]
    variant: str
    licence: str


def describe(folder: Path | None = None) -> Description:
    """Return what the classifier in `folder` is (the one in the package if None), without loading it.

    Raises ModelError when there is none, or what is there is no description.
    """
    folder = folder or BUNDLED
    path = folder / _CONFIG
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
        digests = {str(name): str(digest) for name, digest in description["sha256"].items()}
        if missing := {_NETWORK, _TOKENIZER} - set(digests):
            raise KeyError(*missing)
        variant = str(description.get("variant", "research"))
        licence = str(description.get("licence", RESEARCH_ONLY))
        return Description(read(description["heads"]), int(description["max_tokens"]), digests, variant, licence)
    except OSError as error:
        raise ModelError(f"There is no classifier in {folder}: {path.name} cannot be read. {_REPAIR}") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"{path} is not a classifier's description ({error!r}). {_REPAIR}") from error


def _open(folder: Path) -> Classifier:
    description = describe(folder)
    for name in (_NETWORK, _TOKENIZER):
        _verify(folder / name, description.digests[name])
    return Classifier(partial(_encoder, folder, description.max_tokens), description.heads, folder)


_opening = threading.Lock()


def _encoder(folder: Path, max_tokens: int) -> Encoder:
    with _opening:
        return _cached_encoder(folder, max_tokens)


@cache
def _cached_encoder(folder: Path, max_tokens: int) -> Encoder:
    started = time.monotonic()
    encoder = Encoder(folder / _NETWORK, folder / _TOKENIZER, max_tokens)
    logger.info("model loaded", extra={"model": folder.name, "seconds": round(time.monotonic() - started, 1)})
    return encoder


def _verify(path: Path, digest: str) -> None:
    try:
        with path.open("rb") as content:
            actual = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"The classifier lacks {path.name} in {path.parent}. {_REPAIR}") from error
    if actual != digest:
        raise ModelError(f"{path} is damaged: its sha256 is not the one in {_CONFIG}. {_REPAIR}")
