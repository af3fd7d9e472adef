"""Numbers, dates and durations in the language of the session, days and times in the settings' time zone."""

from datetime import date, datetime, timedelta

from dashboard import session
from dashboard.i18n import language, t
from dashboard.ui import escaping
from monitor.text import formatting

CHART_DAY = {"es": "%-d/%m", "en": "%-d %b"}
"""A day on an axis, in the notation of the charts (d3-time-format)."""
CHART_LONG_DAY = {"es": "%-d/%m/%Y", "en": "%-d %b %Y"}
"""A day on hover, in the same notation."""


def number(value: float) -> str:
    """A whole number with the separator for thousands."""
    return formatting.number(language(), value)


def decimal(value: float, digits: int = 1) -> str:
    """A number with decimals."""
    return formatting.number(language(), value, digits)


def percent(share: float | None, digits: int = 0) -> str:
    """A share from 0 to 1 as a percentage; a dash for None."""
    return formatting.percent(language(), share, digits)


def dollars(amount: float) -> str:
    """An amount in US dollars with cents."""
    return formatting.dollars(language(), amount)


def money(amount: float) -> str:
    """An amount in the currency of the settings."""
    return f"{decimal(amount, 2)} {escaping.clean(session.load_settings().desk.currency)}"


def date_time(at: datetime) -> str:
    """Day and time."""
    return formatting.day_and_time(language(), at, session.load_settings().zone)


def time_of_day(at: datetime) -> str:
    """The time of an instant."""
    return formatting.time_of_day(at, session.load_settings().zone)


def local_day(at: datetime) -> str:
    """The day of an instant."""
    return calendar_day(at.astimezone(session.load_settings().zone).date())


def calendar_day(day: date) -> str:
    """A day of the calendar."""
    return formatting.day(language(), day)


def month(first: date) -> str:
    """A month and its year, in short."""
    return formatting.short_month(language(), first)


def relative_time(at: datetime, now: datetime) -> str:
    """How long ago, in the largest fitting unit; a date when it is over a month."""
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return t("time.now")
    if minutes < 60:
        return t("time.minutes", n=minutes)
    if minutes < 48 * 60:
        return t("time.hours", n=minutes // 60)
    if minutes < 31 * 24 * 60:
        return t("time.days", n=minutes // (24 * 60))
    return local_day(at)


def span(time: timedelta, *, minutes_below: int = 60) -> str:
    """A span of time by the clock on the wall: minutes below so many, hours below two days, days."""
    minutes = int(time.total_seconds() // 60)
    if minutes < minutes_below:
        return t("time.span_minutes", n=minutes)
    if minutes < 48 * 60:
        return t("time.span_hours", n=minutes // 60)
    return t("time.span_days", n=minutes // (24 * 60))


def business_time(time: timedelta) -> str:
    """Working time in hours and minutes; whole hours from ten on."""
    hours, minutes = divmod(max(int(time.total_seconds() // 60), 0), 60)
    if hours == 0:
        return t("time.span_minutes", n=minutes)
    if hours >= 10 or minutes == 0:
        return t("time.span_hours", n=hours)
    return t("standing.span", h=hours, min=minutes)


def business_minutes(minutes: float | None) -> str:
    """Working time as a figure: minutes under an hour, else hours with a decimal; a dash for None."""
    if minutes is None:
        return "–"
    if minutes < 60:
        return t("metrics.minutes", n=round(minutes))
    return t("metrics.hours", hours=decimal(minutes / 60, 1 if minutes < 6_000 else 0))
