"""Which sheets of a workbook are read: the first that names what we know, and all with its header; others are told."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from monitor.errors import UnfitFile
from monitor.tables.columns import ColumnFinder
from monitor.tables.file_format import FileFormat, FormatKind, FormOptions, Sheet, quoted
from monitor.tables.forms import answers
from monitor.tables.forms.headers import header_row, known_columns, row_below_titles, titles_in
from monitor.tables.forms.naming import check_width, with_header
from monitor.tables.forms.options import header_row_error
from monitor.tables.forms.sides import side_of
from monitor.tables.unpack import MOST_COLUMNS
from monitor.text.folding import fold

_ENOUGH = 2
"""Columns with names that we know make a sheet one that is meant."""


@dataclass(frozen=True, slots=True)
class SheetHead:
    """The first rows of a sheet that are not blank, each with its index from 0; and the row behind its last."""

    name: str
    rows: tuple[tuple[int, Sequence[Any]], ...]
    cells: int
    end: int


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets that hold something; the names of all, of those hidden, and of those not read with the reason."""

    heads: tuple[SheetHead, ...]
    names: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    width: int = 0
    """Columns of the first sheet that is not read because it has too many."""


@dataclass(frozen=True, slots=True)
class _HeadedSheet:
    head: SheetHead
    sheet: Sheet
    form: FileFormat
    known: int
    names: tuple[str, ...]
    """Its header up to the last cell that is not empty."""


