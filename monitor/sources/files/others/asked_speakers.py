"""The questions who speaks in the rows of a file: which values of a column, or whose messages, are the brand's."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.sources.files.evidence import Evidence
from monitor.tables.file_format import PART
from monitor.tables.forms.writers import UNKNOWN
from monitor.tables.layout import OpenQuestion
from monitor.tables.values import value_of

ROLE = "own"
"""What `--column` calls the rows that the brand wrote itself: `own=COLUMN=VALUE,VALUE`, `own=COLUMN` or `own=none`."""
MOST_VALUES = 8
"""Different values above which a column does not tell who speaks."""
_NOBODY = "none"
_OPTION = f"--column {ROLE}=NAME"
_EXAMPLES, _LONGEST_EXAMPLE = 2, 80
_YES = "true"
_WRITERS = ("author_id", "user_id", "author.id")
"""Columns of the ids of who wrote messages of desks."""


@dataclass(frozen=True, slots=True)
class Voices:
    """A column and its values, folded, by who speaks."""

    column: str
    own: frozenset[str]
    customers: frozenset[str] = frozenset()
    notes: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()


def question(found: Voices, evidence: Evidence) -> OpenQuestion:
    """Which values say that the brand speaks: those that are known, and each of the others with them."""
    known = [value for value in values_of(found.column, evidence) if value.casefold() in found.own]
    others = [(*known, value) for value in found.unknown[:MOST_VALUES]]
    candidates = [(f"{found.column}={','.join(values)}", _texts(found.column, values, evidence)) for values in others]
    first = (f"{found.column}={','.join(known)}", _texts(found.column, known, evidence)) if known else (_NOBODY, ())
    return OpenQuestion(ROLE, (first, *candidates), _OPTION)


def _texts(column: str, values: Sequence[str], evidence: Evidence) -> tuple[str, ...]:
    """The longest cells of rows with the last of these values: what is said there."""
    rows = [row for row in evidence.rows if value_of(row, column) == values[-1]]
    said = ([cell for name, cell in row.items() if name != PART and isinstance(cell, str)] for row in rows)
    cells = (max(cells, key=_letters, default="") for cells in said)
    return tuple(dict.fromkeys(" ".join(cell.split())[:_LONGEST_EXAMPLE] for cell in cells if cell))[:_EXAMPLES]


def _letters(cell: str) -> int:
    return sum(map(str.isalpha, cell))


def writers_question(found: Voices, evidence: Evidence) -> OpenQuestion:
    """Which writers of messages whose side nothing tells are the desk's: all first, with those that are known."""
    column = next((name for name in _WRITERS if evidence.values(name)), None)
    known, others = (_writers(found.column, side, column, evidence) for side in (_YES, UNKNOWN))
    if column is None or not others or len(others) > MOST_VALUES:
        return question(found, evidence)
    each = [[*known, one] for one in others] if known or len(others) > 1 else []
    candidates = {",".join(ids): ids for ids in ([*known, *others], *each, known) if ids}
    shown = ((f"{column}={ids}", _texts(column, one, evidence)) for ids, one in candidates.items())
    return OpenQuestion(ROLE, tuple(shown), _OPTION)


def rows_question(column: str, folded: Sequence[str], evidence: Evidence) -> OpenQuestion:
    """Whether the rows with these values (folded) are the brand's."""
    values = list(dict.fromkeys(value for value in evidence.values(column) if value.casefold() in folded))
    return OpenQuestion(
        ROLE, ((f"{column}={','.join(values)}", _texts(column, values, evidence)), (_NOBODY, ())), _OPTION
    )


def part_question(parts: Sequence[str], evidence: Evidence) -> OpenQuestion:
    """Whether these parts of the file are the brand's, and if not all, which."""
    each = [[name] for name in parts] if len(parts) > 1 else []
    candidates = [(f"{PART}={','.join(names)}", _texts(PART, names, evidence)) for names in ([*parts], *each)]
    return OpenQuestion(ROLE, (*candidates, (_NOBODY, ())), _OPTION)


def _writers(speaks: str, side: str, column: str | None, evidence: Evidence) -> list[str]:
    """The ids of those whose messages are of one side."""
    rows = (row for row in evidence.rows if (value_of(row, speaks) or "").casefold() == side)
    return list(dict.fromkeys(writer for row in rows if (writer := value_of(row, column)) is not None))


def values_of(column: str, evidence: Evidence) -> list[str]:
    """The different values of a column, as they come; no more than two beyond those that tell who speaks."""
    found: dict[str, None] = {}
    for row in evidence.rows:
        if (value := value_of(row, column)) is not None:
            found[value] = None
            if len(found) > MOST_VALUES + 1:
                break
    return list(found)
