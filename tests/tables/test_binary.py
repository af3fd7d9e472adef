"""Foreign formats are taken apart in a process of their own: what they do to it costs one file, told by its name."""

import os
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from monitor.errors import UnexpectedAnswer, UnfitFile
from monitor.tables import binary, child_process, detect, encoding, table, unpack, workbooks
from monitor.tables.columns import ColumnFinder
from monitor.tables.file_format import FileFormat, ReadProgress
from monitor.tables.table import read_table

FINDER = ColumnFinder({"id": ("id",), "text": ("text",)})
CONTENT = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    yield
    workbooks._spool.cache_clear()
    binary._beginning.cache_clear()


def write_xlsx(path: Path, rows: str, *, sheets: int = 1) -> Path:
    """A workbook whose `sheets` sheets are all of these rows."""
    numbers = range(1, sheets + 1)
    entries = "".join(f'<sheet name="posts{number}" sheetId="{number}" r:id="a{number}"/>' for number in numbers)
    relations = "".join(
        f'<Relationship Id="a{number}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    sheet = f'<worksheet xmlns="{CONTENT}"><sheetData>{rows}</sheetData></worksheet>'
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" Type="{RELATIONS}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{CONTENT}" xmlns:r="{RELATIONS}"><sheets>{entries}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>',
        **{f"xl/worksheets/sheet{number}.xml": sheet for number in numbers},
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [dict(row.cells) for row in read_table(path, FINDER).rows]


TABLE = f'<row r="1">{cell("A1", "id")}{cell("B1", "text")}</row><row r="2">{cell("A2", "7")}{cell("B2", "hola")}</row>'


def test_a_sheet_is_read_as_it_is(tmp_path: Path) -> None:
    assert rows_of(write_xlsx(tmp_path / "a.xlsx", TABLE)) == [{"id": "7", "text": "hola"}]


def test_a_cell_in_the_last_corner_costs_its_file_and_not_the_program(tmp_path: Path) -> None:
    corner = f'{TABLE}<row r="1048576">{cell("XFD1048576", "x")}</row>'
    path = write_xlsx(tmp_path / "corner.xlsx", corner)
    with pytest.raises(UnfitFile, match=r"corner\.xlsx is larger inside .*GB of memory.*save it as CSV"):
        rows_of(path)


def test_a_sheet_of_too_many_cells_is_told_with_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_xlsx(tmp_path / "wide.xlsx", f'{TABLE}<row r="200">{cell("ABC200", "x")}</row>')
    monkeypatch.setattr(unpack, "MOST_CELLS", 100_000)
    with pytest.raises(unpack.LimitReached, match="a sheet of 200 rows and 731 columns"):
        list(unpack.spreadsheet(str(path)))


def test_the_cells_of_all_sheets_looked_at_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_xlsx(tmp_path / "far.xlsx", f'<row r="1">{cell("A1", "x")}{cell("AV1", "y")}</row>', sheets=50)
    assert len(rows_of(path)) == 0
    monkeypatch.setattr(unpack, "MOST_CELLS", 49 * 48)
    with pytest.raises(UnfitFile, match=r"far\.xlsx is larger inside .*\(2,352 cells in its sheets\)"):
        rows_of(path)


def test_sheets_that_nobody_looked_at_are_told(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "many.xlsx", f'<row r="1">{cell("A1", "x")}</row>', sheets=51)
    with pytest.raises(UnfitFile, match=r"many\.xlsx .*\(51 sheets, and only the first 50 are looked at\)"):
        rows_of(path)


@pytest.mark.parametrize("content", [b"PK\x03\x04" + b"junk" * 99, b"\xd0\xcf\x11\xe0" + b"\xff" * 999, b"PAR1" * 99])
def test_a_damaged_file_is_told_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.bin"
    path.write_bytes(content)
    with pytest.raises(UnfitFile, match=r"broken\.bin is damaged or cut"):
        detect.detect_format(path, FINDER)


def test_entities_that_multiply_are_not_unpacked(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "laugh.xlsx", f'<row r="1">{cell("A1", "&amp;lol;")}{cell("B1", "&lol9;")}</row>')
    with pytest.raises(UnfitFile, match=r"laugh\.xlsx is damaged or cut"):
        rows_of(path)


def test_parquet_is_read_as_it_is_from_any_row_on(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    count = binary._FIRST_ROWS + 50
    parquet.write_table(pa.table({"id": range(count)}), path, row_group_size=4_000)
    form = FileFormat("parquet", binary.parquet_fields(path))
    for start in (0, 1, 4_000, count - 60, count - 1, count, count + 5):
        progress = ReadProgress()
        rows = list(binary.parquet_rows(path, form, start, progress))
        assert [number for number, _, _ in rows] == list(range(start, count))
        assert [cells["id"] for _, _, cells in rows] == list(range(start, count))
        assert progress.bytes == path.stat().st_size


def test_parquet_columns_of_one_name_keep_their_values(tmp_path: Path) -> None:
    path = tmp_path / "twins.parquet"
    columns = [pa.array(["1"]), pa.array(["a"]), pa.array(["b"]), pa.array(["hola"])]
    parquet.write_table(pa.Table.from_arrays(columns, names=["id", "tag", "tag", "text"]), path)
    assert rows_of(path) == [{"id": "1", "tag": "a", "tag (2)": "b", "text": "hola"}]


def test_parquet_that_unpacks_to_much_more_than_it_is_ends_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binary, "_LIKELY", 1 << 24)
    path = tmp_path / "bomb.parquet"
    values = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * 10_000]))
    parquet.write_table(pa.table({"id": range(100_000), "text": values}), path)
    form = FileFormat("parquet", binary.parquet_fields(path))
    with pytest.raises(
        UnfitFile, match=r"bomb\.parquet is larger inside than a file may be \(more than [\d,]+ bytes\)"
    ):
        list(binary.parquet_rows(path, form, 0, ReadProgress()))


