"""Working time: between which moments the desk works, and when a span of it is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.desk_settings import Calendar


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """The calendars of a desk in its time zone."""

    calendars: Sequence[Calendar]
    zone: ZoneInfo

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end` (UTC); none when `end` is not after `start`."""
        return max(end - start, timedelta())

    def after(self, start: datetime, span: timedelta) -> datetime:
        """The first moment (UTC) at which `span` of working time has gone by since `start`."""
        return start + span
