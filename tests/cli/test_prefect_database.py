"""Prefect's database of `escucha serve`, damaged as disks and other programs do."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from monitor.cli.serving import prefect_database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database of many pages."""
    with closing(sqlite3.connect(tmp_path / "prefect.db")) as database, database:
        database.execute("CREATE TABLE flow_run (name VARCHAR)")
        database.executemany("INSERT INTO flow_run VALUES (?)", [("x" * 500,)] * 1000)
    return tmp_path / "prefect.db"


def test_a_sound_one_stays(file: Path) -> None:
    prefect_database.require_sound(file.parent)
    assert [path.name for path in file.parent.iterdir()] == ["prefect.db"]


def test_none_is_no_damage(tmp_path: Path) -> None:
    assert prefect_database.is_sound(tmp_path)
    assert not prefect_database.put_aside(tmp_path)


@pytest.mark.parametrize(("at", "what"), [(0, b"no database at all"), (8192, bytes(65536))], ids=["head", "pages"])
def test_a_damaged_one_is_kept_beside(file: Path, at: int, what: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    with file.open("r+b") as database:
        database.seek(at)
        database.write(what)
    (file.parent / "prefect.db-wal").write_bytes(b"")
    prefect_database.require_sound(file.parent)
    kept, log = sorted(path.name for path in file.parent.iterdir())
    assert kept.startswith("prefect.db.2")
    assert log == f"{kept}-wal"
    assert "Prefect's database was damaged" in capsys.readouterr().out


def test_one_that_another_program_writes_is_sound(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        prefect_database.require_sound(file.parent)
    assert file.exists()


_MENDED = """
import os, sys, pathlib
from monitor.cli.serving import processes
from monitor.cli.serving.child import Child
spoilt = pathlib.Path(sys.argv[1])
program = "import pathlib, sys, time; time.sleep(0 if pathlib.Path(sys.argv[1]).exists() else 9)"
def mend():
    print("mended", flush=True)
    if sys.argv[2] == "helps":
        spoilt.unlink()
    return True
command = (sys.executable, "-c", program, str(spoilt))
child = Child("prefect", command, os.environ, "http://127.0.0.1:9/never", mend=mend)
processes.START_WITHIN = 2.0
processes.keep_running([child], lambda: None)
"""


@pytest.mark.parametrize(("effect", "words"), [("helps", "did not answer within"), ("helps not", "did not start")])
def test_what_dies_at_its_start_is_mended_and_tried_once_more(tmp_path: Path, effect: str, words: str) -> None:
    (tmp_path / "spoilt").touch()
    command = [sys.executable, "-c", _MENDED, str(tmp_path / "spoilt"), effect]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ, check=False)
    assert done.stdout.count("mended") == 1
    assert words in done.stderr
