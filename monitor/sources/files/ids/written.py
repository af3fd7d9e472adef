"""Ids as files write them: out of their disguises, and whether a spreadsheet has rounded them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from monitor.sources.files.column_names import NOBODY
from monitor.sources.files.ownership import is_own
from monitor.tables.file_format import PART
from monitor.tables.layout import Layout
from monitor.tables.text import one_line
from monitor.tables.values import id_of, value_of

_DISGUISES = re.compile(
    r"""=?(?:T\()?\s*["“”](?P<quoted>[^"“”]+)["“”]\)?|['’`](?P<marked>.+)|(?:x|id\s?[_:#\-]?\s?|\#)(?P<prefixed>\d+)""",
    re.IGNORECASE,
)
_FIRST = frozenset("=\"“”'’`xXiI#")
_GROUPED = re.compile(r"\d{1,3}(?:([.,\u00a0 ])\d{3})(?:\1\d{3}){2,}")
_MAIL = re.compile(r"[^@/\s]+@[\w\-]+(?:\.[\w\-]+)+")
_FULLNAME = re.compile(r"t[13]_([0-9a-z]{2,13})")
"""Reddit's name of a post or comment: its kind and its id."""
_BELOW = re.compile(r"(Ug[\w\-]{5,})\.[\w\-]+")
"""YouTube's id of a comment on a comment: behind that one's."""
_LONG = 16
"""Digits of an id from which a spreadsheet, which keeps 15, has rounded it."""
_KEPT = 15
_SHORTEST_REPRESENTATION = 17
"""Significant digits that JavaScript writes of a number, at most."""
_FEW = 5
"""Ids that prove nothing."""
_SOME = 0.1
"""The share of ids that end as a spreadsheet leaves them, from which it is no chance."""


def bare_id(row: Mapping[str, Any], column: str | None) -> str | None:
    """An id as the network has it; None when there is none or its digits are lost (`1.3169E+18`).

    What protects an id from a spreadsheet is no part of it: `="17"`, `'17`, `x17` and `ID_17` are 17.
    """
    value = id_of(row, column)
    if value is None or value.isdigit():
        return value
    return undisguised(value)


def undisguised(value: str) -> str:
    """The id without what was written around it."""
    if value[:1] in _FIRST and (match := _DISGUISES.fullmatch(value)):
        return (match["quoted"] or match["marked"] or match["prefixed"]).strip() or value
    if _GROUPED.fullmatch(value):
        return "".join(filter(str.isdigit, value))
    return value if value.isprintable() else one_line(value) or value


def is_rounded(value: str) -> bool:
    """Whether an id ends as the 15 digits that spreadsheets keep, or the 17 that JavaScript does, would leave it."""
    return _trailing_zeros(value) >= max(1, len(value) - _SHORTEST_REPRESENTATION)


def are_rounded(values: Iterable[str]) -> bool:
    """Whether a column's ids are rounded: all long ones end in zeros, or many in as many as a spreadsheet leaves."""
    long = {value for value in values if value.isdigit() and len(value) >= _LONG}
    if len(long) < _FEW:
        return False
    cut = sum(_trailing_zeros(value) >= len(value) - _KEPT for value in long if len(value) > _LONG)
    return all(map(is_rounded, long)) or (cut >= _FEW and cut >= _SOME * len(long))


def related_id(row: Mapping[str, Any], column: str | None, layout: Layout) -> str | None:
    """The id of another post, a thread or a person; None where a spreadsheet has rounded it: it would be another's.

    Nor is what stands for nobody (0).
    """
    value = bare_id(row, column)
    if value is None or is_nobody(value):
        return None
    if value[0] == "t" and (fullname := _FULLNAME.fullmatch(value)) and not is_fullname(id_of(row, layout.columns.id)):
        return fullname[1]  # ids of the file are bare, as those of dumps
    return None if column in layout.rounded_columns and is_rounded(value) else value


def is_fullname(value: str | None) -> bool:
    """Whether it is Reddit's name of a post: `t3_1abc`."""
    return value is not None and _FULLNAME.fullmatch(value) is not None


def id_above(post_id: str) -> str | None:
    """The id of the comment that another is below, where its own says it; None: it does not."""
    return match[1] if post_id[:2] == "Ug" and (match := _BELOW.fullmatch(post_id)) else None


def answered_id(row: Mapping[str, Any], layout: Layout) -> str | None:
    """The id of the post that a row answers; a handle, a name or an address of mail is none."""
    is_ours = is_of_own_part(row, layout)
    column = (is_ours and layout.own_answers) or layout.columns.in_reply_to
    value = related_id(row, column, layout)
    if value is None or " " in value or value[0] == "@" or _MAIL.fullmatch(value):
        return None
    return value if is_ours else _within(row, layout, value)


def id_within(row: Mapping[str, Any], layout: Layout, found: str) -> str | None:
    """The id of a row with what it counts within before it: `enero:2`; None where it is that of what is answered."""
    if not is_of_own_part(row, layout):
        return _within(row, layout, found)
    if layout.own_answers == layout.columns.id:
        return None
    return f"{row[PART]}:{found}" if layout.own_ids_anew else found


def _within(row: Mapping[str, Any], layout: Layout, found: str) -> str:
    holder = value_of(row, layout.ids_within) if layout.ids_within else None
    return found if holder is None else f"{holder}:{found}"


def is_of_own_part(row: Mapping[str, Any], layout: Layout) -> bool:
    """Whether a row stands in a part of the file that the brand wrote."""
    return bool(layout.own_answers or layout.own_ids_anew) and PART in row and is_own(row, layout)


def is_nobody(value: str) -> bool:
    """Whether it stands for nobody (0, anonymous)."""
    return value.lower() in NOBODY


def _trailing_zeros(value: str) -> int:
    return len(value) - len(value.rstrip("0")) if value.isdigit() and len(value) >= _LONG else -1