def test_a_process_that_is_killed_while_it_reads_costs_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"text": ["x" * 1_000] * 100_000}), path)
    form = FileFormat("parquet", binary.parquet_fields(path))
    rows = binary.parquet_rows(path, form, 20_000, ReadProgress())
    next(rows)
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    if not children.exists():
        pytest.skip("needs /proc")
    for child in map(int, children.read_text().split()):
        if b"unpack.py" in Path(f"/proc/{child}/cmdline").read_bytes():
            os.kill(child, signal.SIGSEGV)
    with pytest.raises(UnfitFile, match=r"a\.parquet is damaged or cut \(row \d+: it ended the program"):
        list(rows)


def test_the_process_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_NETWORKS__X__BEARER_TOKEN", "canary")
    assert "canary" not in str(child_process._environment())


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_file_with_too_many_columns_is_told(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"wide.{suffix}"
    names = [f"c{number}" for number in range(200_000 if suffix == "csv" else 2_500)]
    if suffix == "csv":
        path.write_text(",".join(names) + "\n" + ",".join("1" for _ in names) + "\n", encoding="utf-8")
    else:
        parquet.write_table(pa.table({name: [1] for name in names}), path)
    with pytest.raises(UnfitFile, match=rf"wide\.{suffix} has {len(names)} columns, and 2000 are the most"):
        detect.detect_format(path, FINDER)


def test_a_message_names_no_more_columns_than_a_person_reads() -> None:
    names = [f"c{number}" for number in range(1_500)]
    with pytest.raises(UnexpectedAnswer, match=r"c49 and 1,450 more\)") as fault:
        FINDER.find("a.csv", names, {"id": "none"})
    assert len(str(fault.value)) < 1_000


@pytest.mark.parametrize("beginning", ['{"text": "', "id,text\n1,"])
def test_a_line_without_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beginning: str) -> None:
    path = tmp_path / "line.txt"
    path.write_text(beginning + "x" * 3_000, encoding="utf-8")
    monkeypatch.setattr(encoding, "LONGEST_LINE", 2_000)
    with pytest.raises(UnfitFile, match=r"line\.txt is larger inside .*line \d has more than 2,000 characters"):
        read_table(path, FINDER)


def test_a_table_that_memory_does_not_hold_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "many.csv"
    path.write_text("id,text\n" + "1,a\n" * 100, encoding="utf-8")
    monkeypatch.setattr(table, "MOST_CELLS", 299)
    with pytest.raises(UnfitFile, match=r"many\.csv is larger inside .*299 cells.*several files"):
        read_table(path, FINDER)
