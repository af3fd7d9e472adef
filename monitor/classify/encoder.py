"""The encoder at run time: ONNX Runtime for the network, `tokenizers` for its tokenizer, both loaded late.

A batch holds texts of one length only. So nothing is padded, attention needs no mask, and a text's vector does not
depend on the texts that happen to be read with it: the graph looks at nothing beyond a text (`monitor.training.graph`).
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

import numpy as np

from monitor.classify.heads import Array
from monitor.errors import ModelError
from monitor.machine import process_memory

_WINDOW = 4096
"""Texts tokenised and sorted at a time: bounds memory whatever the caller brings."""
_BATCH_TOKENS = 768
"""Most tokens in a batch: enough to fill a core, little enough to stay in its caches."""

_LEAST = 224
"""Megabytes that it takes where the process's memory is limited."""


class Encoder:
    """Turns texts into vectors. Safe to share between threads.

    Every core reads a batch of its own: that keeps them all busy, where splitting each operator over the cores makes
    them wait for one another some three hundred times a batch.
    """

    def __init__(self, network: Path, tokenizer: Path, max_tokens: int) -> None:
        """Raise ModelError if a file cannot be used or a package is missing."""
        room = process_memory.free_megabytes()
        if room is not None and room < _LEAST:  # its libraries end the process that has too little
            raise ModelError(
                f"only {room} MB of memory are left within this process's limit, and the classifier takes {_LEAST}: "
                "raise the limit (ulimit -v, ulimit -d)"
            )
        self._cores = 1 if room is not None else os.cpu_count() or 1  # each has a thread, whose memory counts too
        try:
            from onnxruntime import InferenceSession, SessionOptions
            from tokenizers import Tokenizer
        except ImportError as error:
            raise ModelError(f"The classifier needs the package {error.name}: pip install escucha") from error
        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # it would keep a plan of every shape of batch that ever was
        try:
            self._session = InferenceSession(str(network), options, providers=["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
            self._tokenizer.enable_truncation(max_tokens)
        except Exception as error:  # both libraries raise their own, undocumented kinds
            remedy = "Reinstall Escucha, or name another folder."
            raise ModelError(f"The classifier in {network.parent} cannot be used: {error}. {remedy}") from error

    def vectors(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Array]]:
        """Yield row numbers and their vectors, shape (rows, width), batch by batch; `texts` are prepared, not empty.

        A row is what the heads read and then, in networks that have it, the text's topic vector.
        """
        for start in range(0, len(texts), _WINDOW):
            tokens = self.tokens(texts[start : start + _WINDOW])
            share = -(-sum(map(len, tokens)) // self._cores)
            plan = list(alike([len(ids) for ids in tokens], min(_BATCH_TOKENS, share)))
            batches = self._pool.map(lambda rows, ids=tokens: self._read([ids[row] for row in rows]), plan)
            for rows, vectors in zip(plan, batches, strict=True):
                yield [start + row for row in rows], vectors

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of prepared texts, special tokens included, cut at the length the network reads."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]

    def _read(self, tokens: list[list[int]]) -> Array:
        """Return the vectors of texts of one length."""
        outputs = self._session.run(self._outputs, {"ids": np.array(tokens, dtype=np.int64)})
        return np.concatenate(outputs, axis=1, dtype=np.float32)

    @cached_property
    def _outputs(self) -> list[str]:
        names = [output.name for output in self._session.get_outputs()]
        return ["vectors", "topics"] if "topics" in names else ["vectors"]

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._cores, thread_name_prefix="classify")


def alike(lengths: Sequence[int], tokens: int) -> Iterator[list[int]]:
    """Yield row numbers, longest rows first; the rows of a batch are of one length and, if several, hold `tokens`."""
    by_length: dict[int, list[int]] = {}
    for row, length in enumerate(lengths):
        by_length.setdefault(length, []).append(row)
    for length, rows in sorted(by_length.items(), reverse=True):
        size = max(1, tokens // length)
        for start in range(0, len(rows), size):
            yield rows[start : start + size]