def sheets_named(path: Path, names: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """The sheets that a person means, in the workbook's order. Raises UnfitFile with the sheets there are."""
    found = {_sheet_named(path, names, one) for one in wanted}
    return tuple(name for name in names if name in found)


def _sheet_named(path: Path, names: Sequence[str], wanted: str) -> str:
    """The sheet that a person means, capitals and accents aside."""
    found = [name for name in names if name == wanted] or [name for name in names if fold(name) == fold(wanted)]
    if len(found) == 1:
        return found[0]
    raise UnfitFile(
        "file_sheet",
        '{file} has no sheet "{sheet}": --sheet names one of {sheets}',
        file=path.name,
        sheet=wanted,
        sheets=quoted(names),
    )


def choose_sheets(
    path: Path, kind: FormatKind, workbook: Workbook, finder: ColumnFinder, options: FormOptions
) -> FileFormat:
    """The form of a workbook. Raises UnfitFile when no sheet has rows, or not the row that is to name the columns."""
    base = FileFormat(kind, named=options.header_row != 0, chosen=bool(options.sheets))
    candidates = [_candidate(path, base, head, finder, options) for head in workbook.heads]
    if workbook.width and all(candidate.known < _ENOUGH for candidate in candidates):
        check_width(path, range(workbook.width))
    if not candidates:
        raise UnfitFile(
            "file_rows", "{file} has no sheet with rows ({sheets}): export it again", file=path.name,
            sheets=quoted(workbook.names),
        )  # fmt: skip
    main = _main(kind, candidates)
    check_width(path, dict(main.head.rows)[main.sheet.leading])
    sheets = [main.sheet, *_alike(main, candidates)]
    sheets += _answers(main, candidates, {sheet.name for sheet in sheets}, finder) if kind == "spreadsheet" else ()
    _check_chosen(path, base, main, sheets, candidates)
    ordered = [one for candidate in candidates for one in sheets if one.name == candidate.head.name]
    numbered = tuple(_numbered(ordered, {head.name: head.end for head in workbook.heads}, base.named))
    return replace(
        main.form,
        sheets=numbered,
        leading=numbered[0].leading,
        titles=titles_in(_above(main, candidates)),
        notes=tuple(_notes(kind, workbook, numbered)),
    )


def _check_chosen(
    path: Path, base: FileFormat, main: _HeadedSheet, sheets: Sequence[Sheet], candidates: Sequence[_HeadedSheet]
) -> None:
    """Raises UnfitFile where sheets that a person named cannot be read as one table."""
    read = {sheet.name for sheet in sheets}
    if base.chosen and (others := [one.head.name for one in candidates if one.head.name not in read]):
        raise UnfitFile(
            "file_sheets",
            "{file}: the columns of {others} are others than those of {sheet}: import each by itself",
            file=path.name,
            sheet=quoted([main.head.name]),
            others=quoted(others),
        )


def _above(main: _HeadedSheet, candidates: Sequence[_HeadedSheet]) -> Iterator[Sequence[Any]]:
    """The rows above the main sheet's header, and those of sheets that are no tables: covers."""
    yield from (row for index, row in main.head.rows if index < main.sheet.leading)
    for candidate in candidates:
        if candidate is not main and candidate.known < _ENOUGH:
            yield from (row for _, row in candidate.head.rows if sum(cell not in (None, "") for cell in row) <= _ENOUGH)


def _candidate(
    path: Path, base: FileFormat, head: SheetHead, finder: ColumnFinder, options: FormOptions
) -> _HeadedSheet:
    cells = [row for _, row in head.rows]
    place = header_row(cells, finder)
    if place is None:
        place = row_below_titles(cells) or 0
    if options.header_row:
        place = _place(path, head, options.header_row)
    row, index = cells[place], head.rows[place][0]
    form = base if len(row) > MOST_COLUMNS else with_header(base, row, finder, is_sure=options.header_row is not None)
    width = max((number for number, cell in enumerate(row, 1) if str(cell or "").strip()), default=0)
    return _HeadedSheet(
        head, Sheet(head.name, index, form.header), form, known_columns(row, finder), form.header[:width]
    )


def _place(path: Path, head: SheetHead, row: int) -> int:
    indexes = [index for index, _ in head.rows]
    if row - 1 in indexes:
        return indexes.index(row - 1)
    raise header_row_error(path, row, [(index + 1, cells) for index, cells in head.rows])


def _main(kind: FormatKind, candidates: Sequence[_HeadedSheet]) -> _HeadedSheet:
    """The first sheet that names columns we know, half as many as any at least; of HTML the largest such table.

    Where none does: the largest.
    """
    if kind == "html":
        return max(candidates, key=lambda candidate: (candidate.known >= _ENOUGH, candidate.head.cells))
    most = max(candidate.known for candidate in candidates)
    least = max(_ENOUGH, most / 2)
    likeliest = max(candidates, key=lambda candidate: (candidate.known, candidate.head.cells))
    return next((candidate for candidate in candidates if candidate.known >= least), likeliest)


def _alike(main: _HeadedSheet, candidates: Sequence[_HeadedSheet]) -> Iterator[Sheet]:
    """The other sheets with the same columns, in whatever order, as the main one's names them."""
    names = {fold(name): name for name in main.names}
    for candidate in candidates:
        if candidate is main or not (candidate.form.named and main.form.named):
            continue
        own = [fold(name) for name in candidate.names]
        if names and len(own) == len(names) and set(own) == set(names):
            unnamed = candidate.form.header[len(own) :]
            yield replace(candidate.sheet, header=(*(names[name] for name in own), *unnamed))


def _answers(
    main: _HeadedSheet, candidates: Sequence[_HeadedSheet], read: Collection[str], finder: ColumnFinder
) -> Iterator[Sheet]:
    """The sheets with other columns whose names say that the brand sent what they hold, under the main one's names."""
    for candidate in candidates:
        if candidate.head.name in read or not (candidate.form.named and main.form.named):
            continue
        names = answers.named_as(candidate.names, main.names, finder) if side_of(candidate.head.name) == "own" else None
        if names is not None:
            yield replace(candidate.sheet, header=(*names, *candidate.form.header[len(names) :]))


def _numbered(sheets: Sequence[Sheet], ends: dict[str, int], named: bool) -> Iterator[Sheet]:
    first = 0
    for sheet in sheets:
        yield replace(sheet, first=first)
        first += max(0, ends[sheet.name] - sheet.leading - named)


def _notes(kind: FormatKind, workbook: Workbook, read: Sequence[Sheet]) -> Iterator[str]:
    names = {sheet.name for sheet in read}
    if others := [head.name for head in workbook.heads if head.name not in names]:
        what = "tables" if kind == "html" else "sheets"
        yield f"{what} not read, for their columns are others: {quoted(others)}; --sheet NAME reads one"
    if workbook.hidden and read:
        yield f"hidden sheets not read: {quoted(workbook.hidden)}; --sheet NAME reads one"
    for name, reason in workbook.unread:
        yield f'sheet "{name}" not read: it is larger than a sheet may be ({reason})'
