"""How cases become a table: which columns, in codes or in words."""

import operator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

from monitor.exporters.words import CaseWords
from monitor.models.exports import COLUMNS, CaseRow


def _kind(name: str) -> type:
    """The plain type of a column; Literal and optional fields are of the type of their values."""
    hint = get_type_hints(CaseRow)[name]
    for plain_type in get_args(hint) or (hint,):
        if plain_type in (int, float, bool, datetime):
            return plain_type  # type: ignore[no-any-return]
    return str


KINDS = {name: _kind(name) for name in COLUMNS}


@dataclass(frozen=True, slots=True)
class TableForm:
    """The columns of a table, its zone, a CSV's separator, and whose words it speaks; None: codes, for programs."""

    zone: ZoneInfo
    separator: str = ","
    columns: tuple[str, ...] = COLUMNS
    words: CaseWords | None = None

    def heading(self, column: str) -> str:
        """What the column is called."""
        return self.words.heading(column, is_time=KINDS[column] is datetime) if self.words else column

    def values(self, row: CaseRow) -> tuple[Any, ...]:
        """The row's cells, not yet made fit for the format."""
        found = operator.attrgetter(*self.columns)(row)
        values = found if len(self.columns) > 1 else (found,)
        if self.words is None:
            return values
        return tuple(self.words.value(column, value) for column, value in zip(self.columns, values, strict=True))

    def codes(self) -> "TableForm":
        """The same columns for formats that only programs read."""
        return TableForm(self.zone, self.separator, self.columns)
