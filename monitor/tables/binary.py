"""Parquet, read through a process of its own (`monitor.tables.unpack`)."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from monitor.tables import child_process
from monitor.tables.file_format import FileFormat, NumberedRow, ReadProgress
from monitor.tables.forms.naming import check_width, unique_names
from monitor.tables.forms.threads import comments_in
from monitor.tables.unpack import MOST_COLUMNS

_FIRST_ROWS, _FIRST_BYTES = 10_001, 1 << 25
"""Rows of a Parquet file, and bytes of them, that are kept for the reader after who looks at it."""
_MOST_ELEMENTS = 5 * MOST_COLUMNS
"""Columns and parts of columns at which a Parquet file is not even opened."""
_SCHEMA = re.compile(rb"\x15[\x80-\xff]*[\x00-\x7f]\x19\xfc([\x80-\xff]*[\x00-\x7f])")
_LIKELY = 1 << 30
_EXPANSION = 100
"""A Parquet file may unpack to so many bytes, or to so many times its own size if that is more."""


def parquet_fields(path: Path) -> tuple[str, ...]:
    """The names of the columns, of structs the parts (`user.screen_name`).

    Raises UnexpectedAnswer when the file is cut, too wide, or is no Parquet.
    """
    return _beginning(path, path.stat().st_mtime_ns).fields


def parquet_rows(path: Path, _form: FileFormat, start: int, progress: ReadProgress) -> Iterator[NumberedRow]:
    """The rows from `start` on; row groups before it are not read."""
    size = path.stat().st_size
    most = max(_LIKELY, size * _EXPANSION)
    beginning = _beginning(path, path.stat().st_mtime_ns)
    unpacked = 0
    for number, line in enumerate(_parquet_lines(path, beginning, start), start):
        unpacked += len(line)
        progress.characters = unpacked
        if unpacked > most:
            raise child_process.limit_error(path, f"more than {most:,} bytes")
        row = json.loads(line)
        if isinstance(row, dict):
            child_process.check_end(path, row, f"row {number + 1}")
            break
        yield number, None, dict(zip(beginning.columns, row, strict=False))
        progress.bytes = size * (number + 1) // max(1, beginning.count)
    progress.bytes = size


def parquet_threads(path: Path, form: FileFormat, start: int, progress: ReadProgress) -> Iterator[NumberedRow]:
    """The rows from `start` on of a file whose posts hold their comments, each of which is a row."""
    renamed, listed = dict(form.renamed), parquet_rows(path, form, 0, progress)
    posts = (post for _, _, row in listed for post in comments_in(dict(row), renamed, is_anew=form.comments_anew))
    yield from ((number, None, post) for number, post in enumerate(posts) if number >= start)


@dataclass(frozen=True, slots=True)
class _Beginning:
    """Columns and number of rows of a Parquet file, and its first rows as lines, at its end the end."""

    columns: tuple[str, ...]
    fields: tuple[str, ...]
    count: int
    lines: tuple[bytes, ...]

    @property
    def is_whole(self) -> bool:
        """Whether the end is among the lines."""
        return bool(self.lines) and self.lines[-1].startswith(b"{")


@lru_cache(maxsize=1)
def _beginning(path: Path, _changed: int) -> _Beginning:
    """Read once for looking at the file and for reading it: starting the process takes longer than a small file does.

    Raises UnfitFile.
    """
    if (size := _schema_size(path)) > _MOST_ELEMENTS:
        check_width(path, range(size))
    with child_process.parquet_process(path, "0") as process:
        head = _head(path, process)
        check_width(path, range(head["width"]))
        lines: list[bytes] = []
        size = 0
        for line in _lines(path, process, 0):
            lines.append(line)
            size += len(line)
            if len(lines) >= _FIRST_ROWS or size > _FIRST_BYTES:
                break
    columns = unique_names(head["columns"])
    fields = (
        parts if len(parts) > 1 or parts[0] != name else [column]
        for column, name, parts in zip(columns, head["columns"], head["fields"], strict=True)
    )
    return _Beginning(columns, tuple(chain.from_iterable(fields)), int(head["rows"]), tuple(lines))


def _schema_size(path: Path) -> int:
    """The columns of a Parquet file, and parts of columns, as its end says; 0 if that is not clear.

    Reading the whole end of a file with 100,000 columns takes seconds. It is written in Thrift's compact protocol: a
    version, then the list of the schema, which begins with its length.
    """
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 8))
        length = int.from_bytes(file.read(4), "little")
        file.seek(max(0, end - 8 - length))
        match = _SCHEMA.match(file.read(32))
    return sum((byte & 0x7F) << (7 * place) for place, byte in enumerate(match[1])) - 1 if match else 0


def _parquet_lines(path: Path, beginning: _Beginning, start: int) -> Iterator[bytes]:
    first = beginning.lines[start:]
    yield from first
    if beginning.is_whole:
        if not first:
            yield beginning.lines[-1]
        return
    number = start + len(first)
    with child_process.parquet_process(path, str(number)) as process:
        _head(path, process)
        yield from _lines(path, process, number)


def _head(path: Path, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    head = child_process.parse_line(next(iter(process.stdout or ()), b""))
    if not isinstance(head, dict):
        raise child_process.died_error(path, "its end", process.wait())
    child_process.check_end(path, head, "its end")
    return head


def _lines(path: Path, process: subprocess.Popen[bytes], number: int) -> Iterator[bytes]:
    """The rows from `number` on as the process writes them, and its end. Raises UnfitFile when it ends without one."""
    for line in process.stdout or ():
        if not line.endswith(b"\n"):
            break
        yield line
        if line.startswith(b"{"):
            return
        number += 1
    raise child_process.died_error(path, f"row {number + 1}", process.wait())
