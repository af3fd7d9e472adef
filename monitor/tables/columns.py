"""Which column of a table holds what, by the names in its header. Each reader brings the names of its own roles."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from monitor.errors import UnexpectedAnswer
from monitor.tables.clock.headers import without_units
from monitor.tables.file_format import ListPath
from monitor.text.folding import fold

Fits: TypeAlias = Callable[[str, str, str], bool]
"""Whether a column may hold a role, asked with the role, the bare name that points to it, and the column."""
_MOST_NAMES, _LONGEST_NAME = 50, 80
"""Columns that a message names, and characters of a name."""
_NO_OVERRIDES: Mapping[str, str | None] = MappingProxyType({})


def bare_name(column: str) -> str:
    """A column's name without accents, case, signs and zone: `user.screen_name` and `User Screen Name` are one."""
    short = without_units(column).removeprefix("public_metrics.")  # so X's API and its exports call them
    return re.sub(r"[^a-z0-9]", "", fold(short.replace("º", "").replace("ª", "")))


def columns_hint(header: Sequence[str]) -> str:
    """The end of a message that lists the columns a file has, as many as a person reads."""
    if not header:
        return " (the file has no columns)"
    names = [name[:_LONGEST_NAME] for name in header[:_MOST_NAMES]]
    omitted = len(header) - len(names)
    return f" (the file has: {', '.join(names)}{f' and {omitted:,} more' if omitted else ''})"


@dataclass(frozen=True, slots=True)
class ColumnFinder:
    """Finds the columns of roles. `names`: role -> bare names, of which the earlier wins.

    `option` is how a person names a column by hand, as in "--column {role}=". `other_names` matches bare names that
    mean something though no role has them. `paths` are where known forms of JSON have their rows in lists in lists.
    """

    names: Mapping[str, Sequence[str]]
    option: str = ""
    other_names: re.Pattern[str] | None = None
    paths: Sequence[ListPath] = ()

    def find(
        self,
        file: str,
        header: Sequence[str],
        overrides: Mapping[str, str | None] = _NO_OVERRIDES,
        fits: Fits = lambda _role, _name, _column: True,
    ) -> dict[str, str]:
        """Role -> column for the roles that have one, no column twice. What `overrides` says (role -> column) is kept.

        Raises UnexpectedAnswer, with the file, the column and the fix, for an override that names nothing.
        """
        columns = {role: column for role, column in overrides.items() if column is not None}
        self.check(file, header, columns)
        by_name = {bare_name(column): column for column in reversed(header)}
        for role, names in self.names.items():
            if role in columns:
                continue
            for name in names:
                column = by_name.get(name)
                if column is not None and column not in columns.values() and fits(role, name, column):
                    columns[role] = column
                    break
        return columns

    def knows(self, column: str) -> bool:
        """Whether a column's name means something."""
        name = bare_name(column)
        if any(name in names for names in self.names.values()):
            return True
        return self.other_names is not None and self.other_names.fullmatch(name) is not None

    def check(self, file: str, header: Sequence[str], overrides: Mapping[str, str]) -> None:
        """Raises UnexpectedAnswer, with the file, the column and the fix, for an override that names nothing."""
        for role, column in overrides.items():
            option = self.option.format(role=role)
            if role not in self.names:
                raise UnexpectedAnswer(f"{option}{column}: {role} is not one of {', '.join(self.names)}")
            if column not in header:
                raise UnexpectedAnswer(f"{file} has no column {column}: {option}NAME{columns_hint(header)}")
