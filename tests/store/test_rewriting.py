"""What was deleted on the network is in no byte of the database, its log or a later backup; a kill loses no row."""

import signal
from pathlib import Path

import pytest

from monitor import store
from monitor.settings.loading import Settings
from monitor.store import Connection, backup, connection, migrate, rewriting
from monitor.store.cases import events
from monitor.store.posts import edits, mentions
from monitor.store.restores import numbers
from tests.conftest import NOW, about, mention
from tests.killed_steps import killed_processes

pytestmark = pytest.mark.duckdb_file("the bytes of the database's own file")
SECRET = "mi tarjeta termina en 4711 y vivo en la calle Olmo"


def saved(settings: Settings) -> None:
    """Forty posts, one with something that its author takes back later."""
    batch = [mention(str(number), f"texto {number} " * 9) for number in range(40)]
    with store.connect(settings.store) as writer:
        mentions.save(writer, 1, about("Norvia", *batch, mention("secret", f"No llega nada, {SECRET}")), NOW)


def erase(settings: Settings) -> None:
    with store.connect(settings.store) as writer:
        assert edits.mark_deleted(writer, "x", ["secret"], NOW) == 1


def holds(*files: Path) -> list[str]:
    """Which of the files, or of their logs, hold the words."""
    paths = [path for file in files for path in (file, file.with_name(file.name + ".wal")) if path.exists()]
    return [path.name for path in paths if SECRET.encode() in path.read_bytes()]


def contents(settings: Settings) -> list[object]:
    """Rows by table, what the view shows, the last numbers, and whether the history is whole."""
    with store.connect(settings.store, read_only=True) as reader:
        return [*(_rows(reader, table) for table in _tables(reader)), numbers.read(reader), events.verify(reader)]


def _tables(reader: Connection) -> list[str]:
    tables = reader.execute("SELECT table_name FROM duckdb_tables() ORDER BY table_name").fetchall()
    return [name for (name,) in tables if name != "desk_marks"] + ["labels"]


def _rows(reader: Connection, table: str) -> tuple[str, object]:
    return table, reader.execute(f"SELECT count(*), bit_xor(hash(t)) FROM {table} t").fetchall()


def test_what_was_deleted_is_in_no_byte(settings: Settings, tmp_path: Path) -> None:
    saved(settings)
    assert holds(settings.store.path) == ["store.duckdb"]
    erase(settings)
    backup.backup(settings.store, tmp_path / "copies" / "copy.duckdb")
    assert holds(settings.store.path, tmp_path / "copies" / "copy.duckdb") == []
    assert not list(tmp_path.glob(".escucha-*"))
    assert f"{settings.store.path.stat().st_mode & 0o777:o}" == "600"
    saved(settings)  # it can be written on


def test_a_large_database_waits_for_its_quiet_and_a_backup_does_not(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewriting, "AT_ONCE", 0)
    saved(settings)
    erase(settings)
    backup.backup(settings.store, tmp_path / "copies" / "copy.duckdb")
    before = contents(settings)
    assert holds(settings.store.path, tmp_path / "copies" / "copy.duckdb") == ["store.duckdb"]
    with store.connect(settings.store, read_only=True) as reader:
        assert rewriting.is_due(reader)
    assert connection.rewrite_erased(settings.store)
    assert holds(settings.store.path) == []
    assert contents(settings) == before
    assert not connection.rewrite_erased(settings.store), "it is done once"


# The process ends itself, as by a power cut, before and after each step that writes or changes a name.
KILLED = """
import os, pathlib, sys
from datetime import UTC, datetime
from monitor import store
from monitor.settings.loading import Store
from monitor.store import copying, rewriting
from monitor.store.posts import edits
from tests.killed_steps import KilledSteps

def act(moment):
    counted = KilledSteps(moment).counted
    os.fsync = counted(os.fsync)
    pathlib.Path.replace = counted(pathlib.Path.replace)
    rewriting._copy_rows = counted(rewriting._copy_rows)
    rewriting._contents = counted(rewriting._contents)
    with store.connect(Store(url=sys.argv[1])) as connection:
        edits.mark_deleted(connection, "x", ["secret"], datetime.now(UTC))
"""


def test_a_kill_at_any_step_loses_no_row_and_the_next_writer_ends_it(settings: Settings) -> None:
    saved(settings)
    sound = settings.store.path.read_bytes()
    erase(settings)
    expected = contents(settings)[:1]
    with killed_processes(KILLED, str(settings.store.path)) as killed_at:
        for moment in range(100):
            settings.store.path.write_bytes(sound)
            status = killed_at(moment)
            with store.connect(settings.store) as writer:
                assert writer.execute("SELECT count(*), count(deleted_at) FROM mentions").fetchall() == [(41, 1)]
            assert holds(settings.store.path) == []
            if status == 0:
                break
            assert status == -signal.SIGKILL
    assert moment > 8
    assert contents(settings)[:1] == expected


def test_what_an_earlier_version_deleted_goes_with_the_update(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrate.versions()
    monkeypatch.setattr(migrate, "versions", lambda: {number: sql for number, sql in known.items() if number < 9})
    with store.connect(settings.store) as writer:
        writer.execute(
            """
            INSERT INTO mentions BY NAME SELECT 1 AS mention_id, 'x' AS network, i::VARCHAR AS post_id,
            ? || i AS text, 0 AS text_key, now() AS posted_at, 't' AS thread_id, false AS is_repost, false AS sample,
            now() AS stored_at FROM range(40) t(i)
            """,
            [SECRET],
        )
    with store.connect(settings.store) as writer:
        writer.execute("UPDATE mentions SET text = '', deleted_at = now()")
    assert holds(settings.store.path) == ["store.duckdb"]
    monkeypatch.setattr(migrate, "versions", lambda: known)
    migrate._current.clear()
    with store.connect(settings.store, read_only=True) as reader:
        assert reader.execute("SELECT count(deleted_at) FROM mentions").fetchall() == [(40,)]
    assert holds(settings.store.path) == []
