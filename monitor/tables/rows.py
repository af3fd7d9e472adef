"""The rows of a file, whatever its form."""

from collections.abc import Callable, Iterator
from pathlib import Path

from monitor.tables import access, binary, json_rows, separated
from monitor.tables.layout import FileFormat, FormatKind, NumberedRow, ReadProgress
from monitor.tables.text import without_surrogates

_READERS: dict[FormatKind, Callable[[Path, FileFormat, int, ReadProgress], Iterator[NumberedRow]]] = {
    "separated": separated.rows,
    "jsonl": json_rows.line_rows,
    "json": json_rows.array_rows,
    "parquet": binary.parquet_rows,
    "spreadsheet": binary.sheet_rows,
}


def rows(path: Path, form: FileFormat, start: int, progress: ReadProgress) -> Iterator[NumberedRow]:
    """The rows from `start` (counted from 0, without the header) on, one at a time; `progress` follows.

    Raises UnexpectedAnswer when the file vanishes meanwhile, or turns out to be damaged.
    """
    with access.reading(path):
        yield from _READERS[form.kind](path, form, start, progress)


def place(path: Path, form: FileFormat, number: int, line: int | None) -> str:
    """Where a person finds row `number`: as a spreadsheet counts (the header is row 1), with the line if it differs."""
    name = without_surrogates(path.name)
    if form.kind == "jsonl":
        return f"{name}, line {number + 1}"
    row_number = number + 2 if form.named and form.kind in ("separated", "spreadsheet") else number + 1
    if form.kind == "spreadsheet" and line:
        return f"{name}, row {line}"
    if line is None or line == row_number + form.leading:
        return f"{name}, row {row_number}"
    return f"{name}, row {row_number} (line {line})"
