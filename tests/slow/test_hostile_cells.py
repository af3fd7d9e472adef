"""Of 23,000 exported cells, filled with what a spreadsheet might act on, none is a formula and none has changed."""

import csv
import io
import itertools
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from openpyxl.utils.escape import unescape

from monitor.exporters import files, reject_table
from monitor.exporters._cells import CELL_LIMIT
from monitor.exporters.words import CaseWords
from monitor.models.exports import COLUMNS
from monitor.models.rejects import KeptReject
from monitor.settings.desk import Desk
from tests.exporters.case_row import ROW, ZONE
from tests.hostile_texts import TEXTS

WORDS = CaseWords("es", Desk(), ZONE)
FREE = (
    "opened_by", "author", "author_name", "post_id", "permalink", "text", "model", "later_posts", "history", "owner",
    "team", "tags", "customer_id", "incident",
)  # fmt: skip
"""The columns whose words are other people's."""
BEFORE = ("", " ", "\t", "\r", "\n", "\ufeff", "\u200b", "\u00a0", "'", '"', "a;", "a\t", "a,")
BODIES = (
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "\uff1d1+1", "\uff0b1", "\u22121+1", "\uff201", "=HYPERLINK(\"https://evil.example\",\"x\")",
    "=cmd|' /C calc'!A0", "{=1+1}",
)  # fmt: skip
CUT = "… [cut]"
LEAST = 23_000


def texts() -> list[str]:
    """The hostile ones, and each beginning of a formula behind what a spreadsheet passes over."""
    made = (before + body for before, body in itertools.product(BEFORE, BODIES))
    return [*TEXTS, *made, "00123", "1-2", "10:30", "1E5", "TRUE", "_x0041_", "_x000D_", "<r>=1+1</r>", "</t></is></c>"]


ROWS = [replace(ROW, **dict.fromkeys(FREE, text)) for text in texts()]


def kept(text: str) -> str:
    """What a cell can hold of a text: no control character that XML cannot, no lone surrogate."""
    shown = "".join(one for one in text if one in "\t\n\r" or unicodedata.category(one) != "Cc" or one >= "\x7f")
    return shown.encode("utf-8", "replace").decode()


def is_same(said: str, text: str) -> bool:
    """Whether a cell says the text; one that is too long ends in a mark."""
    wanted = kept(text)
    if len(wanted.encode("utf-16-le")) // 2 > CELL_LIMIT:
        return said.endswith(CUT) and wanted.startswith(said.removesuffix(CUT))
    return said == wanted


def acts(cell: str) -> bool:
    """Whether a spreadsheet would work the cell out: it begins with a sign, behind what it passes over."""
    seen = [one for one in cell if not one.isspace() and unicodedata.category(one) not in ("Cc", "Cf", "Mn")]
    return cell[:1] in ("\t", "\r") or unicodedata.normalize("NFKC", "".join(seen))[:1] in tuple("=+-@\u2212")


def cells_of(raw: bytes, separator: str) -> Iterator[list[str]]:
    """The rows of a CSV as a spreadsheet cuts them at this separator, without the header."""
    csv.field_size_limit(1 << 26)
    reader = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=separator)
    return itertools.islice(reader, 1, None)


@pytest.fixture(scope="module")
def counted() -> Iterator[list[int]]:
    """How many cells were looked at."""
    counts: list[int] = []
    yield counts
    print(f"\n{sum(counts):,} cells")
    assert sum(counts) >= LEAST


@pytest.mark.slow
@pytest.mark.parametrize("words", [None, WORDS], ids=["codes", "words"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_a_csv(separator: str, words: CaseWords | None, counted: list[int]) -> None:
    raw = files.as_bytes(ROWS, "csv", zone=ZONE, separator=separator, words=words)
    for row, said in zip(ROWS, cells_of(raw, separator), strict=True):
        counted.append(len(said))
        assert [cell for cell in said if acts(cell)] == []
        for column in FREE:
            cell = said[COLUMNS.index(column)]  # an apostrophe keeps a formula, a number or a date from being one
            assert is_same(cell, row.text) or is_same(cell.replace("'", ""), row.text.replace("'", "")), (column, cell)
    for other in {",", ";", "\t"} - {separator}:
        hidden = [cell for said in cells_of(raw, other) for cell in said if re.match(r"[\s\"']*[=\uff1d]", cell)]
        assert [cell for cell in hidden if "'" not in cell.partition("=")[0].partition("\uff1d")[0]] == []


@pytest.mark.slow
@pytest.mark.parametrize("words", [None, WORDS], ids=["codes", "words"])
def test_a_sheet(words: CaseWords | None, counted: list[int]) -> None:
    raw = files.as_bytes(ROWS, "xlsx", zone=ZONE, words=words)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert not [name for name, part in parts.items() if b"<f>" in part or b"<f " in part or b"hyperlink" in part]
    (sheet,) = openpyxl.load_workbook(io.BytesIO(raw)).worksheets
    for row, cells in zip(ROWS, sheet.iter_rows(min_row=2), strict=True):
        counted.append(len(cells))
        assert [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
        for column in FREE:
            value = cells[COLUMNS.index(column)].value
            said = unescape("" if value is None else str(value))  # as Excel does
            assert is_same(said, row.text) or said == f"{row.text} ", (column, value)


@pytest.mark.slow
def test_what_programs_read_is_exact(counted: list[int]) -> None:
    lines = files.as_bytes(ROWS, "jsonl", zone=ZONE).decode().splitlines()
    table = pq.read_table(io.BytesIO(files.as_bytes(ROWS, "parquet", zone=ZONE))).to_pylist()
    for row, line, record in zip(ROWS, lines, table, strict=True):
        told = json.loads(line)
        counted += [len(told), len(record)]
        assert [told[column] for column in FREE] == [row.text] * len(FREE)
        readable = row.text.encode("utf-8", "replace").decode()  # Parquet's texts are UTF-8
        assert [record[column] for column in FREE] == [readable] * len(FREE)


@pytest.mark.slow
def test_rejected_posts(counted: list[int], tmp_path: Path) -> None:
    rejects = [KeptReject(text, text, "x", datetime.now(UTC), 1, text) for text in texts()]
    target = tmp_path / "rejects.csv"
    reject_table.write(rejects, target, language="es", zone=ZONE)
    for reject, said in zip(rejects, cells_of(target.read_bytes(), ","), strict=True):
        counted.append(len(said))
        assert [cell for cell in said if acts(cell)] == []
        for cell in (said[0], said[1], said[-1]):
            assert is_same(cell, reject.raw) or is_same(cell.replace("'", ""), reject.raw.replace("'", ""))
