"""The clock beside a day: found by what its column holds, in any name, halves of the day and parts of a day."""

from datetime import time
from pathlib import Path

import openpyxl
import pytest

from tests.sources.files.timed_tables import look, table, times


@pytest.mark.parametrize(
    "name",
    [
        "Hour", "Hora de envío", "Hora local", "Time created", "Created time", "Comment time", "Horas", "hh:mm", "Hr",
        "Hora do comentário", "Momento", "Time of post",
    ],
)  # fmt: skip
def test_a_clock_beside_a_day_is_found_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    layout = look(table(tmp_path / "a.csv", ["fecha", name], ["13/03/2026", "15:05"], ["14/03/2026", "9:15"]))
    assert (times(layout), layout.questions) == (["03-13T14:05", "03-14T08:15"], ())


@pytest.mark.parametrize("name", ["Hora de respuesta", "Duración", "Tiempo de espera", "Horario de apertura"])
def test_clocks_of_something_else_are_none(tmp_path: Path, name: str) -> None:
    assert look(table(tmp_path / "a.csv", ["fecha", name], ["13/03/2026", "15:05"])).columns.time_of_day is None


def test_a_clock_beside_times_that_have_one_is_left(tmp_path: Path) -> None:
    layout = look(table(tmp_path / "a.csv", ["fecha", "Hora local"], ["2026-03-13 10:00", "15:05"]))
    assert (times(layout), layout.columns.time_of_day) == (["03-13T09:00"], None)


@pytest.mark.parametrize(
    ("day", "clock", "told"),
    [
        ("46094", "0.4166666667", "03-13T09:00"),
        ("46094", "10:00", "03-13T09:00"),
        ("13/03/2026", "0,75", "03-13T17:00"),
        ("2026-03-13 00:00:00", "18", "03-13T17:00"),
        ("13/03/2026 0:00", "10h30", "03-13T09:30"),
        ("20260313", "10:30:15", "03-13T09:30"),
        ("13/03/2026", "10:30 UTC", "03-13T10:30"),
    ],
)
def test_how_clocks_are_written(tmp_path: Path, day: str, clock: str, told: str) -> None:
    assert times(look(table(tmp_path / "a.csv", ["fecha", "Hora"], [day, clock]))) == [told]


def test_a_cell_of_a_clock(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["fecha", "Hora del mensaje", "texto"])
    sheet.append(["13/03/2026", time(15, 5), "Otra queja"])
    book.save(tmp_path / "a.xlsx")
    assert times(look(tmp_path / "a.xlsx")) == ["03-13T14:05"]


def test_several_clocks_are_asked_and_the_same_twice_is_not(tmp_path: Path) -> None:
    layout = look(table(tmp_path / "a.csv", ["fecha", "Hora a", "Hora b"], ["13/03/2026", "15:05", "17:05"]))
    assert [question.role for question in layout.questions] == ["time_of_day"]
    layout = look(table(tmp_path / "b.csv", ["fecha", "Hora a", "Hora b"], ["13/03/2026", "15:05", "15:05"]))
    assert (layout.columns.time_of_day, layout.questions) == ("Hora a", ())
    layout = look(table(tmp_path / "c.csv", ["fecha", "Hora a", "Hora UTC"], ["13/03/2026", "16:05", "15:05"]))
    assert (times(layout), layout.questions) == (["03-13T15:05"], ())


@pytest.mark.parametrize("name", ["AM/PM", "Meridiano", "x"])
@pytest.mark.parametrize("header", [["fecha", "Hora"], ["fecha"]])
def test_halves_of_the_day_in_a_column_of_their_own(tmp_path: Path, name: str, header: list[str]) -> None:
    def day(text: str) -> list[str]:
        return text.split() if len(header) > 1 else [text]

    rows = [*day("13/03/2026 1:05"), "PM"], [*day("14/03/2026 12:05"), "a. m."]
    assert times(look(table(tmp_path / "a.csv", [*header, name], *rows))) == ["03-13T12:05", "03-13T23:05"]
