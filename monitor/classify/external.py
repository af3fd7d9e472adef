"""Any other model: a sequence classifier of `transformers`, run by PyTorch (extra `[torch]`) on a GPU if there is one.

Weights are read from safetensors files only, and no code that comes with a model is run. Nothing heavy is imported
before a model is loaded; its weights are read when the first text comes.
"""

import importlib.util
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from monitor.classify import hub, labels
from monitor.classify.model import SILENT, windows
from monitor.errors import ModelError
from monitor.models.posts import Scores
from monitor.settings.classifier import LabelMeaning

logger = logging.getLogger(__name__)

_BATCH_TOKENS = 4096
"""Tokens in a batch, padding included: some hundreds of megabytes with a large model."""
_MAX_TOKENS = 512
_LOCAL: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}


class TransformersNetwork:
    """A network and its tokenizer, in float32, on the fastest device there is."""

    def __init__(self, folder: Path, name: str) -> None:
        """Raise ModelError if they cannot be used."""
        import torch

        started = time.monotonic()
        self._torch = torch
        self._network, self._tokenizer = _load_files(folder, name)
        self._device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        self._network.to(self._device).eval()
        # Some networks lose two of their positions to padding.
        positions = getattr(self._network.config, "max_position_embeddings", None) or 0
        self._most = min(_MAX_TOKENS, self._tokenizer.model_max_length, positions - 2 if positions > 2 else _MAX_TOKENS)
        self._lock = threading.Lock()
        logger.info("external model loaded", extra={"model": name, "seconds": round(time.monotonic() - started, 1)})

    def logits(self, texts: list[str]) -> Iterator[tuple[list[int], Any]]:
        """Yield row numbers and their logits, shape (rows, labels), batch by batch; `texts` are prepared, not empty."""
        with self._lock:  # a tokenizer keeps the length it cuts at to itself
            tokens = self._tokenizer(texts, truncation=True, max_length=self._most)
        for rows in _batches([len(ids) for ids in tokens["input_ids"]], _BATCH_TOKENS):
            batch = {name: [values[row] for row in rows] for name, values in tokens.items()}
            inputs = self._tokenizer.pad(batch, return_tensors="pt").to(self._device)
            with self._torch.inference_mode():
                logits = self._network(**inputs).logits
            yield rows, logits.float().cpu().numpy()


class ExternalModel:
    """Scores texts with a model that Escucha did not make. Made by `load`; safe to share between threads.

    Texts go through `prepare` first, as for the default classifier: mentions become `@user`, links `http`.
    """

    heads = None

    def __init__(self, model: str, meanings: Mapping[str, LabelMeaning]) -> None:
        """Raise ModelError if the model cannot be fetched, or its labels not be understood."""
        self._name, self._folder = hub.find(model)
        self._reading = _reading(self._folder, self._name, meanings)
        self._network: TransformersNetwork | None = None
        self._lock = threading.Lock()

    @property
    def answers(self) -> frozenset[labels.Question]:
        """The questions it answers; in the scores the other is neutral, 0."""
        return self._reading.answers

    @cached_property
    def version(self) -> str:
        """The model's name, and eight digits that change with its files or with the meaning of a label."""
        return f"{self._name}@{hub.digest(self._folder, repr(self._reading))}"

    def scores(self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None) -> list[Scores]:
        """Return the scores of each text, in order; tell `on_batch` how many were finished.

        A text that occurs several times is read once. Raises ModelError when the model cannot be used.
        """
        scores: list[Scores] = [SILENT] * len(texts)
        for places in windows(texts):
            for rows, text_scores in self._answers(places):
                for row in rows:
                    scores[row] = text_scores
                if on_batch is not None:
                    on_batch(len(rows))
        return scores

    def _answers(self, places: dict[str, list[int]]) -> Iterator[tuple[list[int], Scores]]:
        """Yield the row numbers of each text, and its scores."""
        if silent_rows := places.pop("", []):
            yield silent_rows, SILENT
        rows = list(places.values())
        try:
            for batch, logits in self._loaded_network().logits(list(places)) if places else ():
                if not np.isfinite(logits).all():
                    raise ValueError("its answers are not numbers")
                yield from zip((rows[at] for at in batch), self._reading.scores(logits), strict=True)
        except (RuntimeError, IndexError, ValueError) as error:
            raise ModelError(f"The model {self._name} fails on a text: {error}. Name another model.") from error

    def _loaded_network(self) -> TransformersNetwork:
        with self._lock:
            if self._network is None:
                self._network = TransformersNetwork(self._folder, self._name)
            return self._network


def _batches(lengths: Sequence[int], tokens: int) -> Iterator[list[int]]:
    """Yield row numbers, longest rows first, so that no batch of several holds more than `tokens` once padded."""
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    start = 0
    while start < len(order):
        size = max(1, tokens // lengths[order[start]])
        yield order[start : start + size]
        start += size


_loaded: dict[tuple[str, frozenset[tuple[str, LabelMeaning]]], ExternalModel] = {}
_loading = threading.Lock()


def load(model: str, meanings: Mapping[str, LabelMeaning]) -> ExternalModel:
    """Return the model in a folder or of a hub id (`org/name`, `org/name@revision`), loaded once per process.

    `meanings` says what its labels mean, where their names do not. Raises ModelError, which says what to do.
    """
    if importlib.util.find_spec("torch") is None:
        raise ModelError(f"The model {model} needs PyTorch, which is not installed: pip install 'escucha[torch]'")
    key = (model, frozenset(meanings.items()))
    with _loading:
        if key not in _loaded:
            _loaded[key] = ExternalModel(model, meanings)
        return _loaded[key]


def _reading(folder: Path, name: str, meanings: Mapping[str, LabelMeaning]) -> labels.Reading:
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(folder, **_LOCAL)
    except Exception as error:  # transformers raises many undocumented kinds
        raise ModelError(f"The model {name} cannot be used: {error}. Correct its files, or name another.") from error
    if config.problem_type == "regression":
        raise ModelError(f"The model {name} gives a number, not labels. Name one that classifies.")
    names = [str(config.id2label[at]) for at in range(config.num_labels)]
    return labels.read(name, names, meanings, config.problem_type == "multi_label_classification" or len(names) == 1)


def _load_files(folder: Path, name: str) -> tuple[Any, Any]:
    if not list(folder.glob(hub.WEIGHTS)):
        raise ModelError(
            f"The model {name} has no weights as safetensors, the only kind Escucha reads: other kinds can hold code. "
            "Convert them (load it in transformers, then save_pretrained), or name a revision with them: org/name@..."
        )
    from transformers import AutoModelForSequenceClassification, AutoTokenizer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    make: Any = AutoModelForSequenceClassification  # untyped
    try:
        network, loading_info = make.from_pretrained(
            folder, use_safetensors=True, output_loading_info=True, dtype="float32", **_LOCAL
        )
        tokenizer = AutoTokenizer.from_pretrained(folder, **_LOCAL)
    except Exception as error:  # transformers raises many undocumented kinds
        raise ModelError(f"The model {name} cannot be used: {error}. Correct its files, or name another.") from error
    if lacking := sorted(loading_info["missing_keys"]):
        raise ModelError(f"The model {name} was not trained to classify: it lacks {lacking[0]}. Name one that was.")
    if tokenizer.pad_token_id is None or len(tokenizer) > network.get_input_embeddings().num_embeddings:
        raise ModelError(f"The tokenizer of {name} has no padding token, or more tokens than the network. Correct it.")
    return network, tokenizer
