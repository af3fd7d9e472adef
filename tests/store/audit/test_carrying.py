"""Nobody gets rid of the audit log by restoring a backup, nor of anything in it without that being told."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from monitor import store
from monitor.models.audit import NewEntry
from monitor.settings.loading import Settings, Store
from monitor.store import backup
from monitor.store.audit import chain, entries, listing
from tests.conftest import NOW

pytestmark = pytest.mark.duckdb_file("a server's own programs restore it")


def act(place: Store, *kinds: str) -> None:
    """Records entries of these kinds about a customer."""
    with store.connect(place) as connection:
        entries.record(connection, *(NewEntry(kind, "ana", "", "customer", "C-77") for kind in kinds), now=NOW)  # type: ignore[arg-type]


def log(place: Store) -> list[tuple[str, int, str]]:
    """Kind, count and what became of it, of all entries; the chain is sound."""
    with store.connect(place, read_only=True) as connection:
        assert chain.verify(connection).is_sound
        sql = "SELECT kind, count, became FROM audit_entries ORDER BY entry_id"
        return [tuple(row) for row in connection.execute(sql).fetchall()]


def test_the_log_is_not_taken_back_by_a_restore(settings: Settings, tmp_path: Path) -> None:
    act(settings.store, "login", "read")
    backup.backup(settings.store, tmp_path / "copy")
    act(settings.store, "export", "role")
    backup.restore(settings.store, tmp_path / "copy", actor="cli:ana", origin="cli")
    act(settings.store, "logout")
    assert [kind for kind, *_ in log(settings.store)] == ["login", "read", "export", "role", "restore", "logout"]
    with store.connect(settings.store, read_only=True) as connection:
        assert listing.restores_with_losses(connection) == 0
        wanted = listing.AuditFilter(customer="C-77")
        assert listing.newest(connection, wanted, offset=0, limit=9)[1] == 5


def test_what_the_backup_alone_holds_is_told_as_lost(settings: Settings, tmp_path: Path) -> None:
    act(settings.store, "login")
    backup.backup(settings.store, tmp_path / "copy")
    act(settings.store, "export")
    with store.connect(Store(url=str(tmp_path / "copy")), as_copy=True) as connection:
        entries.record(connection, NewEntry("read", "eva"), now=NOW)
    backup.restore(settings.store, tmp_path / "copy")
    assert log(settings.store) == [("login", 1, ""), ("export", 1, ""), ("restore", 1, "")]


def test_a_backup_from_before_the_oldest_entry_is_kept_takes_nothing_back(settings: Settings, tmp_path: Path) -> None:
    act(settings.store, "login", "read")
    backup.backup(settings.store, tmp_path / "copy")
    with store.connect(settings.store) as connection:
        entries.record(connection, NewEntry("export", "eva"), now=NOW + timedelta(days=400))
        entries.cut(connection, NOW + timedelta(days=9), actor="", origin="flow", now=NOW + timedelta(days=400))
    backup.restore(settings.store, tmp_path / "copy")
    assert [(kind, count) for kind, count, _ in log(settings.store)] == [("export", 1), ("cut", 2), ("restore", 0)]


def test_entries_of_another_database_are_told_as_lost(settings: Settings, tmp_path: Path) -> None:
    act(settings.store, "login")
    backup.backup(settings.store, tmp_path / "copy")
    settings.store.path.unlink()
    act(settings.store, "read", "read", "export")
    backup.restore(settings.store, tmp_path / "copy")
    assert log(settings.store) == [("login", 1, ""), ("restore", 4, "")]


def test_a_backup_put_in_place_by_hand_is_told(settings: Settings, tmp_path: Path) -> None:
    act(settings.store, "login")
    backup.backup(settings.store, tmp_path / "copy")
    act(settings.store, "export")
    shutil.copyfile(tmp_path / "copy", settings.store.path)
    with store.connect(settings.store) as connection:
        assert listing.restores_with_losses(connection) == 1
    assert log(settings.store) == [("login", 1, ""), ("restore", 0, "unknown")]


def test_the_log_of_a_damaged_database_is_told_as_unknown(settings: Settings, tmp_path: Path) -> None:
    act(settings.store, "login")
    backup.backup(settings.store, tmp_path / "copy")
    settings.store.path.write_bytes(b"\0" * 20_000)
    backup.restore(settings.store, tmp_path / "copy")
    assert log(settings.store) == [("login", 1, ""), ("restore", 0, "unknown")]
