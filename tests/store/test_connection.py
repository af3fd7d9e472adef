"""Short connections, on a file behind the gate and the lock, with real processes."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from monitor import store
from monitor.errors import StoreBusy, StoreCorrupt, StoreError, StoreForeign, StoreOutdated
from monitor.settings.loading import Settings, Store
from monitor.store import backup, memory, migrate
from monitor.store.connection import open_held
from monitor.store.posts import collection_state, mentions
from tests.conftest import NOW, about, mention

HOLD = """
import sys, time
from monitor import store
from monitor.settings.loading import Store
with store.connect(Store(url=sys.argv[1]), read_only=sys.argv[2] == "read") as connection:
    if sys.argv[2] == "write":
        connection.execute("INSERT INTO watermarks VALUES ('x', 'half', '1', now())")
    print("held", flush=True)
    time.sleep(60)
"""


def holder(url: str, mode: str) -> "subprocess.Popen[str]":
    """Another process that has the database open and keeps it."""
    command = [sys.executable, "-c", HOLD, url, mode]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def stop(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


def impatient(settings: Settings) -> Store:
    return settings.store.model_copy(update={"busy_timeout": 0.2})


def create(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, about("Norvia", mention("1")), NOW)


def test_times_come_back_aware_and_in_utc(settings: Settings) -> None:
    create(settings)
    with store.connect(settings.store, read_only=True) as connection:
        assert connection.execute("SELECT posted_at FROM mentions").fetchall() == [(NOW,)]


@pytest.mark.duckdb_file("the file's locks; tests/store/postgres has the server's")
@pytest.mark.parametrize(("held", "wanted"), [("write", True), ("write", False), ("read", False)])
def test_whoever_has_to_wait_too_long_is_told(settings: Settings, held: str, wanted: bool) -> None:
    create(settings)
    process = holder(settings.store.url, held)
    try:
        with (
            pytest.raises(StoreBusy, match="in use by another process"),
            store.connect(impatient(settings), read_only=wanted),
        ):
            pass
    finally:
        stop(process)


@pytest.mark.duckdb_file("the file's locks; tests/store/postgres has the server's")
def test_a_holder_that_was_stopped_is_told_with_what_lets_it_go_on(settings: Settings) -> None:
    create(settings)
    process = holder(settings.store.url, "write")
    process.send_signal(signal.SIGSTOP)
    try:
        with (
            pytest.raises(StoreBusy, match=f"which is stopped: kill -CONT {process.pid} lets it go on"),
            store.connect(impatient(settings)),
        ):
            pass
    finally:
        stop(process)


@pytest.mark.duckdb_file("the file's own log")
def test_many_rows_are_in_the_file_as_soon_as_they_are_committed(settings: Settings) -> None:
    create(settings)
    path = settings.store.path
    log = path.with_name(path.name + ".wal")
    with open_held(path, read_only=False) as connection:
        memory.prepare_for_many(connection)
        connection.execute("BEGIN")
        connection.execute("INSERT INTO pending SELECT repeat('x', 40) || i, -i FROM range(60000) t(i)")
        connection.execute("COMMIT")
        assert not log.exists() or log.stat().st_size < 100_000
    with store.connect(settings.store, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM pending WHERE mention_id <= 0").fetchall() == [(60_000,)]


def test_readers_read_together(settings: Settings, address_of: Callable[[Store], str]) -> None:
    create(settings)
    process = holder(address_of(settings.store), "read")
    try:
        with store.connect(impatient(settings), read_only=True) as connection:
            assert connection.execute("SELECT count(*) FROM mentions").fetchall() == [(1,)]
    finally:
        stop(process)


def test_threads_that_open_it_at_once_all_find_its_functions(settings: Settings) -> None:
    create(settings)
    table = pa.table({"a": [1, 2]})
    failed: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(400):
                with store.connect(settings.store, read_only=True) as connection:
                    connection.register("given", table)
                    assert connection.execute("SELECT count(*) FROM given").fetchall() == [(2,)]
        except duckdb.Error as error:
            failed.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_killed_writer_leaves_no_lock_and_no_half_write(
    settings: Settings, address_of: Callable[[Store], str]
) -> None:
    create(settings)
    process = holder(address_of(settings.store), "write")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    with store.connect(settings.store, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM watermarks").fetchall() == [(0,)]


def test_a_stream_of_readers_does_not_starve_a_writer(settings: Settings) -> None:
    create(settings)
    stopped = threading.Event()

    def read() -> None:
        while not stopped.is_set():
            with store.connect(settings.store, read_only=True) as connection:
                connection.execute("SELECT count(*) FROM mentions").fetchall()

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        for number in range(5):
            with store.connect(settings.store.model_copy(update={"busy_timeout": 10})) as connection:
                collection_state.move_watermark(connection, "x", "q", str(number), NOW)
    finally:
        stopped.set()
        for reader in readers:
            reader.join()


@pytest.mark.duckdb_file("a database of these tests has its tables; tests/store/postgres begins with none")
def test_two_first_openers_migrate_once(settings: Settings) -> None:
    context = multiprocessing.get_context("spawn")
    openers = [context.Process(target=create, args=(settings,)) for _ in range(2)]
    for one in openers:
        one.start()
    for one in openers:
        one.join()
    assert [one.exitcode for one in openers] == [0, 0]
    with store.connect(settings.store, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM migrations").fetchall() == [(len(migrate.versions()),)]


@pytest.mark.duckdb_file("a database of these tests has its tables; tests/store/postgres begins with none")
def test_a_migration_that_fails_leaves_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    known = migrate.versions()
    broken = {max(known) + 1: "CREATE TABLE half (a INT); SELECT nonsense FROM nowhere;"}
    monkeypatch.setattr(migrate, "versions", lambda: known | broken)
    with pytest.raises(duckdb.Error):
        create(settings)
    monkeypatch.setattr(migrate, "versions", lambda: known)
    create(settings)
    with store.connect(settings.store, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'half'").fetchall() == [(0,)]


@pytest.mark.duckdb_file("what stands at the file's path")
def test_a_file_that_is_no_database_is_refused_and_left_alone(settings: Settings) -> None:
    settings.store.path.write_bytes(b"not a database\0")
    with pytest.raises(StoreCorrupt, match="cannot be opened as a DuckDB database"), store.connect(settings.store):
        pass
    assert settings.store.path.read_bytes() == b"not a database\0"


@pytest.mark.duckdb_file("what stands at the file's path")
@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("posts.csv", b"id,text\n1,hola\n", "a text file, such as a CSV"),
        ("store.duckdb", b"id;text\n1;adi\xf3s\n", "a text file, such as a CSV"),
        ("notes.txt", "hola".encode("utf-16"), "a text file, such as a CSV"),
        ("posts.json", b'[{"id": 1}]', "a text file, such as a CSV"),
        ("posts.parquet", b"PAR1\0\0\0PAR1", "a Parquet table"),
        ("posts.xlsx", b"PK\x03\x04\0\0", "a spreadsheet or a ZIP archive"),
        ("other.sqlite", b"SQLite format 3\0\x10\0", "an SQLite database"),
        ("store.duckdb", b"SQLite format 3\0\x10\0", "an SQLite database"),
    ],
)
@pytest.mark.parametrize("is_known", [False, True], ids=["new", "opened before"])
def test_what_is_no_database_is_told_as_what_it_is_and_left_alone(
    tmp_path: Path, name: str, content: bytes, kind: str, is_known: bool
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    if is_known:
        file.with_name(f"{name}.lock").touch()
    for works in (partial(store.connect, read_only=True), store.connect):
        with pytest.raises(StoreForeign, match=f"{name} is {kind}, not .* store.url"), works(Store(url=str(file))):
            pass
    with pytest.raises(StoreForeign, match=f"{name} is {kind}"):
        backup.backup(Store(url=str(file)), tmp_path / "copy.duckdb")
    assert file.read_bytes() == content
    assert is_known or list(tmp_path.iterdir()) == [file]


@pytest.mark.duckdb_file("what stands at the file's path")
@pytest.mark.parametrize("place", [".", "posts.csv/store.duckdb"])
def test_a_folder_and_a_file_within_a_file_are_no_database(tmp_path: Path, place: str) -> None:
    (tmp_path / "posts.csv").touch()
    kind = "is a folder" if place == "." else "posts.csv is a file, so that no database can lie in it"
    with pytest.raises(StoreForeign, match=kind), store.connect(Store(url=str(tmp_path / place))):
        pass
    with pytest.raises(StoreForeign, match=kind):
        backup.backup(Store(url=str(tmp_path / place)), tmp_path / "copy.duckdb")


@pytest.mark.duckdb_file("what stands at the file's path")
def test_somebody_elses_database_is_refused(settings: Settings) -> None:
    with duckdb.connect(str(settings.store.path)) as other:
        other.execute("CREATE TABLE invoices (id INTEGER)")
    with pytest.raises(StoreCorrupt, match="not one of Escucha's"), store.connect(settings.store):
        pass


@pytest.mark.duckdb_file("the file of a newer Escucha; tests/store/postgres has the server's database")
def test_a_newer_database_is_refused(settings: Settings) -> None:
    create(settings)
    with store.connect(settings.store) as connection:
        connection.execute("INSERT INTO migrations VALUES (999, now())")
    command = [sys.executable, "-c", HOLD, settings.store.url, "read"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert StoreOutdated.__name__ in done.stderr


@pytest.mark.duckdb_file("backups of a PostgreSQL database are its own tools'")
def test_backup_and_restore_bring_back_what_was(settings: Settings, tmp_path: Path) -> None:
    create(settings)
    copy = tmp_path / "elsewhere" / "copy.duckdb"
    assert backup.backup(settings.store, copy) > 0
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, about("Norvia", mention("2")), NOW)
    backup.restore(settings.store, copy)
    with store.connect(settings.store, read_only=True) as connection:
        assert connection.execute("SELECT post_id FROM mentions").fetchall() == [("1",)]
    assert (tmp_path / "store.duckdb.before-restore").exists()
    assert sorted(path.name for path in copy.parent.iterdir()) == ["copy.duckdb"]


@pytest.mark.duckdb_file("backups of a PostgreSQL database are its own tools'")
@pytest.mark.parametrize("content", [b"", b"not a database"])
def test_what_is_no_backup_is_not_restored(settings: Settings, tmp_path: Path, content: bytes) -> None:
    create(settings)
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(StoreError):
        backup.restore(settings.store, tmp_path / "bad")
    with store.connect(settings.store, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM mentions").fetchall() == [(1,)]


@pytest.mark.duckdb_file("backups of a PostgreSQL database are its own tools'")
def test_backups_are_whole_while_a_writer_writes(settings: Settings, tmp_path: Path) -> None:
    """Every write adds a mention and a watermark; a torn copy would show one without the other."""
    create(settings)
    script = """
import sys, itertools
sys.path.insert(0, sys.argv[2])
from monitor import store
from monitor.settings.loading import Store
from monitor.store.posts import collection_state, mentions
from tests.conftest import NOW, about, mention
for number in itertools.count(2):
    with store.connect(Store(url=sys.argv[1])) as connection:
        mentions.save(connection, 1, about("Norvia", mention(str(number))), NOW)
        collection_state.move_watermark(connection, "x", "q", str(number), NOW)
"""
    root = str(Path(__file__).parents[2])
    writer = subprocess.Popen([sys.executable, "-c", script, str(settings.store.path), root])
    try:
        for number in range(4):
            time.sleep(0.3)
            copy = tmp_path / f"copy{number}.duckdb"
            backup.backup(settings.store, copy)
            with store.connect(Store(url=str(copy)), read_only=True) as connection:
                found = connection.execute("SELECT count(*) FROM mentions").fetchall()
                moved = connection.execute("SELECT coalesce(max(position)::INT, 1) FROM watermarks").fetchall()
                assert found == moved
    finally:
        writer.kill()
        writer.wait()
