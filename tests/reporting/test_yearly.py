"""The figures of a year: what each counts, told apart from what it does not, and the same in every file."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from monitor import store
from monitor.exporters import figure_table
from monitor.exporters.figure_table import FigureSheet
from monitor.models.cases import Case, NewEvent
from monitor.models.posts import Stage
from monitor.reporting import yearly, yearly_tables
from monitor.reporting.yearly import Year
from monitor.settings.loading import Settings
from monitor.store.cases import cases, events, surveys
from tests import desk_store
from tests.conftest import NOW
from tests.reporting.html_pages import parsed, words

JANUARY = datetime(2026, 1, 7, 10, tzinfo=UTC)  # a Wednesday; 15 working days end on the 28th
HOSTILE = '=cmd|"x"!A1<script>alert(1)</script>'
Moves = tuple[tuple[Stage, int], ...]
"""Stages, and how many days after the receipt."""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    found = desk_store.configured(tmp_path, monkeypatch)
    return found.model_copy(update={"desk": found.desk.model_copy(update={"answer_days": 15})})


def add(settings: Settings, case_id: int, moves: Moves = (), received: datetime = JANUARY, **facts: Any) -> None:
    """A case received then; its moves are written down at `NOW` as having taken place."""
    stage: Any = moves[-1][0] if moves else "received"
    case = Case(
        case_id, f"K-{case_id}", facts.pop("brand", "Norvia"), facts.pop("network", "x"), f"t{case_id}", "ana", "es",
        stage, received, "escucha", received, received, received, 1, **facts,
    )  # fmt: skip
    told = [
        NewEvent(
            case_id, "stage", name, field="reason" if name == "dismissed" else None,
            became="spam" if name == "dismissed" else None,
            took_place_at=received + timedelta(days=days),
        )
        for name, days in moves
    ]  # fmt: skip
    with store.connect(settings.store) as connection:
        cases.insert(connection, [case])
        events.append(connection, told, "Ana", NOW)


@pytest.fixture
def year(config: Settings) -> Year:
    """Seven complaints of the year, and cases that are told apart or of another year."""
    add(config, 1, (("acknowledged", 1), ("answered", 20), ("closed", 30)), agreement="agreed", root_cause=HOSTILE)
    add(config, 2, (("answered", 22),), category="billing")
    add(config, 3, (("acknowledged", 1),))
    add(config, 4, received=NOW - timedelta(days=3), channel="phone")
    add(config, 5, (("closed", 2), ("reopened", 10), ("closed", 12)), agreement="no_answer")
    add(config, 6, (("answered", 2), ("reopened", 10)))
    add(config, 7, (("answered", 3),), brand="Aguas", network="mastodon")
    add(config, 11, (("dismissed", 1),))
    add(config, 12, (("answered", 1),), merged_into=1)
    add(config, 13, internal=True)
    add(config, 14, (("answered", 1),), received=datetime(2025, 12, 31, 22, 59, tzinfo=UTC))
    add(config, 15, (("answered", 1),), received=datetime(2026, 12, 31, 23, 0, tzinfo=UTC))
    with store.connect(config.store) as connection:
        for case_id, satisfaction in ((1, 5), (2, 2), (5, None)):
            asked = surveys.add(
                connection, case_id, NOW, owner="", language="es", asked_by="A", now=NOW, expires_at=NOW, link_key="k"
            )
            if satisfaction:
                surveys.answer(
                    connection, asked.survey_id, satisfaction=satisfaction, recommend=None, comment="", source="page",
                    answered_at=NOW,
                )  # fmt: skip
    return yearly.read(config, 2026, now=NOW)


def codes(year: Year, key: str) -> str:
    return " ".join(code.removeprefix("K-") for figure in year.figures if figure.key == key for code in figure.codes)


@pytest.mark.parametrize(
    ("key", "counted"),
    [
        ("received", "1 2 3 4 5 6 7"),
        ("in_time", "1 5 6 7"),
        ("late", "2"),
        ("open_in_time", "4"),
        ("open_late", "3"),
        ("came_back", "5 6"),
        ("came_back_late", "6"),
        ("agreed", "1"),
        ("disagreed", ""),
        ("no_answer", "5"),
        ("surveyed", "1 2 5"),
        ("rated", "1 2"),
        ("satisfied", "1"),
        ("dismissed", "11"),
        ("merged", "12"),
        ("internal", "13"),
    ],
)
def test_each_figure_counts_what_it_says(year: Year, key: str, counted: str) -> None:
    assert codes(year, key) == counted


def test_every_complaint_stands_in_one_way_and_in_one_group_of_each_kind(year: Year) -> None:
    standings = [codes(year, standing).split() for standing in year.standings]
    assert sorted(code for part in standings for code in part) == codes(year, "received").split()
    for groups in year.groups.values():
        assert sum(group.n for group in groups) == 7
        assert all(sum(group.standings.values()) == group.n for group in groups)
    assert [(group.name, group.n) for group in year.groups["channel"]] == [("x", 5), ("mastodon", 1), ("phone", 1)]
    assert (year.mean_satisfaction, year.dismissed_as, year.is_over) == (3.5, {"spam": 1}, False)


def test_working_days_are_those_until_the_answer(year: Year) -> None:
    assert [row.working_days for row in year.rows] == [14, 16, None, None, 2, 2, 2]
    assert year.rows[0].last_day == date(2026, 1, 28)


def test_one_brand_alone(config: Settings, year: Year) -> None:
    del year
    assert codes(yearly.read(config, 2026, now=NOW, brand="Aguas"), "received") == "7"


def test_what_was_undone_counts_not(config: Settings) -> None:
    add(config, 1, (("answered", 1),))
    with store.connect(config.store) as connection:
        events.append(connection, [NewEvent(1, "undone", undoes=1)], "Ana", NOW)
    assert codes(yearly.read(config, 2026, now=NOW), "open_late") == "1"


def test_without_a_number_of_days_nothing_is_in_time_or_late(config: Settings, year: Year) -> None:
    del year
    loose = config.model_copy(update={"desk": config.desk.model_copy(update={"answer_days": 0})})
    found = yearly.read(loose, 2026, now=NOW)
    assert (codes(found, "answered"), codes(found, "open")) == ("1 2 5 6 7", "3 4")
    assert not codes(found, "in_time")
    assert "desk.answer_days" in words(yearly_tables.page(found, loose, "es"))


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_is_well_formed_escaped_and_says_what_it_is(config: Settings, year: Year, language: Any) -> None:
    html = yearly_tables.page(year, config, language)
    assert "script" not in parsed(html).names
    text = words(html)
    assert HOSTILE in text
    assert "15 " in text
    assert ("El año no ha terminado" if language == "es" else "The year is not over") in text
    assert "K-1" not in text


def test_the_tables_hold_the_figures_and_the_cases_and_no_formula(config: Settings, year: Year) -> None:
    sheets = [FigureSheet(*sheet) for sheet in yearly_tables.sheets(year, config, "en")]
    book = load_workbook(io.BytesIO(figure_table.workbook(sheets)))
    assert book.sheetnames == ["Figures", "Complaints"]
    figures = {row[2]: row for row in book["Figures"].iter_rows(min_row=2, values_only=True) if row[0] == "The year"}
    assert figures["Answered on time"][3:5] == (4, 7)
    assert figures["Answered on time"][6] == "K-1 K-5 K-6 K-7"
    first = next(book["Complaints"].iter_rows(min_row=2, values_only=True))
    assert (first[0], first[4], first[5]) == ("K-1", HOSTILE, datetime.fromisoformat("2026-01-07T11:00"))
    assert {cell.data_type for cells in book["Complaints"] for cell in cells} <= {"s", "n", "d"}
    rows = list(csv.reader(io.StringIO(figure_table.csv_file(sheets[1]).decode("utf-8-sig"))))
    assert len(rows) == 8
    assert rows[1][4] == f"'{HOSTILE}"


def test_a_decimal_comma_goes_with_a_semicolon() -> None:
    sheet = FigureSheet(
        "a", ("b",), [(3.5,), (None,), (datetime.fromisoformat("2026-01-02T03:04"),), (date(2026, 1, 2),)]
    )
    assert figure_table.csv_file(sheet, ";").decode("utf-8-sig").split("\r\n") == [
        '"b"', '"3,5"', '""', '"2026-01-02 03:04:00"', '"2026-01-02"', "",
    ]  # fmt: skip
