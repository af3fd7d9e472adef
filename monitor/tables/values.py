"""Single values of a row: found under a column, and read as text, numbers, yes or no."""

import re
from collections.abc import Iterator, Mapping
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
_DEEP, _DEEPEST = 2, 6
"""Objects in objects whose columns all have names; and those below in which the author and the words are looked for."""
_HANDLES = ("screen_name", "screenName", "username", "userName", "handle", "login", "acct", "unique_id", "uniqueId")
_PERSON = (*_HANDLES, "name", "display_name", "displayName", "full_name", "fullName", "id", "id_str", "rest_id")
_WORDS_DEEP = frozenset((*rich.TEXTS, "created_at", "createdAt", "created_time", "publishedAt"))
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
    """The columns of a JSON object, those of objects inside it dotted (`user.screen_name`), three deep.

    Deeper only what tells a person and, in an object whose words do not stand higher, these and their time.
    """
    names: list[str] = []
    for key, value in row.items():
        name = before + key
        if not isinstance(value, dict) or not value or rich.is_document(value):
            names.append(name)
        elif before.count(".") < _DEEP:
            names += flat_names(value, f"{name}.")
        else:
            names += [name, *_told_below(value, f"{name}.", _DEEPEST)]
    if before or not any(name.count(".") > _DEEP for name in names):
        return names
    have_words = any(_last(name) in rich.TEXTS for name in names if name.count(".") <= _DEEP)
    return [name for name in names if not (have_words and name.count(".") > _DEEP and _last(name) in _WORDS_DEEP)]


def _told_below(value: Mapping[str, Any], before: str, depth: int) -> Iterator[str]:
    """The names, deeper than columns go, of what tells a person, and of a post's words and time."""
    told = (*_WORDS_DEEP, *(_PERSON if any(isinstance(value.get(key), str) for key in _HANDLES) else ()))
    yield from (before + key for key in value if key in told and not isinstance(value[key], list | dict))
    for key, inner in value.items() if depth else ():
        if isinstance(inner, dict):
            yield from _told_below(inner, f"{before}{key}.", depth - 1)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _inside(row: Mapping[str, Any], column: str) -> Any:
    value: Any = row
    for part in column.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value
