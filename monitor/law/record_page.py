"""The record as one HTML page that needs nothing else and prints: what a customer opens by the link, or is sent."""

import base64
import hashlib
import tomllib
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from monitor.exporters.words import CaseWords
from monitor.law.record import CaseRecord
from monitor.models.languages import LanguageCode
from monitor.settings.loading import Settings
from monitor.text import formatting


@cache
def words(language: LanguageCode) -> dict[str, str]:
    """The page's words in a language."""
    catalogue = tomllib.loads((files("monitor.bundled") / "record.toml").read_text(encoding="utf-8"))
    found: dict[str, str] = catalogue[language]
    return found


@cache
def style_sheet() -> str:
    """What the pages for customers look like."""
    return (files("monitor.bundled") / "survey.css").read_text(encoding="utf-8")


@cache
def style_source() -> str:
    """The style sheet as a Content-Security-Policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(style_sheet().encode()).digest()).decode()}'"


def language_for(record: CaseRecord, settings: Settings) -> LanguageCode:
    """The customer's language where we speak it, else the settings'."""
    return "en" if record.case.language == "en" else "es" if record.case.language == "es" else settings.language


def render(
    record: CaseRecord, settings: Settings, language: LanguageCode, *, now: datetime, online: bool = False
) -> str:
    """The page; `online`: with what only works behind its link. Whatever people wrote is escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    page = environment.from_string((files("monitor.bundled") / "record.html").read_text(encoding="utf-8"))
    said, days, zone = words(language), settings.desk.answer_days, settings.zone
    case_words = CaseWords(language, settings.desk, zone)

    def moment(at: datetime) -> str:
        return formatting.long_day_and_time(language, at, zone)

    def day(value: date) -> str:
        return formatting.long_day(language, value)

    return page.render(
        record=record,
        words=said,
        language=language,
        other="es" if language == "en" else "en",
        online=online,
        css=Markup(style_sheet()),  # noqa: S704 (our own file)
        style=Markup(style_source()),  # noqa: S704 (a digest in quotes)
        moment=moment,
        day=day,
        category=case_words.value("category", record.case.category),
        channel=case_words.way(record.case),
        due_note=said["due_note_one" if days == 1 else "due_note"].format(days=days),
        made=said["made"].format(at=moment(now), zone=settings.time_zone),
    )
