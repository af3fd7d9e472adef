"""What a command says when it fails: a sentence to act on, never a traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from monitor.cli import commands
from tests.cli.command_line import error_text, escucha

_LONG = f"{'a' * 300}.csv"


@pytest.mark.parametrize(
    "command",
    [
        ("import", "--network", "x"), ("export", "cases", "--to"),
        pytest.param(("restore",), marks=pytest.mark.duckdb_file("PostgreSQL's own tools restore its databases")),
    ],
)  # fmt: skip
def test_a_name_longer_than_a_file_can_have_is_told_in_one_line(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert escucha("export", "cases", "--to", tmp_path / "cases.csv").exit_code == 0  # there is a database
    said = error_text(capsys, monkeypatch, *command, _LONG)
    assert "too long for the name of a file: name a shorter one" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("command", ["dashboard --port", "serve --port", "serve --prefect-port", "demo --port"])
@pytest.mark.parametrize("port", ["99999", "-1", "0"])
def test_a_port_that_is_none_is_refused(command: str, port: str) -> None:
    refused = escucha(*command.split(), port)
    assert refused.exit_code == 2
    assert "Invalid value for" in refused.output


def test_what_nobody_foresaw_stands_in_a_file_for_a_report(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = typer.Typer()
    broken.command()(lambda: dict[str, str]()["nothing"])
    monkeypatch.setattr(commands, "app", broken)
    said = error_text(capsys, monkeypatch)
    assert said.startswith("error: a fault in Escucha itself; please report what stands in ")
    report = Path(said.rpartition(" ")[2])
    assert "KeyError: 'nothing'" in report.read_text()
    assert report.stat().st_mode & 0o077 == 0


def test_ctrl_c_before_a_command_has_begun_leaves_no_traceback(tmp_path: Path) -> None:
    """An interrupt that waits since before the start is the earliest there is."""
    beginning = "import os, signal, monitor.cli\n"
    late = (
        "import builtins\nreal = builtins.__import__\n"
        "def interrupted(name, *rest):\n"
        "    if name == 'typer':\n        os.kill(os.getpid(), signal.SIGINT)\n"
        "    return real(name, *rest)\n"
        "builtins.__import__ = interrupted\nmonitor.cli.main()\n"
    )
    ended = subprocess.run([sys.executable, "-c", beginning + late], cwd=tmp_path, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (130, b"")


@pytest.mark.parametrize(
    "options",
    [
        (), ("--network", "x", "--date-order", "high"), ("--network", "x", "--header-row", "two"),
        ("--network", "x", "--time-zone", "GMT-5"), ("--network", "x", "--time-zone", "america/bogota"),
        ("--network", "x", "--column", "text"), ("--network", "x", "--column", "text=a", "--column", "text=b"),
        ("--network", "!"), ("--network", "x"), ("--network", "x", "--brand", "Norvja"),
    ],
)  # fmt: skip
def test_a_dry_run_as_json_is_one_object_however_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.setenv("ESCUCHA_BRANDS", '[{"name": "Norvia", "queries": ["norvia"]}]')
    command = ["import", str(tmp_path / "none.csv"), "--dry-run", "--json", *options]
    ended = CliRunner().invoke(commands.app, command)
    assert ended.exit_code != 0
    told = json.loads(ended.stdout)
    assert told["error"]
    assert told["questions"] == []


def test_two_columns_for_one_role_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_text("a,b,fecha\nhola,adiós,2026-11-01\n", encoding="utf-8")
    refused = escucha("import", file, "--network", "x", "--column", "text=a", "--column", "text=b")
    assert refused.exit_code == 2
    assert "--column names two columns for text: a and b; keep one" in " ".join(refused.output.replace("│", "").split())


def test_without_any_brand_an_import_says_that_all_complaints_open_cases(tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_text("texto,fecha\nNadie contesta,2026-11-01\n", encoding="utf-8")
    said = escucha("import", file, "--network", "x").stdout
    assert "no brand is set up: every complaint opens a case" in said
    assert "no brand is set up" not in escucha("import", file, "--network", "x", "--brand", "Norvia").stdout
