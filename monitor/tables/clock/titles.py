"""What the lines above a table say of its times: "Time zone: America/Bogota", "Todas las horas en hora de Lima"."""

import re
from collections.abc import Iterator, Sequence
from datetime import tzinfo

from monitor.tables.clock.zones import named_zone
from monitor.text.folding import fold

_ZONE = r"time\s?zones?|timezones?|tz|(?:zona|huso|fuso|uso)s?(?:\s(?:de\s)?horari[oa]s?)?|utc\soffset|gmt\soffset"
_TIMES = r"(?:dates?|times?|timestamps?|hours?|fechas?|horas?|horarios?|datas|datetimes?)"
_ARE = r"(?:in|is|are|as|en|em|es|son|sao|estan?|estao|shown|given|expressed|expresad[oa]s|segun|conforme)"
_DECLARED = (
    re.compile(rf"(?<![a-z])(?:{_ZONE})(?![a-z])[\s:=;]*(?:{_ARE}[\s:]+)*(?P<zone>.+)"),
    re.compile(rf"(?<![a-z]){_TIMES}(?![a-z])[^:.]{{0,30}}?(?<![a-z]){_ARE}\W+(?P<zone>.+)"),
    re.compile(r"(?<![a-z])(?:hora|horario)s?(?: local| oficial)? d[eoa] (?P<zone>.+)"),
    re.compile(rf"(?<![a-z]){_TIMES}(?![a-z])[^:]{{0,30}}[:(]\s*(?P<zone>(?:utc|gmt).*)"),
)
_CLOCK = re.compile(r"(?<![+\-−])(?<![+\-−]\d)\b\d{1,2}:\d{2}|\d{4}[-/]\d|\d[-/]\d{4}")
"""A time in the line: it may be that of the report itself."""
_OFFSET = re.compile(
    r"(?<![a-z])(?:utc|gmt)(?![a-z])(?:\s*[+\-−–]\s*\d{1,2}(?::?\d{2})?)?|(?<!\w)[+\-−]\d{2}:?\d{2}(?!\d)"
)
_AREA = re.compile(r"[a-z_]+/[a-z_]+(?:/[a-z_]+)?")
_MOST_WORDS = 5


def zone_in_titles(titles: Sequence[str]) -> tuple[tzinfo, str] | None:
    """The zone that a line declares for the times below it, and the line; None: none does."""
    for title in titles:
        line = fold(title)
        for pattern in _DECLARED:
            said = pattern.search(line)
            if said and not _CLOCK.search(said["zone"]) and (zone := _zone_in(said["zone"])):
                return zone, title
    return None


def zone_beside(titles: Sequence[str]) -> str | None:
    """The first line that names a zone but does not say that the times below are in it: "Exported 10:00 UTC"."""
    return next((title for title in titles if _OFFSET.search(fold(title))), None)


def _zone_in(text: str) -> tzinfo | None:
    """The most exact that the words name: a place in the form of the database of zones, an offset, a place by name."""
    return next((zone for part in _parts(text) if (zone := named_zone(part))), None)


def _parts(text: str) -> Iterator[str]:
    yield from (found[0] for found in _AREA.finditer(text))
    yield from (found[0] for found in _OFFSET.finditer(text))
    words = re.findall(r"[\w&]+", text)[:12]
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        yield from (" ".join(words[begin : begin + count]) for begin in range(len(words) - count + 1))
