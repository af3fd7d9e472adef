"""Rows below a table that only add it up: `Total, , 10`."""

import re
from collections.abc import Mapping
from typing import Any

from monitor.tables.layout import FAULT
from monitor.text.folding import fold

_WORDS = re.compile(
    r"(sub|gran |grand )?(total|totales|totals|totais|suma|soma|sum)( general| geral| overall)?"
    r"( (de|of) [a-z]{1,20})?\s*:?"
)
_LONGEST = 40
"""Characters of what a row of totals says first."""
_NUMBER = re.compile(r"[-+]?[$€£]?\s?\d[\d.,\s]{0,20}\s?[%€$]?")


def is_total(row: Mapping[str, Any]) -> bool:
    """Whether a row says that it is a total first, and then nothing but numbers."""
    filled = (value for value in row.values() if value is not None and value != "")
    first = next(filled, None)
    if not isinstance(first, str) or len(first) > _LONGEST or FAULT in row or not _WORDS.fullmatch(fold(first.strip())):
        return False
    others = [text for value in filled if (text := str(value).strip())]
    return bool(others) and all(map(_NUMBER.fullmatch, others))
