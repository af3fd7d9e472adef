"""Survey answers from files of every form: one reader of tables, one finder of columns, the same errors."""

import json
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pyarrow
import pytest
from pyarrow import parquet

from monitor import store
from monitor.errors import EscuchaError
from monitor.settings.loading import Settings
from monitor.store.cases import surveys
from monitor.surveys import answers, importing
from tests.conftest import NOW
from tests.desk.closed_cases import closed_case, move

LATER = NOW + timedelta(days=1)
HEADER = ("Encuesta", "Satisfacción", "Recomendación", "Comentario", "Fecha")


def write_xlsx(path: Path, rows: Sequence[Sequence[object]]) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def write_ods(path: Path, rows: Sequence[Sequence[object]]) -> None:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    uris = {name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "table", "text")}
    namespaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in uris.items())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {namespaces}><office:body><office:spreadsheet>'
            f'<table:table table:name="Hoja1">{cells}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )


def write_parquet(path: Path, rows: Sequence[Sequence[object]]) -> None:
    header, *records = rows
    columns = zip(*records, strict=True)
    table = pyarrow.table({str(name): list(map(str, cells)) for name, cells in zip(header, columns, strict=True)})
    parquet.write_table(table, path)


def write_json(path: Path, rows: Sequence[Sequence[object]]) -> None:
    header, *records = rows
    path.write_text(json.dumps([dict(zip(header, map(str, record), strict=True)) for record in records]))


def write_jsonl(path: Path, rows: Sequence[Sequence[object]]) -> None:
    header, *records = rows
    lines = (json.dumps(dict(zip(header, map(str, record), strict=True))) for record in records)
    path.write_text("\n".join(lines))


WRITERS = {
    "xlsx": write_xlsx, "ods": write_ods, "parquet": write_parquet, "json": write_json, "jsonl": write_jsonl,
}  # fmt: skip


def write(path: Path, *rows: Sequence[object]) -> Path:
    WRITERS[path.suffix.removeprefix(".")](path, rows)
    return path


def stored(settings: Settings, case_id: int) -> surveys.Survey:
    with store.connect(settings.store, read_only=True) as connection:
        return surveys.of_case(connection, case_id)[0]


@pytest.mark.parametrize("suffix", WRITERS)
def test_answers_come_from_a_file_of_any_form(settings: Settings, tmp_path: Path, suffix: str) -> None:
    case_id = closed_case(settings)
    link = answers.ask(settings, case_id, actor="Ana", now=NOW)
    at = datetime(2026, 3, 2, 12, 30)  # noqa: DTZ001 (as spreadsheets hold it; the zone is the settings')
    file = write(tmp_path / f"respuestas.{suffix}", HEADER, (link, 5, 10, "Muy bien", at))
    imported = importing.import_answers(settings, file, actor="Eva", now=LATER)
    assert (imported.stored, imported.known, imported.bad) == (1, 0, ())
    survey = stored(settings, case_id)
    assert (survey.satisfaction, survey.recommend, survey.comment) == (5, 10, "Muy bien")
    assert survey.answered_at == NOW.replace(hour=11, minute=30)
    assert importing.import_answers(settings, file, actor="Eva", now=LATER).known == 1


@pytest.mark.parametrize("suffix", WRITERS)
def test_bad_rows_and_missing_columns_are_told_alike_in_every_form(
    settings: Settings, tmp_path: Path, suffix: str
) -> None:
    link = answers.ask(settings, closed_case(settings), actor="Ana", now=NOW)
    bad = write(tmp_path / f"malas.{suffix}", HEADER, (link, 7, 5, "", ""), (link, 4, 5, "", ""))
    imported = importing.import_answers(settings, bad, actor="Eva", now=LATER)
    assert imported.stored == 1
    assert [(row.column, "from 1 to 5" in row.reason) for row in imported.bad] == [("Satisfacción", True)]
    assert imported.bad[0].line == {"xlsx": 2, "ods": 2}.get(suffix, 1)
    incomplete = write(tmp_path / f"corta.{suffix}", ("caso", "nps"), ("ESC-1", 3))
    with pytest.raises(EscuchaError, match=r"corta.*no column 'satisfaction'.*the file has: caso, nps"):
        importing.import_answers(settings, incomplete, actor="Eva", now=LATER)


@pytest.mark.parametrize("name", ["Nota", "Puntuación", "Valoración", "Score"])
def test_a_mark_is_the_satisfaction(settings: Settings, tmp_path: Path, name: str) -> None:
    case_id = closed_case(settings)
    link = answers.ask(settings, case_id, actor="Ana", now=NOW)
    file = write(tmp_path / "notas.xlsx", ("Encuesta", name), (link, 4))
    assert importing.import_answers(settings, file, actor="Eva", now=LATER).stored == 1
    assert stored(settings, case_id).satisfaction == 4


def test_a_title_above_the_header_and_a_sheet_before_it_are_passed_over(settings: Settings, tmp_path: Path) -> None:
    link = answers.ask(settings, closed_case(settings), actor="Ana", now=NOW)
    book = openpyxl.Workbook()
    book.active.append(("Resumen de marzo",))
    sheet = book.create_sheet("Respuestas")
    for row in (("Encuestas de marzo",), (), ("Enlace", "CSAT", "NPS"), (link, 4, 9)):
        sheet.append(row)
    book.save(tmp_path / "respuestas.xlsx")
    imported = importing.import_answers(settings, tmp_path / "respuestas.xlsx", actor="Eva", now=LATER)
    assert (imported.stored, imported.bad) == (1, ())


def test_a_spreadsheet_that_is_none_is_told_with_the_fix(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "respuestas.xlsx"
    file.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 4)
    with pytest.raises(EscuchaError, match=r"respuestas\.xlsx is damaged or cut"):
        importing.import_answers(settings, file, actor="Eva", now=LATER)


def test_a_row_with_more_cells_than_columns_is_told_and_not_guessed(settings: Settings, tmp_path: Path) -> None:
    link = answers.ask(settings, closed_case(settings), actor="Ana", now=NOW)
    file = tmp_path / "answers.csv"
    file.write_text(f"case,satisfaction,comment,date\n{link},4,Bad, very bad,2026-03-02\n{link},5\n", encoding="utf-8")
    imported = importing.import_answers(settings, file, actor="Eva", now=LATER)
    assert imported.stored == 1
    assert [(row.line, row.reason) for row in imported.bad] == [(2, "5 fields where the file has 4 columns")]


def test_an_answer_imported_after_the_case_came_back_is_of_the_closing_it_was_given_to(
    settings: Settings, tmp_path: Path
) -> None:
    case_id = closed_case(settings)
    answers.ask(settings, case_id, actor="Ana", now=NOW)
    weeks = NOW + timedelta(days=21)
    for stage in ("reopened", "answered", "closed"):
        move(settings, case_id, stage, weeks)  # type: ignore[arg-type]
    file = write(tmp_path / "respuestas.jsonl", HEADER, ("ESC-000001-3", 1, 0, "", "03/03/2026"))
    imported = importing.import_answers(settings, file, actor="Eva", now=weeks + timedelta(days=1))
    assert (imported.stored, imported.bad) == (1, ())
    with store.connect(settings.store, read_only=True) as connection:
        (survey,) = surveys.of_case(connection, case_id)
    assert (survey.closed_at, survey.satisfaction) == (NOW, 1)
