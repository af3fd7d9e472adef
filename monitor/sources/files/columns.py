"""Which column of a file holds what: by its name in Spanish or English, else by what it holds."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from monitor.errors import UnexpectedAnswer
from monitor.sources.files.column_names import EITHER, NAMES
from monitor.tables.columns import ColumnFinder, columns_hint
from monitor.tables.layout import ROLES, PostColumns
from monitor.tables.times import time_format
from monitor.tables.values import value_of

FINDER = ColumnFinder({role: NAMES[role].split() for role in ROLES}, option="--column {role}=")
_HANDLE = re.compile(r"@?[\w.\-]{1,64}(@[\w.\-]+)?")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?(\s*[ap]\.?\s*m\.?)?", re.IGNORECASE)
_MOSTLY = 0.8

Sample = Sequence[Mapping[str, Any]]


def find_columns(file: str, header: Sequence[str], sample: Sample, overrides: Mapping[str, str]) -> PostColumns:
    """The columns of a file whose first rows are `sample`. What `overrides` says (role -> column) is kept.

    Raises UnexpectedAnswer when a named column does not exist, or when none holds the text.
    """
    columns = FINDER.find(file, header, overrides, lambda role, name, column: _fits(role, name, column, sample))
    for role, by_content in (("posted_at", _time_column), ("text", _text_column)):
        if role not in columns and (column := by_content(header, sample, set(columns.values()))):
            columns[role] = column
    if "text" not in columns:
        raise UnexpectedAnswer(
            f"no column of {file} holds the text of the posts: call the one that does text, or import the file by "
            f"hand: escucha import FILE --column text=NAME{columns_hint(header)}"
        )
    return replace(PostColumns(), **columns)


def _fits(role: str, name: str, column: str, sample: Sample) -> bool:
    values = _values(column, sample)
    if role == "posted_at":
        return not values or _share(values, lambda value: bool(time_format(value))) >= 0.5
    if role == "time_of_day":
        return _share(values, lambda value: _CLOCK.fullmatch(value) is not None) >= _MOSTLY
    if role == "permalink":
        return _share(values, lambda value: value.startswith(("http://", "https://"))) >= 0.5
    if role == "author" and name in EITHER:
        return _share(values, lambda value: _HANDLE.fullmatch(value) is not None) >= _MOSTLY
    if role in ("likes", "replies", "reposts"):
        return not values or _share(values, lambda value: value.replace(".", "").isdigit()) >= 0.5
    return True


def _text_column(header: Sequence[str], sample: Sample, used: set[str]) -> str | None:
    """The column with the longest free text: words with spaces, neither times nor addresses."""
    lengths = {}
    for column in header:
        values = _values(column, sample)
        if column not in used and values and _share(values, _is_free_text) >= 0.5:
            lengths[column] = sum(map(len, values)) / len(values)
    longest = max(lengths, key=lambda column: lengths[column], default=None)
    return longest if longest and lengths[longest] >= 15 else None


def _is_free_text(value: str) -> bool:
    return " " in value and not time_format(value) and not value.startswith(("http://", "https://"))


def _time_column(header: Sequence[str], sample: Sample, used: set[str]) -> str | None:
    for column in header:
        values = _values(column, sample)
        if column not in used and values and _share(values, _is_clear_time) >= _MOSTLY:
            return column
    return None


def _is_clear_time(value: str) -> bool:
    """Bare digits may be anything when the column's name does not say that they are times."""
    return not value.replace(".", "").isdigit() and bool(time_format(value))


def _values(column: str, sample: Sample) -> list[str]:
    values = (value_of(row, column) for row in sample[:200])
    return [value for value in values if value is not None]


def _share(values: Sequence[str], test: Any) -> float:
    return sum(map(test, values)) / len(values) if values else 0.0
