"""Files of cases, read back with the libraries people use for them."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow.parquet as pq
import pytest

from monitor.errors import HandOverPermanent, HandOverTransient
from monitor.exporters import _sheet, files
from monitor.models.exports import COLUMNS, CaseRow
from monitor.settings.loading import Settings
from tests.exporters.case_row import ROW, ZONE

FORMATS = ("csv", "xlsx", "jsonl", "parquet")


def read_csv(raw: bytes, separator: str = ",") -> list[dict[str, str]]:
    """The rows of a CSV as Excel would cut them."""
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=separator))


def csv_text(text: str) -> str:
    """What becomes of a text in a CSV."""
    return read_csv(files.as_bytes([replace(ROW, text=text)], "csv", zone=ZONE))[0]["text"]


def sheet(raw: bytes) -> openpyxl.worksheet.worksheet.Worksheet:
    """The sheet of an XLSX."""
    return openpyxl.load_workbook(io.BytesIO(raw))["cases"]


def xlsx_cell(text: str) -> openpyxl.cell.cell.Cell:
    """The cell of a text in an XLSX."""
    table = sheet(files.as_bytes([replace(ROW, text=text)], "xlsx", zone=ZONE))
    return table.cell(2, COLUMNS.index("text") + 1)


def test_csv_holds_texts_local_times_and_empty_cells() -> None:
    row = read_csv(files.as_bytes([ROW], "csv", zone=ZONE))[0]
    assert tuple(row) == COLUMNS
    assert row["text"] == ROW.text
    assert row["opened_at"] == "2026-07-01 12:00:05"
    assert row["changed_at"] == "2026-11-01 11:00:00"
    assert (row["p_negative"], row["p_complaint"], row["corrected"], row["posts"]) == ("0.8125", "", "false", "2")


def test_a_csv_with_semicolons_has_decimal_commas_and_crlf() -> None:
    raw = files.as_bytes([ROW], "csv", zone=ZONE, separator=";")
    assert read_csv(raw, ";")[0]["p_negative"] == "0,8125"
    assert raw.count(b"\r\n") == 2


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+34 600",
        "-1",
        "@norvia hola",
        "\tx",
        "\rx",
        "  =1",
        "\ufeff=1",
        "\u200b+1",
        "＝1",
        "＠a",
        "−1",
    ],
)
def test_a_text_that_a_spreadsheet_takes_for_a_formula_is_neutralised_in_csv(text: str) -> None:
    assert csv_text(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["hola @norvia", "Hola, @norvia - nada", "5 - 3 = 2", "“=1”", "lista:\n- uno\n- dos", ""]
)
def test_other_texts_stay_as_they_are_in_csv(text: str) -> None:
    assert csv_text(text) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a;=1+1", "a;'=1+1"),
        ("a, =B1", "a, '=B1"),
        ("a\n=cmd", "a\n'=cmd"),
        ("\n\n@SUM(1)", "'\n\n'@SUM(1)"),
        ("\r\n=cmd;", "'\r\n'=cmd;"),
        ("a;-2+cmd|'/C calc'!A0", "a;'-2+cmd|'/C calc'!A0"),
    ],
)
def test_a_formula_behind_another_separator_is_neutralised_in_csv(text: str, safe: str) -> None:
    assert csv_text(text) == safe


def test_a_text_of_nothing_but_line_breaks_is_no_work() -> None:
    assert csv_text("\n" * 32_000) == "\n" * 32_000  # it took most of a minute


def test_xlsx_has_real_dates_in_local_time_and_says_the_zone() -> None:
    table = sheet(files.as_bytes([ROW], "xlsx", zone=ZONE))
    cells = {str(head.value): cell for head, cell in zip(table[1], table[2], strict=True)}
    assert cells["opened_at (Europe/Madrid)"].value == datetime(2026, 7, 1, 12, 0, 5)  # noqa: DTZ001
    assert cells["p_negative"].value == 0.8125
    assert cells["post_id"].value == "1234567890123456789"
    assert cells["corrected"].value is False
    assert cells["author_name"].value is None


@pytest.mark.parametrize("text", ["=1+1", "{=1}", "@SUM(A1)", "https://evil.example/x", "<r><t>x</t></r> "])
def test_xlsx_keeps_texts_as_texts(text: str) -> None:
    cell = xlsx_cell(text)
    assert cell.data_type in ("s", "inlineStr")
    assert cell.value == text
    assert cell.hyperlink is None


def test_a_text_that_looks_like_rich_text_adds_no_markup_to_the_sheet() -> None:
    hostile = "<r></is></c><c r='A9'><f>1+1</f></c><c t='inlineStr'><is></r>"
    raw = files.as_bytes([replace(ROW, text=hostile)], "xlsx", zone=ZONE)
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(raw)).read("xl/worksheets/sheet1.xml")
    assert str(xlsx_cell(hostile).value).strip() == hostile


@pytest.mark.parametrize(("one", "units"), [("a", 1), ("😀", 2)])
def test_a_text_beyond_an_excel_cell_is_cut_visibly(one: str, units: int) -> None:
    said = str(xlsx_cell(one * 40_000).value)
    assert said.endswith("… [cut]")
    assert 32_760 <= len(said.encode("utf-16-le")) // 2 <= 32_767
    assert str(xlsx_cell(one * (32_767 // units)).value) == one * (32_767 // units)


@pytest.mark.parametrize("text", ["a" * 40_000, "😀" * 20_000, "=" + "1" * 32_766, "a" * 32_767, "línea\n" * 9_000])
def test_a_cell_of_a_csv_holds_no_more_than_one_of_excel_and_says_so(text: str) -> None:
    said = csv_text(text)
    assert len(said.encode("utf-16-le")) // 2 <= 32_767
    assert said == text or said.endswith("… [cut]")
    assert (said == text) is (text == "a" * 32_767)


def test_control_characters_and_lone_surrogates_do_not_break_a_file() -> None:
    text = "a\x00b\x08c\ud83dd\u2028e\x85f"
    row = replace(ROW, text=text)
    assert str(xlsx_cell(text).value).startswith("abc?d")
    assert csv_text(text).startswith("abc?d")
    lines = files.as_bytes([row, row], "jsonl", zone=ZONE).decode().splitlines()
    assert [json.loads(line)["text"] for line in lines] == [text, text]
    table = pq.read_table(io.BytesIO(files.as_bytes([row], "parquet", zone=ZONE)))
    assert table["text"][0].as_py() == text.replace("\ud83d", "?")


def test_a_time_before_excel_is_written_as_text() -> None:
    raw = files.as_bytes([replace(ROW, posted_at=datetime(1, 1, 1, tzinfo=UTC))], "xlsx", zone=ZoneInfo("America/Lima"))
    assert str(sheet(raw).cell(2, COLUMNS.index("posted_at") + 1).value).startswith("0001-01-01")


def test_more_rows_than_a_sheet_holds_name_another_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sheet, "SHEET_ROWS", 2)
    files.write([ROW] * 2, tmp_path / "a.xlsx", zone=ZONE)
    with pytest.raises(HandOverPermanent, match=r"a\.xlsx: a sheet holds 2 cases.*\.csv or \.parquet"):
        files.write([ROW] * 3, tmp_path / "a.xlsx", zone=ZONE)
    assert [file.name for file in tmp_path.iterdir()] == ["a.xlsx"]


def test_jsonl_and_parquet_hold_exact_values() -> None:
    row = replace(ROW, text="=1+1", p_negative=0.8312000036239624)
    found = json.loads(files.as_bytes([row], "jsonl", zone=ZONE))
    assert (found["text"], found["p_negative"], found["p_complaint"]) == ("=1+1", 0.8312000036239624, None)
    assert datetime.fromisoformat(found["opened_at"]) == row.opened_at
    table = pq.read_table(io.BytesIO(files.as_bytes([row], "parquet", zone=ZONE)))
    assert str(table.schema.field("opened_at").type) == "timestamp[us, tz=Europe/Madrid]"
    assert CaseRow(**table.to_pylist()[0]) == row


@pytest.mark.parametrize("format", FORMATS)
def test_no_cases_give_a_file_with_the_columns_alone(format: str, tmp_path: Path) -> None:
    target = tmp_path / "new" / f"a.{format.upper()}"
    receipt = files.write((), target, zone=ZONE)
    assert receipt == f"sha256:{sha256(target.read_bytes()).hexdigest()}, 0 cases"
    if format == "parquet":
        assert pq.read_schema(target).names == list(COLUMNS)
    if format == "csv":
        assert target.read_text(encoding="utf-8-sig").startswith('"code","brand"')


def test_an_unknown_suffix_names_the_four(tmp_path: Path) -> None:
    with pytest.raises(HandOverPermanent, match=r"\.csv, \.xlsx, \.jsonl, \.parquet"):
        files.write([ROW], tmp_path / "cases.ods", zone=ZONE)


@pytest.mark.parametrize("format", FORMATS)
def test_rows_that_fail_half_way_leave_the_old_file_and_no_litter(format: str, tmp_path: Path) -> None:
    def failing() -> Iterator[CaseRow]:
        yield ROW
        raise HandOverTransient("the store went away")

    target = tmp_path / f"cases.{format}"
    target.write_bytes(b"old")
    with pytest.raises(HandOverTransient):
        files.write(failing(), target, zone=ZONE)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(("group_readable", "modes"), [(False, ("700", "600")), (True, ("750", "640"))])
def test_what_is_handed_over_is_for_its_owner_and_where_the_settings_say_so_the_folders_group(
    settings: Settings, tmp_path: Path, group_readable: bool, modes: tuple[str, str]
) -> None:
    exports = settings.exports.model_copy(update={"group_readable": group_readable})
    place = tmp_path / "exports" / "cases-000001.csv"
    files.deliver([ROW], str(place), settings.model_copy(update={"exports": exports}))
    assert tuple(f"{path.stat().st_mode & 0o777:o}" for path in (place.parent, place)) == modes


def test_an_export_takes_the_group_of_its_folder(settings: Settings, tmp_path: Path) -> None:
    others = next((group for group in os.getgroups() if group != os.getegid()), os.getegid())
    os.chown(tmp_path, -1, others)
    exports = settings.exports.model_copy(update={"group_readable": True})
    place = tmp_path / "cases-000001.csv"
    files.deliver([ROW], str(place), settings.model_copy(update={"exports": exports}))
    assert place.stat().st_gid == others


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(HandOverPermanent, match="folder/cases"):
        files.write([ROW], tmp_path / "folder" / "cases.csv", zone=ZONE)
    (tmp_path / "is.csv").mkdir()
    with pytest.raises(HandOverPermanent, match=r"is\.csv"):
        files.write([ROW], tmp_path / "is.csv", zone=ZONE)


def test_a_full_disk_is_worth_another_try() -> None:
    with pytest.raises(HandOverTransient, match="No space left"), files._os_errors(Path("a.csv")):
        raise OSError(28, os.strerror(28))


def test_unfinished_files_of_dead_processes_are_swept(tmp_path: Path) -> None:
    old, fresh = tmp_path / ".escucha-old.part", tmp_path / ".escucha-fresh.part"
    old.touch()
    fresh.touch()
    os.utime(old, (time.time() - 7_200,) * 2)
    files.write([ROW], tmp_path / "a.csv", zone=ZONE)
    assert {file.name for file in tmp_path.iterdir()} == {"a.csv", fresh.name}


def test_a_killed_process_leaves_the_old_file_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    files.write([ROW], target, zone=ZONE)
    before = target.read_bytes()
    code = (
        "import itertools; from pathlib import Path\n"
        "from tests.exporters.case_row import ROW, ZONE; from monitor.exporters import files\n"
        f"files.write(itertools.repeat(ROW), Path({str(target)!r}), zone=ZONE)"
    )
    writer = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[2])
    while not [part for part in tmp_path.glob(".escucha-*.part") if part.stat().st_size]:
        assert writer.poll() is None
        time.sleep(0.01)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert target.read_bytes() == before
    assert len(read_csv(before)) == 1
