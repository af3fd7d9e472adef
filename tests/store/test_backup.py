"""Backups and restores: whole, checked to the last block, or not there at all; with real damage and real kills."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from monitor import store
from monitor.errors import StoreCorrupt, StoreError
from monitor.settings.loading import Settings, Store
from monitor.store import backup, block_check
from monitor.store.posts import mentions
from tests.conftest import NOW, about, mention
from tests.killed_steps import killed_processes

pytestmark = pytest.mark.duckdb_file("backups of a PostgreSQL database are its own tools'")
BLOCK, HEADERS = 262_144, 12_288  # bytes
MANY = 6_000  # mentions, so that their texts and their index have blocks of their own


def save(kept: Store, first: int, count: int) -> None:
    """Stores so many mentions, numbered from `first` on."""
    batch = [mention(str(number), f"texto {number} " * 9) for number in range(first, first + count)]
    with store.connect(kept) as connection:
        mentions.save(connection, 1, about("Norvia", *batch), NOW)


def count_of(path: Path) -> int:
    """How many mentions a database holds."""
    with store.connect(Store(url=str(path)), read_only=True) as connection:
        return int(connection.execute("SELECT count(*) FROM mentions").fetchall()[0][0])


def litter(folder: Path) -> list[str]:
    """What a backup or restore left behind."""
    return sorted(path.name for path in folder.glob(".escucha-*"))


def flip(path: Path, block: int) -> None:
    """Turns one bit in a block."""
    with path.open("r+b") as file:
        file.seek(HEADERS + block * BLOCK + 1_000)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 4]))


def block_count(path: Path) -> int:
    return (path.stat().st_size - HEADERS) // BLOCK


def unread_blocks(path: Path) -> set[int]:
    """Blocks that hold no column: of indexes, and of the file's own tables."""
    with duckdb.connect(str(path), read_only=True) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        used: set[int] = set()
        for name in names:
            for block, others in connection.execute(
                f"SELECT block_id, additional_block_ids FROM pragma_storage_info('{name}')"
            ).fetchall():
                used |= {block, *(others or ())}
    return set(range(block_count(path))) - used


