"""Downloads of the perception report."""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta

from dashboard import session
from monitor.models.languages import LanguageCode

logger = logging.getLogger(__name__)

_MONTHS = 24


def months(today: date) -> list[date]:
    """The first days of the months that a report can be about, the last full month first, then the current one."""
    firsts = [today.replace(day=1)]
    while len(firsts) < _MONTHS:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    return [firsts[1], firsts[0], *firsts[2:]]


def perception(month: date, brand: str | None, language: LanguageCode, now: datetime) -> Callable[[], bytes]:
    """The download's content, made only when somebody asks for it."""

    def content() -> bytes:
        from monitor import reporting

        logger.info("report is downloaded", extra={"language": language})
        return reporting.perception(session.load_settings(), month, language, now=now, brand=brand).encode()

    return content
