"""The monthly perception report: one HTML file that needs nothing else, for the screen and for paper."""

import logging
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path

from monitor import atomic_files, store
from monitor.errors import HandOverPermanent
from monitor.models.languages import LanguageCode
from monitor.reporting import figures
from monitor.reporting.words import Voice
from monitor.settings.loading import Settings
from monitor.store.metrics import voices
from monitor.store.metrics.scope import MetricsScope, month

logger = logging.getLogger(__name__)

FEW = 10
"""Below so many cases the report says that a share or a median stands on too few."""
GROUPS = 8


def perception(
    settings: Settings, first: date, language: LanguageCode, *, now: datetime, brand: str | None = None
) -> str:
    """The report on the month of `first` as HTML, of one brand or all. A month without anything says so.

    Names that people gave (brands, categories, causes, actions) are escaped; posts and customers are not in it.
    """
    who = voices.speakers(settings)
    scope = MetricsScope(*month(first.year, first.month), settings.zone, brand=brand, speakers=who)
    with store.connect(settings.store, read_only=True) as connection:
        report_figures = figures.read(connection, scope, now)
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    page = environment.from_string((files("monitor.reporting") / "perception.html").read_text(encoding="utf-8"))
    voice = Voice(language, settings.desk, settings.zone)
    return page.render(v=voice, say=voice.say, f=report_figures, now=now, few=FEW, most=GROUPS)


def write(report: str | bytes, target: Path) -> None:
    """Writes the report whole or not at all: beside the target first. The folder is created.

    Raises HandOverPermanent when it cannot be written.
    """
    try:
        with atomic_files.replacing(target) as file:
            file.write(report.encode() if isinstance(report, str) else report)
    except OSError as error:
        raise HandOverPermanent(f"cannot write {target}: {error.strerror or type(error).__name__}") from error
    logger.info("report written", extra={"path_name": target.name})
