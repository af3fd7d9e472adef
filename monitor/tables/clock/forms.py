"""The forms of written times that are read without help: regular expressions, and what their parts mean."""

import re
from datetime import datetime, timedelta

from monitor.tables.clock.months import month
from monitor.tables.clock.zones import ABBREVIATION, named_zone, offset_of, zone_name

_HALF = r"(?P<half>[ap])\.?\s*m\b\.?"
_TIME = (
    r"(?:(?P<hour>\d{1,2})(?::|\.|\s*h\s*)(?P<minute>\d{2})(?:(?::|\.|m)(?P<second>\d{2})s?(?:[.,]\d{1,9})?)?"
    rf"(?:\s*(?:{_HALF}|(?:hrs?|hs|h|horas|uhr)\b\.?))?"
    rf"|(?P<bare>\d{{1,2}})\s*(?:{_HALF.replace('half', 'mark')}|(?:hrs?|hs|h|horas|uhr)\b\.?)"
    r"|(?P<word>noon|midnight|mediod[ií]a|medianoche|meio-dia|meia-noite))"
)
_ZONE = rf"(?:[+-]\d{{2}}:?\d{{2}}|(?:UTC|GMT)\s*[+-]\d{{1,2}}(?::?\d{{2}})?|(?:{ABBREVIATION})\b|[A-Z][a-z]+/[\w/]+)"
_GAP = r"(?:[T,\s·|:–—-]+(?:(?:a\s+las?|at|às|as|à|à\s+les|a\s+les|alle|om|um|kl\.?|@)\s+)?)"
_CLOCK = rf"(?:{_GAP}{_TIME})?(?:\s*(?P<zone>{_ZONE}))?"
_WEEKDAY = r"(?:[^\W\d]{2,13}\.?,?\s+)?"
_NAMED = r"(?P<name>[^\W\d_]{3,12})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|[ºª°.])?"
_YEAR = r"(?P<year>(?:19|20)\d{2}|\d{2})"
NUMBERS = "numbers with the year last"
PATTERNS = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "year-month-day": r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + _CLOCK,
        "as Twitter writes": rf"[^\W\d]{{3}} {_NAMED}\s+(?P<day>\d{{1,2}}) (?P<hour>\d\d?):(?P<minute>\d\d)"
        rf"(?::(?P<second>\d\d))?(?:\s+(?P<zone>{_ZONE}))? (?P<year>\d{{4}})",
        NUMBERS: rf"{_WEEKDAY}(?P<first>\d{{1,2}})[-/.](?P<other>\d{{1,2}})[-/.](?P<year>\d{{4}}|\d{{2}})" + _CLOCK,
        "day, name of month": rf"{_WEEKDAY}{_DAY}[\s\-/.]*(?:(?:de|of)\s+|d[’'])?{_NAMED}[\s\-/.,]*(?:del?\s+)?{_YEAR}"
        + _CLOCK,
        "name of month, day": rf"{_WEEKDAY}{_NAMED}[\s\-/.]*{_DAY},?[\s\-/.]+{_YEAR}" + _CLOCK,
        "year, name of month, day": rf"(?P<year>\d{{4}})[\s\-/.]+{_NAMED}[\s\-/.]+{_DAY}" + _CLOCK,
    }.items()
}
_CLOCK_FIRST = re.compile(
    rf"(?P<clock>{re.sub('[?]P<[a-z]+>', '?:', _TIME)}(?:\s*{_ZONE})?)"
    r"[,\s·|–—-]+(?:(?:on|del?|el|le|am)\s+)?(?P<day>\S.*)",
    re.IGNORECASE,
)
_JSON_DATE = re.compile(r"\\?/Date\((-?\d{10,16})(?:[+-]\d{4})?\)\\?/")
_GO = re.compile(r"(\s[+-]\d{4}) (?:[A-Z]{3,5}|[+-]\d{2,4})(?: m=[+-][\d.]+)?$")
_COMMENT = re.compile(r"\s*\(((?!\d)[^()]{1,60}(?:\([^()]{1,40}\))?)\)$")
_ENDS_IN_ZONE = re.compile(rf"(?:{_ZONE}|Z)$", re.IGNORECASE)
_KEY = re.compile(r"\[([A-Za-z_]+(?:/[A-Za-z_]+)*)\]$")
_PHRASE = re.compile(
    r"(?:(?:reviewed|posted|published|written|rated|commented|rese[ñn]ad[oa]|calificad[oa]|comentad[oa]|revisad[oa]|"
    r"valorad[oa]|opinad[oa]|publicad[oa]|escrit[oa]|avaliad[oa]|comment[ée]e?|[ée]valu[ée]e?|publi[ée]e?|recensit[oa]|"
    r"recensione|pubblicat[oa]|rezension|rezensiert|bewertet|bewertung|ver[öo]ffentlicht|beoordeeld|ressenyat|valorat)"
    r"\b(?:\s+(?:in|en|no|na|nos|nas|em|au|aux|a|aus|dans)\s+[^\d:]{2,40}?)?"
    r"(?:\s*:|\s+(?:on|the|el|em|le|il|l['’]|vom|am|op|del?|d[ií]a))*)\s+(?P<day>(?:(?!vom\s)[^\W\d]{3,13}[.,]*\s+){0,2}\d.*)",
    re.IGNORECASE,
)
"""What shops write around the date of a review: "Reviewed in Spain on", "Avaliado no Brasil em"."""
_WORDS = {"noon": 12, "mediodía": 12, "mediodia": 12, "meio-dia": 12}


