"""What values look like: free text, a time, a clock, a handle, a category."""

import re
from collections.abc import Callable

from monitor.sources.files.evidence import Evidence
from monitor.tables.times import time_format
from monitor.text.folding import fold_handle

_HANDLE = re.compile(r"@?[\w.\-]{1,64}(@[\w.\-]+)?")
_HALVES = re.compile(r"[ap]\.?\s*m\b\.?", re.IGNORECASE)
_CLOCK = re.compile(
    r"\d{1,2}\s?[:h]\s?\d{2}(:\d{2}([.,]\d+)?)?\s*(hrs?\.?|hs|h|horas)?(\s*[ap]\.?\s*m\.?)?"
    r"\s*(Z|(UTC|GMT)?\s*[+-]\d{2}:?\d{2}|UTC|GMT)?",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")
_HALF = 0.5
_OF_NAMES = frozenset(
    ("de", "del", "la", "las", "los", "el", "y", "e", "i", "da", "do", "das", "dos", "di", "du", "des", "le", "van",
     "von", "der", "den", "ten", "zu", "bin", "al")
)  # fmt: skip
"""Small words of people's names: Ana de la Torre."""
_FEWEST_WORDS, _FEWEST_SMALL, _LONGEST_NAME = 4, 2, 5
"""Words of a sentence about somebody, small ones among them, and those of a name that is written small throughout."""
_LONGEST_TIME = 80
"""Characters of what may be a time."""
_SHORTEST_TEXT = 15
"""Characters that free text has on average, when nothing but its look tells what it is."""
_LONGEST_VERDICT = 40
"""Characters that a verdict or a category has on average, at most."""
_REPEATED = 5
"""Rows that say one thing alone, from which it is said of all of them."""
_MANY, _FEW_WORDS = 20, 0.2
"""Values, and the share of different ones among them below which a column rather holds categories."""


def looks_like_text(column: str, evidence: Evidence) -> bool:
    """Whether a column holds free text of some length."""
    is_free = evidence.share(column, is_free_text) >= _HALF
    return is_free and sum(map(len, evidence.values(column))) >= _SHORTEST_TEXT * len(evidence.values(column))


def is_longer(evidence: Evidence) -> Callable[[str, str], bool]:
    """Of two columns: whether the first holds more characters than the second."""
    return lambda column, best: length(column, evidence) > length(best, evidence)


def length(column: str, evidence: Evidence) -> float:
    """Characters of a column in the rows that are looked at."""
    return sum(map(len, evidence.values(column))) / max(1, len(evidence.values(column))) * evidence.filled(column)


def is_category(column: str, evidence: Evidence) -> bool:
    """Whether a column rather holds the same few values again and again."""
    values = evidence.values(column)
    return len(values) >= _MANY and len(set(values)) < _FEW_WORDS * len(values)


def are_verdicts(column: str, evidence: Evidence) -> bool:
    """Whether a column says the same few short things in many rows (`Não resolvida`): nobody's own words."""
    values = evidence.values(column)
    return is_category(column, evidence) and sum(map(len, values)) < _LONGEST_VERDICT * len(values)


def is_of_few(column: str, evidence: Evidence) -> bool:
    """Whether a column says the same in many rows, or a few things again and again: no person's name."""
    values = evidence.values(column)
    return is_category(column, evidence) or (len(values) >= _REPEATED and len(set(values)) == 1)


def is_no_word(value: str) -> bool:
    """Whether it is a number, an address or a time."""
    return value.replace(".", "").isdigit() or _is_address(value) or is_time(value)


def is_free_text(value: str) -> bool:
    """Whether it is several words, and no time."""
    return " " in value and not _is_address(value) and not is_time(value)


def _is_address(value: str) -> bool:
    return value.startswith(("http://", "https://"))


def is_time(value: str) -> bool:
    """Whether it can be read as a time."""
    return len(value) <= _LONGEST_TIME and bool(time_format(value))


def is_clear_time(value: str) -> bool:
    """Bare digits may be anything when the column's name does not say that they are times; 01.03.2026 may not."""
    return (_DOTTED.fullmatch(value) is not None or not value.replace(".", "").isdigit()) and is_time(value)


def is_since_1970(value: str) -> bool:
    """Whether it is a number of seconds, or parts of them, since 1970, as long as those of our days are."""
    return len(value) <= _LONGEST_TIME and time_format(value).endswith("since 1970")


def is_clock(value: str) -> bool:
    """Whether it is a time of day, without its date."""
    return _CLOCK.fullmatch(value) is not None


def has_half(value: str) -> bool:
    """Whether a time says a.m. or p.m."""
    return _HALVES.search(value) is not None


def is_half(value: str) -> bool:
    """Whether it is a.m. or p.m. and nothing else."""
    return _HALVES.fullmatch(value) is not None


def same_handle(one: str, other: str) -> bool:
    """Whether two handles are one, whatever their capitals, and with the server of one of them or without."""
    short, long = sorted((fold_handle(one), fold_handle(other)), key=len)
    return short == long or ("@" not in short and long.startswith(f"{short}@"))


def tells_of_a_person(value: str) -> bool:
    """Whether it is a sentence, as biographies are, and no name: several of its words begin small, as names' do not."""
    found = value.split()
    small = sum(word[0].islower() and word not in _OF_NAMES for word in found)
    return len(found) >= _FEWEST_WORDS and small >= _FEWEST_SMALL and (small < len(found) or len(found) > _LONGEST_NAME)


def is_handle(value: str) -> bool:
    """Whether it may be a handle: a word, no name of several."""
    return _HANDLE.fullmatch(value) is not None
