"""The clock in working days: by the end of which day a complaint has to be answered, and whether it was. Pure.

A working day is one from Monday to Friday that is no public holiday of the calendar's country and region. The desk's
own hours do not matter here: neither its `closed` days nor its waiting for the customer give it more time. Receipt is
when the customer wrote, not when the post was found; the day after is the first that counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.cases.calendars import public_holidays
from monitor.models.cases import Case, Event, effective
from monitor.models.posts import Stage
from monitor.settings.loading import Settings
from monitor.settings.service_hours import Calendar

_DAY = timedelta(days=1)
_SATURDAY = 5
ANSWERS: tuple[Stage, ...] = ("answered", "closed")
"""Stages that say that the complaint was answered; an acknowledgement does not."""


@dataclass(frozen=True, slots=True)
class LegalRound:
    """A complaint from its receipt, or its coming back, to its answer; None while there is none."""

    received_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class LegalClock:
    """A round with the local day by whose end it has to be answered; `due_at` is that end, UTC."""

    round: LegalRound
    last_day: date
    due_at: datetime

    def is_late(self, now: datetime) -> bool:
        """Whether the answer came too late, or is missing by now."""
        return (self.round.answered_at or now) >= self.due_at


def is_working_day(day: date, calendars: Sequence[Calendar]) -> bool:
    """Whether the day counts by the calendar in force then; before the first one begins, it holds all the same."""
    calendar = next((one for one in reversed(calendars) if one.since <= day), calendars[0])
    return day.weekday() < _SATURDAY and day not in public_holidays(calendar.country, calendar.region, day.year)


def last_day(received: date, days: int, calendars: Sequence[Calendar]) -> date:
    """The last of so many working days after the day of receipt."""
    day, left = received, days
    while left and day < date.max - _DAY:
        day += _DAY
        left -= is_working_day(day, calendars)
    return day


def days_left(today: date, last: date, calendars: Sequence[Calendar]) -> int:
    """The working days after today up to the last; less than 0 once it has gone by."""
    first, end = sorted((today, last))
    count = sum(is_working_day(first + number * _DAY, calendars) for number in range(1, (end - first).days + 1))
    return count if today <= last else -count


def rounds(received_at: datetime, moves: Sequence[tuple[datetime, Stage]]) -> list[LegalRound]:
    """The rounds of a case by the moves of its stage, in order: a case that comes back asks for another answer."""
    found = [LegalRound(received_at, None)]
    for at, stage in moves:
        if stage == "reopened" and found[-1].answered_at is not None:
            found.append(LegalRound(at, None))
        elif stage in ANSWERS and found[-1].answered_at is None:
            found[-1] = LegalRound(found[-1].received_at, at)
    return found


def clock(legal_round: LegalRound, days: int, calendars: Sequence[Calendar], zone: ZoneInfo) -> LegalClock:
    """The clock of a round that has to be answered within so many working days."""
    last = last_day(legal_round.received_at.astimezone(zone).date(), days, calendars)
    return LegalClock(legal_round, last, datetime.combine(last + _DAY, time(), zone).astimezone(UTC))


def of_case(case: Case, history: tuple[Event, ...], settings: Settings) -> LegalClock | None:
    """The clock of the case's last round; None where there is none: `desk.answer_days` is 0, or it was dismissed."""
    if not settings.desk.answer_days or case.stage == "dismissed":
        return None
    moves = [(event.at, event.stage) for event in effective(history) if event.stage is not None]
    legal_round = rounds(case.first_post_at, moves)[-1]
    return clock(legal_round, settings.desk.answer_days, settings.desk.calendars, settings.zone)
