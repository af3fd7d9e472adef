"""Reads every block of a database that nobody else has open, in a process of its own.

Run as a file of its own, `python block_check.py DATABASE SETTINGS`, because a file that is damaged enough may end the
process that reads it. Every column of every table is read, which makes the engine compare each block with its checksum;
the blocks of indexes, which no query reads, are compared here. Prints one object of JSON: `tables` with their rows, or
`kind` and `text` of the engine's error and `places`, the damaged tables and columns.
"""

import json
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO, Final

import duckdb
import numpy as np

MOST_PLACES: Final = 5  # that are named
_QUOTE = '"'

_HEADER = 4_096  # bytes of each of the three headers
_FIRST = 3 * _HEADER  # where the blocks begin
_WORD = 8
_SEED, _FACTOR = np.uint64(5381), np.uint64(0xBF58476D1CE4E5B9)  # source: DuckDB, src/common/checksum.cpp
_BLOCK_SIZES = (16_384, 32_768, 65_536, 131_072, 262_144)
_PARTS = 64  # of a block that holds metadata
_MOST_BAD = 0.5  # of all blocks: the engine has read them, so where more differ they have another form
_NONE = 2**64 - 1  # a pointer to nowhere


def main(path: Path, config: dict[str, Any]) -> dict[str, Any]:
    """What the database holds, or what is wrong with it."""
    try:
        tables = _read(path, config)
    except duckdb.Error as error:
        return {"kind": type(error).__name__, "text": str(error), "places": _damaged_columns(path, config)}
    if bad_blocks := damaged_blocks(path):
        text = f"block {', '.join(map(str, bad_blocks[:MOST_PLACES]))} does not match stored checksum"
        return {"kind": "Error", "text": text, "places": ["an index"]}
    return {"tables": tables}


def _read(path: Path, config: dict[str, Any]) -> dict[str, int]:
    """Rows by table; a writer's opening and closing also puts the log of a crashed process into the file."""
    with duckdb.connect(str(path), config=config) as connection:
        return {
            name: connection.execute(f"SELECT count(*), bit_xor(hash(t)) FROM {_quoted(name)} t").fetchall()[0][0]
            for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        }


def _damaged_columns(path: Path, config: dict[str, Any]) -> list[str]:
    """The columns that cannot be read, as table.column; none where not even their names can be."""
    places: list[str] = []
    try:
        with duckdb.connect(str(path), config=config, read_only=True) as connection:
            rows = connection.execute(
                "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal"
            ).fetchall()
    except duckdb.Error:
        return places
    for table in dict.fromkeys(name for name, _ in rows):
        if len(places) < MOST_PLACES and not _can_read(path, config, table, "t"):
            columns = [_quoted(column) for name, column in rows if name == table]
            places += [
                f"{table}.{column.strip(_QUOTE)}" for column in columns if not _can_read(path, config, table, column)
            ]
    return places[:MOST_PLACES]


def _can_read(path: Path, config: dict[str, Any], table: str, part: str) -> bool:
    """Whether a column, or `t` for all, can be read: with an engine of its own, as an error may be the last of one."""
    try:
        with duckdb.connect(str(path), config=config, read_only=True) as connection:
            connection.execute(f"SELECT bit_xor(hash({part})) FROM {_quoted(table)} t").fetchall()
    except duckdb.Error:
        return False
    return True


def _quoted(name: str) -> str:
    return _QUOTE + name.replace(_QUOTE, 2 * _QUOTE) + _QUOTE


def damaged_blocks(path: Path) -> list[int]:
    """The numbers of blocks in use that differ from their checksums; none where the file has a form not known here."""
    with path.open("rb") as file:
        headers = [_header(file, start) for start in (_HEADER, 2 * _HEADER)]
        _, free_list, count, size = max(headers)  # the newer one counts
        if size not in _BLOCK_SIZES:
            return []
        count = min(count, (path.stat().st_size - _FIRST) // size)  # free blocks at the end are cut off
        file.seek(_FIRST)
        bad_blocks = [number for number in range(count) if not _fits(file.read(size))]
        if not bad_blocks or len(bad_blocks) > count * _MOST_BAD:
            return []
        free_blocks = _free_blocks(file, free_list, size, count)
    return [number for number in bad_blocks if number not in free_blocks]


def _header(file: BinaryIO, start: int) -> tuple[int, int, int, int]:
    """(iteration, pointer to the list of free blocks, blocks, bytes of a block)."""
    file.seek(start + _WORD)
    iteration, _, free_list, count, size = struct.unpack("<5Q", file.read(5 * _WORD))
    return iteration, free_list, count, size


def _fits(block: bytes) -> bool:
    words = np.frombuffer(block, "<u8")
    return bool(np.bitwise_xor.reduce(words[1:] * _FACTOR) ^ _SEED == words[0])


def _free_blocks(file: BinaryIO, pointer: int, size: int, count: int) -> set[int]:
    """The blocks that hold nothing: what stands in them may be half of what a killed process began to write."""
    part = (size - _WORD) // _PARTS // _WORD * _WORD
    stream = b""
    while pointer != _NONE and len(stream) <= count * size:
        number, index = pointer & (2**56 - 1), pointer >> 56
        file.seek(_FIRST + number * size + _WORD + index * part)
        piece = file.read(part)
        (pointer,) = struct.unpack_from("<Q", piece)
        stream += piece[_WORD:]
    if not stream:
        return set()
    (length,) = struct.unpack_from("<Q", stream)
    return set(struct.unpack_from(f"<{length}q", stream, _WORD))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), json.loads(sys.argv[2]))))
