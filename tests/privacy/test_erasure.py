"""`escucha privacy erase` reaches every file beside the database, tells who took rows, and ends when it was cut off."""

import json
import os
from pathlib import Path

import portalocker
import pytest

from monitor import store
from monitor.collect import restored
from monitor.errors import SettingsError, StoreBusy
from monitor.pipeline import hand_over
from monitor.privacy import beside, retention
from monitor.runs import no_progress
from monitor.settings import loading
from monitor.settings.loading import Settings
from monitor.store import backup
from monitor.store.erased import erased_list
from tests import desk_store
from tests.cli.command_line import escucha
from tests.conftest import NOW
from tests.store.privacy import someone

pytestmark = pytest.mark.duckdb_file("what lies beside the database's own file")
CONFIG = f"""{desk_store.CONFIG}
[exports]
folder = "{{folder}}/out"
format = "{{format}}"
[networks.files]
folder = "{{folder}}/drop"
"""


@pytest.fixture(params=["csv", "xlsx"])
def settings(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    file = tmp_path / "escucha.toml"
    values = {"store": (tmp_path / "data" / "store.duckdb").as_posix(), "folder": tmp_path, "format": request.param}
    file.write_text(CONFIG.format(**values), encoding="utf-8")
    monkeypatch.setenv("ESCUCHA_CONFIG", str(file))
    monkeypatch.setenv("ESCUCHA_STORE__BUSY_TIMEOUT", "2")
    return loading.load()


def surroundings(settings: Settings, tmp_path: Path) -> Path:
    """A backup, a kept database, a journal and a dropped file that hold her. Returns the backup."""
    copy = tmp_path / "copies" / "before.duckdb"
    backup.backup(settings.store, copy)
    with restored.prepare(settings, copy, no_progress, look_up=False) as prepared:
        backup.restore(settings.store, prepared.path, is_numbered=True)
    reading = settings.store.path.with_name("store.duckdb.reading")
    reading.mkdir()
    pages = [{"posts": [{"text": "otra cosa"}]}, {"posts": [someone.raw("1", someone.WORDS)]}, {"posts": []}]
    (reading / "bluesky.jsonl").write_text("".join(json.dumps(page) + "\n" for page in pages), encoding="utf-8")
    (tmp_path / "drop" / "x").mkdir(parents=True)
    (tmp_path / "drop" / "x" / "posts.csv").write_text(f"text\n@{someone.HANDLE}\n", encoding="utf-8")
    with (tmp_path / "escucha.toml").open("a", encoding="utf-8") as file:
        file.write(f"# como: Norvia: {someone.WORDS}\n")
    return copy


def test_every_file_is_rid_of_the_person(settings: Settings, tmp_path: Path) -> None:
    someone.fill(settings)
    copy = surroundings(settings, tmp_path)
    with pytest.raises(SettingsError, match="--yes"):
        escucha("privacy", "erase", "--author", f"@{someone.HANDLE}")
    done = escucha("privacy", "erase", "--author", f"@{someone.HANDLE}", "--yes")
    assert done.exit_code == 0, done.output
    assert str(copy) in done.output
    assert "posts.csv" in done.output
    assert "escucha.toml" in done.output
    assert someone.traces(tmp_path / "data", tmp_path / "out") == []
    notice = next((tmp_path / "out").glob("*.delete.csv")).read_text(encoding="utf-8")
    assert (notice.count(",delete\n"), notice.count(",replace\n")) == (1, 1)
    assert "otra cosa" in (tmp_path / "data" / "store.duckdb.reading" / "bluesky.jsonl").read_text(encoding="utf-8")
    assert escucha("cases", "verify").exit_code == 0
    assert "No se guarda nada" in escucha("privacy", "erase", "--author", someone.HANDLE, "--yes").output


def test_an_erasure_that_was_cut_off_is_ended_later(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone.fill(settings)
    with monkeypatch.context() as cut:
        cut.setattr(beside, "write_deliveries", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            escucha("privacy", "erase", "--author", someone.HANDLE, "--yes")
    with store.connect(settings.store, read_only=True) as connection:
        assert erased_list.read(connection)
    assert someone.traces(tmp_path / "out")
    assert escucha("privacy", "compact").exit_code == 0
    assert someone.traces(tmp_path / "data", tmp_path / "out") == []


def test_what_was_written_and_never_confirmed_is_written_anew(settings: Settings, tmp_path: Path) -> None:
    someone.fill(settings)
    with store.connect(settings.store) as connection:  # as a process leaves it that was killed behind the writing
        connection.execute("UPDATE exports SET status = 'promised', delivered_at = NULL, receipt = NULL")
    left = tmp_path / "out" / f".escucha-{'0' * 16}.part"
    left.write_text(someone.WORDS)
    os.utime(left, (left.stat().st_mtime - 600,) * 2)
    assert escucha("privacy", "erase", "--author", someone.HANDLE, "--yes").exit_code == 0
    assert someone.traces(tmp_path / "data", tmp_path / "out") == []
    assert hand_over.finish_promised(settings) == (2, [])
    assert someone.traces(tmp_path / "out") == []


def test_who_hands_over_or_reads_just_now_is_told_and_the_rest_is_done(settings: Settings, tmp_path: Path) -> None:
    someone.fill(settings)
    surroundings(settings, tmp_path)
    journal = tmp_path / "data" / "store.duckdb.reading" / "bluesky.jsonl"
    with hand_over.alone(settings), portalocker.Lock(journal, "r+b"), pytest.raises(StoreBusy, match="handed over"):
        escucha("privacy", "erase", "--author", someone.HANDLE, "--yes")
    assert {trace.partition(":")[0] for trace in someone.traces(tmp_path / "data")} == {journal.name}
    assert someone.traces(tmp_path / "out")
    done = escucha("privacy", "erase", "--author", someone.HANDLE, "--yes")
    assert "Un borrado anterior no había acabado" in done.output
    assert someone.traces(tmp_path / "data", tmp_path / "out") == []


def test_the_daily_flow_ends_what_was_cut_off(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone.fill(settings)
    with monkeypatch.context() as cut:
        cut.setattr(beside, "write_deliveries", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            escucha("privacy", "erase", "--author", someone.HANDLE, "--yes")
    assert someone.traces(tmp_path / "out")
    retention.apply(settings, NOW, actor="escucha", origin="flow")
    assert someone.traces(tmp_path / "data", tmp_path / "out") == []
