"""How numbers, dates and times are written in Spanish and English."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.models.languages import LanguageCode
from monitor.text import formatting

DAY = date(2026, 9, 3)
MOMENT = datetime(2026, 9, 3, 7, 5, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("value", "digits", "spanish", "english"),
    [
        (0, 0, "0", "0"),
        (1234, 0, "1234", "1,234"),
        (-1234, 0, "-1234", "-1,234"),
        (9999.96, 1, "10.000,0", "10,000.0"),
        (12345.678, 2, "12.345,68", "12,345.68"),
        (1234.5, 1, "1234,5", "1,234.5"),
        (1234567, 0, "1.234.567", "1,234,567"),
    ],
)
def test_a_number(value: float, digits: int, spanish: str, english: str) -> None:
    assert formatting.number("es", value, digits) == spanish
    assert formatting.number("en", value, digits) == english


def test_a_share() -> None:
    assert formatting.percent("es", 0.1234, 1) == "12,3 %"
    assert formatting.percent("en", 0.1234, 1) == "12.3%"
    assert formatting.percent("es", None) == "–"


def test_dollars() -> None:
    assert formatting.dollars("es", 12345.5) == "12.345,50 $"
    assert formatting.dollars("en", 12345.5) == "$12,345.50"


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (
            "es",
            ("3/09/2026", "3/09/2026 09:05", "3 de septiembre", "3 de septiembre de 2026", "septiembre de 2026",
             "sept 2026", "jueves"),
        ),
        (
            "en",
            ("3 Sep 2026", "3 Sep 2026, 09:05", "3 September", "3 September 2026", "September 2026", "Sep 2026",
             "Thursday"),
        ),
    ],
)  # fmt: skip
def test_days_and_times(language: LanguageCode, texts: tuple[str, ...]) -> None:
    assert texts == (
        formatting.day(language, DAY),
        formatting.day_and_time(language, MOMENT, MADRID),
        formatting.day_of_month(language, DAY),
        formatting.long_day(language, DAY),
        formatting.month(language, DAY),
        formatting.short_month(language, DAY),
        formatting.weekday(language, DAY),
    )
    assert formatting.time_of_day(MOMENT, MADRID) == "09:05"