def test_a_database_cut_in_half_is_not_backed_up_and_the_last_backup_stays(settings: Settings, tmp_path: Path) -> None:
    save(settings.store, 0, MANY)
    copy = tmp_path / "copies" / "copy.duckdb"
    backup.backup(settings.store, copy)
    before = copy.read_bytes()
    save(settings.store, MANY, 1)
    os.truncate(settings.store.path, settings.store.path.stat().st_size // 2)
    with pytest.raises(StoreCorrupt, match=r"store\.duckdb is damaged in .*\w\.\w.*no backup was written"):
        backup.backup(settings.store, copy, overwrite=True)
    assert copy.read_bytes() == before
    assert [path.name for path in copy.parent.iterdir()] == ["copy.duckdb"]


def test_a_bit_that_turned_in_any_block_is_found(settings: Settings, tmp_path: Path) -> None:
    save(settings.store, 0, MANY)
    sound = settings.store.path.read_bytes()
    unread = unread_blocks(settings.store.path)
    assert len(unread) > 1
    for block in {0, block_count(settings.store.path) - 1, *sorted(unread)[1:3]}:
        settings.store.path.write_bytes(sound)
        flip(settings.store.path, block)
        with pytest.raises(StoreCorrupt, match="damaged|cannot be opened"):
            backup.backup(settings.store, tmp_path / "copy.duckdb")
    assert not (tmp_path / "copy.duckdb").exists()


def test_what_stands_in_a_block_that_is_not_used_is_no_damage(settings: Settings, tmp_path: Path) -> None:
    save(settings.store, 0, 10)
    with duckdb.connect(str(settings.store.path)) as connection:
        for name in ("first", "last"):
            connection.execute(f"CREATE TABLE {name} AS SELECT hash(i) AS a FROM range(200000) t(i)")
            connection.execute("CHECKPOINT")
        connection.execute("DROP TABLE first")
        connection.execute("CHECKPOINT")
        free = connection.execute("SELECT free_blocks FROM pragma_database_size()").fetchall()[0][0]
    assert free > 0
    sound = settings.store.path.read_bytes()
    harmless = 0
    for block in range(block_count(settings.store.path)):
        flip(settings.store.path, block)
        harmless += block_check.damaged_blocks(settings.store.path) == []
        settings.store.path.write_bytes(sound)
    assert harmless == free


def test_a_damaged_backup_is_not_restored(settings: Settings, tmp_path: Path) -> None:
    save(settings.store, 0, MANY)
    copy = tmp_path / "copy.duckdb"
    backup.backup(settings.store, copy)
    flip(copy, block_count(copy) - 1)
    with pytest.raises(StoreCorrupt, match=r"copy\.duckdb is damaged.*nothing was restored"):
        backup.restore(settings.store, copy)
    os.truncate(copy, copy.stat().st_size // 2)
    with pytest.raises(StoreCorrupt, match=r"copy\.duckdb .*nothing was restored"):
        backup.restore(settings.store, copy)
    assert count_of(settings.store.path) == MANY
    assert not settings.store.path.with_name("store.duckdb.before-restore").exists()
    assert litter(tmp_path) == []


def test_a_file_that_is_no_database_is_called_no_backup(settings: Settings, tmp_path: Path) -> None:
    save(settings.store, 0, 1)
    table = tmp_path / "x.csv"
    table.write_text("id,texto\n1,no llega\n", encoding="utf-8")
    with pytest.raises(StoreCorrupt, match=r"x\.csv is no backup of Escucha's; nothing was restored.*escucha backup"):
        backup.restore(settings.store, table)
    assert count_of(settings.store.path) == 1


def test_a_file_that_is_there_is_replaced_only_when_asked(settings: Settings, tmp_path: Path) -> None:
    save(settings.store, 0, 1)
    copy = tmp_path / "copy.duckdb"
    backup.backup(settings.store, copy)
    before = copy.read_bytes()
    save(settings.store, 1, 1)
    with pytest.raises(StoreError, match=r"exists already and stays as it is.*--overwrite"):
        backup.backup(settings.store, copy)
    assert copy.read_bytes() == before
    backup.backup(settings.store, copy, overwrite=True)
    assert count_of(copy) == 2


@pytest.mark.parametrize("name", ["notes.toml", "{database}.wal", "{database}.lock", "{database}.before-restore"])
def test_a_backup_replaces_no_other_file_even_when_asked(name: str, settings: Settings, tmp_path: Path) -> None:
    with store.connect(settings.store):
        pass
    file = settings.store.path.with_name(name.format(database=settings.store.path.name))
    file.write_text("a note")
    inode = file.stat().st_ino
    with pytest.raises(StoreError, match=r"no backup|belongs to it"):
        backup.backup(settings.store, file, overwrite=True)
    assert file.stat().st_ino == inode


def test_a_name_that_is_too_long_is_told(settings: Settings, tmp_path: Path) -> None:
    with store.connect(settings.store):
        pass
    with pytest.raises(StoreError, match="File name too long"):
        backup.backup(settings.store, tmp_path / ("n" * 300))


def test_what_a_killed_sweep_left_is_swept_by_the_next(settings: Settings, tmp_path: Path) -> None:
    with store.connect(settings.store):
        pass
    left = tmp_path / "copies" / ".escucha-0000000000000000.copying"
    left.mkdir(parents=True)
    (left / "copy.duckdb").write_bytes(b"posts of people")
    os.utime(left, (1, 1))
    backup.backup(settings.store, tmp_path / "copies" / "good.duckdb")
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["good.duckdb"]


def test_no_restore_takes_the_place_of_what_an_earlier_one_kept(settings: Settings, tmp_path: Path) -> None:
    save(settings.store, 0, 1)
    copy = tmp_path / "copy.duckdb"
    backup.backup(settings.store, copy)
    names = []
    for number in range(1, 4):
        save(settings.store, number, 1)
        kept = backup.restore(settings.store, copy)
        assert kept is not None
        assert count_of(kept) == 2
        names.append(kept.name.removeprefix("store.duckdb"))
    assert names == [".before-restore", ".before-restore-2", ".before-restore-3"]
    assert count_of(settings.store.path) == 1


def test_the_log_of_a_crashed_process_is_kept_with_the_database(settings: Settings, tmp_path: Path) -> None:
    save(settings.store, 0, 1)
    copy = tmp_path / "copy.duckdb"
    backup.backup(settings.store, copy)
    script = (
        "import os, sys, duckdb\nc = duckdb.connect(sys.argv[1])\n"
        "c.execute(\"INSERT INTO watermarks VALUES ('x', 'late', '1', now())\")\nos.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(settings.store.path)], check=False)
    kept = backup.restore(settings.store, copy)
    assert kept is not None
    with store.connect(Store(url=str(kept)), read_only=True) as connection:
        assert connection.execute("SELECT query FROM watermarks").fetchall() == [("late",)]


# The process ends itself, as by a power cut, before and after each step that changes a name.
KILLED = """
import os, pathlib, sys
from monitor.settings.loading import Store
from monitor.store import backup, copying
from tests.killed_steps import KilledSteps
what, path, other = sys.argv[1:]

def act(moment):
    counted = KilledSteps(moment).counted
    os.link = counted(os.link)
    pathlib.Path.replace = counted(pathlib.Path.replace)
    pathlib.Path.unlink = counted(pathlib.Path.unlink)
    copying.copy = counted(copying.copy)
    if what == "backup":
        backup.backup(Store(url=path), pathlib.Path(other), overwrite=True)
    else:
        backup.restore(Store(url=path), pathlib.Path(other))
"""


@pytest.mark.parametrize("what", ["backup", "restore"])
def test_a_kill_at_any_step_leaves_the_old_or_the_new_one_whole(what: str, settings: Settings, tmp_path: Path) -> None:
    save(settings.store, 0, 1)
    copy = tmp_path / "copies" / "copy.duckdb"
    backup.backup(settings.store, copy)
    save(settings.store, 1, 1)
    changed = copy if what == "backup" else settings.store.path
    was = count_of(changed)
    becomes = 3 - was
    moments = 0
    with killed_processes(KILLED, what, str(settings.store.path), str(copy)) as killed_at:
        while (status := killed_at(moments)) == -signal.SIGKILL:
            assert count_of(changed) in (was, becomes)
            if count_of(changed) == becomes:
                break
            moments += 1
    assert status == -signal.SIGKILL
    assert moments >= 3
    if what == "backup":
        backup.backup(settings.store, copy, overwrite=True)
    else:
        backup.restore(settings.store, copy)
        kept = sorted(path.name for path in tmp_path.glob("store.duckdb.before-restore*"))
        assert any(count_of(tmp_path / name) == was for name in kept)
    assert litter(changed.parent) == []
    assert count_of(changed) == becomes
