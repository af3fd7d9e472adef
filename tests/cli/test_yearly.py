"""`escucha report yearly`: what it writes, and what it refuses."""

from pathlib import Path

import pytest

from monitor.settings.loading import Settings
from tests import desk_store
from tests.cli.command_line import error_text, escucha
from tests.conftest import NOW


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A store with one complaint of the year 2026."""
    found = desk_store.configured(tmp_path, monkeypatch)
    desk_store.open_cases(found, [desk_store.post(found, "a", "No llega el pedido", NOW)], NOW)
    return found


@pytest.mark.parametrize(
    ("name", "beginning"), [("a.html", b"<!DOCTYPE html>"), ("a.csv", b"\xef\xbb\xbf"), ("a.xlsx", b"PK")]
)
def test_it_writes_what_the_ending_says(config: Settings, tmp_path: Path, name: str, beginning: bytes) -> None:
    del config
    done = escucha("report", "yearly", "--year", 2026, "--to", tmp_path / name)
    assert done.exit_code == 0
    assert (tmp_path / name).read_bytes().startswith(beginning)
    assert "wrote the report on 2026, 1 complaint" in done.stdout
    assert "desk.answer_days names no working days" in done.stdout


def test_the_cases_may_be_written_instead_of_the_figures(config: Settings, tmp_path: Path) -> None:
    del config
    escucha("report", "yearly", "--year", 2026, "--to", tmp_path / "a.csv", "--cases", "--language", "en")
    rows = (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[0].startswith('"Tracking code","Brand"')
    assert rows[1].startswith('"ESC-000001-3","Norvia"')


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [(["--year", "2999"], "2999 has not begun"), (["--year", "2026", "--brand", "Z"], "no brand 'Z'")],
)
def test_a_wrong_year_or_brand_is_refused(
    config: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    fault: str,
) -> None:
    del config
    assert fault in error_text(capsys, monkeypatch, "report", "yearly", "--to", tmp_path / "a.html", *arguments)
