"""LibreOffice opens what people are given, headless, and no value is another one then."""

import csv
import io
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from monitor.exporters import files
from monitor.exporters.words import CaseWords
from monitor.models.exports import CaseRow
from monitor.settings.desk import Desk
from tests.exporters.case_row import ROW, ZONE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("soffice") is None, reason="LibreOffice is not installed: apt-get install libreoffice-calc-nogui"
    ),
]
TEXTS = (
    "Mi vuelo ñ 😀; «no»,\nsalió a las 10:30",
    "1234567890123456789",
    "00123",
    "1/2",
    "1-2",
    "10:30",
    "1E5",
    "1.5",
    "1,5",
    "3 de mayo",
    "May-1",
    "1 may 2026",
    "2026-07-01",
    "50%",
    "$5",
    "5 €",
    "TRUE",
    "verdadero",
    "=1+1",
    "+34 600 11 22",
    "-1",
    "@norvia hola",
    "  hola  ",
    "\"comillas\" y 'otras'",
    "#N/A",
    "http://a.example/?a=1&b=2",
    "١٢٣",
    "a" * 40_000,
)
ROWS = tuple(replace(ROW, text=text, author=text[:40], tags=text[:40], later_posts=text) for text in TEXTS)


def opened(raw: bytes, name: str, folder: Path, how: Sequence[str] = ()) -> list[tuple[Any, ...]]:
    """The rows of a file as LibreOffice saves it again."""
    (folder / name).write_bytes(raw)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, *how, "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run([*command, "--outdir", str(folder / "out"), str(folder / name)], check=True, capture_output=True)
    book = openpyxl.load_workbook(folder / "out" / Path(name).with_suffix(".xlsx").name)
    return list(book.worksheets[0].values)


def as_read(text: str, value: Any, point: str) -> Any:
    """A cell's text in the form in which LibreOffice has its value."""
    if isinstance(value, datetime):
        return datetime.fromisoformat(text)
    if isinstance(value, int | float):
        return float(text.replace(point, "."))
    return text or None


def word(rows: Sequence[CaseRow], format: str, separator: str = ",") -> bytes:
    """The file that people get."""
    return files.as_bytes(rows, format, zone=ZONE, separator=separator, words=CaseWords("es", Desk(), ZONE))


def test_a_sheet_has_the_same_values_in_libreoffice(tmp_path: Path) -> None:
    raw = word(ROWS, "xlsx")
    before = list(openpyxl.load_workbook(io.BytesIO(raw)).active.values)  # type: ignore[union-attr]
    assert opened(raw, "cases.xlsx", tmp_path) == before


@pytest.mark.parametrize(("separator", "point", "language"), [(",", ".", "1033"), (";", ",", "3082")])
def test_a_csv_has_the_same_values_in_libreoffice_though_it_looks_for_dates(
    tmp_path: Path, separator: str, point: str, language: str
) -> None:
    raw = word(ROWS, "csv", separator)
    # separator, quote, UTF-8, first line, no formats, language, quoted cells are no texts, dates are looked for
    how = f"--infilter=CSV:{ord(separator)},34,76,1,,{language},false,true"
    told = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=separator))
    found = opened(raw, "cases.csv", tmp_path, [how])
    assert len(found) == len(told)
    for texts, values in zip(told, found, strict=True):
        assert list(values) == [as_read(text, value, point) for text, value in zip(texts, values, strict=True)]
        assert not any(
            isinstance(value, int | float | datetime) for value in (values[7], values[9], values[12], values[23])
        )
