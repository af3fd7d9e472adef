"""Time zones by name, and which one is meant by what is none."""

import difflib
import re
from zoneinfo import ZoneInfo, available_timezones

from monitor.errors import SettingsError
from monitor.text.folding import fold

_OFFSET = re.compile(r"(?:gmt|utc|z)?\s*([+\-−–])\s*(\d{1,2})(?::?00)?", re.IGNORECASE)
_FARTHEST = {"+": 14, "-": 12}  # hours from Greenwich
_ALIKE = 0.8  # share of the letters that two names have in common
_MOST = 12  # zones of a country that are named
_LIST = "https://en.wikipedia.org/wiki/List_of_tz_database_time_zones"
_SIDES = {"+": "ahead of UTC", "-": "behind UTC"}


def zone_named(name: str) -> ZoneInfo:
    """The time zone of that name. Raises SettingsError, which names the one that may be meant, when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        meant = _meant(name)
        remedy = (
            f"did you mean {meant}?" if meant else f"give a name such as America/Bogota or Europe/Madrid, of {_LIST}"
        )
        raise SettingsError(f"{name!r} is no time zone; {remedy}") from None


def _meant(name: str) -> str | None:
    if offset := _OFFSET.fullmatch(name.strip()):
        sign, hours = "+" if offset[1] == "+" else "-", int(offset[2])
        turned = "-" if sign == "+" else "+"  # the names count from there to Greenwich
        return f"Etc/GMT{turned}{hours}, which is {hours} hours {_SIDES[sign]}" if hours <= _FARTHEST[sign] else None
    written = _plain(name)
    zones = {_plain(zone): zone for zone in sorted(available_timezones(), reverse=True)}
    cities = {zone.rpartition("/")[2]: original for zone, original in zones.items()}
    for names in (zones, cities | _places()):
        if near := difflib.get_close_matches(written, names, 1, _ALIKE):
            return names[near[0]]
    return None


def _places() -> dict[str, str]:
    """Zones by what cities and countries are called in Spanish, English and Portuguese; of a country all."""
    from babel import Locale
    from babel.core import get_global

    places: dict[str, str] = {}
    for locale in map(Locale, ("pt", "en", "es")):
        cities = {zone: names["city"] for zone, names in locale.time_zones.items() if "city" in names}
        places |= {_plain(city): zone for zone, city in cities.items()}
    for locale in map(Locale, ("pt", "en", "es")):
        for territory, zones in get_global("territory_zones").items():
            if (country := locale.territories.get(territory)) and len(zones) <= _MOST:
                places[_plain(country)] = " / ".join(sorted(zones))
    return places


def _plain(name: str) -> str:
    return fold(name.strip()).replace(" ", "_")
