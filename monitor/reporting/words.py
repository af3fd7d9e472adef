"""The words of the report and how it writes figures, in Spanish and English."""

import tomllib
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from monitor.models.languages import LanguageCode
from monitor.settings.desk import Desk
from monitor.text import formatting
from monitor.text.plurals import Count


@cache
def catalogue(language: LanguageCode) -> dict[str, str]:
    """All messages of a language, flat: {"heard.title": "Qué se ha oído", ...}."""
    text = (files("monitor.reporting") / f"{language}.toml").read_text(encoding="utf-8")
    return {f"{section}.{name}": words for section, part in tomllib.loads(text).items() for name, words in part.items()}


class Voice:
    """Says things in a language, with the labels of the settings."""

    def __init__(self, language: LanguageCode, desk: Desk, zone: ZoneInfo) -> None:
        """Speaks `language`; `zone` is the one of days and hours."""
        self.language: LanguageCode = language
        self._desk, self._zone, self._words = desk, zone, catalogue(language)

    def say(self, key: str, **values: object) -> str:
        """The message with its places filled; `<key>_one` for `n=1` where there is one, and `{n:case|cases}` agrees."""
        if values.get("n") == 1 and f"{key}_one" in self._words:
            key = f"{key}_one"
        texts = {
            name: Count(self.language, value) if isinstance(value, int) else value for name, value in values.items()
        }
        return self._words[key].format(**texts)

    def number(self, value: float, digits: int = 0) -> str:
        """A number, grouped as the language does."""
        return formatting.number(self.language, value, digits)

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A share from 0 to 1; a dash for None."""
        return formatting.percent(self.language, share, digits)

    def duration(self, minutes: float | None) -> str:
        """Business time; a dash for None."""
        if minutes is None:
            return "–"
        return f"{minutes:.0f} min" if minutes < 60 else f"{self.number(minutes / 60, 1 if minutes < 6_000 else 0)} h"

    def change(self, now: float | None, before: float | None) -> str:
        """By how much a figure went up or down; '' where there is nothing to tell."""
        if now is None or not before:
            return ""
        difference = now / before - 1
        return f"{'+' if difference > 0 else '−'}{self.percent(abs(difference))}" if round(100 * difference) else ""

    def points(self, now: float | None, before: float | None) -> str:
        """By how many percentage points a share went up or down; '' where there is nothing to tell."""
        difference = 0.0 if now is None or before is None else round(100 * (now - before), 1)
        sign = "+" if difference > 0 else "−"
        return self.say("figure.points", points=f"{sign}{self.number(abs(difference), 1)}") if difference else ""

    def day(self, day: date) -> str:
        """A day, as the language writes it."""
        return formatting.day_of_month(self.language, day)

    def moment(self, at: datetime) -> str:
        """A day and time of the settings' zone."""
        return formatting.long_day_and_time(self.language, at, self._zone)

    def local(self, at: datetime) -> str:
        """The day of an instant with its year."""
        return formatting.long_day(self.language, at.astimezone(self._zone).date())

    def month(self, first: date) -> str:
        """A month and its year."""
        return formatting.month(self.language, first)

    def group(self, by: str, name: str) -> str:
        """What people call a group of complaints."""
        if not name:
            return self.say(f"none.{by}")
        if by == "category":
            category = next((candidate for candidate in self._desk.categories if candidate.name == name), None)
            labels = (category.es, category.en) if category else ()
            label = next(filter(None, labels if self.language == "es" else reversed(labels)), None)
            return label or self._words.get(f"category.{name}", name)
        return self._words.get(f"{by}.{name}", name.capitalize() if by == "network" else name)
