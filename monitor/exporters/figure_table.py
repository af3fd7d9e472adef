"""Tables of figures as a CSV or a workbook that people open: no cell of them is ever a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from monitor.exporters._cells import escape_formulas, printable, truncate

FigureCell: TypeAlias = str | int | float | date | None
"""A value; a datetime is wall time without a zone. None: an empty cell."""


@dataclass(frozen=True, slots=True)
class FigureSheet:
    """A table with its header, and its name in a workbook."""

    name: str
    header: tuple[str, ...]
    rows: Sequence[Sequence[FigureCell]]


def csv_file(sheet: FigureSheet, separator: str = ",") -> bytes:
    """UTF-8 with a byte order mark, every cell quoted; with separator ";" numbers have a decimal comma."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([_csv_cell(name, separator) for name in sheet.header])
    writer.writerows([_csv_cell(value, separator) for value in row] for row in sheet.rows)
    return text.getvalue().encode("utf-8-sig")


def _csv_cell(value: FigureCell, separator: str) -> str:
    if isinstance(value, str):
        return truncate(escape_formulas(printable(value)))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, float):
        return f"{value:.6g}".replace(".", "," if separator == ";" else ".")
    return "" if value is None else str(value)


def workbook(sheets: Iterable[FigureSheet]) -> bytes:
    """A sheet a table: its header bold and in sight, real dates and numbers, texts that stay texts."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True})
    formats: dict[type, Any] = {
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        page.freeze_panes(1, 0)
        for column, name in enumerate(sheet.header):
            page.set_column(column, column, max(12, min(len(name) + 4, 40)))
            page.write_string(0, column, name, bold)
        for at, row in enumerate(sheet.rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(at, column, value, formats.get(type(value)))
                elif isinstance(value, int | float):
                    page.write_number(at, column, value)
                elif value:
                    page.write_string(at, column, _plain(truncate(printable(value))))
    book.close()
    return file.getvalue()


def _plain(text: str) -> str:
    """XlsxWriter copies a text from <r> to </r> into the sheet as markup; a space behind it keeps it a text."""
    return text + " " if text.startswith("<r>") and text.endswith("</r>") else text
