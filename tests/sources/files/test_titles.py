"""What stands above a table says in which zone its times were written: said outright it is taken, else it is told."""

import json
from pathlib import Path

import openpyxl
import pytest

from monitor.sources.files.source import inspect
from tests.sources.files.timed_tables import MADRID, look, times

TABLE = "id,fecha,texto\n1,13/03/2026 10:00,Otra queja\n"
ROWS = [["id", "fecha", "texto"], [1, "13/03/2026 10:00", "Otra queja"]]


def put(path: Path, *above: str) -> Path:
    path.write_text("\n".join([*above, TABLE]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Timezone: America/Bogota", "03-13T15:00"),
        ("Time zone,(GMT-05:00) Bogota", "03-13T15:00"),
        ("Zona horaria: GMT-5", "03-13T15:00"),
        ("Huso horario;America/Lima", "03-13T15:00"),
        ("Fuso horário: Brasília", "03-13T13:00"),
        ("# All times in UTC", "03-13T10:00"),
        ("Times are UTC.", "03-13T10:00"),
        ("All dates and times are shown in Eastern Time (US & Canada)", "03-13T14:00"),
        ("Todas las horas están en hora de Bogotá", "03-13T15:00"),
        ("Las fechas están en hora de Ciudad de México", "03-13T16:00"),
        ("Hora local de Chile", "03-13T13:00"),
        ("Fecha y hora (UTC-3)", "03-13T13:00"),
        ("UTC offset: -05:00", "03-13T15:00"),
    ],
)
def test_a_zone_declared_above_the_header_is_taken(tmp_path: Path, line: str, told: str) -> None:
    layout = look(put(tmp_path / "a.csv", "Informe de marzo", line, ""))
    assert times(layout) == [told]
    assert any("as the file says above its rows" in note for note in layout.notes)


@pytest.mark.parametrize(
    ("line", "is_told"),
    [
        ("Generado el 2026-03-20 10:00 UTC", True),
        ("From:,Sun Mar 01 00:00:00 UTC 2026", True),
        ("Exported at 20/03/2026 10:00 GMT-3", True),
        ("Fecha: Lima, 3 de marzo", False),
        ("Datos de Chile, marzo", False),
        ("Data from our shops in Chile", False),
        ("Horas de atención: 9 a 17", False),
    ],
)
def test_a_zone_that_may_be_the_reports_own_is_told_and_not_taken(tmp_path: Path, line: str, is_told: bool) -> None:
    layout = look(put(tmp_path / "a.csv", line, ""))
    assert times(layout) == ["03-13T09:00"]
    assert any("may be that of the times" in note for note in layout.notes) is is_told


@pytest.mark.parametrize(
    ("line", "told"), [("Formato de fecha;dd/mm/aaaa", "03-04T08:00"), ("Date format: MM/DD/YYYY", "04-03T07:00")]
)
def test_the_order_of_dates_is_told_above_the_header_too(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "a.csv").write_text(f"{line}\n\nid,fecha,texto\n1,04/03/2020 09:00,Otra queja\n")
    layout = look(tmp_path / "a.csv")
    assert (layout.questions, times(layout)) == ((), [told])


def test_a_person_and_the_header_are_believed_first(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", "Zona horaria: GMT-5", "")
    named = inspect(path, network="forum", time_zone=MADRID, zone_is_named=True)
    assert times(named) == ["03-13T09:00"]
    path.write_text(path.read_text().replace("fecha", "fecha (GMT+2)"))
    assert times(look(path)) == ["03-13T08:00"]


def test_titles_and_covers_of_a_workbook_say_it_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    cover, sheet = book.worksheets[0], book.create_sheet("Posts")
    cover.append(["Zona horaria", "America/Bogota"])
    for row in ROWS:
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    assert times(look(tmp_path / "a.xlsx")) == ["03-13T15:00"]
    cover.delete_rows(1)
    sheet.insert_rows(1)
    sheet["A1"] = "All times are UTC"
    book.save(tmp_path / "b.xlsx")
    assert times(look(tmp_path / "b.xlsx")) == ["03-13T10:00"]


@pytest.mark.parametrize("page", [{"timezone": "America/Bogota"}, {"meta": {"time_zone": "America/Bogota"}}])
def test_a_page_of_json_says_it_beside_its_list(tmp_path: Path, page: dict[str, object]) -> None:
    rows = [{"id": "1", "date": "13/03/2026 10:00", "text": "Otra queja"}]
    (tmp_path / "a.json").write_text(json.dumps({**page, "data": rows}))
    assert times(look(tmp_path / "a.json")) == ["03-13T15:00"]
