"""Tables of HTML, which web applications call Excel: what stands between tags, none of it run or fetched."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path

from monitor.tables import unpack
from monitor.tables.child_process import limit_error
from monitor.tables.encoding import open_text
from monitor.tables.file_format import FileFormat, NumberedRow, ReadProgress
from monitor.tables.forms.sheets import SheetHead, Workbook

MOST_CHARACTERS = 1 << 25
"""Characters of a file of HTML, which is held whole."""
MOST_CELLS = 1_000_000
"""Cells of its tables."""
_MOST_TAGS = 3_000_000
"""Tags that are read: enough for so many cells."""
_MOST_TABLES = 50
"""Tables that are kept, the largest."""
_MOST_SPAN = 2_000
"""Columns that a cell may span."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)([^<>]*)>")
_SPAN = re.compile(r"(colspan|rowspan|ss:mergeacross|ss:index)\s*=\s*[\"']?(\d{1,5})", re.IGNORECASE)
_TABLES, _ROWS, _CELLS = ("table",), ("tr", "row"), ("td", "th", "cell")
"""The second of a kind is that of Excel's XML of 2003."""
_BREAKS = ("br", "p", "div", "li")
_UNSEEN = ("script", "style")
_BEGINNING = re.compile(
    r"\s*(?:<\?[^>]*>\s*)?(?:<\?[^>]*>\s*)?"
    r"<(?:!doctype html|html|table|head|body|meta|div|style|(?:ss:)?workbook)\b",
    re.IGNORECASE,
)
_TABLE = re.compile(r"<(?:ss:)?table\b", re.IGNORECASE)


def is_html(text: str) -> bool:
    """Whether a file that begins with `text` is HTML, or Excel's XML of 2003, and has a table."""
    return _BEGINNING.match(_without_comments(text[:20_000])) is not None and _TABLE.search(text) is not None


def workbook(path: Path, encoding: str, count: int) -> Workbook:
    """The tables with more than one cell, "table 1" first, each with its first `count` rows. Raises UnfitFile."""
    tables = _tables(path, encoding, path.stat().st_mtime_ns)
    heads = tuple(
        SheetHead(name, tuple(islice(_filled(table), count)), sum(map(len, table)), len(table))
        for name, table in tables.items()
    )
    return Workbook(tuple(head for head in heads if head.rows), tuple(tables))


def rows(path: Path, form: FileFormat, start: int, progress: ReadProgress) -> Iterator[NumberedRow]:
    """The rows of the table from `start` on."""
    tables = _tables(path, form.encoding, path.stat().st_mtime_ns)
    for sheet in form.sheets:
        for index, cells in _filled(tables.get(sheet.name, [])):
            progress.characters += sum(map(len, cells))
            number = sheet.first + index - sheet.leading - form.named
            if number >= max(start, sheet.first):
                yield number, index + 1, dict(zip(sheet.header, cells, strict=False))
    progress.bytes = path.stat().st_size


def forget_tables() -> None:
    """Lets go of the tables that were kept to be read more than once."""
    _tables.cache_clear()


