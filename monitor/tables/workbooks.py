"""Spreadsheets (XLSX, XLS, ODS), read through a process of their own (`monitor.tables.unpack`)."""

import json
import os
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import IO, Any

from monitor.tables import child_process
from monitor.tables.file_format import FileFormat, NumberedRow, ReadProgress
from monitor.tables.forms.sheets import SheetHead, Workbook

_END_BYTES = 1 << 14
"""Bytes in which the end of an unpacked workbook stands."""


def sheet_heads(path: Path, sheets: Sequence[str] | None, count: int) -> Workbook:
    """The sheets that are not hidden and not blank, or those named, with their first `count` rows; the others' names.

    Raises UnexpectedAnswer when the file is no spreadsheet.
    """
    spool = _spool(path, None if sheets is None else tuple(sheets), path.stat().st_mtime_ns)
    heads = tuple(
        SheetHead(part.name, tuple(islice(spool.cells(part), count)), part.cells, part.end) for part in spool.parts
    )
    return Workbook(tuple(head for head in heads if head.rows), spool.names, spool.hidden, spool.unread, spool.width)


def sheet_rows(path: Path, form: FileFormat, start: int, progress: ReadProgress) -> Iterator[NumberedRow]:
    """The rows from `start` on, sheet by sheet. Cells beyond the header's are kept only as far as they are named."""
    size = path.stat().st_size
    spool = _spool(path, tuple(sheet.name for sheet in form.sheets) if form.chosen else None, path.stat().st_mtime_ns)
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
    width: int

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
def _spool(path: Path, sheets: tuple[str, ...] | None, _changed: int) -> _Spool:
    """The sheets, or the named ones; once for inspecting and reading, for it takes seconds. Raises UnfitFile."""
    rows = tempfile.TemporaryFile(prefix="escucha-")  # noqa: SIM115 (closed when nobody holds the sheets any more)
    try:
        spool = _unpack_sheets(path, sheets, rows)
    except BaseException:
        rows.close()
        raise
    weakref.finalize(spool, rows.close)
    return spool


def _unpack_sheets(path: Path, sheets: tuple[str, ...] | None, rows: IO[bytes]) -> _Spool:
    code = child_process.unpack_spreadsheet(path, sheets, rows)
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
    width = next((mark["width"] for mark in marks if "width" in mark), 0)
    return _Spool(rows, tuple(head["sheets"]), tuple(head["hidden"]), parts, unread, width)


def _read_mark(rows: IO[bytes], begin: int) -> Any:
    rows.seek(begin)
    return child_process.parse_line(rows.readline())
