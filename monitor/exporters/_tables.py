"""The four file formats of cases. Each streams rows into an open binary file and returns how many it wrote.

Columns are fields of CaseRow. JSON Lines and Parquet are for programs: columns and values in codes, texts exactly as
they are. CSV and XLSX are for spreadsheets, in codes or words, and hold texts made harmless (see `_cells`).
"""

import csv
import io
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from monitor.exporters._cells import escape_formulas, escape_values, printable, truncate, wall_time
from monitor.exporters._form import KINDS, TableForm
from monitor.exporters._sheet import xlsx_table
from monitor.models.exports import CaseRow

if TYPE_CHECKING:
    import pyarrow as pa

CaseWriter: TypeAlias = Callable[[Iterable[CaseRow], BinaryIO, TableForm], int]

_GROUP = 5_000  # rows of one Parquet row group, held in memory
# Line breaks to Python's splitlines and to some editors, though not to JSON.
_JSON_BREAKS = (("\x85", r"\u0085"), ("\u2028", r"\u2028"), ("\u2029", r"\u2029"))


def csv_table(rows: Iterable[CaseRow], file: BinaryIO, form: TableForm) -> int:
    """UTF-8 with a byte order mark, every cell quoted, lines end in CR LF: what Excel opens by a double click.

    Times are the wall clock's in the form's zone, 2026-03-01 10:00:00, which every Excel takes for a date (an offset
    would make them text; JSON Lines and Parquet keep it). Unknown is empty; probabilities have six digits and, with
    separator ";", a decimal comma. Texts beyond 32,767 characters are cut with a mark, as in XLSX: Excel breaks a
    longer cell into several rows. In words, texts that a spreadsheet would take for a number or a date have an
    apostrophe in front, as formulas have: it would round a post's id, and drop the zeros before a customer's. In codes
    truth is true/false, and such texts are as they are.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=form.separator, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    point = "," if form.separator == ";" else "."

    def cell(value: Any) -> str:
        if isinstance(value, str):
            text_value = escape_formulas(printable(value))
            return truncate(escape_values(text_value) if form.words else text_value)
        if isinstance(value, datetime):
            return f"{wall_time(value, form.zone):%Y-%m-%d %H:%M:%S}"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float):
            return f"{value:.6g}".replace(".", point)
        return "" if value is None else str(value)

    writer.writerow([cell(form.heading(column)) for column in form.columns])
    count = 0
    for row in rows:
        writer.writerow([cell(value) for value in form.values(row)])
        count += 1
    text.flush()
    text.detach()
    return count


def jsonl_table(rows: Iterable[CaseRow], file: BinaryIO, form: TableForm) -> int:
    """One JSON object a line, UTF-8, in codes; times are ISO 8601 in the form's zone with offset, unknown is null."""
    codes, zone, count = form.codes(), form.zone, 0
    for row in rows:
        record = {
            name: wall_time(value, zone).isoformat() if isinstance(value, datetime) else value
            for name, value in zip(codes.columns, codes.values(row), strict=True)
        }
        line = json.dumps(record, ensure_ascii=False)
        for plain, escaped in _JSON_BREAKS:
            line = line.replace(plain, escaped)
        # A lone surrogate has no UTF-8, and its escape is JSON's own.
        file.write(line.encode("utf-8", "backslashreplace") + b"\n")
        count += 1
    return count


def parquet_table(rows: Iterable[CaseRow], file: BinaryIO, form: TableForm) -> int:
    """Parquet with typed columns in codes, zstd; times are moments (UTC inside) that readers show in a zone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types: dict[type, pa.DataType] = {
        str: pa.string(),
        int: pa.int64(),
        float: pa.float64(),
        bool: pa.bool_(),
        datetime: pa.timestamp("us", tz=form.zone.key or "UTC"),
    }
    schema = pa.schema([(name, types[KINDS[name]]) for name in form.columns])
    codes, remaining, count = form.codes(), iter(rows), 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while group := list(islice(remaining, _GROUP)):
            columns = zip(*map(codes.values, group), strict=True)
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


FORMATS: dict[str, CaseWriter] = {"csv": csv_table, "xlsx": xlsx_table, "jsonl": jsonl_table, "parquet": parquet_table}
