"""What kind of file it is, told by its first bytes rather than its name."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from monitor.errors import UnexpectedAnswer, UnfitFile
from monitor.tables import access, binary, child_process, encoding, separated, unpack
from monitor.tables.columns import ColumnFinder, columns_hint
from monitor.tables.layout import FileFormat
from monitor.tables.times import time_format

_SAMPLE = 1 << 20
_GUESSED = 1 << 18
"""Bytes looked at for the encoding, and characters looked at for the separator."""
_TITLES = 20
"""Rows above the header of a spreadsheet that are looked at."""
_MOST_SHEETS = 50
"""Sheets of a workbook that are looked at: each is unpacked by itself."""
_LONGEST_LOOK = 120
"""Seconds after which no further sheet is looked at."""
MOST_COLUMNS = 2_000
_STRAYS = 30
"""Control characters that even a short file may hold."""
_ZIP, _OLE, _PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"
_PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"7z\xbc\xaf": "7-Zip", b"(\xb5/\xfd": "zstd"}


def detect_format(path: Path, finder: ColumnFinder, *, any_sheet: bool = False) -> FileFormat:
    """The form of a file, with its header where it has one of its own: names that `finder` knows tell it from a row.

    Of a spreadsheet it is the first sheet that holds something; with `any_sheet` the first that names two columns that
    `finder` knows, where there is one. Raises UnexpectedAnswer, with the fix, for what holds no rows: missing, folder,
    empty, packed, binary, damaged.
    """
    head = _head(path)
    with access.reading(path):
        if head.startswith(_PARQUET):
            columns = binary.parquet_columns(path)
            _check_width(path, columns)
            return FileFormat("parquet", unique_names(columns))
        if head.startswith((_ZIP, _OLE)):
            return _spreadsheet(path, finder, any_sheet)
        return _text(path, head, finder)


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise UnexpectedAnswer(f"{path} is a folder: name one file in it")
    if path.exists() and not path.is_file():  # opening a pipe would wait for whoever writes to it
        raise UnexpectedAnswer(f"{path} is a pipe or a device: save what it gives in a file")
    try:
        with path.open("rb") as file:
            head = file.read(_SAMPLE)
    except OSError as error:
        raise UnexpectedAnswer(f"{path} cannot be read: {error.strerror}; check the path and its permissions") from None
    if not head.strip():
        raise UnfitFile("file_empty", "{file} is empty: export it again", file=path.name)
    for magic, name in _PACKED.items():
        if head.startswith(magic):
            raise UnfitFile("file_packed", "{file} is packed ({packer}): unpack it first", file=path.name, packer=name)
    return head


def _text(path: Path, head: bytes, finder: ColumnFinder) -> FileFormat:
    name = encoding.detect_encoding(head)
    text = head.decode(name, "replace")[:_GUESSED]
    strange = sum(character < " " and character not in "\t\r\n\f\x1b" for character in text)
    if strange > max(_STRAYS, len(text) / 20) or path.suffix.lower() in (".xlsx", ".xls", ".ods", ".parquet"):
        raise UnfitFile(
            "file_strange",
            "{file} is not text, a spreadsheet or Parquet inside: save it as CSV (UTF-8), JSONL, XLSX or Parquet",
            file=path.name,
        )
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("{"):
        return FileFormat("jsonl", encoding=name)
    if start.startswith("[") and start[1:].lstrip()[:1] in ("{", "]"):
        return FileFormat("json", encoding=name)
    return _separated(path, separated.detect_dialect(text.lstrip("\ufeff"), name), finder)


def _separated(path: Path, form: FileFormat, finder: ColumnFinder) -> FileFormat:
    records = separated.first_records(path, form, 1)
    if not records:
        raise UnfitFile("file_empty", "{file} is empty: export it again", file=path.name)
    _check_width(path, records[0])
    return _with_header(form, [cell.removeprefix("\ufeff") for cell in records[0]], finder)


def _spreadsheet(path: Path, finder: ColumnFinder, any_sheet: bool) -> FileFormat:
    """Reports put titles and dates above their header, which is the first row that names two columns we know."""
    first_format, cell_count, end = None, 0, time.monotonic() + _LONGEST_LOOK
    sheets = binary.sheet_names(path)
    for sheet in sheets[:_MOST_SHEETS]:
        head, cells = binary.sheet_head(path, sheet, _TITLES)
        cell_count += cells
        if cell_count > unpack.MOST_CELLS:
            raise child_process.limit_error(path, f"{unpack.MOST_CELLS:,} cells in its sheets")
        leading = next((number for number, row in enumerate(head) if _known_columns(row, finder) >= 2), None)
        if head and (first_format is None or leading is not None):
            _check_width(path, head[leading or 0])
            sheet_format = FileFormat("spreadsheet", sheet=sheet, leading=leading or 0)
            first_format = _with_header(sheet_format, head[leading or 0], finder)
        if first_format and (leading is not None or not any_sheet):
            return first_format
        if time.monotonic() > end:
            raise child_process.limit_error(path, f"{_LONGEST_LOOK} seconds")
    if len(sheets) > _MOST_SHEETS:
        raise child_process.limit_error(path, f"{len(sheets)} sheets, and only the first {_MOST_SHEETS} are looked at")
    if first_format is None:
        raise UnfitFile("file_rows", "{file} has no sheet with rows: export it again", file=path.name)
    return first_format


def _check_width(path: Path, columns: Sequence[Any]) -> None:
    if len(columns) > MOST_COLUMNS:
        raise UnfitFile(
            "file_columns",
            "{file} has {count} columns, and {most} are the most: delete those that are not needed",
            file=path.name,
            count=len(columns),
            most=MOST_COLUMNS,
        )


def _known_columns(row: Sequence[Any], finder: ColumnFinder) -> int:
    return sum(finder.knows(str(cell)) for cell in row if cell)


def _with_header(form: FileFormat, first_row: Sequence[Any], finder: ColumnFinder) -> FileFormat:
    cells = [str(cell or "").strip() for cell in first_row]
    if not any(finder.knows(cell) for cell in cells) and any(_is_value(cell) for cell in cells):
        return replace(form, named=False, header=tuple(f"column {number}" for number in range(1, len(cells) + 1)))
    return replace(form, header=unique_names(cells))


def _is_value(cell: str) -> bool:
    """No name of a column: a number, a time, an address, or a long text."""
    return cell.replace(".", "").isdigit() or len(cell) > 80 or cell.startswith("http") or bool(time_format(cell))


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Every name once and none empty: `text`, `text (2)`, `column 3`."""
    unique: dict[str, None] = {}
    for number, name in enumerate(names, start=1):
        base = name or f"column {number}"
        suffix, candidate = 2, base
        while candidate in unique:
            candidate, suffix = f"{base} ({suffix})", suffix + 1
        unique[candidate] = None
    return tuple(unique)


def no_rows_error(path: Path, header: Sequence[str]) -> UnexpectedAnswer:
    """The error for a file that has nothing below its header."""
    return UnexpectedAnswer(f"{path.name} holds no posts below its header: export it again{columns_hint(header)}")
