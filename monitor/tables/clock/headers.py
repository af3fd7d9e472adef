"""What the name of a column says of its times besides its name: the zone, the order of day and month."""

import re
from functools import lru_cache

from monitor.tables.clock.zones import named_zone
from monitor.text.folding import fold

_NUMBERED = r"(?<![a-z]){}[/\-._ ]?{}[/\-._ ]?(?:yyyy|yy|y|aaaa|aa|a|year|ano)(?![a-z])"
_DAY, _MONTH = r"(?:dd?|day|dia)", r"(?:mm?|month|mes)"
_DAY_FIRST = re.compile(rf"{_NUMBERED.format(_DAY, _MONTH)}|(?<![a-z]){_DAY}[/\-.]{_MONTH}(?![a-z])")
_MONTH_FIRST = re.compile(rf"{_NUMBERED.format(_MONTH, _DAY)}|(?<![a-z]){_MONTH}[/\-.]{_DAY}(?![a-z])")
_YEAR_FIRST = re.compile(r"(?:yyyy|aaaa)[/\-._ ]?mm?[/\-._ ]?dd?")
_BRACKETED = re.compile(r"\s*(?:\(([^()]{1,60})\)|\[([^\[\]]{1,60})\])")
_LAST = re.compile(r"(?<=\w)[\s-]+(?:UTC|GMT)\s*[+\-−]\s*\d{1,2}(?::?\d{2})?\s*$", re.IGNORECASE)
_LAST_ORDER = re.compile(
    r"(?<=\w)[\s_-]+(?:dd?[/\-._ ]?mm?|mm?[/\-._ ]?dd?)[/\-._ ]?(?:yyyy|aaaa|yy|aa)\s*$", re.IGNORECASE
)
_CLOCKS = re.compile(r"hh?(?:[:.]?mm)?(?:[:.]?ss)?|24h|12h|iso(?: ?8601)?|unix|epoch|ms|local(?: time)?|hora local")


def day_first_in_header(name: str) -> bool | None:
    """The order that "Date (MM/DD/YYYY)" says: whether the day stands first; None: it says none."""
    folded = fold(name)
    if _DAY_FIRST.search(folded):
        return True
    return False if _MONTH_FIRST.search(folded) else None


@lru_cache(maxsize=4096)
def without_units(name: str) -> str:
    """The name without what it says of zone and order: "Timestamp (UTC)" is "Timestamp"."""
    return _LAST_ORDER.sub(
        "", _LAST.sub("", _BRACKETED.sub(lambda part: "" if _is_unit(part[1] or part[2]) else part[0], name))
    )


def _is_unit(inside: str) -> bool:
    folded = fold(inside).strip()
    if day_first_in_header(folded) is not None or _YEAR_FIRST.search(folded) or _CLOCKS.fullmatch(folded):
        return True
    return named_zone(inside) is not None
