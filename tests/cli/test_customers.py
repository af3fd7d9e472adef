"""`escucha customers import`, as somebody types it."""

import sys
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from monitor.cli import app, main


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_STORE__URL", str(tmp_path / "store.duckdb"))


def escucha(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def file(folder: Path, *rows: str) -> Path:
    path = folder / "clientes.csv"
    path.write_text("\n".join(("id;nombre;valor;x;correo", *rows)) + "\n", encoding="latin-1")
    return path


def test_it_tells_columns_bad_rows_conflicts_and_counts(tmp_path: Path) -> None:
    path = file(tmp_path, "1;Ana Núñez;12,5;@ana;a@b.example", "2;Eva;mucho;;", "3;Sol;;@ana;", "4;Leo;;@leo;")
    output = escucha("customers", "import", path).stdout
    assert "columns: customer_id = id, name = nombre, lifetime_value = valor, handle on x = x" in output
    assert "columns not stored: correo; personal data that is not needed: correo" in output
    assert "✗ clientes.csv, row 3: mucho in valor is no amount: write it like 1234.50 or 1.234,50" in output
    assert (
        "! the handle ana on x is in the rows of several customers (1, 3): it stays unlinked until a person decides"
        in output
    )
    assert "read 4 · new 3 · changed 0 · unchanged 0 · invalid 1" in output
    assert "handles linked 1 · links suggested 0 · handle conflicts 1 · open cases updated 0" in output
    assert "a@b.example" not in output


def test_a_dry_run_says_the_same_and_stores_nothing(tmp_path: Path) -> None:
    path = file(tmp_path, "1;Ana;;;")
    output = escucha("customers", "import", path, "--dry-run").stdout
    assert "new 1" in output
    assert "Nothing was stored" in output
    assert "new 1" in escucha("customers", "import", path).stdout
    assert "new 0 · changed 0 · unchanged 1" in escucha("customers", "import", path).stdout


def test_it_fails_when_every_row_is_bad(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["escucha", "customers", "import", str(file(tmp_path, ";Ana;;;"))])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    message = " ".join(capsys.readouterr().err.split())
    assert "no row can be imported, nothing was changed; the first: row 2: there is no id in id" in message


def test_words_of_the_file_cannot_act_on_the_terminal(tmp_path: Path) -> None:
    path = file(tmp_path, "1;Ana;;;", "2;Eva;[red]\x1b[31m;;")
    output = escucha("customers", "import", path).stdout
    assert "\x1b" not in output
    assert "row 3: [red] in valor" in output


def test_titles_above_the_header_and_the_options_of_a_files_form(tmp_path: Path) -> None:
    report = tmp_path / "crm.csv"
    report.write_text("Informe de clientes\n\nid;nombre;valor\n1;Ana;3\n2;Eva;4\n", encoding="cp1252")
    assert "read 2 · new 2" in escucha("customers", "import", report, "--dry-run").stdout
    plain = file(tmp_path, "1;Ana;;;")
    options = ("--header-row", "1", "--separator", ";", "--encoding", "latin-1")
    assert "read 1 · new 1" in escucha("customers", "import", plain, *options, "--dry-run").stdout


def test_sheets_that_are_not_read_are_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, rows in {
        "Enero": [["id", "nombre"], [1, "Ana"]],
        "Febrero": [["id", "nombre"], [2, "Eva"], ["", "Leo"]],
    }.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    assert book.active is not None
    book.active.title = "Notas"
    book.active.append(["esto", "es", "otra", "cosa"])
    book.save(tmp_path / "a.xlsx")
    output = escucha("customers", "import", tmp_path / "a.xlsx", "--dry-run").stdout
    assert "read 3 · new 2" in output
    assert "✗ a.xlsx, row Febrero!3: there is no id in id" in output
    assert 'sheets not read, for their columns are others: "Notas"; --sheet NAME reads one' in output
    assert (
        "read 1 · new 1" in escucha("customers", "import", tmp_path / "a.xlsx", "--sheet", "Enero", "--dry-run").stdout
    )
