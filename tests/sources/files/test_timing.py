"""When posts of a file were made: zones, orders of dates, dates turned round, and times told from another."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from monitor.errors import UnexpectedAnswer
from monitor.sources.files.source import Layout, inspect, read
from monitor.sources.files.times.timing import with_times
from tests.sources.files.timed_tables import MADRID, NOW, look, table, times


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("Timestamp (UTC)", "03-01T23:30"),
        ("Fecha (GMT-5)", "03-02T04:30"),
        ("fecha", "03-01T22:30"),
        ("time_pst", "03-02T07:30"),
        ("fecha_bogota", "03-02T04:30"),
        ("Fecha Lima", "03-02T04:30"),
        ("comment_date_gmt", "03-01T23:30"),
        ("Fecha del comentario", "03-01T22:30"),
        ("created time", "03-01T22:30"),
    ],
)
def test_the_zone_in_the_header(tmp_path: Path, header: str, told: str) -> None:
    layout = look(table(tmp_path / "a.csv", [header], ["2026-03-01 23:30:00"]))
    assert times(layout) == [told]


def test_of_local_times_and_those_of_utc_the_latter_are_taken(tmp_path: Path) -> None:
    rows = ["2026-03-01 11:00:00", "2026-03-01 16:00:00"], ["2026-03-02 11:00:00", "2026-03-02 16:00:00"]
    layout = look(table(tmp_path / "a.csv", ["comment_date", "comment_date_gmt"], *rows))
    assert (times(layout), layout.questions) == (["03-01T16:00", "03-02T16:00"], ())
    asked = look(table(tmp_path / "b.csv", ["created_at", "created_at_local"], *rows)).questions
    assert [[name for name, _ in question.candidates] for question in asked] == [["created_at", "created_at_local"]]


def test_a_zone_that_a_person_named_counts_more_than_the_header(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", ["Fecha (UTC)"], ["2026-03-01 23:30:00"])
    plain = Layout(path, "forum", 1, look(path).form, look(path).columns, ZoneInfo("America/Lima"))
    rows = [post.raw for page in read(path, plain, received_at=NOW) for post in page.posts]
    assert times(with_times(plain, rows, zone_is_named=True)) == ["03-02T04:30"]


def test_the_clock_beside_the_date_may_say_the_zone(tmp_path: Path) -> None:
    assert times(look(table(tmp_path / "a.csv", ["fecha", "hora (UTC)"], ["2026-03-01", "23:30"]))) == ["03-01T23:30"]


def test_the_zone_in_a_column(tmp_path: Path) -> None:
    rows = [["2026-03-01 10:00", "-0500"], ["2026-03-01 10:00", "Europe/Madrid"], ["2026-03-01T10:00Z", "-0500"]]
    layout = look(table(tmp_path / "a.csv", ["fecha", "timezone"], *rows, ["2026-03-01 10:00", ""]))
    assert times(layout) == ["03-01T15:00", "03-01T09:00", "03-01T10:00", "03-01T09:00"]


def test_the_zone_of_a_person_is_not_that_of_the_time(tmp_path: Path) -> None:
    layout = look(table(tmp_path / "a.csv", ["fecha", "user_timezone"], ["2026-03-01 10:00", "Lima"]))
    assert times(layout) == ["03-01T09:00"]


def test_an_epoch_beside_a_clock_is_whole(tmp_path: Path) -> None:
    layout = look(table(tmp_path / "a.csv", ["created_at", "hora"], ["1772378411000", "10:20:11"]))
    assert times(layout) == ["03-01T15:20"]


@pytest.mark.parametrize(
    ("header", "told"),
    [
        *(("Date (MM/DD/YYYY)", "03-01"), ("date_mm_dd_yyyy", "03-01"), ("Fecha (mes/dia/año)", "03-01")),
        *(("Fecha (DD/MM/AAAA)", "01-03"), ("Date (d/m/y)", "01-03")),
    ],
)
def test_the_order_in_the_header(tmp_path: Path, header: str, told: str) -> None:
    layout = look(table(tmp_path / "a.csv", [header], ["03/01/2026 10:00"], ["03/01/2026 10:00"]))
    assert [time[:5] for time in times(layout)] == [told, told]
    assert not layout.questions


def test_dates_that_fit_both_orders_are_asked_about(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", ["fecha"], ["03/01/2026 10:00"], ["02/03/2026 10:00"], ["02/02/2026 10:00"])
    (question,) = look(path).questions
    assert (question.role, question.option) == ("date_order", "--date-order NAME")
    assert question.candidates == (
        ("dmy", ("03/01/2026 10:00 = 2026-01-03", "02/03/2026 10:00 = 2026-03-02")),
        ("mdy", ("03/01/2026 10:00 = 2026-03-01", "02/03/2026 10:00 = 2026-02-03")),
    )
    rows = [post.raw for page in read(path, look(path), received_at=NOW) for post in page.posts]
    plain = Layout(path, "forum", 1, look(path).form, look(path).columns, MADRID)
    answered = with_times(plain, rows, date_order="mdy")
    assert (answered.day_first, answered.questions) == (False, ())


def test_the_last_date_of_a_long_file_decides(tmp_path: Path) -> None:
    rows = [["03/01/2026"]] * 12_000
    layout = look(table(tmp_path / "a.csv", ["fecha"], *rows, ["03/13/2026"]))
    assert (layout.day_first, layout.questions) == (False, ())


def test_ids_of_x_decide_the_order(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,fecha,texto\n1500000000000000000,03/05/2022 07:47,Otra queja\n", encoding="utf-8")
    layout = inspect(path, network="x", time_zone=MADRID)
    assert (layout.day_first, layout.questions) == (False, ())


@pytest.mark.parametrize("written", [("13/03/2026 10:00",), ("25/03/2026 10:00", "14/03/2026 11:00")])
def test_of_a_spreadsheet_few_cells_are_enough_to_ask(tmp_path: Path, written: tuple[str, ...]) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["id", "fecha", "texto"], [1, datetime.fromisoformat("2026-01-03T10:00"), "Otra queja"]):
        book.active.append(row)
    for number, cell in enumerate(written, 2):
        book.active.append([number, cell, "Otra queja"])
    book.save(tmp_path / "a.xlsx")
    [question] = look(tmp_path / "a.xlsx").questions
    assert (question.role, question.candidates[0][0]) == ("date_order", "swapped")


def test_dates_that_a_spreadsheet_turned_round_are_asked_about_and_turned_back(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "fecha", "texto"])
    dates = [datetime.fromisoformat(one) for one in ("2026-01-03T10:00", "2026-02-03T09:00")]
    for number, cell in enumerate([*dates, "13/03/2026 10:00", "14/03/2026 11:00"]):
        sheet.append([number, cell, "Otra queja"])
    book.save(tmp_path / "a.xlsx")
    layout = look(tmp_path / "a.xlsx")
    assert [candidate for candidate, _ in layout.questions[0].candidates] == ["swapped", "dmy"]
    assert times(layout) == ["03-01T09:00", "03-02T08:00", "03-13T09:00", "03-14T10:00"]


def test_dates_and_texts_of_any_day_are_not_turned_round(tmp_path: Path) -> None:
    rows = [["2026-01-03 10:00"], ["2026-01-23 10:00"], ["13/03/2026 10:00"], ["14/03/2026 11:00"]]
    layout = look(table(tmp_path / "a.csv", ["fecha"], *rows))
    assert not layout.questions
    assert times(layout)[0] == "01-03T09:00"


@pytest.mark.parametrize(
    "name",
    [
        "scraped_at", "retrieval_date", "fetched", "crawled_on", "fecha_extraccion", "data da coleta",
        "date_downloaded", "scraping date", "Obtenido el", "accessed",
    ],
)  # fmt: skip
def test_times_told_from_when_the_row_was_collected(tmp_path: Path, name: str) -> None:
    rows = [["hace 3 sem", "2026-03-20T10:00:00Z"], ["ayer", "2026-03-21T10:00:00Z"], ["2026-03-01 10:00", ""]]
    layout = look(table(tmp_path / "a.csv", ["fecha", name], *rows))
    assert times(layout) == ["02-27T10:00", "03-20T10:00", "03-01T09:00"]
    assert any(f"counted from {name}" in line for line in layout.describe())


def test_the_order_of_dates_that_others_count_from_is_found(tmp_path: Path) -> None:
    rows = [["hace 1 sem", "03/10/2026 10:00"], ["hace 1 sem", "03/20/2026 10:00"]]
    layout = look(table(tmp_path / "a.csv", ["fecha", "scraped_at"], *rows))
    assert times(layout) == ["03-03T09:00", "03-13T09:00"]


def test_times_told_from_nothing_are_refused_with_one_of_them(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", ["fecha"], ["hace 3 sem"], ["hace 2 sem"])
    with pytest.raises(UnexpectedAnswer, match="'hace 3 sem' counts from when the file was collected"):
        look(path)


def test_a_few_times_told_from_nothing_cost_their_rows_only(tmp_path: Path) -> None:
    layout = look(table(tmp_path / "a.csv", ["fecha"], ["2026-03-01 10:00"], ["ayer"], ["2026-03-02 10:00"]))
    assert [time[:11] for time in times(layout)] == ["03-01T09:00", "not a time:", "03-02T09:00"]


def test_a_date_of_an_order_that_nobody_saw_is_rejected_not_guessed(tmp_path: Path) -> None:
    layout = look(table(tmp_path / "a.csv", ["fecha"], ["2026-03-01 10:00"]))
    path = table(tmp_path / "a.csv", ["fecha"], ["2026-03-01 10:00"], ["03/04/2026 10:00"])
    assert "--date-order" in times(Layout(path, "forum", 1, layout.form, layout.columns, MADRID))[1]


def test_a_year_of_two_digits_may_stand_first(tmp_path: Path) -> None:
    layout = look(table(tmp_path / "a.csv", ["fecha"], ["26-03-13 10:00"], ["26-03-14 10:00"], ["26-03-15 10:00"]))
    assert (times(layout), layout.questions) == (["03-13T09:00", "03-14T09:00", "03-15T09:00"], ())
    layout = look(table(tmp_path / "b.csv", ["fecha"], ["13-03-26 10:00"], ["14-03-26 10:00"]))
    assert (times(layout), layout.questions) == (["03-13T09:00", "03-14T09:00"], ())
    path = table(tmp_path / "c.csv", ["fecha"], ["25-03-26"], ["26-03-25"])
    [question] = look(path).questions
    assert [name for name, _ in question.candidates] == ["dmy", "ymd"]
    said = inspect(path, network="forum", time_zone=MADRID, date_order="ymd")
    assert (said.questions, said.year_first) == ((), True)


def test_dates_that_prove_both_orders_are_asked_about(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", ["fecha"], ["13/03/2026"], ["03/14/2026"], ["04/03/2026"], ["15/03/2026"])
    assert [question.role for question in look(path).questions] == ["date_order"]
    assert inspect(path, network="forum", time_zone=MADRID, date_order="dmy").questions == ()


def test_a_comment_that_was_edited_has_its_time(tmp_path: Path) -> None:
    rows = ["hace 2 semanas (editado)", "2026-03-20T12:00:00Z"], ["2 weeks ago (edited)", "2026-03-20T12:00:00Z"]
    assert times(look(table(tmp_path / "a.csv", ["fecha", "scraped_at"], *rows))) == ["03-06T12:00"] * 2


def test_a_person_may_say_from_which_column_relative_times_count(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", ["fecha", "bajado"], ["hace 2 semanas", "2026-03-20T12:00:00Z"])
    layout = inspect(path, network="forum", time_zone=MADRID, columns={"scraped_at": "bajado"})
    assert times(layout) == ["03-06T12:00"]
    with pytest.raises(UnexpectedAnswer, match="has no column x: --column scraped_at=NAME"):
        inspect(path, network="forum", time_zone=MADRID, columns={"scraped_at": "x"})


def test_a_named_zone_that_contradicts_the_file_is_told(tmp_path: Path) -> None:
    path = table(tmp_path / "f.csv", ["fecha (EST)"], ["2026-03-02 10:00"])
    said = inspect(path, network="forum", time_zone=MADRID, zone_is_named=True)
    assert times(said) == ["03-02T09:00"]
    assert any("Europe/Madrid, as was said, though the file says America/New_York" in note for note in said.notes)
    assert times(look(path)) == ["03-02T15:00"]
    same = inspect(path, network="forum", time_zone=ZoneInfo("America/New_York"), zone_is_named=True)
    assert not any("though the file says" in note for note in same.notes)


def test_times_that_changed_clocks_left_out_or_told_twice_are_told_once(tmp_path: Path) -> None:
    values = ["29/03/2025 02:30", "30/03/2025 02:30", "30/03/2025 02:45", "26/10/2025 02:30", "26/10/2025 03:00"]
    layout = look(table(tmp_path / "a.csv", ["fecha"], *([value] for value in values)))
    assert times(layout)[1:4] == ["03-30T01:30", "03-30T01:45", "10-26T00:30"]
    told = [note for note in layout.notes if "clocks" in note]
    assert told == [
        "30/03/2025 02:30 never was in Europe/Madrid, where clocks were put forward: read an hour later (2 rows)",
        "26/10/2025 02:30 was twice in Europe/Madrid, where clocks were put back: read as the first (1 rows)",
    ]


def test_days_that_begin_with_no_midnight_are_days(tmp_path: Path) -> None:
    layout = inspect(
        table(tmp_path / "a.csv", ["fecha"], ["2025-09-07"]), network="forum", time_zone=ZoneInfo("America/Santiago")
    )
    assert not any("clocks" in note for note in layout.notes)
