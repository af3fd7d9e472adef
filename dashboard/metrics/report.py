"""Downloads of the perception report."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from dashboard import session
from dashboard.i18n import Language

_MONTHS = 24


def months(today: date) -> list[date]:
    """The first days of the months that a report can be about, the last full month first, then the current one."""
    found = [today.replace(day=1)]
    while len(found) < _MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return [found[1], found[0], *found[2:]]


def perception(month: date, brand: str | None, language: Language, now: datetime) -> Callable[[], bytes]:
    """The download's content, made only when somebody asks for it."""

    def made() -> bytes:
        from monitor import reporting

        return reporting.perception(session.load_settings(), month, language, now=now, brand=brand).encode()

    return made
