"""Cases as a spreadsheet of Excel's."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO
from zoneinfo import ZoneInfo

from monitor.errors import HandOverPermanent
from monitor.exporters._cells import CELL_LIMIT, printable, truncate, wall_time
from monitor.exporters._form import KINDS, TableForm
from monitor.models.exports import CaseRow

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

SHEET_ROWS = 1_048_575
"""Rows of an Excel sheet below its header."""
_EXCEL_BEGINS = 1900  # the first year Excel has dates for
_WIDTHS = {"text": 60, "later_posts": 40, "history": 40, "permalink": 30, "author_name": 20, "tags": 20}
_TIME_WIDTH, _USUAL_WIDTH = 20, 14  # characters
_LINE, _MOST_LINES = 15, 10  # points of a line; lines of the highest row
_MACHINE_DATE = "yyyy-mm-dd hh:mm:ss"


def xlsx_table(rows: Iterable[CaseRow], file: BinaryIO, form: TableForm) -> int:
    """One sheet with real dates: Excel knows no zones, so they are wall time and their header names the zone.

    Its header is bold, stays in sight and filters. Texts stay texts, never a formula or a link; beyond 32,767
    characters they are cut with a mark.
    Raises HandOverPermanent when there are more rows than a sheet holds.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    # Scratch files of rows go with the folder, also when the rows fail half-way.
    with TemporaryDirectory(prefix="escucha-") as scratch:
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": scratch})
        book.use_zip64()
        sheet = book.add_worksheet(form.words.table if form.words else "cases")
        try:
            count = _fill(book, sheet, rows, form)
            book.close()
        except FileCreateError as error:
            raise error.args[0] from None
        finally:
            sheet.row_data_fh.close()
    return count


def _fill(book: "Workbook", sheet: "Worksheet", rows: Iterable[CaseRow], form: TableForm) -> int:
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True, "valign": "top"})
    for position, column in enumerate(form.columns):
        heading, kind = _heading(column, form), KINDS[column]
        width = _TIME_WIDTH if kind is datetime else _WIDTHS.get(column, _USUAL_WIDTH)
        sheet.set_column(position, position, max(width, min(len(heading) + 4, 2 * _USUAL_WIDTH)))
        sheet.write_string(0, position, heading, bold)
    formats = [_format(book, column, form) for column in form.columns]
    count = 0
    for count, row in enumerate(_limited(rows), 1):
        if form.words and "text" in form.columns:
            sheet.set_row(count, _LINE * _lines(row.text))
        for position, (value, style) in enumerate(zip(form.values(row), formats, strict=True)):
            _write_cell(sheet, (count, position), _cell(value, form.zone), style)
    sheet.autofilter(0, 0, count, len(form.columns) - 1)
    return count


def _lines(text: str) -> int:
    """How many lines the cell of a text shows; spreadsheets do not all find out by themselves."""
    lines = sum(1 + len(line) // _WIDTHS["text"] for line in text[:CELL_LIMIT].split("\n"))
    return min(lines, _MOST_LINES)


def _heading(column: str, form: TableForm) -> str:
    if form.words is None and KINDS[column] is datetime:
        return f"{column} ({form.zone.key or 'local'})"
    return form.heading(column)


def _format(book: "Workbook", column: str, form: TableForm) -> "Format | None":
    """How the cells of a column look; None: as Excel likes."""
    if KINDS[column] is datetime:
        top = {"valign": "top"} if form.words else {}
        return book.add_format({"num_format": form.words.date_format if form.words else _MACHINE_DATE, **top})
    if form.words is None:
        return None
    if column.startswith("p_"):
        return book.add_format({"num_format": "0%", "valign": "top"})
    return book.add_format({"valign": "top", "text_wrap": column == "text"})


def _limited(rows: Iterable[CaseRow]) -> Iterator[CaseRow]:
    for count, row in enumerate(rows):
        if count == SHEET_ROWS:
            raise HandOverPermanent(f"a sheet holds {SHEET_ROWS:,} cases and there are more; use .csv or .parquet")
        yield row


def _cell(value: Any, zone: ZoneInfo) -> Any:
    """What Excel can hold of it: a naive local time from 1901 on, a number, a truth, or a harmless text."""
    if isinstance(value, datetime):
        local = wall_time(value, zone).replace(tzinfo=None, microsecond=0)
        return local if local.year > _EXCEL_BEGINS else local.isoformat(" ")
    return _plain(truncate(printable(value))) if isinstance(value, str) else value


def _write_cell(sheet: "Worksheet", at: tuple[int, int], value: Any, style: "Format | None") -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(*at, value, style)
    elif isinstance(value, bool):
        sheet.write_boolean(*at, value, style)
    elif isinstance(value, int | float):
        sheet.write_number(*at, value, style)
    elif value:
        sheet.write_string(*at, value, style)


def _plain(text: str) -> str:
    """XlsxWriter copies a text from <r> to </r> into the sheet as markup; a space behind it keeps it a text."""
    return text + " " if text.startswith("<r>") and text.endswith("</r>") else text
