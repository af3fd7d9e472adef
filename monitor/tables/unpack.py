"""The program that takes foreign formats apart, in a process of its own: what they do to it they do to nobody else.

    python unpack.py spreadsheet FILE [SHEET...]    python unpack.py parquet FILE START

It writes JSON, a line each: a head, the rows, and an end without which the rows are not all; or why it went no further.
It imports nothing of Escucha's and knows no settings.
"""

import json
import math
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any

MEMORY = 4 << 30
"""Bytes of memory the process may take."""
SECONDS = 300
"""Seconds of a processor it may use."""
MOST_CELLS = 50_000_000
"""Cells of the sheets that are looked at, between the first and the last of each, and those of a Parquet file."""
MOST_COLUMNS = 2_000
MOST_SHEETS = 50
"""Sheets of a workbook that are looked at."""
SPOOL = 4 << 30
"""Bytes it may write of a spreadsheet."""
LONGEST_ROW = 1 << 24
"""Characters of a row as JSON."""
_FEW_WORDS, _MOST_WORDS, _PARTICLE = 2, 6, 3
"""Words of a merged cell that tells something of the rows below it too; those of a name; letters of `de` and `la`."""
_BATCH = 2_000
"""Rows of Parquet turned into Python values at a time."""


class LimitReached(Exception):
    """The file is larger inside than one may be; the text says in what."""


def plain(value: Any) -> Any:
    """The value in types that JSON has: times become ISO text, bytes and decimals text, what is no number nothing."""
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain(element) for key, element in value.items()}
    if isinstance(value, list | tuple):
        return [plain(element) for element in value]
    return _as_text(value)


def _as_text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)


def spreadsheet(path: str, *sheets: str) -> Iterator[Any]:
    """The names of the sheets and of those hidden; then each visible one, or the named alone.

    Of each its name, its `cells` between the first and the last, and the row behind its last; then its rows that are
    not blank, each with its index in the sheet, from 0. A sheet that is too large after others have been read is
    `unread`, and the text says why.
    """
    workbook = _workbook(path)
    visible = {entry.name: str(entry.visible).endswith("Visible") for entry in workbook.sheets_metadata}
    names: list[str] = list(workbook.sheet_names)
    hidden = [name for name in names if not visible.get(name, True)]
    yield {"sheets": names, "hidden": hidden}
    wanted = [name for name in names if name in sheets] if sheets else [name for name in names if name not in hidden]
    cells = 0
    for name in wanted[:MOST_SHEETS]:
        worksheet = workbook.get_sheet_by_name(name)
        size = worksheet.height * worksheet.width
        if worksheet.width > MOST_COLUMNS:
            yield {"unread": name, "why": f"{worksheet.width:,} columns", "width": worksheet.width}
            continue
        if cells + size > MOST_CELLS:
            measure = f"a sheet of {worksheet.height:,} rows and {worksheet.width:,} columns"
            if not cells:
                raise LimitReached(measure)
            yield {"unread": name, "why": measure}
            continue
        cells += size
        begin = worksheet.start[0] if worksheet.start else 0
        yield {"sheet": name, "cells": size, "end": begin + worksheet.height}
        yield from _sheet_rows(worksheet)


def _workbook(path: str) -> Any:
    """By its path, which takes no memory for the whole file; the library opens no name that is not UTF-8 by itself."""
    from python_calamine import CalamineWorkbook

    if not any("\ud800" <= character <= "\udfff" for character in path):
        return CalamineWorkbook.from_path(path)
    with open(path, "rb") as file:  # noqa: PTH123 (as quick to start as it can be)
        return CalamineWorkbook.from_filelike(file)


