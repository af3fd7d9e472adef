"""The figures of a year for an external audit: what was received, how it was answered, and what each figure counts.

A complaint is a case whose first post is of the year, that was not merged into another, not dismissed, and not an
employee's; those are told apart. It is answered when its stage first came to answered or closed, in time when that was
by the end of the last working day (monitor.law.clock). Everything is as it stands when the report is made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, TypeAlias, get_args

from monitor import store
from monitor.law import clock
from monitor.law.clock import LegalClock, LegalRound
from monitor.models.cases import Agreement, DismissReason
from monitor.settings.loading import Settings
from monitor.store.metrics import yearly
from monitor.store.metrics.scope import MetricsScope
from monitor.store.metrics.yearly import ReceivedCase

AnswerStanding: TypeAlias = Literal["in_time", "late", "open_in_time", "open_late", "answered", "open"]
"""How a complaint stands; the last two without `desk.answer_days`, where nothing is in time or late."""
FigureKey: TypeAlias = Literal[
    "received", "in_time", "late", "open_in_time", "open_late", "answered", "open", "came_back", "came_back_late",
    "agreed", "disagreed", "no_answer", "surveyed", "rated", "satisfied", "dismissed", "merged", "internal",
]  # fmt: skip
GROUPS = ("month", "channel", "category", "root_cause", "brand")
"""What the complaints are counted by."""
_SATISFIED = 4


@dataclass(frozen=True, slots=True)
class YearlyRow:
    """A complaint of the year; `working_days` until its answer, None without one or without a clock."""

    case: ReceivedCase
    standing: AnswerStanding
    round: LegalRound
    last_day: date | None
    working_days: int | None
    came_back: bool
    came_back_late: bool

    def group(self, by: str) -> str:
        """What the row is counted under; a network by its name, other channels by theirs."""
        if by == "channel":
            return self.case.network if self.case.channel == "network" else self.case.channel
        return str(getattr(self.case, by))


@dataclass(frozen=True, slots=True)
class YearlyFigure:
    """A figure and the codes of exactly the cases that it counts; `of`: of how many, None where it is of nothing."""

    key: FigureKey
    codes: tuple[str, ...]
    of: int | None = None

    @property
    def n(self) -> int:
        """How many."""
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class YearlyGroup:
    """The complaints of one month, channel or cause, and how many of them stand how."""

    name: str
    n: int
    standings: dict[AnswerStanding, int]


@dataclass(frozen=True, slots=True)
class Year:
    """A year as it stands at `made_at`; `is_over`: no further complaint of it can come in."""

    year: int
    brand: str | None
    days: int
    made_at: datetime
    is_over: bool
    rows: tuple[YearlyRow, ...]
    figures: tuple[YearlyFigure, ...]
    groups: dict[str, tuple[YearlyGroup, ...]]
    dismissed_as: dict[DismissReason | None, int]
    mean_satisfaction: float | None

    @property
    def standings(self) -> tuple[AnswerStanding, ...]:
        """Those that a complaint can have."""
        return ("in_time", "late", "open_in_time", "open_late") if self.days else ("answered", "open")


def read(settings: Settings, year: int, *, now: datetime, brand: str | None = None) -> Year:
    """The figures of a calendar year of the settings' zone, of one brand or all."""
    scope = MetricsScope(date(year, 1, 1), date(year, 12, 31), settings.zone, brand=brand)
    with store.connect(settings.store, read_only=True) as connection:
        found = yearly.received(connection, scope.since, scope.until, brand)
    counted = [case for case in found if not (case.merged or case.internal or case.stage == "dismissed")]
    rows = tuple(_row(case, settings, now) for case in counted)
    dismissed = [case.dismissed_as for case in found if case.stage == "dismissed" and not case.merged]
    ratings = [case.satisfaction for case in counted if case.satisfaction is not None]
    draft = Year(
        year, brand, settings.desk.answer_days, now, scope.until <= now, rows, (), {},
        {reason: dismissed.count(reason) for reason in sorted(set(dismissed), key=str)},
        sum(ratings) / len(ratings) if ratings else None,
    )  # fmt: skip
    groups = {by: _groups(draft, by, settings) for by in GROUPS}
    return replace(draft, figures=tuple(_figures(draft, found)), groups=groups)


def _row(case: ReceivedCase, settings: Settings, now: datetime) -> YearlyRow:
    first, *later = clock.rounds(case.received_at, case.moves)
    days, calendars, zone = settings.desk.answer_days, settings.desk.calendars, settings.zone
    if not days:
        standing: AnswerStanding = "answered" if first.answered_at else "open"
        return YearlyRow(case, standing, first, None, None, bool(later), came_back_late=False)
    legal, *others = (clock.clock(one, days, calendars, zone) for one in (first, *later))
    received_on = case.received_at.astimezone(zone).date()
    answered_on = first.answered_at and first.answered_at.astimezone(zone).date()
    taken = clock.days_left(received_on, answered_on, calendars) if answered_on else None
    is_late = any(other.is_late(now) for other in others)
    return YearlyRow(case, _standing(legal, now), first, legal.last_day, taken, bool(later), is_late)


def _standing(legal: LegalClock, now: datetime) -> AnswerStanding:
    if legal.round.answered_at:
        return "late" if legal.is_late(now) else "in_time"
    return "open_late" if legal.is_late(now) else "open_in_time"


def _figures(year: Year, found: Sequence[ReceivedCase]) -> Iterable[YearlyFigure]:
    rows, n = year.rows, len(year.rows)
    yield _figure("received", rows)
    for standing in year.standings:
        yield _figure(standing, (row for row in rows if row.standing == standing), n)
    came_back = [row for row in rows if row.came_back]
    yield _figure("came_back", came_back, n)
    if year.days:
        yield _figure("came_back_late", (row for row in came_back if row.came_back_late), len(came_back))
    closed = [row for row in rows if row.case.stage == "closed"]
    for agreement in get_args(Agreement):
        yield _figure(agreement, (row for row in closed if row.case.agreement == agreement), len(closed))
    surveyed = [row for row in rows if row.case.asked]
    rated = [row for row in surveyed if row.case.satisfaction is not None]
    yield _figure("surveyed", surveyed, n)
    yield _figure("rated", rated, len(surveyed))
    yield _figure("satisfied", (row for row in rated if (row.case.satisfaction or 0) >= _SATISFIED), len(rated))
    own = [case for case in found if not case.merged]
    yield _apart("dismissed", (case for case in own if case.stage == "dismissed"))
    yield _apart("merged", (case for case in found if case.merged))
    yield _apart("internal", (case for case in own if case.internal and case.stage != "dismissed"))


def _figure(key: FigureKey, rows: Iterable[YearlyRow], of: int | None = None) -> YearlyFigure:
    return YearlyFigure(key, tuple(row.case.code for row in rows), of)


def _apart(key: FigureKey, found: Iterable[ReceivedCase]) -> YearlyFigure:
    return YearlyFigure(key, tuple(case.code for case in found))


def _groups(year: Year, by: str, settings: Settings) -> tuple[YearlyGroup, ...]:
    """The largest first; months in order."""
    names: dict[str, list[AnswerStanding]] = {}
    for row in year.rows:
        name = f"{row.case.received_at.astimezone(settings.zone):%Y-%m}" if by == "month" else row.group(by)
        names.setdefault(name, []).append(row.standing)
    found = [
        YearlyGroup(name, len(standings), {standing: standings.count(standing) for standing in year.standings})
        for name, standings in names.items()
    ]
    return tuple(sorted(found, key=lambda group: (0 if by == "month" else -group.n, group.name)))
