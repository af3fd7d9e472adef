"""Tables below each other in one sheet: the first is read up to where a row names other columns, and that is told."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from monitor.sources.files import speaker_words
from monitor.sources.files.column_names import word_set
from monitor.sources.files.evidence import Kept
from monitor.sources.files.words import words
from monitor.tables.columns import ColumnFinder
from monitor.tables.file_format import FAULT, FileFormat, FilePart
from monitor.tables.forms import answers, sides
from monitor.tables.forms.headers import is_value
from monitor.text.folding import fold

_END = sys.maxsize
_LONGEST_TITLE = 200
_LONGEST_NAME, _MOST_WORDS, _FEWEST_NAMES = 60, 5, 2
_LOOKED_AT = 1_000
"""Rows above in which the names of columns must not stand as values do."""
_LAST = 20
"""Of them the last ones, whose values tell what a column holds."""
_LAST_HEADER_ROW = 1_000
"""The last row that `--header-row` can name."""
_OTHERS = speaker_words.OF_BRAND | speaker_words.OF_CUSTOMER | word_set(
    "respuesta respuestas reply response answer resposta fecha date data hora hour time asunto subject assunto titulo "
    "title estado status canal channel red network tipo type caso case ticket radicado motivo reason tema topic "
    "categoria category ciudad city pais country nota notas note notes observaciones numero number nombre name "
    "responsable gestion solucion producto product sentimiento sentiment enlace link url mes month total cantidad count"
)  # fmt: skip
"""Words of the names of columns beside those of posts."""


class StackedTables:
    """Which rows of a file are left out: those of further tables, and names of columns that stand there once more."""

    def __init__(self, form: FileFormat, finder: ColumnFinder) -> None:
        self._form, self._finder = form, finder
        self._is_table = form.named and form.kind in ("separated", "spreadsheet", "html")
        self._title: tuple[int, str] | None = None
        self._ended = 0
        self.skipped: list[tuple[int, int]] = []
        self.places: list[str] = []
        """The rows that name other columns, as `--header-row` counts."""
        self.titles: list[str] = []
        """What stands in the row above them alone; it is not read either."""
        self.parts: list[FilePart] = []
        """Tables that name the same columns once more, by the title that stands above them, or by their number."""

    def leaves_out(self, number: int, line: int | None, row: Mapping[str, Any], kept: Kept) -> bool:
        """Whether the row is no post of the first table. `kept`: rows of it before this one."""
        if number < self._ended or not self._is_table:
            return number < self._ended
        cells, title = _cells(row), self._title
        if len(cells) == 1:
            self._title = (number, " ".join(str(cells[0]).split())[:_LONGEST_TITLE])
        elif cells:
            self._title = None
        elif title is None:
            self._title = (number, "")
        if not kept or not _may_name(cells):
            return False
        if FAULT not in row and all(fold(name) == fold(str(cell)) for name, cell in row.items() if cell):
            self._begin_again(title, number, kept)
            return True
        if not self._names_columns(cells) or not _is_unlike(row, kept):
            return False
        if title and (header := self._of_answers(title[1], row)):
            _forget(kept, title[0])
            self.skipped.append((title[0], number + 1))
            self.parts.append(FilePart(number + 1, title[1], header))
            return True
        self._end(title, number, line, kept)
        return True

    def _of_answers(self, title: str, row: Mapping[str, Any]) -> tuple[str, ...]:
        """The names of the columns of a table whose title says that the brand sent it; none: it is no such table."""
        names = [str(cell or "").strip() for cell in _values(row)]
        while names and not names[-1]:
            names.pop()
        if sides.side_of(title) != "own" or len(names) > len(self._form.header):
            return ()
        return answers.named_as(names, self._form.header, self._finder) or ()

    def _begin_again(self, title: tuple[int, str] | None, number: int, kept: Kept) -> None:
        """The same columns are named once more: a further part of the table, of which the rows above are the title."""
        name = title[1] if title else ""
        self.skipped.append((title[0] if title and name else number, number + 1))
        if title and name:
            _forget(kept, title[0])
        if not sides.side_of(name):
            self.titles += [name] if name else []
        self.parts.append(FilePart(number + 1, name or str(len(self.parts) + 2)))

    def _end(self, title: tuple[int, str] | None, number: int, line: int | None, kept: Kept) -> None:
        """The table ends above its next one, with its title."""
        firsts = (sheet.first for sheet in self._form.sheets)
        self._ended = min((first for first in firsts if first > number), default=_END)
        self.skipped.append((title[0] if title else number, self._ended))
        if title:
            _forget(kept, title[0])
        if title and title[1]:
            self.titles.append(title[1])
        self.places.append(str(line or number + 1))

    def note(self) -> str:
        """What a person should know of further tables; '' where there are none."""
        if not self.places:
            return ""
        row, rows = self.places[0], ", ".join(self.places)
        if len(self._form.sheets) > 1 or int(row) > _LAST_HEADER_ROW:
            return (
                f"another table, with other columns, begins in row {rows}: it is not read; copy it to a file of its own"
            )
        return f"another table, with other columns, begins in row {rows}: it is not read; --header-row {row} reads it"

    def in_form(self) -> FileFormat:
        """The file's form without those rows."""
        note = self.note()
        notes = (*self._form.notes, note) if note else self._form.notes
        notes = (*notes, *(f"a row above it says {title!r}: it is told here alone" for title in self.titles))
        return replace(self._form, skipped=tuple(self.skipped), notes=notes)

    def _names_columns(self, cells: Sequence[str]) -> bool:
        known = sum(self._finder.knows(cell) or not _OTHERS.isdisjoint(words(cell)) for cell in cells)
        return known >= _FEWEST_NAMES and known * 2 > len(cells) and any(map(self._finder.knows, cells))


def _forget(kept: Kept, first: int) -> None:
    """Lets go of the rows from the number `first` on: they are a title."""
    while kept and kept[-1][0] >= first:
        kept.pop()


def _values(row: Mapping[str, Any]) -> list[Any]:
    return list(row.get("fields", ()) if FAULT in row else row.values())


def _cells(row: Mapping[str, Any]) -> list[Any]:
    return [value for value in _values(row) if value is not None and value != ""]


def _may_name(cells: Sequence[Any]) -> bool:
    """Whether all are short words, and no two the same."""
    if len(cells) < _FEWEST_NAMES:
        return False
    for cell in cells:  # asked of every row, most of which hold a text: what tells one costs least
        if not isinstance(cell, str) or len(cell) > _LONGEST_NAME:
            return False
    if len(set(cells)) < len(cells) or any(len(cell.split()) > _MOST_WORDS for cell in cells):
        return False
    return not any(is_value(cell.strip()) or cell[0] in "@#=" for cell in cells)


def _is_unlike(row: Mapping[str, Any], kept: Kept) -> bool:
    """Whether a name stands below times or numbers, and none is a value that rows above have in its column too."""
    above = [list(other.values()) for *_, other in kept[-_LOOKED_AT:] if len(_cells(other)) >= _FEWEST_NAMES]
    columns = [(cell, _below(above, place)) for place, cell in enumerate(_values(row)) if cell]
    has_value = any(others and all(map(is_value, others[-_LAST:])) for _, others in columns)
    return has_value and not any(str(cell) in others for cell, others in columns)


def _below(above: Sequence[Sequence[Any]], place: int) -> list[str]:
    return [str(other[place]) for other in above if place < len(other) and other[place] not in (None, "")]
