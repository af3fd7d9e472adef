"""Follow-ups: after how many days a customer is contacted once a case is closed, and when that is due. Pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.cases.calendars import WorkingTime
from monitor.settings.desk import FollowUps

_MOMENT = timedelta(microseconds=1)


def days_for(value: str, settings: FollowUps) -> tuple[int, ...]:
    """The days after closing on which a customer of this value ('' for an unknown one) is contacted."""
    own: tuple[int, ...] | None = getattr(settings, value) if value else None
    return settings.days if own is None else own


def plan(closed_at: datetime, value: str, settings: FollowUps, time: WorkingTime) -> tuple[datetime, ...]:
    """When the contacts after a closing are due (UTC, upwards), each in working time, none at the same moment."""
    due = (due_after(closed_at, days, time) for days in days_for(value, settings))
    return tuple(dict.fromkeys(due))


def due_after(at: datetime, days: int, time: WorkingTime) -> datetime:
    """The same time of day `days` later in the desk's zone, or the next working moment after it. In UTC."""
    local = at.astimezone(time.zone) + timedelta(days=days)
    return next_working_moment(local.astimezone(at.tzinfo), time)


def next_working_moment(at: datetime, time: WorkingTime) -> datetime:
    """`at` if the desk works then, else the next moment at which it does."""
    return max(time.after(at, _MOMENT) - _MOMENT, at)


def local_day(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Start and end (UTC) of the local day of `now`: what was due before it is overdue."""
    start = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC)
