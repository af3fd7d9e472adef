"""What a figure is about: local days, and which cases; its SQL, which every query of the metrics begins with."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from monitor.store.connection import Connection
from monitor.store.metrics.voices import EVERYONE, Speakers

_DAY = timedelta(days=1)
_CASES = """
    WITH span AS (
        SELECT $since::TIMESTAMPTZ AS since, $until::TIMESTAMPTZ AS until, $before::TIMESTAMPTZ AS before,
               $now::TIMESTAMPTZ AS now
    ), c AS NOT MATERIALIZED (
        SELECT * FROM cases, span WHERE merged_into IS NULL
        AND ($brand::VARCHAR IS NULL OR brand = $brand) AND ($team::VARCHAR IS NULL OR team = $team)
        AND ($owner::VARCHAR IS NULL OR owner = $owner) AND ($category::VARCHAR IS NULL OR category = $category)
    )
"""


@dataclass(frozen=True, slots=True)
class MetricsScope:
    """Whole local days from `first` to `last`, both included, and which cases: None is all, '' is those without.

    `speakers` tell what people say from what our accounts say.
    """

    first: date
    last: date
    zone: ZoneInfo
    brand: str | None = None
    team: str | None = None
    owner: str | None = None
    category: str | None = None
    speakers: Speakers = EVERYONE

    @property
    def since(self) -> datetime:
        """The first instant, UTC."""
        return self._midnight(self.first)

    @property
    def until(self) -> datetime:
        """The first instant after it, UTC."""
        return self._midnight(self.last + _DAY)

    @property
    def previous(self) -> "MetricsScope":
        """The period to compare with: the month before a whole month, else as many days just before."""
        last = self.first - _DAY
        if self.first.day == 1 and self.last == month(self.first.year, self.first.month)[1]:
            return replace(self, first=last.replace(day=1), last=last)
        return replace(self, first=self.first - (self.last - self.first) - _DAY, last=last)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


def month(year: int, number: int) -> tuple[date, date]:
    """Its first and last day."""
    first = date(year, number, 1)
    return first, (first + 31 * _DAY).replace(day=1) - _DAY


def rows(
    connection: Connection, scope: MetricsScope, now: datetime, sql: str, *, any_owner: bool = False, **values: Any
) -> list[tuple[Any, ...]]:
    """The answer to `sql`, which reads the cases of the scope as `c`, each with `since`, `until`, `before` and `now`.

    `before` is where the period to compare with begins. With `any_owner` the owner does not narrow the cases.
    """
    parameters: dict[str, Any] = {
        "since": scope.since,
        "until": scope.until,
        "before": scope.previous.since,
        "now": now,
    }
    parameters |= {"brand": scope.brand, "team": scope.team, "category": scope.category}
    parameters |= {"owner": None if any_owner else scope.owner}
    answer: list[tuple[Any, ...]] = connection.execute(_CASES + sql, parameters | values).fetchall()
    return answer
