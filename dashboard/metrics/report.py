"""Downloads of the perception report and of the yearly figures."""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta

from dashboard import rights, session
from dashboard.audit import notes
from monitor.access import Permission
from monitor.models.languages import LanguageCode

logger = logging.getLogger(__name__)

_MONTHS = 24
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def months(today: date) -> list[date]:
    """The first days of the months that a report can be about, the last full month first, then the current one."""
    firsts = [today.replace(day=1)]
    while len(firsts) < _MONTHS:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    return [firsts[1], firsts[0], *firsts[2:]]


def perception(month: date, brand: str | None, language: LanguageCode, now: datetime) -> Callable[[], bytes]:
    """The download's content, made only when somebody asks for it."""
    record = notes.record_of("report", "report", "html")

    def content() -> bytes:
        from monitor import reporting

        rights.require(Permission.EXPORT, brand or "")  # of all brands: for whoever is held to none
        record(1)
        logger.info("report is downloaded", extra={"language": language})
        return reporting.perception(session.load_settings(), month, language, now=now, brand=brand).encode()

    return content


def yearly(year: int, brand: str | None, language: LanguageCode, now: datetime, ending: str) -> Callable[[], bytes]:
    """The year's figures as a page (`html`) or a workbook (`xlsx`), made only when somebody asks for it."""
    record = notes.record_of("report", "report", ending)

    def content() -> bytes:
        from monitor.exporters import figure_table
        from monitor.exporters.figure_table import FigureSheet
        from monitor.reporting import yearly as year_figures
        from monitor.reporting import yearly_tables

        rights.require(Permission.EXPORT, brand or "")  # as above
        settings = session.load_settings()
        found = year_figures.read(settings, year, now=now, brand=brand)
        record(1)
        logger.info("yearly figures are downloaded", extra={"language": language})
        if ending == "html":
            return yearly_tables.page(found, settings, language).encode()
        return figure_table.workbook(FigureSheet(*sheet) for sheet in yearly_tables.sheets(found, settings, language))

    return content
