"""The names of a table's columns: its header's, made unique, or numbers where the first row is one of values."""

import re
from collections.abc import Sequence, Sized
from dataclasses import replace
from pathlib import Path
from typing import Any

from monitor.errors import UnfitFile
from monitor.tables.columns import ColumnFinder
from monitor.tables.file_format import FileFormat
from monitor.tables.forms.headers import is_value
from monitor.tables.unpack import MOST_COLUMNS

_NUMBERED = re.compile(r"column \d+")


def with_header(form: FileFormat, first_row: Sequence[Any], finder: ColumnFinder, *, is_sure: bool) -> FileFormat:
    """The form with the names in `first_row`, or numbers if it is of values; `is_sure`: a person has said which."""
    cells = [str(cell or "").strip() for cell in first_row]
    is_named = form.named
    if not is_sure:
        is_named = any(finder.knows(cell) for cell in cells) or not any(map(is_value, cells))
    if not is_named:
        return replace(form, named=False, header=tuple(f"column {number}" for number in range(1, len(cells) + 1)))
    return replace(form, header=unique_names(cells))


def has_numbered(header: Sequence[str]) -> bool:
    """Whether a column has a number for a name, since the row that was taken for the header names nothing there."""
    return any(_NUMBERED.fullmatch(name) for name in header)


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Every name once and none empty: `text`, `text (2)`, `column 3`."""
    unique: dict[str, None] = {}
    suffixes: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        base = candidate = name or f"column {number}"
        while candidate in unique:
            suffixes[base] = suffixes.get(base, 1) + 1
            candidate = f"{base} ({suffixes[base]})"
        unique[candidate] = None
    return tuple(unique)


def check_width(path: Path, columns: Sized) -> None:
    """Raises UnfitFile for more columns than a table may have."""
    if len(columns) > MOST_COLUMNS:
        raise UnfitFile(
            "file_columns",
            "{file} has {count} columns, and {most} are the most: delete those that are not needed",
            file=path.name,
            count=len(columns),
            most=MOST_COLUMNS,
        )
