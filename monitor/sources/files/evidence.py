"""What a file holds, looked at from its first row to its last: a sample spread over all of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from monitor.tables.file_format import FAULT, FileFormat, ReadProgress
from monitor.tables.forms.totals import is_total
from monitor.tables.rows import rows
from monitor.tables.values import flat_names, value_of

MOST_ROWS = 2_000_000
"""Rows that are read to learn what a file holds; what comes behind them is imported all the same."""
_SAMPLE_ROWS, _SAMPLE_CELLS, _SAMPLE_CHARACTERS = 8_000, 1_000_000, 1 << 25
"""Rows, cells and characters that are kept; beyond them every second row is let go, and only every second kept on."""
_COLUMN_VALUES, _FIRST_VALUES = 1_000, 50
"""Values of a column that are looked at; and of them those that are looked at first, from all over the file."""


Kept: TypeAlias = list[tuple[int, int, Mapping[str, Any]]]
"""Rows that are looked at: number, characters and values."""
LeavesOut: TypeAlias = Callable[[int, int | None, Mapping[str, Any], Kept], bool]
"""Whether a row with its number and line is none of the table of which those before it are kept."""


def _left_in(_number: int, _line: int | None, _row: Mapping[str, Any], _kept: Kept) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Evidence:
    """`rows`: some of the file's rows, evenly spread, the first among them; none that is faulty.

    `numbers` are theirs in the file, from 0; `count` is how many rows were read, `faults` how many of those kept could
    not be read and `first_fault` why.
    """

    rows: tuple[Mapping[str, Any], ...]
    numbers: tuple[int, ...]
    count: int
    faults: int = 0
    first_fault: str = ""
    is_whole: bool = True
    """Whether the file ends within `MOST_ROWS`."""
    totals: int = 0
    """Rows that only add up others; they are not among `rows`."""
    _values: dict[str, list[str]] = field(default_factory=dict, compare=False)

    @property
    def is_all(self) -> bool:
        """Whether `rows` are all that can be read, and no sample."""
        return len(self.rows) + self.faults == self.count

    def values(self, column: str) -> list[str]:
        """What a column holds, without what says nothing; of many the values of rows far apart."""
        if column not in self._values:
            every = [value for row in self.rows if (value := value_of(row, column)) is not None]
            self._values[column] = every[:: -(-len(every) // _COLUMN_VALUES) or 1]
        return self._values[column]

    def share(self, column: str, test: Callable[[str], bool]) -> float:
        """The share of a column's values that pass; 0.0 where it has none. What a few say as one is believed."""
        values = self.values(column)
        for some in (values[:: -(-len(values) // _FIRST_VALUES) or 1], values):
            passed = sum(map(test, some))
            if passed in (0, len(some)):
                break
        return passed / len(some) if some else 0.0

    def pairs(self, first: str, second: str) -> list[tuple[str, str]]:
        """What two columns hold in the same rows, where both hold something."""
        both = ((value_of(row, first), value_of(row, second)) for row in self.rows)
        found = [(one, other) for one, other in both if one is not None and other is not None]
        return found[:: -(-len(found) // _COLUMN_VALUES) or 1]

    def spread(self) -> Sequence[Mapping[str, Any]]:
        """Rows far apart, as many as values of a column are looked at."""
        return self.rows[:: -(-len(self.rows) // _COLUMN_VALUES) or 1]

    def filled(self, column: str) -> int:
        """How many rows of the sample hold something there."""
        return sum(value_of(row, column) is not None for row in self.rows)

    def first_value(self, column: str, test: Callable[[str], bool]) -> tuple[int, str] | None:
        """Number and value of the first row of the sample whose value passes."""
        for number, row in zip(self.numbers, self.rows, strict=True):
            value = value_of(row, column)
            if value is not None and test(value):
                return number, value
        return None

    def names(self) -> tuple[str, ...]:
        """The columns of JSON objects, nested ones dotted, in the order in which they come."""
        return tuple(dict.fromkeys(name for row in self.rows for name in flat_names(row)))


def look(path: Path, form: FileFormat, leaves_out: LeavesOut = _left_in) -> Evidence:
    """Reads the file, up to `MOST_ROWS`, without the rows that `leaves_out`. Raises UnexpectedAnswer when damaged."""
    progress = ReadProgress()
    kept: Kept = []
    step, cells, characters, count = 1, 0, 0, 0
    before, totals = 0, 0
    for number, line, row in islice(rows(path, form, 0, progress), MOST_ROWS + 1):
        if is_total(row):
            totals += 1
            continue
        if leaves_out(number, line, row, kept):
            continue
        size, before = progress.characters - before, progress.characters
        if count % step == 0:
            kept.append((number, size, row))
            cells, characters = cells + len(row), characters + size
            while len(kept) > 1 and _is_much(len(kept), cells, characters):
                kept, step = kept[::2], step * 2
                cells, characters = sum(len(row) for *_, row in kept), sum(size for _, size, _ in kept)
        count += 1
    return replace(_evidence(kept, count), totals=totals)


def _is_much(count: int, cells: int, characters: int) -> bool:
    return count > _SAMPLE_ROWS or cells > _SAMPLE_CELLS or characters > _SAMPLE_CHARACTERS


def _evidence(kept: Sequence[tuple[int, int, Mapping[str, Any]]], count: int) -> Evidence:
    readable = [(number, row) for number, _, row in kept if FAULT not in row]
    faults = _faults(kept)
    return Evidence(
        tuple(row for _, row in readable),
        tuple(number for number, _ in readable),
        min(count, MOST_ROWS),
        len(kept) - len(readable),
        next(faults, ""),
        count <= MOST_ROWS,
    )


def _faults(kept: Sequence[tuple[int, int, Mapping[str, Any]]]) -> Iterator[str]:
    return (str(row[FAULT]) for *_, row in kept if FAULT in row)