def tidied(value: str) -> str:
    """Without what only repeats the zone: Go's second one, JavaScript's name of it, Java's key; a clock stands last."""
    text = " ".join(value.replace("\u200e", "").replace("\u200f", "").split())
    if json_date := _JSON_DATE.fullmatch(text):
        return json_date[1]
    if phrase := _PHRASE.fullmatch(text):
        text = phrase["day"]
    text = _without_comment(_GO.sub(r"\1", text))
    if key := _KEY.search(text):
        text = text[: key.start()] + (
            "" if re.search(r"(?:Z|[+-]\d{2}:?\d{2})$", text[: key.start()]) else f" {key[1]}"
        )
    if clock_first := _CLOCK_FIRST.fullmatch(text):
        return f"{clock_first['day']} {clock_first['clock']}"
    return text


def _without_comment(text: str) -> str:
    """A zone in brackets at the end stands without them; behind another it goes. Any other comment stays."""
    comment = _COMMENT.search(text)
    if comment is None:
        return text
    before = text[: comment.start()]
    if _ENDS_IN_ZONE.search(before):
        return before
    zone = named_zone(comment[1])
    return f"{before} {zone_name(zone)}" if zone else text


def read_form(text: str, day_first: bool | None) -> tuple[str, datetime] | None:
    """The name of the form and the time, aware where a zone is written; None: no form fits. Raises ValueError."""
    for name, pattern in PATTERNS.items():
        if match := pattern.fullmatch(text):
            return name, _built(match.groupdict(), day_first)
    return None


def _built(parts: dict[str, str | None], day_first: bool | None) -> datetime:
    if (name := parts.get("name")) is not None:
        number, day = month(name), int(parts["day"] or 0)
    elif parts.get("first") is not None:
        day, number = _ordered(int(parts["first"] or 0), int(parts["other"] or 0), day_first)
    else:
        day, number = int(parts["day"] or 0), int(parts["month"] or 0)
    year = int(parts["year"] or 0)
    year += 0 if year >= 100 else 2000 if year < 70 else 1900
    clock = (_hour(parts), int(parts.get("minute") or 0), min(int(parts.get("second") or 0), 59))
    zone = parts.get("zone")
    return datetime(year, number, day, tzinfo=offset_of(zone) if zone else None) + _since_midnight(clock)


def _since_midnight(clock: tuple[int, int, int]) -> timedelta:
    hour, minute, second = clock
    if hour > 24 or minute > 59 or (hour == 24 and (minute or second)):
        raise ValueError(f"no such time of day: {hour}:{minute:02}")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _ordered(left: int, right: int, day_first: bool | None) -> tuple[int, int]:
    """Day and month. Raises ValueError when nothing says which is which."""
    if day_first is None:
        if left <= 12 and right <= 12 and left != right:
            raise ValueError("day and month may be either way round")
        day_first = left > 12 or right <= 12
    return (left, right) if day_first else (right, left)


def _hour(parts: dict[str, str | None]) -> int:
    if word := parts.get("word"):
        return _WORDS.get(word.lower(), 0)
    hour, half = (
        int(parts.get("hour") or parts.get("bare") or 0),
        (parts.get("half") or parts.get("mark") or "").lower(),
    )
    if not half or (half == "p" and 12 < hour < 24):
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"{hour} o'clock with a.m. or p.m.")
    return hour % 12 + (12 if half == "p" else 0)
