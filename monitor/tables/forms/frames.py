"""JSON that holds a table rather than posts: data frames by columns, split in names and values, or a header and rows.

{"text": {"0": "a", "1": "b"}}    {"columns": ["text"], "data": [["a"], ["b"]]}    {"values": [["text"], ["a"], ["b"]]}
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from monitor.tables.file_format import FAULT
from monitor.tables.forms.headers import is_value
from monitor.tables.forms.naming import unique_names
from monitor.tables.rich import TEXTS

_NAMES = ("columns", "fields", "header", "headers", "cols", "column_names")
_ROWS = ("data", "rows", "values", "records", "results")
_NUMBER = re.compile(r"-?\d+")
_FEWEST_COLUMNS = 2


def frame_rows(value: Mapping[str, Any]) -> Iterator[dict[str, Any]] | None:
    """The rows of a table whose rows are lists; None: the object is none."""
    rows = next((value[name] for name in _ROWS if _are_lists(value.get(name))), None)
    if rows is None:
        return None
    names = next((found for name in _NAMES if (found := _names(value.get(name)))), ())
    if not names and (names := _names(rows[0])):
        rows = rows[1:]
    return _rows(names or tuple(f"column {number}" for number, _ in enumerate(rows[0], 1)), rows)


def is_by_columns(value: Mapping[str, Any]) -> bool:
    """Whether an object holds columns, each its values by the number of the row, or in a list: pandas' `to_json`."""
    columns = list(value.values())
    if len(columns) < _FEWEST_COLUMNS or not columns[0]:
        return False
    if all(isinstance(column, list) for column in columns):
        are_single = not any(isinstance(cell, list | dict) for column in columns for cell in column[:1])
        return are_single and len(set(map(len, columns))) == 1
    if not all(isinstance(column, dict) and column.keys() == columns[0].keys() for column in columns):
        return False
    is_named = all(map(_NUMBER.fullmatch, columns[0])) or not value.keys().isdisjoint(TEXTS)
    have_words = any(isinstance(cell, str) for column in columns for cell in column.values())
    return is_named and have_words and not all(map(_NUMBER.fullmatch, value))


def turned(value: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of an object that holds columns."""
    columns = [list(column.values()) if isinstance(column, dict) else column for column in value.values()]
    return (dict(zip(value, cells, strict=True)) for cells in zip(*columns, strict=True))


def _are_lists(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], list)


def _names(value: Any) -> tuple[str, ...]:
    """The names in a list of them, or of objects that have one; () where one is none, but a value."""
    listed = [one.get("name") if isinstance(one, dict) else one for one in value] if isinstance(value, list) else []
    names = [name for name in listed if isinstance(name, str) and name.strip() and not is_value(name)]
    return unique_names(names) if len(names) == len(listed) else ()


def _rows(names: tuple[str, ...], rows: list[Any]) -> Iterator[dict[str, Any]]:
    for row in rows:
        if isinstance(row, list) and len(row) <= len(names):
            yield dict(zip(names, row, strict=False))
        else:
            yield {FAULT: f"not a list of {len(names)} values"}
