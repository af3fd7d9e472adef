"""Parquet and spreadsheets (XLSX, XLS, ODS), read through a process of their own (`monitor.tables.unpack`)."""

import json
import os
import subprocess
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import IO, Any

from monitor.tables import child_process
from monitor.tables.forms.sheets import SheetHead, Workbook
from monitor.tables.layout import FileFormat, NumberedRow, ReadProgress

_FIRST_ROWS, _FIRST_BYTES = 10_001, 1 << 25
"""Rows of a Parquet file, and bytes of them, that are kept for the reader after who looks at it."""
_END_BYTES = 1 << 14
"""Bytes in which the end of an unpacked workbook stands."""
_LIKELY = 1 << 30
_EXPANSION = 100
"""A Parquet file may unpack to so many bytes, or to so many times its own size if that is more."""


def parquet_columns(path: Path) -> tuple[str, ...]:
    """The names of the columns. Raises UnexpectedAnswer when the file is cut or is no Parquet."""
    return _beginning(path, path.stat().st_mtime_ns).columns


def parquet_rows(path: Path, form: FileFormat, start: int, progress: ReadProgress) -> Iterator[NumberedRow]:
    """The rows from `start` on; row groups before it are not read."""
    size = path.stat().st_size
    most = max(_LIKELY, size * _EXPANSION)
    beginning = _beginning(path, path.stat().st_mtime_ns)
    unpacked = 0
    for number, line in enumerate(_parquet_lines(path, beginning, start), start):
        unpacked += len(line)
        progress.characters = unpacked
        if unpacked > most:
            raise child_process.limit_error(path, f"{most:,} bytes")
        row = json.loads(line)
        if isinstance(row, dict):
            child_process.check_end(path, row, f"row {number + 1}")
            break
        yield number, None, dict(zip(form.header, row, strict=False))
        progress.bytes = size * (number + 1) // max(1, beginning.count)
    progress.bytes = size


@dataclass(frozen=True, slots=True)
class _Beginning:
    """Columns and number of rows of a Parquet file, and its first rows as lines, at its end the end."""

    columns: tuple[str, ...]
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
    with child_process.parquet_process(path, "0") as process:
        head = _head(path, process)
        lines: list[bytes] = []
        size = 0
        for line in _lines(path, process, 0):
            lines.append(line)
            size += len(line)
            if len(lines) >= _FIRST_ROWS or size > _FIRST_BYTES:
                break
    return _Beginning(tuple(head["columns"]), int(head["rows"]), tuple(lines))


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


def sheet_heads(path: Path, sheet: str | None, count: int) -> Workbook:
    """The sheets that are not hidden and not blank, or the named one, with their first `count` rows; the others' names.

    Raises UnexpectedAnswer when the file is no spreadsheet.
    """
    spool = _spool(path, sheet, path.stat().st_mtime_ns)
    heads = tuple(
        SheetHead(part.name, tuple(islice(spool.cells(part), count)), part.cells, part.end) for part in spool.parts
    )
    return Workbook(tuple(head for head in heads if head.rows), spool.names, spool.hidden, spool.unread)


def sheet_rows(path: Path, form: FileFormat, start: int, progress: ReadProgress) -> Iterator[NumberedRow]:
    """The rows from `start` on, sheet by sheet. Cells beyond the header's are kept only as far as they are named."""
    size = path.stat().st_size
    spool = _spool(path, form.sheet if form.chosen else None, path.stat().st_mtime_ns)
    parts = {part.name: part for part in spool.parts}
    for sheet in form.sheets:
        for index, cells in spool.cells(parts[sheet.name]):
            progress.characters += sum(len(cell) for cell in cells if isinstance(cell, str))
            number = sheet.first + index - sheet.leading - form.named
            if number >= max(start, sheet.first):
                yield number, index + 1, dict(zip(sheet.header, cells, strict=False))
    progress.bytes = size


def forget_sheets() -> None:
    """Lets go of the workbooks that were unpacked to be read more than once."""
    _spool.cache_clear()


@dataclass(frozen=True, slots=True)
class _Part:
    """A sheet in a spool: its rows lie from `begin` to `stop`."""

    name: str
    cells: int
    end: int
    begin: int
    stop: int


@dataclass(frozen=True, slots=True, weakref_slot=True)
class _Spool:
    """A workbook as it was unpacked, the rows of its sheets in one file."""

    rows: IO[bytes]
    names: tuple[str, ...]
    hidden: tuple[str, ...]
    parts: tuple[_Part, ...]
    unread: tuple[tuple[str, str], ...]

    def cells(self, part: _Part) -> Iterator[tuple[int, list[Any]]]:
        """The rows of a sheet with their index in it; several may read at once."""
        at = part.begin
        while at < part.stop:
            self.rows.seek(at)
            lines = self.rows.readlines(min(1 << 20, part.stop - at))
            at = self.rows.tell()
            for line in lines:
                row = json.loads(line)
                if isinstance(row, list):
                    yield row[0], row[1]


@lru_cache(maxsize=2)
def _spool(path: Path, sheet: str | None, _changed: int) -> _Spool:
    """The sheets, or the named one; once for inspecting and reading, for it takes seconds. Raises UnfitFile."""
    rows = tempfile.TemporaryFile(prefix="escucha-")  # noqa: SIM115 (closed when nobody holds the sheets any more)
    try:
        spool = _unpack_sheets(path, sheet, rows)
    except BaseException:
        rows.close()
        raise
    weakref.finalize(spool, rows.close)
    return spool


def _unpack_sheets(path: Path, sheet: str | None, rows: IO[bytes]) -> _Spool:
    code = child_process.unpack_spreadsheet(path, sheet, rows)
    ended = rows.seek(0, os.SEEK_END)
    rows.seek(max(0, ended - _END_BYTES))
    last = rows.read().splitlines(keepends=True)[-1:]
    end = child_process.parse_line(last[0]) if last else None
    if not isinstance(end, dict):
        raise child_process.died_error(path, "the workbook", code)
    child_process.check_end(path, end, "the workbook")
    head, *marks = [_read_mark(rows, begin) for begin, _ in end["places"]]
    stops = [*(begin for begin, _ in end["places"][2:]), ended - len(last[0])]
    parts = tuple(
        _Part(mark["sheet"], mark["cells"], mark["end"], begin, stop)
        for mark, (_, begin), stop in zip(marks, end["places"][1:], stops, strict=False)
        if "sheet" in mark
    )
    unread = tuple((mark["unread"], mark["why"]) for mark in marks if "unread" in mark)
    return _Spool(rows, tuple(head["sheets"]), tuple(head["hidden"]), parts, unread)


def _read_mark(rows: IO[bytes], begin: int) -> Any:
    rows.seek(begin)
    return child_process.parse_line(rows.readline())
