"""Time zones as files name them: offsets, abbreviations, cities; in a header, in a column, behind a time."""

import re
from collections.abc import Mapping
from datetime import UTC, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from monitor.text.folding import fold

_OFFSETS = {
    **dict.fromkeys(("Z", "UTC", "GMT", "UCT", "WET"), 0.0),
    **dict.fromkeys(("CET", "WEST", "BST", "MET"), 1.0),
    **dict.fromkeys(("CEST", "EET", "MEST", "SAST"), 2.0),
    **dict.fromkeys(("EEST", "MSK"), 3.0),
    **dict.fromkeys(("IST",), 5.5),
    **dict.fromkeys(("HKT", "SGT", "AWST"), 8.0),
    **dict.fromkeys(("JST", "KST"), 9.0),
    **dict.fromkeys(("AEST",), 10.0),
    **dict.fromkeys(("AEDT",), 11.0),
    **dict.fromkeys(("BRST", "UYST"), -2.0),
    **dict.fromkeys(("ART", "BRT", "CLST", "UYT", "PYST", "ADT", "GFT"), -3.0),
    **dict.fromkeys(("VET", "BOT", "CLT", "PYT", "AST", "EDT", "GYT"), -4.0),
    **dict.fromkeys(("COT", "PET", "ECT", "EST", "CDT", "PEST"), -5.0),
    **dict.fromkeys(("CST", "MDT"), -6.0),
    **dict.fromkeys(("MST", "PDT"), -7.0),
    **dict.fromkeys(("PST", "AKDT"), -8.0),
    **dict.fromkeys(("AKST",), -9.0),
    **dict.fromkeys(("HST",), -10.0),
}
"""Hours from UTC by the abbreviations that are written behind a time."""
ABBREVIATION = "|".join(sorted(_OFFSETS, key=len, reverse=True))
_REGIONS = {
    "Europe/Madrid": "cet cest met mest espana spain peninsula hora peninsular",
    "Europe/London": "bst reino unido uk",
    "Europe/Lisbon": "west portugal",
    "America/New_York": "est edt et eastern",
    "America/Chicago": "cst cdt ct central",
    "America/Denver": "mst mdt mt mountain",
    "America/Los_Angeles": "pst pdt pt pacific",
    "America/Mexico_City": "cdmx mexico",
    "America/Bogota": "colombia",
    "America/Lima": "peru",
    "America/Guayaquil": "ecuador",
    "America/Caracas": "venezuela",
    "America/La_Paz": "bolivia",
    "America/Santiago": "chile",
    "America/Argentina/Buenos_Aires": "argentina",
    "America/Montevideo": "uruguay",
    "America/Asuncion": "paraguay",
    "America/Sao_Paulo": "brasil brazil brasilia",
}
"""Zones by what a header or a column calls them: a whole year's times are in it, summer and winter."""
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*(?P<sign>[+\-−–±])\s*(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?", re.IGNORECASE)
_SECONDS = re.compile(r"-?\d{4,5}(?:\.0)?")
_ZERO = re.compile(r"(?:UTC|GMT|Z|Zulu|UCT|Coordinated Universal Time|Etc/(?:UTC|GMT)|\+?0|0\.0)", re.IGNORECASE)
_IN_HEADER = re.compile(r"(?<![A-Za-z])(?:UTC|GMT|utc|gmt)(?![a-z])(?:\s*[+\-−–±]\s*\d{1,2}(?::?\d{2})?)?")
_CAMEL = re.compile(r"(?<=[a-z])(?=(?:UTC|GMT|Utc|Gmt)(?![a-z]))")
_BRACKETS = re.compile(r"\(([^()]{1,60}(?:\([^()]{1,40}\))?)\)|\[([^\[\]]{1,60})\]")
_AROUND = re.compile(
    r"\b(?:hora|horario|de|del|en|time|zone|zona|local|standard|daylight|estandar|huso|in|us|canada)\b|[&()]"
)
_AREA = re.compile(r"[A-Za-z_]+/[A-Za-z_]+(?:/[A-Za-z_]+)?")
_BEHIND_TIME = re.compile(
    r"(?:.*\s)?(?:time|date|datetime|timestamp|created|posted|published|at|on|hora|fecha|data|horario)"
    r"(?:\s+(?:de|en|in|local))*\s+([a-z]+(?: [a-z]+)?)"
)
_SHORT_WORD = 2
_NO_PLACES = frozenset({"nome", "center", "central", "local", "hora", "real"})
"""Words behind "time" and "date" that are no places there, though places are called so."""
_CUT_SHORT = re.compile(r".*\b(?:fecha|data|hora|horario)\s+est")
"""In Spanish and Portuguese est is rather a word cut short (estimada, estado) than Eastern Time."""
_FARTHEST = 14
"""Hours that a place may be from UTC."""


def offset_of(text: str) -> tzinfo:
    """The zone behind a time: "Z", "-05:00", "GMT+2", "EDT", "America/Bogota". Raises ValueError for any other."""
    hours = _OFFSETS.get(text.upper())
    if hours is not None:
        return timezone(timedelta(hours=hours)) if hours else UTC
    zone = _offset(text) or _by_key(text)
    if zone is None:
        raise ValueError(f"no time zone: {text[:40]}")
    return zone


@lru_cache(maxsize=4096)
def named_zone(text: str) -> tzinfo | None:
    """The zone that a header's brackets or a column's cell name ("GMT-5", "hora de Bogotá", "-18000"); None: none."""
    text = text.strip()
    if _ZERO.fullmatch(text):
        return UTC
    if _SECONDS.fullmatch(text) and ":" not in text and abs(float(text)) >= 1800 and float(text) % 900 == 0:
        return _hours_away(float(text) / 3600)
    if zone := _offset(text) or _by_key(text):
        return zone
    words = " ".join(_AROUND.sub(" ", fold(text)).split())
    if words in _by_words():
        return ZoneInfo(_by_words()[words])
    hours = _OFFSETS.get(text.upper())
    return timezone(timedelta(hours=hours)) if hours is not None else None


def zone_in_header(name: str) -> tzinfo | None:
    """The zone that a column's name says: "Timestamp (UTC)", "Fecha (GMT-5)", "created_utc"; None: none."""
    inside = (round_ or square for round_, square in _BRACKETS.findall(name))
    for part in inside:
        if zone := named_zone(part):
            return zone
    if area := _AREA.search(name):
        return _by_key(area[0])
    spaced = _CAMEL.sub(" ", name.replace("_", " "))
    found = _IN_HEADER.search(spaced) or _IN_HEADER.search(spaced.replace("Utc", "UTC").replace("Gmt", "GMT"))
    return named_zone(found[0]) if found else _behind_time(spaced)


def _behind_time(name: str) -> tzinfo | None:
    """The zone or the place behind a word for times: `time pst`, `Fecha Bogotá`."""
    name = fold(name).strip()
    behind = None if _CUT_SHORT.fullmatch(name) else _BEHIND_TIME.fullmatch(name)
    place = behind[1] if behind else ""
    return named_zone(place) if len(place) > _SHORT_WORD and place not in _NO_PLACES else None


def zone_name(zone: tzinfo) -> str:
    """What a zone is called: "Europe/Madrid", "UTC-05:00"."""
    return zone.key if isinstance(zone, ZoneInfo) else str(zone)


def _offset(text: str) -> tzinfo | None:
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    hours = int(match["hours"]) + int(match["minutes"] or 0) / 60
    return _hours_away(hours if match["sign"] in "+±" else -hours)


def _hours_away(hours: float) -> tzinfo | None:
    if abs(hours) > _FARTHEST:
        return None
    return timezone(timedelta(hours=hours)) if hours else UTC


def _by_key(text: str) -> tzinfo | None:
    key = _keys().get(text.lower()) if "/" in text else None
    return ZoneInfo(key) if key else None


@cache
def _keys() -> Mapping[str, str]:
    return {key.lower(): key for key in available_timezones()}


@cache
def _by_words() -> Mapping[str, str]:
    """Folded words -> key: cities, and what `_REGIONS` says."""
    cities = {fold(key.rpartition("/")[2].replace("_", " ")): key for key in available_timezones() if "/" in key}
    named = {word: key for key, words in _REGIONS.items() for word in words.split()}
    return cities | named | {"ciudad mexico": "America/Mexico_City", "nueva york": "America/New_York"}
