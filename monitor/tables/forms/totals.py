"""Rows below a table that only add it up: `Total, , 10`."""

import re
from collections.abc import Mapping
from typing import Any

from monitor.tables.file_format import FAULT
from monitor.text.folding import fold

_WORDS = re.compile(
    r"(sub|gran |grand )?(total|totales|totals|totais|suma|soma|sum)( general| geral| overall)?"
    r"( (de|of) [a-z]{1,20})?\s*:?"
)
_INITIALS = frozenset("sgtSGT")
"""Of these words; a letter beyond ASCII may be folded into one."""
_LONGEST = 40
"""Characters of what a row of totals says first."""
_NUMBER = re.compile(r"[-+]?[$€£]?\s?\d[\d.,\s]{0,20}\s?[%€$]?")


def is_total(row: Mapping[str, Any]) -> bool:
    """Whether a row says that it is a total first, and then nothing but numbers."""
    for first in row.values():
        if first is not None and first != "":
            break
    else:
        return False
    if not isinstance(first, str) or len(first) > _LONGEST or not _may_be_total(first) or FAULT in row:
        return False
    if not _WORDS.fullmatch(fold(first.strip())):
        return False
    filled = [value for value in row.values() if value is not None and value != ""]
    others = [text for value in filled[1:] if (text := str(value).strip())]
    return bool(others) and all(map(_NUMBER.fullmatch, others))


def _may_be_total(first: str) -> bool:
    """Whether it may begin as totals do: asked of every row, so that most are told by one letter."""
    initial = first[0]
    return initial in _INITIALS or initial.isspace() or not initial.isascii()
