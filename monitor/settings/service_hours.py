"""Settings of the complaint desk on time: when it works (`[[desk.calendars]]`), what it promises (`[desk.service]`)."""

import re
from datetime import date
from typing import Literal, TypeAlias

from pydantic import Field, field_validator, model_validator

from monitor.models.cases import LEVELS
from monitor.settings.section import Hours, Section

Weekday: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_OFFICE: tuple[str, ...] = ("09:00-18:00",)


class Calendar(Section):
    """When the desk works, from the day `since` until the next calendar's: times spent under each count by each."""

    since: date = date.min
    hours: dict[Weekday, tuple[str, ...]] = Field(
        default_factory=lambda: dict.fromkeys(WEEKDAYS[:5], _OFFICE), description='{mon = ["09:00-14:00", ...], ...}'
    )
    country: str = Field(default="ES", description="whose public holidays are free; empty: none")
    region: str = Field(default="", description="its part, such as MD; see the holidays package")
    closed: tuple[date, ...] = Field(default=(), description="further days without work")
    open: tuple[date, ...] = Field(default=(), description="public holidays on which there is work")

    @field_validator("hours")
    @classmethod
    def _are_spans(cls, hours: dict[Weekday, tuple[str, ...]]) -> dict[Weekday, tuple[str, ...]]:
        for day, spans in hours.items():
            last = 0
            for start, end in map(minutes, spans):
                if not last <= start < end <= 24 * 60:
                    raise ValueError(f"{day}: hours go upwards within one day, such as 09:00-14:00, 16:00-24:00")
                last = end
        if not any(hours.values()):
            raise ValueError('no day has hours, so no clock would ever end; write {mon = ["09:00-18:00"]}')
        return hours

    @model_validator(mode="after")
    def _are_known(self) -> "Calendar":
        if self.country:
            import holidays

            try:
                holidays.country_holidays(self.country, subdiv=self.region or None, years=2026)
            except NotImplementedError as error:
                raise ValueError(f"no holidays are known for this country or region: {error}") from None
        return self


def minutes(span: str) -> tuple[int, int]:
    """Start and end of "09:00-14:30" in minutes after midnight. Raises ValueError for anything else."""
    match = _SPAN.fullmatch(span.strip())
    if not match:
        raise ValueError(f'{span!r} is no span of hours; write "09:00-14:00"')
    start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
    return start_hour * 60 + start_minute, end_hour * 60 + end_minute


class Targets(Section):
    """Within how many hours of work a customer gets the first answer, each further one, and the solution."""

    first_response_hours: Hours = Field(gt=0)
    next_response_hours: Hours = Field(gt=0)
    resolution_hours: Hours = Field(gt=0)


class ServiceLevels(Section):
    """Service levels by priority. `low` is the floor: nobody is promised less."""

    urgent: Targets = Targets(first_response_hours=1, next_response_hours=2, resolution_hours=9)
    high: Targets = Targets(first_response_hours=2, next_response_hours=4, resolution_hours=27)
    normal: Targets = Targets(first_response_hours=4, next_response_hours=9, resolution_hours=63)
    low: Targets = Targets(first_response_hours=9, next_response_hours=18, resolution_hours=126)
    warn_at: float = Field(default=0.75, gt=0, lt=1, description="share of the time after which a clock warns")

    @model_validator(mode="after")
    def _descend(self) -> "ServiceLevels":
        levels = [getattr(self, level) for level in LEVELS]
        for name in Targets.model_fields:
            hours = [getattr(level, name) for level in levels]
            if hours != sorted(hours):
                raise ValueError(f"{name}: a more pressing case may not wait longer than a less pressing one")
        return self