def _filled(table: list[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, with their index."""
    return ((index, row) for index, row in enumerate(table) if any(row))


@dataclass(slots=True)
class _Table:
    """Rows of texts. `below`: column -> rows that a cell above still covers, and what it says of them."""

    rows: list[list[str]] = field(default_factory=list)
    below: dict[int, tuple[int, str]] = field(default_factory=dict)

    def add(self, text: str, wide: int, high: int) -> None:
        """A cell in the next free place, `wide` columns and `high` rows large.

        Its text is in the first of them; a time or a name in all rows, as in spreadsheets, a number, which may be an
        id, in none.
        """
        self.cover()
        row = self.rows[-1]
        for column in range(len(row), len(row) + wide if high > 1 else 0):
            is_told = column == len(row) and not text.isdigit() and unpack.is_said_once(text)
            self.below[column] = high - 1, text if is_told else ""
        row += [text, *[""] * (wide - 1)]

    def cover(self) -> None:
        """Puts what cells above still cover in the next places of the last row."""
        row = self.rows[-1]
        for _ in range(_MOST_SPAN):
            left, text = self.below.get(len(row), (0, ""))
            if not left:
                break
            self.below[len(row)] = left - 1, text
            row.append(text)


@dataclass(slots=True)
class _HtmlReader:
    """The tables so far; a table in a cell is one of its own. `count`: cells so far."""

    tables: list[_Table] = field(default_factory=list)
    open: list[_Table] = field(default_factory=list)
    cell: list[str] | None = None
    spans: dict[str, int] = field(default_factory=dict)
    unseen: str = ""
    count: int = 0

    def text(self, text: str) -> None:
        """Text between two tags."""
        if self.cell is not None and not self.unseen and text:
            self.cell.append(html.unescape(text.replace("\n", " ").replace("\r", " ")))

    def tag(self, closes: bool, name: str, attributes: str) -> None:
        """A tag, its name in small letters without prefix."""
        if self.unseen:
            self.unseen = "" if closes and name == self.unseen else self.unseen
        elif name in _UNSEEN:
            self.unseen = "" if closes or attributes.endswith("/") else name
        elif name in _BREAKS:
            if self.cell:
                self.cell.append("\n")
        elif name in _TABLES or (self.open and name in (*_ROWS, *_CELLS)):
            self._end_cell()
            if closes and name not in _CELLS and self.open and self.open[-1].rows:
                self.open[-1].cover()  # cells above at the end of the row
            if closes:
                del self.open[len(self.open) - (name in _TABLES) :]
            else:
                self._begin(name, attributes)

    def _begin(self, name: str, attributes: str) -> None:
        if name in _TABLES:
            self.open.append(_Table())
            self.tables.append(self.open[-1])
            return
        if name in _ROWS or not self.open[-1].rows:
            if self.open[-1].rows:
                self.open[-1].cover()
            self.open[-1].rows.append([])
        if name in _CELLS:
            found = _SPAN.findall(attributes)
            self.spans = {key.lower(): min(int(number), _MOST_SPAN) for key, number in found}
            self.cell = []
            if attributes.endswith("/"):
                self._end_cell()

    def _end_cell(self) -> None:
        if self.cell is None or not self.open:
            return
        table, spans = self.open[-1], self.spans
        lines = (" ".join(line.split()) for line in "".join(self.cell).split("\n"))
        table.rows[-1] += [""] * (spans.get("ss:index", 0) - 1 - len(table.rows[-1]))
        wide = max(1, spans.get("colspan", 1), spans.get("ss:mergeacross", 0) + 1)
        before = len(table.rows[-1])
        table.add("\n".join(lines).strip(), wide, spans.get("rowspan", 1))
        self.count += len(table.rows[-1]) - before
        self.cell = None


@lru_cache(maxsize=1)
def _tables(path: Path, encoding: str, _changed: int) -> dict[str, list[list[str]]]:
    with open_text(path, encoding) as file:
        text = file.read(MOST_CHARACTERS)
        if file.read(1):
            raise limit_error(path, f"{MOST_CHARACTERS >> 20} million characters of HTML")
    reader, at = _HtmlReader(), 0
    text = _without_comments(text)
    for count, tag in enumerate(_TAG.finditer(text)):
        reader.text(text[at : tag.start()])
        reader.tag(bool(tag[1]), tag[2].lower().removeprefix("ss:"), tag[3])
        at = tag.end()
        if reader.count > MOST_CELLS or count > _MOST_TAGS:
            raise limit_error(path, f"{MOST_CELLS:,} cells of HTML")
    sizes = {f"table {number}": sum(map(len, table.rows)) for number, table in enumerate(reader.tables, 1)}
    largest = sorted((name for name in sizes if sizes[name] > 1), key=lambda name: -sizes[name])[:_MOST_TABLES]
    return {name: table.rows for name, table in zip(sizes, reader.tables, strict=True) if name in largest}


def _without_comments(text: str) -> str:
    first, *others = text.split("<!--")
    return first + "".join(part.partition("-->")[2] for part in others)
