"""Where a command is to write is looked at before the work, and nothing that Escucha needs is written over."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli.output import targets
from monitor.errors import SettingsError
from monitor.settings import loading
from tests.cli.command_line import error_text, escucha

COMMANDS = {
    "export": ("export", "cases", "--to", "{}.csv"),
    "report": ("report", "perception", "--to", "{}.html"),
    "predict": ("predict", "posts.csv", "--output", "{}.jsonl"),
    "rejects": ("rejects", "--csv", "{}.csv"),
}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a file to read, and messages in English."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ESCUCHA_LANGUAGE", "en")
    monkeypatch.setenv("ESCUCHA_STORE__URL", str(tmp_path / "data" / "store.duckdb"))
    (tmp_path / "posts.csv").write_text("text\nhola\n")


def arguments(command: str, stem: object) -> list[str]:
    """The command that writes to a file of that name, whatever its ending."""
    return [part.format(stem) for part in COMMANDS[command]]


def seen_before_the_work(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str, stem: str
) -> str:
    """What the command says; nobody has looked at the database, nor at the file that is to be read, by then."""
    (Path.cwd() / "posts.csv").unlink()
    said = error_text(capsys, monkeypatch, *arguments(command, stem))
    assert not Path("data").exists()
    return said


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_is_no_file(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    Path(arguments(command, "out")[-1]).mkdir()
    assert "it is a folder; name a file in it" in seen_before_the_work(capsys, monkeypatch, command, "out")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_is_no_folder(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    Path("file").touch()
    said = seen_before_the_work(capsys, monkeypatch, command, "file/below/out")
    assert "file is a file, not a folder; name another place" in said


@pytest.mark.skipif(shutil.which("setpriv") is None and os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path, command: str) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    as_owner = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
    command_line = [*as_owner, sys.executable, "-m", "monitor", *arguments(command, locked / "new" / "out")]
    ended = subprocess.run(command_line, check=False, capture_output=True, text=True)
    assert ended.returncode == 1
    assert f"this user may not write into {locked}" in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_name_that_denies_what_is_written_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setitem(COMMANDS, command, (*COMMANDS[command][:-1], "out.zip"))
    said = seen_before_the_work(capsys, monkeypatch, command, "out")
    assert "out.zip: the file's name must end in" in said
    assert not Path("out.zip").exists()


@pytest.mark.duckdb_file("backups of a PostgreSQL database are its own tools'")
def test_a_backup_is_not_called_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert escucha("export", "cases", "--to", "cases.csv").exit_code == 0  # there is a database
    assert "end it in .duckdb" in error_text(capsys, monkeypatch, "backup", "copy.csv")
    assert not Path("copy.csv").exists()
    assert [escucha("backup", name).exit_code for name in ("copy.duckdb", "copy.bak", "copy")] == [0, 0, 0]


def test_nothing_is_written_over_what_is_read_or_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "escucha.toml"
    settings.write_text('language = "en"\n')
    kept = {
        "posts.csv": "it is the file that is read",
        "escucha.toml": "keeps its data or its settings there",
        f"{loading.load().store.path}": "keeps its data or its settings there",
        f"{loading.load().store.path}.wal": "keeps its data or its settings there",
    }
    for file, sentence in kept.items():
        assert sentence in error_text(capsys, monkeypatch, "predict", "posts.csv", "--output", file)
    assert settings.read_text() == 'language = "en"\n'
    assert Path("posts.csv").read_text() == "text\nhola\n"


def test_doctor_tells_a_folder_of_hand_overs_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert targets.exports_folder().startswith("none is set")
    monkeypatch.setenv("ESCUCHA_EXPORTS__FOLDER", str(tmp_path / "new" / "exports"))
    assert targets.exports_folder() == str(tmp_path / "new" / "exports")
    monkeypatch.setenv("ESCUCHA_EXPORTS__FOLDER", str(tmp_path / "posts.csv" / "exports"))
    with pytest.raises(SettingsError, match=r"handed over to .*posts.csv is a file, not a folder"):
        targets.exports_folder()
