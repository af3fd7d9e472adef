"""Where a table begins: the row that names its columns, below the titles that reports put above it."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from monitor.tables.columns import ColumnFinder
from monitor.tables.file_format import SEPARATORS
from monitor.tables.times import time_format

MOST_TITLES = 40
"""Rows that are looked at for a header."""
_ENOUGH = 2
"""Columns with names that we know make a row a header."""
_CERTAIN = 3
"""Columns that make one of it though a row above is as wide."""
_TITLE_CELLS = 2
"""Cells that a title has at most: a name and a value."""
_LOOKED_AT = 500
"""Cells of a row that are looked at."""
_LONGEST_TITLE = 300
"""Characters of a title."""


def header_row(rows: Sequence[Sequence[Any]], finder: ColumnFinder) -> int | None:
    """Which of a table's first rows names two columns that `finder` knows, and is no row of a table above.

    A row of groups (`Post, , , Author`) gives way to the one below it that names more.
    """
    widest = 0
    for number, row in enumerate(rows):
        known, width = known_columns(row, finder), _width(row)
        if known >= _ENOUGH and (width > widest or (known >= _CERTAIN and known * 2 >= width)):
            below = rows[number + 1] if number + 1 < len(rows) else ()
            is_group = width < _width(below) and known < known_columns(below, finder)
            return number + (is_group and not any(is_value(str(cell).strip()) for cell in below[:_LOOKED_AT]))
        widest = max(widest, width)
    return None


def header_line(lines: Sequence[str], finder: ColumnFinder, separators: Sequence[str] = tuple(SEPARATORS)) -> int:
    """The line of a separated file's beginning that names the columns; the first that is not blank if nothing tells."""
    tables = [[_split(line, separator) for line in lines[:MOST_TITLES]] for separator in separators]
    if found := [number for table in tables if (number := header_row(table, finder)) is not None]:
        return min(found)
    begin = next((number for number, line in enumerate(lines) if not is_blank(line)), 0)
    likeliest = max(tables, key=lambda table: _common_width(table)[1])
    return max(begin, row_below_titles(likeliest) or _below_titles(likeliest))


def row_below_titles(rows: Sequence[Sequence[Any]]) -> int | None:
    """The first row wider than a title, where it names all that most rows below fill, and one column is of values.

    None: it is the first row, or is no header by its shape.
    """
    width = len(_mostly_filled(rows))
    number = next((number for number, row in enumerate(rows) if _width(row) > min(_TITLE_CELLS, width - 1)), 0)
    below = rows[number + 1 :]
    if not number or not _names_alone(rows[number]):
        return None
    columns = _mostly_filled(below)
    are_named = columns and all(_cell(rows[number], column) for column in columns)
    return number if are_named and any(_are_values(below, column) for column in columns) else None


def titles_in(rows: Iterable[Sequence[Any]]) -> tuple[str, ...]:
    """What rows above a header say, a line each: the cells that hold something, without quotes and `#`."""
    lines = (
        " ".join(str(cell).strip(" \t\r\n\"'#*-=") for cell in row[:_LOOKED_AT] if cell is not None) for row in rows
    )
    return tuple(line[:_LONGEST_TITLE].strip() for line in lines if line.strip())[:MOST_TITLES]


def is_blank(line: str) -> bool:
    """Whether a line of a separated file holds nothing."""
    return not line.strip(" \t\r\n,;|\"'\ufeff")


def known_columns(row: Sequence[Any], finder: ColumnFinder) -> int:
    """How many of a row's cells are names that `finder` knows."""
    return sum(finder.knows(str(cell)) for cell in row[:_LOOKED_AT] if cell)


def is_value(cell: str) -> bool:
    """No name of a column: a number, a time, an address, or a long text."""
    return cell.replace(".", "").isdigit() or len(cell) > 80 or cell.startswith("http") or bool(time_format(cell))


def _common_width(table: Sequence[Sequence[str]]) -> tuple[int, int]:
    """The width that most rows have, of two cells at least, and how many have it."""
    widths = Counter(len(row) for row in table if len(row) >= _ENOUGH)
    return widths.most_common(1)[0] if widths else (0, 0)


def _below_titles(table: Sequence[Sequence[str]]) -> int:
    """The first row as wide as most, when all above are titles or comments and it holds nothing but names; else 0."""
    width, _ = _common_width(table)

    def is_title(row: Sequence[str]) -> bool:
        is_comment = bool(row) and row[0].startswith("#") and len(row) != width
        return is_comment or _width(row) <= min(_TITLE_CELLS, width - 1)

    number = next((number for number, row in enumerate(table) if len(row) == width and not is_title(row)), 0)
    are_names = all(cell.strip() and not is_value(cell.strip()) for cell in table[number][:_LOOKED_AT])
    return number if are_names and all(map(is_title, table[:number])) else 0


def _mostly_filled(rows: Sequence[Sequence[Any]]) -> list[int]:
    """The columns that hold something in half of the rows that are not blank."""
    filled = [row[:_LOOKED_AT] for row in rows if _width(row)]
    counts = Counter(column for row in filled for column in range(len(row)) if _cell(row, column))
    return [column for column, count in counts.items() if count * 2 >= len(filled)]


def _names_alone(row: Sequence[Any]) -> bool:
    cells = [cell for column in range(len(row[:_LOOKED_AT])) if (cell := _cell(row, column))]
    return len(set(cells)) == len(cells) and not any(is_value(cell) or cell.startswith("@") for cell in cells)


def _are_values(rows: Sequence[Sequence[Any]], column: int) -> bool:
    cells = [cell for row in rows if (cell := _cell(row, column))]
    return sum(map(is_value, cells)) * 2 > len(cells)


def _cell(row: Sequence[Any], column: int) -> str:
    value = row[column] if column < len(row) else None
    return "" if value is None else str(value).strip()


def _split(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line.removeprefix("\ufeff")], delimiter=separator), [])
    except csv.Error:
        return [line]


def _width(row: Sequence[Any]) -> int:
    """Cells that hold something."""
    return sum(bool(str(cell).strip()) for cell in row if cell is not None)
