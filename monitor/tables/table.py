"""A table read whole: for files whose rows fit into memory, such as customers and survey answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.errors import UnfitFile
from monitor.tables import detect
from monitor.tables.columns import ColumnFinder
from monitor.tables.file_format import FAULT, NO_OPTIONS, FileFormat, FormOptions, NumberedRow, ReadProgress
from monitor.tables.rows import forget, row_number, rows, sheet_of
from monitor.tables.values import flat_names

MOST_CELLS, MOST_CHARACTERS = 20_000_000, 1 << 28
"""Cells and characters of a table that is read whole."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row as the file has it. `number` counts as a spreadsheet does, `line` is where it begins in the file.

    Both are with the sheet (`Febrero!4`) where several are read. `fault`: why it cannot be read, or ''.
    """

    number: int | str
    line: int | str
    cells: Mapping[str, Any]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The header, empty where the first row names nothing, and all rows that hold something."""

    file_format: FileFormat
    header: tuple[str, ...]
    rows: tuple[TableRow, ...]


def read_table(path: Path, finder: ColumnFinder, options: FormOptions = NO_OPTIONS) -> Table:
    """The table of a file, of a spreadsheet the sheets with a header that `finder` knows.

    Raises UnexpectedAnswer, with the fix, for what is no table.
    """
    file_format = detect.detect_format(path, finder, options)
    table_rows = tuple(
        TableRow(*_place(file_format, number, line), cells, str(cells.get(FAULT, "")))
        for number, line, cells in _counted(path, file_format)
        if any(value not in (None, "") for value in cells.values())  # spreadsheets end in rows of separators
    )
    forget()
    return Table(file_format, _header(file_format, table_rows), table_rows)


def _counted(path: Path, file_format: FileFormat) -> Iterator[NumberedRow]:
    """The rows. Raises UnfitFile for more of them than are held at once."""
    count, progress = 0, ReadProgress()
    for row in rows(path, file_format, 0, progress):
        count += len(row[2]) + 1
        if count > MOST_CELLS or progress.characters > MOST_CHARACTERS:
            is_wide = count > MOST_CELLS
            raise UnfitFile(
                "file_limit",
                "{file} is larger inside than a file may be ({limit}); split it into several files",
                file=path.name,
                limit=f"more than {MOST_CELLS:,} cells" if is_wide else f"more than {MOST_CHARACTERS:,} characters",
            )
        yield row


def _place(file_format: FileFormat, number: int, line: int | None) -> tuple[int | str, int | str]:
    if len(file_format.sheets) > 1:
        place = f"{sheet_of(file_format, number)}!{line}"
        return place, place
    if file_format.sheets and line:
        return line, line
    return row_number(file_format, number), line or number + 1


def _header(file_format: FileFormat, table_rows: tuple[TableRow, ...]) -> tuple[str, ...]:
    if file_format.kind in ("json", "jsonl"):
        return tuple(dict.fromkeys(name for row in table_rows if not row.fault for name in flat_names(row.cells)))
    return file_format.header if file_format.named else ()
