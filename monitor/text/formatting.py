"""Numbers, dates and times as a language writes them, by Unicode's tables (CLDR), which Babel reads; the one place."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import dates, numbers

from monitor.models.languages import LanguageCode

_UNGROUPED = 10_000
"""Spanish writes whole parts of up to four figures without a separator, which CLDR knows and Babel does not apply."""
_DAY = {"es": "d/MM/y", "en": "d MMM y"}
_DAY_AND_TIME = {"es": "d/MM/y HH:mm", "en": "d MMM y, HH:mm"}
_DAY_OF_MONTH = {"es": "d 'de' MMMM", "en": "d MMMM"}
_LONG_DAY = {"es": "d 'de' MMMM 'de' y", "en": "d MMMM y"}
_MONTH = {"es": "MMMM 'de' y", "en": "MMMM y"}
_SHORT_MONTH = "MMM y"


def number(language: LanguageCode, value: float, digits: int = 0) -> str:
    """A number with so many decimals: "12.345,6", in English "12,345.6"."""
    grouped = language != "es" or abs(round(value, digits)) >= _UNGROUPED
    pattern = ("#,##0" if grouped else "0") + ("." + "0" * digits if digits else "")
    return numbers.format_decimal(value, pattern, locale=language)


def percent(language: LanguageCode, share: float | None, digits: int = 0) -> str:
    """A share from 0 to 1 as a percentage: "12,5 %", in English "12.5%"; a dash for None."""
    if share is None:
        return "–"
    return f"{number(language, 100 * share, digits)}{' %' if language == 'es' else '%'}"


def dollars(language: LanguageCode, value: float) -> str:
    """An amount in US dollars with cents: "3,25 $", in English "$3.25"."""
    text = number(language, value, 2)
    return f"{text} $" if language == "es" else f"${text}"


def day(language: LanguageCode, value: date) -> str:
    """A day in short: "3/09/2026", in English "3 Sep 2026"."""
    return dates.format_date(value, _DAY[language], locale=language)


def day_and_time(language: LanguageCode, at: datetime, zone: ZoneInfo) -> str:
    """A day and time in `zone`: "3/09/2026 09:05", in English "3 Sep 2026, 09:05"."""
    return dates.format_datetime(at, _DAY_AND_TIME[language], tzinfo=zone, locale=language)


def time_of_day(at: datetime, zone: ZoneInfo) -> str:
    """The time in `zone`: "09:05"."""
    return dates.format_time(at, "HH:mm", tzinfo=zone, locale="en")


def day_of_month(language: LanguageCode, value: date) -> str:
    """A day without its year: "3 de septiembre", in English "3 September"."""
    return dates.format_date(value, _DAY_OF_MONTH[language], locale=language)


def long_day(language: LanguageCode, value: date) -> str:
    """A day in full: "3 de septiembre de 2026", in English "3 September 2026"."""
    return dates.format_date(value, _LONG_DAY[language], locale=language)


def long_day_and_time(language: LanguageCode, at: datetime, zone: ZoneInfo) -> str:
    """A day in full and the time in `zone`: "3 de septiembre de 2026, 09:05"."""
    return f"{long_day(language, at.astimezone(zone).date())}, {time_of_day(at, zone)}"


def month(language: LanguageCode, value: date) -> str:
    """A month and its year: "septiembre de 2026", in English "September 2026"."""
    return dates.format_date(value, _MONTH[language], locale=language)


def short_month(language: LanguageCode, value: date) -> str:
    """A month and its year in short: "sept 2026", in English "Sep 2026"."""
    return dates.format_date(value, _SHORT_MONTH, locale=language)


def weekday(language: LanguageCode, value: date) -> str:
    """The day of the week: "jueves", in English "Thursday"."""
    return dates.format_date(value, "EEEE", locale=language)
