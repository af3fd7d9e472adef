"""The rows of a file, whatever its form."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor.tables import access, binary, json_rows, separated, workbooks
from monitor.tables.file_format import FAULT, PART, FileFormat, FilePart, FormatKind, NumberedRow, ReadProgress
from monitor.tables.forms import archives, html_tables
from monitor.tables.text import without_surrogates

_READERS: dict[FormatKind, Callable[[Path, FileFormat, int, ReadProgress], Iterator[NumberedRow]]] = {
    "separated": separated.rows,
    "jsonl": json_rows.line_rows,
    "json": json_rows.array_rows,
    "parquet": binary.parquet_rows,
    "parquet threads": binary.parquet_threads,
    "spreadsheet": workbooks.sheet_rows,
    "html": html_tables.rows,
}


def rows(path: Path, form: FileFormat, start: int, progress: ReadProgress) -> Iterator[NumberedRow]:
    """The rows from `start` (counted from 0, without the header) on, one at a time; `progress` follows.

    Raises UnexpectedAnswer when the file vanishes meanwhile, or turns out to be damaged.
    """
    with access.reading(path):
        unpacked = archives.unpack(path) if form.packed else None  # held for as long as it is read
        found = _READERS[form.kind](unpacked.path if unpacked else path, form, start, progress)
        found = _without_skipped(found, form) if form.skipped else found
        yield from _in_parts(found, form.parts) if form.parts else found


def _in_parts(numbered_rows: Iterator[NumberedRow], parts: Sequence[FilePart]) -> Iterator[NumberedRow]:
    for number, line, row in numbered_rows:
        yield number, line, in_part(parts, number, row)


def in_part(parts: Sequence[FilePart], number: int, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Row `number` with the name of the part that it stands in, and under the names that its columns have there."""
    part = next((part for part in reversed(parts) if number >= part.first), parts[0])
    cells = row.get("fields") if FAULT in row else list(row.values())
    if part.header and isinstance(cells, list) and len(cells) >= len(part.header):
        row = dict(zip(part.header, cells, strict=False))
    return row if FAULT in row else {**row, PART: part.name}


def _without_skipped(numbered_rows: Iterator[NumberedRow], form: FileFormat) -> Iterator[NumberedRow]:
    for row in numbered_rows:
        if not any(first <= row[0] < end for first, end in form.skipped):
            yield row


def forget() -> None:
    """Lets go of what was unpacked to be looked at and read; who reads still keeps it."""
    workbooks.forget_sheets()
    html_tables.forget_tables()
    archives.forget_unpacked()


def size(path: Path, form: FileFormat) -> int:
    """The bytes that are read of it, unpacked."""
    return (archives.unpack(path).path if form.packed else path).stat().st_size


def place(path: Path, form: FileFormat, number: int, line: int | None) -> str:
    """Where a person finds row `number`: as a spreadsheet counts, titles and header too; with the line if another."""
    return placing(path, form)(number, line)


def placing(path: Path, form: FileFormat) -> Callable[[int, int | None], str]:
    """The same for many rows of one file."""
    name, above = without_surrogates(path.name), row_number(form, 0)

    def place_of(number: int, line: int | None) -> str:
        if form.kind == "jsonl":
            return f"{name}, line {line or number + 1}"
        if form.sheets and line:
            sheet = "" if len(form.sheets) == 1 else f"sheet {sheet_of(form, number)}, "
            return f"{name}, {sheet}row {line}"
        row = number + above
        if line is None or line == row + form.declared:
            return f"{name}, row {row}"
        return f"{name}, row {row} (line {line})"

    return place_of


def sheet_of(form: FileFormat, number: int) -> str:
    """The name of the sheet that row `number` stands in."""
    return next(sheet.name for sheet in reversed(form.sheets) if number >= sheet.first or sheet.first == 0)


def row_number(form: FileFormat, number: int) -> int:
    """How a spreadsheet counts row `number` of a file of lines: titles and header too, from 1."""
    return number + 1 + form.leading - form.declared + (form.named and form.kind in ("separated", "spreadsheet"))
