"""The classifier at run time: ONNX Runtime for the network, `transformers` for the tokenizer, both loaded late.

Every token's activations are quantised by themselves (see `monitor.training.graph`), so a text's scores do not depend
on the texts that happen to be scored with it.
"""

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from monitor.classify.text import prepare
from monitor.errors import ModelError
from monitor.models import Scores

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

BUNDLED = Path(__file__).resolve().parent.parent / "bundled"
_CONFIG, _NETWORK, _TOKENIZER = "model.json", "model.onnx", "tokenizer.json"
_REPAIR = "Reinstall Escucha (pip install --force-reinstall --no-deps escucha), or name another folder."

_WINDOW = 4096
"""Texts tokenised and sorted at a time: bounds memory whatever the caller brings."""
_BATCH_TOKENS = 768
"""Tokens in a batch, padding included: enough to fill the cores, little enough to stay in their caches."""

_SILENT = Scores(p_negative=0.0, p_neutral=1.0, p_positive=0.0, p_complaint=0.0)
"""The answer to a text with nothing in it; there is nothing to ask a network."""

_Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Config:
    """What `model.json` says. Temperatures divide the logits of their head before the softmax."""

    version: str
    sentiment_temperature: float
    complaint_temperature: float
    max_tokens: int
    pad: int
    sha256: dict[str, str]


class Classifier:
    """Scores texts. Made by `load`; safe to share between threads."""

    def __init__(self, config: Config, session: "InferenceSession", tokenizer: Any) -> None:
        self.version = config.version
        self._config = config
        self._session = session
        self._tokenizer = tokenizer

    def scores(self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None) -> list[Scores]:
        """Return the scores of each text, in order. Any string has an answer.

        A text that occurs several times is scored once. `on_batch(n)` is told after each batch how many of `texts`
        were finished by it; the numbers add up to `len(texts)`.
        """
        places: dict[str, list[int]] = {}
        for at, text in enumerate(texts):
            places.setdefault(text, []).append(at)
        found: list[Scores] = [_SILENT] * len(texts)
        distinct = list(places)
        for start in range(0, len(distinct), _WINDOW):
            window = distinct[start : start + _WINDOW]
            for rows, scores in self._window([prepare(text) for text in window]):
                done = 0
                for row, one in zip(rows, scores, strict=True):
                    done += len(places[window[row]])
                    for at in places[window[row]]:
                        found[at] = one
                if on_batch is not None:
                    on_batch(done)
        return found

    def _window(self, prepared: list[str]) -> Iterator[tuple[list[int], list[Scores]]]:
        """Yield row numbers and scores, batch by batch."""
        silent = [row for row, text in enumerate(prepared) if not text]
        if silent:
            yield silent, [_SILENT] * len(silent)
        spoken = [row for row, text in enumerate(prepared) if text]
        if not spoken:
            return
        tokens = self._tokenizer(
            [prepared[row] for row in spoken],
            truncation=True,
            max_length=self._config.max_tokens,
            return_attention_mask=False,
            return_token_type_ids=False,
        )["input_ids"]
        for batch in _batches([len(ids) for ids in tokens]):
            logits = self._logits([tokens[at] for at in batch])
            yield [spoken[at] for at in batch], self._calibrated(logits)

    def _logits(self, tokens: list[list[int]]) -> _Array:
        """Return logits, shape (texts, 5)."""
        lengths = np.array([len(ids) for ids in tokens])
        mask = np.arange(lengths.max()) < lengths[:, None]
        ids = np.full(mask.shape, self._config.pad, dtype=np.int64)
        ids[mask] = np.concatenate([np.asarray(one, dtype=np.int64) for one in tokens])
        (logits,) = self._session.run(["logits"], {"ids": ids, "mask": mask.astype(np.int32)})
        return np.asarray(logits, dtype=np.float32)

    def _calibrated(self, logits: _Array) -> list[Scores]:
        sentiment = softmax(logits[:, :3] / self._config.sentiment_temperature)
        complaint = softmax(logits[:, 3:] / self._config.complaint_temperature)[:, 1]
        return [
            Scores(float(row[0]), float(row[1]), float(row[2]), float(yes))
            for row, yes in zip(sentiment, complaint, strict=True)
        ]


def softmax(logits: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Return probabilities along the last axis, in float64 so that they add up to 1."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    probabilities: npt.NDArray[np.float64] = shifted / shifted.sum(axis=-1, keepdims=True)
    return probabilities


_loaded: dict[Path, Classifier] = {}
_loading = threading.Lock()


def load(folder: Path | None = None) -> Classifier:
    """Return the classifier in `folder` (the one in the package if None), loaded once per process.

    Raises ModelError when files are missing, damaged or do not fit.
    """
    place = (folder or BUNDLED).resolve()
    with _loading:
        if place not in _loaded:
            _loaded[place] = _read(place)
        return _loaded[place]


def _read(folder: Path) -> Classifier:
    config = _config(folder)
    for name in (_NETWORK, _TOKENIZER):
        _verify(folder / name, config.sha256.get(name, ""))
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")  # it would advise to install PyTorch
    try:
        from onnxruntime import InferenceSession, SessionOptions
        from transformers import PreTrainedTokenizerFast
    except ImportError as error:
        raise ModelError(f"The classifier needs the package {error.name}: pip install escucha") from error
    options = SessionOptions()
    options.intra_op_num_threads = os.cpu_count() or 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # faster when cores are shared
    try:
        session = InferenceSession(str(folder / _NETWORK), options, providers=["CPUExecutionProvider"])
        make: Any = PreTrainedTokenizerFast  # untyped
        tokenizer = make(tokenizer_file=str(folder / _TOKENIZER))
    except Exception as error:  # both libraries raise their own, undocumented kinds
        raise ModelError(f"The classifier in {folder} cannot be used: {error}. {_REPAIR}") from error
    return Classifier(config, session, tokenizer)


def _config(folder: Path) -> Config:
    path = folder / _CONFIG
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))
        return Config(
            version=str(stated["version"]),
            sentiment_temperature=float(stated["temperatures"]["sentiment"]),
            complaint_temperature=float(stated["temperatures"]["complaint"]),
            max_tokens=int(stated["max_tokens"]),
            pad=int(stated["pad"]),
            sha256={str(name): str(digest) for name, digest in stated["sha256"].items()},
        )
    except OSError as error:
        raise ModelError(f"There is no classifier in {folder}: {path.name} cannot be read. {_REPAIR}") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"{path} is not a classifier's description ({error!r}). {_REPAIR}") from error


def _verify(path: Path, digest: str) -> None:
    try:
        with path.open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"The classifier lacks {path.name} in {path.parent}. {_REPAIR}") from error
    if found != digest:
        raise ModelError(f"{path} is damaged: its sha256 is not the one in {_CONFIG}. {_REPAIR}")


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield row numbers, longest rows first, so that no batch holds more than _BATCH_TOKENS tokens once padded."""
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    start = 0
    while start < len(order):
        size = max(1, _BATCH_TOKENS // lengths[order[start]])
        yield order[start : start + size]
        start += size
