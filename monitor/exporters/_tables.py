"""The four file formats of cases. Each streams rows into an open binary file and returns how many it wrote.

Columns are the fields of CaseRow, in their order and by their names, in every format. JSON Lines and Parquet hold texts
exactly as they are; CSV and XLSX are for spreadsheets and hold them made harmless (see `_cells`).
"""

import csv
import io
import json
import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from itertools import islice
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias, get_args, get_type_hints
from zoneinfo import ZoneInfo

from monitor.errors import HandOverPermanent
from monitor.exporters._cells import escape_formulas, printable, truncate, wall_time
from monitor.models.exports import CaseRow

if TYPE_CHECKING:
    import pyarrow as pa
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

CaseWriter: TypeAlias = Callable[[Iterable[CaseRow], BinaryIO, ZoneInfo, str], int]

COLUMNS = tuple(field.name for field in fields(CaseRow))
_values: Callable[[CaseRow], tuple[Any, ...]] = operator.attrgetter(*COLUMNS)
_GROUP = 5_000  # rows of one Parquet row group, held in memory
_SHEET_ROWS = 1_048_575  # rows of an Excel sheet below its header
_EXCEL_BEGINS = 1900  # the first year Excel has dates for
# Line breaks to Python's splitlines and to some editors, though not to JSON.
_JSON_BREAKS = (("\x85", r"\u0085"), ("\u2028", r"\u2028"), ("\u2029", r"\u2029"))


def _kind(name: str) -> type:
    """The plain type of a column; Literal and optional fields are of the type of their values."""
    hint = get_type_hints(CaseRow)[name]
    for plain_type in get_args(hint) or (hint,):
        if plain_type in (int, float, bool, datetime):
            return plain_type  # type: ignore[no-any-return]
    return str


KINDS = {name: _kind(name) for name in COLUMNS}


def csv_table(rows: Iterable[CaseRow], file: BinaryIO, zone: ZoneInfo, separator: str) -> int:
    """UTF-8 with a byte order mark, every cell quoted, lines end in CR LF: what Excel opens by a double click.

    Times are the wall clock's in `zone`, 2026-03-01 10:00:00, which every Excel takes for a date (an offset would make
    them text; JSON Lines and Parquet keep it). Truth is true/false, unknown is empty; probabilities have six digits
    and, with separator ";", a decimal comma. Long numbers in `post_id` are rounded by Excel on sight; XLSX keeps them.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    point = "," if separator == ";" else "."

    def cell(value: Any) -> str:
        if isinstance(value, str):
            return truncate(escape_formulas(printable(value)))
        if isinstance(value, datetime):
            return f"{wall_time(value, zone):%Y-%m-%d %H:%M:%S}"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float):
            return f"{value:.6g}".replace(".", point)
        return "" if value is None else str(value)

    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        writer.writerow([cell(value) for value in _values(row)])
        count += 1
    text.flush()
    text.detach()
    return count


def jsonl_table(rows: Iterable[CaseRow], file: BinaryIO, zone: ZoneInfo, _separator: str = ",") -> int:
    """One JSON object a line, UTF-8; times are ISO 8601 in `zone` with offset, unknown is null."""
    count = 0
    for row in rows:
        record = {
            name: wall_time(value, zone).isoformat() if isinstance(value, datetime) else value
            for name, value in zip(COLUMNS, _values(row), strict=True)
        }
        line = json.dumps(record, ensure_ascii=False)
        for plain, escaped in _JSON_BREAKS:
            line = line.replace(plain, escaped)
        # A lone surrogate has no UTF-8, and its escape is JSON's own.
        file.write(line.encode("utf-8", "backslashreplace") + b"\n")
        count += 1
    return count


def parquet_table(rows: Iterable[CaseRow], file: BinaryIO, zone: ZoneInfo, _separator: str = ",") -> int:
    """Parquet with typed columns, zstd; times are moments (UTC inside) that readers show in `zone`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types: dict[type, pa.DataType] = {
        str: pa.string(),
        int: pa.int64(),
        float: pa.float64(),
        bool: pa.bool_(),
        datetime: pa.timestamp("us", tz=zone.key or "UTC"),
    }
    schema = pa.schema([(name, types[KINDS[name]]) for name in COLUMNS])
    remaining, count = iter(rows), 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while group := list(islice(remaining, _GROUP)):
            columns = zip(*map(_values, group), strict=True)
            arrays = [_array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            count += len(group)
    return count


def _array(column: Iterable[Any], kind: "pa.DataType") -> "pa.Array[Any]":
    import pyarrow as pa

    values = list(column)
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:  # a lone surrogate, which UTF-8 cannot hold
        repaired = (value.encode("utf-8", "replace").decode() if isinstance(value, str) else value for value in values)
        return pa.array(list(repaired), kind)


def xlsx_table(rows: Iterable[CaseRow], file: BinaryIO, zone: ZoneInfo, _separator: str = ",") -> int:
    """One sheet with real dates: Excel knows no zones, so they are wall time and their header names the zone.

    Texts stay texts, never a formula or a link; beyond 32,767 characters they are cut with a mark.
    Raises HandOverPermanent when there are more rows than a sheet holds.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    # Scratch files of rows go with the folder, also when the rows fail half-way.
    with TemporaryDirectory(prefix="escucha-") as scratch:
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": scratch})
        book.use_zip64()
        sheet = book.add_worksheet("cases")
        try:
            count = _fill(sheet, rows, zone, book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}))
            book.close()
        except FileCreateError as error:
            raise error.args[0] from None
        finally:
            sheet.row_data_fh.close()
    return count


def _fill(sheet: "Worksheet", rows: Iterable[CaseRow], zone: ZoneInfo, time: "Format") -> int:
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(COLUMNS):
        is_time = KINDS[name] is datetime
        sheet.set_column(column, column, 20 if is_time else 16)
        sheet.write_string(0, column, f"{name} ({zone.key or 'local'})" if is_time else name)
    count = 0
    for count, row in enumerate(_limited(rows), 1):
        for column, value in enumerate(_values(row)):
            _write_cell(sheet, (count, column), _cell(value, zone), time)
    return count


def _limited(rows: Iterable[CaseRow]) -> Iterator[CaseRow]:
    for count, row in enumerate(rows):
        if count == _SHEET_ROWS:
            raise HandOverPermanent(f"a sheet holds {_SHEET_ROWS:,} cases and there are more; use .csv or .parquet")
        yield row


def _cell(value: Any, zone: ZoneInfo) -> Any:
    """What Excel can hold of it: a naive local time from 1901 on, a number, a truth, or a harmless text."""
    if isinstance(value, datetime):
        local = wall_time(value, zone).replace(tzinfo=None, microsecond=0)
        return local if local.year > _EXCEL_BEGINS else local.isoformat(" ")
    return _plain(truncate(printable(value))) if isinstance(value, str) else value


def _write_cell(sheet: "Worksheet", at: tuple[int, int], value: Any, time: "Format") -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(*at, value, time)
    elif isinstance(value, bool):
        sheet.write_boolean(*at, value)
    elif isinstance(value, int | float):
        sheet.write_number(*at, value)
    elif value is not None:
        sheet.write_string(*at, value)


def _plain(text: str) -> str:
    """XlsxWriter copies a text from <r> to </r> into the sheet as markup; a space behind it keeps it a text."""
    return text + " " if text.startswith("<r>") and text.endswith("</r>") else text


FORMATS: dict[str, CaseWriter] = {"csv": csv_table, "xlsx": xlsx_table, "jsonl": jsonl_table, "parquet": parquet_table}
