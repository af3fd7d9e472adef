"""A network of two layers and forty words with random weights, and texts for it."""

from typing import Any

import numpy as np

from monitor.training.weights import PretrainedEncoder, Quantised, Shape

SHAPE = Shape(hidden=64, layers=2, heads=4, feed_forward=128, vocabulary=40, positions=32, types=2, epsilon=1e-12)


def pretrained_encoder() -> PretrainedEncoder:
    """Random weights under the names of `e5.c`."""
    rng = np.random.default_rng(1)
    values = rng.integers(-8, 8, (40, 64), dtype=np.int8)
    word = Quantised(values, rng.uniform(0.01, 0.1, (40, 2)).astype(np.float32))
    sizes: dict[str, tuple[int, ...]] = {"emb.pos": (32 * 64,), "emb.type": (2 * 64,)}
    sizes |= {"emb.ln.w": (64,), "emb.ln.b": (64,)}
    for layer in range(SHAPE.layers):
        for part in ("q", "k", "v", "ao"):
            sizes |= {f"l{layer}.{part}.w": (64, 64), f"l{layer}.{part}.b": (64,)}
        sizes |= {f"l{layer}.fi.w": (128, 64), f"l{layer}.fi.b": (128,), f"l{layer}.fo.w": (64, 128)}
        sizes |= {f"l{layer}.{name}": (64,) for name in ("fo.b", "aln.w", "aln.b", "oln.w", "oln.b")}
    return PretrainedEncoder(
        SHAPE, word, {name: rng.normal(0, 0.2, size).astype(np.float32) for name, size in sizes.items()}
    )


class Letters:
    """A tokenizer that reads a letter as its place in the alphabet."""

    def encode_batch_fast(self, texts: list[str]) -> list[Any]:
        return [type("Encoding", (), {"ids": [4 + ord(letter) % 32 for letter in text]}) for text in texts]


def sentences(count: int) -> list[list[int]]:
    source = np.random.default_rng(4)
    return [source.integers(2, 40, source.integers(2, 20)).tolist() for _ in range(count)]