def _sheet_rows(worksheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """The rows that are not blank, with what merged cells above say. The library begins with the sheet's first row."""
    merged, first = _merged_down(worksheet), worksheet.start[1] if worksheet.start else 0
    above: dict[int, tuple[int, Any]] = {}
    for index, row in enumerate(worksheet.iter_rows()):
        is_filled = any(cell != "" for cell in row)
        for column, (last, value) in above.items():
            if index <= last and row[column] == "":
                row[column] = value
        if is_filled:
            yield index, [plain(cell) for cell in row]
        for absolute, last in merged.get(index, ()):
            column = absolute - first
            if 0 <= column < len(row) and is_said_once(row[column]):
                above[column] = last, row[column]


def _merged_down(worksheet: Any) -> dict[int, list[tuple[int, int]]]:
    """Row -> column and last row of the cells there that stand for the rows below too."""
    merged: dict[int, list[tuple[int, int]]] = {}
    for (top, column), (last, _) in getattr(worksheet, "merged_cell_ranges", None) or ():
        if last > top:
            merged.setdefault(top, []).append((column, last))
    return merged


def is_said_once(value: Any) -> bool:
    """Whether a merged cell is a time, a person or another short value: the words of one post are no other's."""
    if not isinstance(value, str):
        return True
    words = value.split()
    is_name = all(word[0].isupper() or len(word) <= _PARTICLE for word in words)
    return len(words) <= _FEW_WORDS or (is_name and len(words) <= _MOST_WORDS)


def parquet(path: str, start: str) -> Iterator[Any]:
    """The names of the columns and the number of rows, then the values of the rows from `start` on."""
    from pyarrow import parquet as reading

    with open(path, "rb") as source:  # noqa: PTH123 (by its path, Arrow opens no name that is not UTF-8)
        yield from _parquet_values(reading.ParquetFile(source, pre_buffer=False, buffer_size=1 << 20), int(start))


def _parquet_values(file: Any, start: int) -> Iterator[Any]:
    schema, total = file.schema_arrow, file.metadata.num_rows
    names = list(schema.names)
    if len(names) > MOST_COLUMNS:
        yield {"width": len(names)}
        return
    fields = [list(_fields(field)) for field in schema]
    yield {"columns": names, "width": len(names), "fields": fields, "rows": total}
    if total * len(names) > MOST_CELLS:
        raise LimitReached(f"{total:,} rows of {len(names):,} columns")
    number, groups = _start_group(file, start)
    for batch in file.iter_batches(batch_size=_BATCH, row_groups=groups):
        offset = min(max(0, start - number), batch.num_rows)
        number += batch.num_rows
        for values in zip(*(column.to_pylist() for column in batch.slice(offset).columns), strict=True):
            yield list(map(plain, values))


def _fields(field: Any, before: str = "") -> Iterator[str]:
    """The names of a column's parts, as JSON's are called (`user.screen_name`), three deep."""
    parts = list(field.type) if str(field.type).startswith("struct<") and before.count(".") < 2 else []
    for part in parts:
        yield from _fields(part, f"{before}{field.name}.")
    if not parts:
        yield before + field.name


def _start_group(file: Any, start: int) -> tuple[int, list[int]]:
    """The number of the first row of the row group that holds row `start`, and the groups from there on."""
    before = 0
    for group in range(file.num_row_groups):
        rows = file.metadata.row_group(group).num_rows
        if before + rows > start:
            return before, list(range(group, file.num_row_groups))
        before += rows
    return before, []


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows has none
        return
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, SPOOL)):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _write(records: Iterator[Any], out: Any) -> list[tuple[int, int]]:
    """Writes the records; returns where each that is no row begins and ends, in bytes."""
    encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
    written, places = 0, []
    for record in records:
        line = encode(record)
        if len(line) > LONGEST_ROW:
            raise LimitReached(f"a row of {len(line):,} characters")
        if isinstance(record, dict):
            places.append((written, written + len(line) + 1))
        written += out.write(line + "\n")
    return places


def main(arguments: list[str]) -> None:
    """Writes what `arguments` ask for to standard output."""
    _limit()
    readers: dict[str, Callable[..., Iterator[Any]]] = {"spreadsheet": spreadsheet, "parquet": parquet}
    out = sys.stdout
    out.reconfigure(newline="\n")  # type: ignore[union-attr]
    try:
        end: dict[str, Any] = {"places": _write(readers[arguments[0]](*arguments[1:]), out)}
    except LimitReached as limit:
        end = {"limit": str(limit)}
    except MemoryError:
        end = {"limit": "memory"}
    except BrokenPipeError:  # nobody reads on
        return
    except BaseException as error:  # the readers' own are many, and some no Exceptions
        end = _fault(error)
    out.write(json.dumps(end) + "\n")
    out.flush()


def _fault(error: BaseException) -> dict[str, Any]:
    lines = str(error).splitlines() or [type(error).__name__]
    if _is_memory(error):
        return {"limit": "memory"}
    if type(error).__name__ == "PasswordError" or "password" in lines[0].lower() or "encrypt" in lines[0].lower():
        return {"password": ""}
    return {"fault": lines[0][:200]}


def _is_memory(error: BaseException) -> bool:
    return type(error).__name__ == "ArrowMemoryError" or "malloc" in str(error)


if __name__ == "__main__":
    main(sys.argv[1:])
