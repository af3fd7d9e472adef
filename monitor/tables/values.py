"""Single values of a row: found under a column, and read as text, numbers, yes or no."""

import re
from collections.abc import Mapping
from typing import Any

from monitor.tables import rich
from monitor.tables.clock import joining
from monitor.tables.counts import read_count
from monitor.tables.layout import PostColumns
from monitor.tables.times import is_whole_day

_NOTHING = frozenset(
    {"", "nan", "NaN", "NAN", "-nan", "null", "NULL", "(null)", "None", "NaT", "<NA>", "NA", "\\N", "N/A", "undefined"}
    | {"#N/A", "#N/D", "#NULL!", "#VALUE!", "#¡VALOR!", "#REF!", "#¡REF!", "#NAME?", "#¿NOMBRE?", "#DIV/0!", "#¡DIV/0!"}
)
"""How spreadsheets, databases, statistics and data frames write that there is no value."""
_SHORT = 1 + max(map(len, _NOTHING))
_NO = frozenset({"0", "0.0", "false", "no", "n", "f", "falso", "non", "-"})
_EXPONENT = re.compile(r"[-+]?\d[\d.,]*[eE]\+?\d+")
_EXACT = 2**53
"""Whole numbers up to here survive in a float."""


def value_of(row: Mapping[str, Any], column: str | None) -> str | None:
    """The value as text without space around it; None when there is none. `user.name` looks inside `user`."""
    if column is None:
        return None
    value = row.get(column)  # as raw_value does: asked for ten times a row
    if value is None and "." in column:
        value = _inside(row, column)
    if isinstance(value, str):
        value = value.strip()
        return None if len(value) < _SHORT and value in _NOTHING else value
    if value is None:
        return None
    if isinstance(value, dict | list):
        return _words_of(value, column)
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    text = str(value)
    return None if len(text) < _SHORT and text in _NOTHING else text


def _words_of(value: dict[str, Any] | list[Any], column: str) -> str | None:
    """The words of rich text, and of strings where a post's words stand; a list of one string is that string."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        return value_of({column: value[0]}, column)
    if rich.is_rich(value) or column.rpartition(".")[2] in rich.TEXTS:
        return rich.words(value)
    return None


def raw_value(row: Mapping[str, Any], column: str) -> Any:
    """What stands under a column, as the file's reader gave it; `user.name` looks inside `user`."""
    value = row.get(column)
    return _inside(row, column) if value is None and "." in column else value


def time_text(row: Mapping[str, Any], columns: PostColumns) -> str | None:
    """When the post was made, as written; date and clock joined when they are in two columns."""
    day = value_of(row, columns.posted_at)
    if day is None or (columns.time_of_day is None and columns.am_pm is None):
        return day
    clock, half = value_of(row, columns.time_of_day), value_of(row, columns.am_pm)
    if columns.time_of_day is not None:
        day = joining.without_midnight(day)
        day = joining.with_clock(day, clock) if clock is not None and is_whole_day(day) else day
    return f"{day} {half}" if half and ":" in day else day


def count_of(row: Mapping[str, Any], column: str | None) -> int | None:
    """A whole number below 2**31, or None when it is not one; also as people write it ("1,2 mil")."""
    value = value_of(row, column)
    if value is None or column is None:
        return None
    raw = raw_value(row, column)
    return None if isinstance(raw, float) and not raw.is_integer() else read_count(value)


def truth_of(row: Mapping[str, Any], column: str | None) -> bool:
    """Whether the value says yes; any value that does not say no does (an id of the post that was shared)."""
    value = value_of(row, column)
    return value is not None and value.lower() not in _NO


def id_of(row: Mapping[str, Any], column: str | None) -> str | None:
    """An id, or None when there is none or a spreadsheet has rounded it (`1.3169E+18`)."""
    value = value_of(row, column)
    if value is None or value.isdigit():
        return value
    if _EXPONENT.fullmatch(value):
        return None
    return value.removesuffix(".0") if value.endswith(".0") and value[:-2].isdigit() else value


def flat_names(row: Mapping[str, Any], before: str = "") -> list[str]:
    """The columns of a JSON object, those of objects inside it dotted (`user.screen_name`), three deep."""
    names: list[str] = []
    for key, value in row.items():
        if isinstance(value, dict) and value and before.count(".") < 2 and not rich.is_document(value):
            names += flat_names(value, f"{before}{key}.")
        else:
            names.append(before + key)
    return names


def _inside(row: Mapping[str, Any], column: str) -> Any:
    value: Any = row
    for part in column.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value
