"""Ctrl-C says what was kept: real processes, stopped for real."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from monitor import store
from monitor.cli.output import interrupts
from monitor.settings.loading import Store, load
from tests.polling import until

_ROWS = 100_000


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address_of: Callable[[Store], str]) -> None:
    """A database of its own, in English, small pages."""
    monkeypatch.setenv("ESCUCHA_STORE__URL", address_of(Store(url=str(tmp_path / "store.duckdb"))))
    monkeypatch.setenv("ESCUCHA_LANGUAGE", "en")
    monkeypatch.setenv("ESCUCHA_NETWORKS__FILES__PAGE_SIZE", "200")


def stored() -> int:
    """How many mentions there are."""
    settings = load()
    if not store.exists(settings.store):
        return 0
    with store.connect(settings.store, read_only=True) as connection:
        return int(connection.execute("SELECT count(*) FROM mentions").fetchall()[0][0])


def test_an_import_that_is_stopped_says_what_it_kept_and_goes_on_with_the_same_command(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    rows = (
        {"id": str(n), "text": f"Norvia {n}", "author": "a", "created_at": "2026-03-01T10:00:00Z"} for n in range(_ROWS)
    )
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    command = [sys.executable, "-m", "monitor", "import", str(file), "--network", "x"]
    importer = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ.copy()
    )
    until(lambda: stored() or importer.poll() is not None)
    importer.send_signal(signal.SIGINT)
    _, said = importer.communicate()
    assert importer.returncode == 130, said
    assert "What was stored until then is kept" in said
    count = int(re.sub(r"\D", "", re.search(r"stored ([\d,]+)", said)[1]))  # type: ignore[index]
    assert 0 < count == stored() < _ROWS
    with store.connect(load().store, read_only=True) as connection:
        (ended,) = connection.execute("SELECT status, message FROM runs WHERE step = 'import'").fetchall()
    assert ended == ("failed", "stopped by Ctrl-C; what was stored until then is kept")


def test_an_import_that_is_killed_has_whole_pages_and_the_same_command_stores_the_rest_once(tmp_path: Path) -> None:
    file, rows = tmp_path / "posts.csv", 20_000
    lines = (f"{n},Norvia {n} no contesta,cliente{n % 7},2026-03-01T10:00:00Z\n" for n in range(rows))
    file.write_text("id,text,author,created_at\n" + "".join(lines))
    command = [sys.executable, "-m", "monitor", "import", str(file), "--network", "x"]
    importer = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=os.environ.copy())
    until(lambda: stored() or importer.poll() is not None)
    importer.kill()
    importer.wait()
    kept = stored()
    assert 0 < kept < rows
    assert kept % 200 == 0
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ.copy(), check=False)
    assert done.returncode == 0, done.stderr
    with store.connect(load().store, read_only=True) as connection:
        texts = connection.execute("SELECT count(*), count(DISTINCT text) FROM mentions").fetchall()
        matches = connection.execute("SELECT count(*) FROM matches").fetchall()
        runs = connection.execute(
            "SELECT stored, duplicates FROM runs WHERE step = 'import' ORDER BY run_id"
        ).fetchall()
    assert (texts, matches) == ([(rows, rows)], [(rows,)])
    assert runs == [(kept, 0), (rows - kept, kept)]


def test_a_command_that_stored_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    def command() -> None:
        raise KeyboardInterrupt

    with pytest.raises(typer.Exit) as ended:
        interrupts.told(command)()
    assert ended.value.exit_code == 130
    assert "Nothing was stored, and no file was changed" in capsys.readouterr().err
