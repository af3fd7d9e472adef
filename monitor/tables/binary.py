"""Parquet and spreadsheets (XLSX, XLS, ODS)."""

import math
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from monitor.errors import UnfitFile
from monitor.tables.layout import FileFormat, NumberedRow, ReadProgress

_BATCH = 2_000
"""Rows of Parquet turned into Python values at a time."""


def parquet_columns(path: Path) -> tuple[str, ...]:
    """The names of the columns. Raises UnexpectedAnswer when the file is cut or is no Parquet."""
    with _parquet(path) as file:
        return tuple(file.schema_arrow.names)


def parquet_rows(path: Path, form: FileFormat, start: int, progress: ReadProgress) -> Iterator[NumberedRow]:
    """The rows from `start` on; row groups before it are not read."""
    import pyarrow

    size = path.stat().st_size
    with _parquet(path) as file:
        total = max(1, file.metadata.num_rows)
        number, groups = _start_group(file, start)
        try:
            for batch in file.iter_batches(batch_size=_BATCH, row_groups=groups):
                offset = min(max(0, start - number), batch.num_rows)
                number += offset
                for record in batch.slice(offset).to_pylist():
                    yield number, None, dict(zip(form.header, map(plain, record.values()), strict=False))
                    number += 1
                progress.bytes = size * number // total
        except (pyarrow.ArrowException, OSError) as error:
            raise _damaged_error(path, f"row {number + 1}", error) from None
    progress.bytes = size


def sheet_names(path: Path) -> list[str]:
    """The sheets, in order. Raises UnexpectedAnswer when the file is no spreadsheet."""
    names: list[str] = list(_workbook(path).sheet_names)
    return names


def sheet_head(path: Path, sheet: str, count: int) -> list[list[Any]]:
    """The first rows that are not blank, plain values."""
    cells = (row for _, row in _cells(path, sheet))
    return list(islice(cells, count))


def sheet_rows(path: Path, form: FileFormat, start: int, progress: ReadProgress) -> Iterator[NumberedRow]:
    """The rows from `start` on. Cells beyond the header's are kept only as far as they are named."""
    size = path.stat().st_size
    header_row: int | None = None if form.named else -1
    for index, cells in islice(_cells(path, form.sheet), form.leading, None):
        if header_row is None:
            header_row = index
            continue
        number = index - header_row - 1
        if number >= start:
            yield number, index + 1, dict(zip(form.header, cells, strict=False))
    progress.bytes = size
    _sheet.cache_clear()


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


def _cells(path: Path, sheet: str) -> Iterator[tuple[int, list[Any]]]:
    """Rows that are not blank with their index in the sheet, from 0."""
    worksheet = _sheet(path, sheet, path.stat().st_mtime_ns)
    begin = worksheet.start[0] if worksheet.start else 0
    for index, row in enumerate(worksheet.iter_rows(), start=begin):
        if any(cell != "" for cell in row):
            yield index, [plain(cell) for cell in row]


@lru_cache(maxsize=1)
def _sheet(path: Path, sheet: str, _changed: int) -> Any:
    """A sheet can only be opened whole, which takes seconds when it is large: once for inspecting and reading."""
    return _workbook(path).get_sheet_by_name(sheet)


def _workbook(path: Path) -> Any:
    import python_calamine

    try:
        return python_calamine.CalamineWorkbook.from_path(path)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _damaged_error(path, "the workbook", error) from None


def _parquet(path: Path) -> Any:
    import pyarrow
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)
    except (pyarrow.ArrowException, OSError) as error:
        raise _damaged_error(path, "its end", error) from None


def _start_group(file: Any, start: int) -> tuple[int, list[int]]:
    """The number of the first row of the row group that holds row `start`, and the groups from there on."""
    before = 0
    for group in range(file.num_row_groups):
        rows = file.metadata.row_group(group).num_rows
        if before + rows > start:
            return before, list(range(group, file.num_row_groups))
        before += rows
    return before, []


def _damaged_error(path: Path, place: str, error: Exception) -> UnfitFile:
    reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return UnfitFile(
        "file_damaged",
        "{file} is damaged or cut ({place}: {reason}); fetch or export it again, or save it as CSV",
        file=path.name,
        place=place,
        reason=reason,
    )
