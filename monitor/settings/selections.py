"""Selections of cases for exports that people keep under a name."""

import difflib
from datetime import date

from pydantic import Field, field_validator, model_validator

from monitor.models.exports import COLUMNS
from monitor.models.posts import Stage
from monitor.settings.section import Section


def known_columns(names: tuple[str, ...]) -> tuple[str, ...]:
    """The columns, each once. Raises ValueError, which names the nearest that there is."""
    for name in names:
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, COLUMNS, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(COLUMNS)}"
            raise ValueError(f"no column {name!r}; {hint}")
    return tuple(dict.fromkeys(names))


class SavedSelection(Section):
    """Cases and columns; what is not said narrows nothing.

    Days are of the settings' time zone and by when the case was opened, the first and the last included.
    """

    since: date | None = None
    until: date | None = None
    days: int | None = Field(default=None, gt=0, le=36_500, description="the last so many days, today included")
    brands: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    owners: tuple[str, ...] = Field(default=(), description="'\"\"' is nobody")
    categories: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    _are_columns = field_validator("columns")(known_columns)

    @model_validator(mode="after")
    def _is_one_period(self) -> "SavedSelection":
        if self.days is not None and (self.since or self.until):
            raise ValueError("say days, or since and until")
        if self.since and self.until and self.since > self.until:
            raise ValueError("since is after until")
        return self
