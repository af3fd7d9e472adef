"""Whether a file is an earlier export of cases, which a later one may replace: told by the names of its columns."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path

from monitor.exporters.files import format_of
from monitor.exporters.words import catalogue
from monitor.models.exports import COLUMNS
from monitor.models.languages import LANGUAGES, LanguageCode

_LONGEST_LINE = 10_000_000  # characters


def is_export(file: Path) -> bool:
    """Whether the file has the column of cases' codes, and none that is not of exports; no file that cannot be read."""
    try:
        names = {name.partition(" (")[0] for name in _column_names(file)}
    except Exception:  # libraries raise what they like at a file that is not what its name says
        return False
    known = set(COLUMNS).union(*(_headings(language, COLUMNS) for language in LANGUAGES))
    codes = {"code"}.union(*(_headings(language, ("code",)) for language in LANGUAGES))
    return names <= known and bool(names & codes)


def _headings(language: LanguageCode, columns: Iterable[str]) -> set[str]:
    return {catalogue(language)[f"column.{column}"] for column in columns}


def _column_names(file: Path) -> list[str]:
    form = format_of(file)
    if form == "parquet":
        from pyarrow import parquet

        return list(parquet.read_schema(file).names)
    if form == "xlsx":
        from python_calamine import CalamineWorkbook

        return [str(cell) for cell in CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python(nrows=1)[0]]
    with file.open(encoding="utf-8-sig") as text:
        line = text.readline(_LONGEST_LINE)
    if form == "jsonl":
        return list(json.loads(line)) if line else list(COLUMNS)
    return next(csv.reader([line], delimiter=";" if line.count(";") > line.count(",") else ","), [])
