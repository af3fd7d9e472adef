"""Times in forms that no expression here knows, and those told from another time ("hace 3 sem"): read by dateparser.

It takes a millisecond and more a value, and reads much as a time that is none: only what looks like one gets there.
"""

import re
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from monitor.text.folding import fold

_LANGUAGES = ["es", "en", "pt", "ca", "fr", "it", "de", "gl"]
_LONGEST, _MOST_WORDS = 60, 10
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_AMOUNT = r"(?:\d{1,3}|una?|uma?|an?|one|one|un|unas|unos)"
_RELATIVE = re.compile(
    rf"(?:editad[oa]|edited|modificad[oa])?\s*(?:"
    rf"(?:hace|fa|faz|ha|il y a|vor|about|over|almost)\s+(?:mas de |casi |unas? |unos )?{_AMOUNT}\s?[^\W\d]+\.?"
    rf"|{_AMOUNT}\s+[^\W\d]+\.?\s+(?:ago|atras|fa|antes)"
    r"|\d{1,3}\s?(?:s|seg|sec|min|m|h|hrs?|d|dias?|days?|w|wk|sem|semanas?|weeks?|mo|mon|meses|months?|y|yr|anos?|years?)\.?"
    r"|(?:hoy|ayer|anteayer|antier|yesterday|today|ontem|anteontem|hoje|ahora(?: mismo)?|just now|now|agora(?: mesmo)?)"
    r"(?:,?\s+(?:a las?|at|as|à)?\s*\d{1,2}[:.h]\d{2}(?:\s*[ap]\.?\s?m\.?)?)?)"
)
_EDITED = re.compile(r"\s*[(·-]\s?(?:editad[oa]|edited|modificad[oa])\)?$")
"""What a place of comments puts behind the time of one that was changed."""
_SPOKEN = {
    "ahora mismo": "now", "ahora": "now", "just now": "now", "agora": "now", "agora mesmo": "now", "antier": "anteayer",
}  # fmt: skip
_SHORT_UNITS = {"w": "week", "wk": "week", "sem": "week", "mo": "month", "mon": "month", "y": "year", "yr": "year"}
_SHORT = re.compile(r"(?:hace |ha |fa |faz )?(\d{1,3})\s?(w|wk|sem|mo|mon|y|yr)\.?(?: ago)?")
_BASES = (datetime.fromisoformat("2024-07-15T12:00"), datetime.fromisoformat("2024-10-15T17:30"))


def is_relative(value: str) -> bool:
    """Whether a time is told from the moment it was looked at: "hace 3 sem", "3 days ago", "ayer"."""
    return len(value) <= _LONGEST and _RELATIVE.fullmatch(_folded(value)) is not None


def read_relative(value: str, base: datetime) -> datetime:
    """The time counted from `base` (aware), in its zone. Raises ValueError when it cannot be read."""
    span = _span(value)
    if span is not None:
        return base - span
    found = _parsed(_spoken(value), True, base.replace(tzinfo=None))
    if found is None:
        raise ValueError(f"not a time: {value[:40]}")
    return found.replace(tzinfo=base.tzinfo)


@lru_cache(maxsize=65_536)
def read_written(value: str, day_first: bool | None) -> datetime | None:
    """The time, aware where the value says a zone; None when it holds no full date.

    Raises ValueError where day and month may be either way round and nothing says which (`day_first` is None).
    """
    if len(value) > _LONGEST or len(value.split()) > _MOST_WORDS or not (_YEAR.search(value) and _DAY.search(value)):
        return None
    if day_first is not None:
        return _parsed(value, day_first, None)
    one, other = _parsed(value, True, None), _parsed(value, False, None)
    if one != other:
        raise ValueError("day and month may be either way round")
    return one


@lru_cache(maxsize=65_536)
def _span(value: str) -> timedelta | None:
    """How long ago, where that is the same from any moment; None for "ayer a las 10:00". Raises ValueError."""
    found = [_parsed(_spoken(value), True, base) for base in _BASES]
    if found[0] is None or found[1] is None:
        raise ValueError(f"not a time: {value[:40]}")
    spans = [base - time for base, time in zip(_BASES, found, strict=True) if time]
    return spans[0] if abs(spans[0] - spans[1]) < timedelta(seconds=1) else None


def _spoken(value: str) -> str:
    """The same in words that the library reads in one way."""
    folded = _folded(value)
    if short := _SHORT.fullmatch(folded):
        return f"{short[1]} {_SHORT_UNITS[short[2]]}s ago"
    folded = re.sub(r"^(?:editad[oa]|edited|modificad[oa])\s+|\b(?:mas de|casi|about|over|almost)\s+", "", folded)
    return _SPOKEN.get(folded, value if folded == " ".join(fold(value).split()) else folded)


def _folded(value: str) -> str:
    return _EDITED.sub("", " ".join(fold(value).split()))


def _parsed(value: str, day_first: bool, base: datetime | None) -> datetime | None:
    try:
        found = _parser(day_first, base).get_date_data(value).date_obj
    except (ValueError, OverflowError, TypeError, IndexError, AttributeError):  # of any text, the library fails at some
        return None
    return found if isinstance(found, datetime) else None


def _parser(day_first: bool, base: datetime | None) -> Any:
    return _made_parser(day_first) if base is None else _relative_parser(base)


@cache
def _made_parser(day_first: bool) -> Any:
    from dateparser.date import DateDataParser

    order = "DMY" if day_first else "MDY"
    settings = {"DATE_ORDER": order, "PREFER_LOCALE_DATE_ORDER": False, "STRICT_PARSING": True}
    parsers = ["absolute-time", "custom-formats"]
    return DateDataParser(languages=_LANGUAGES, settings={**settings, "PARSERS": parsers})


@lru_cache(maxsize=4)
def _relative_parser(base: datetime) -> Any:
    from dateparser.date import DateDataParser

    return DateDataParser(languages=_LANGUAGES, settings={"RELATIVE_BASE": base, "PARSERS": ["relative-time"]})
