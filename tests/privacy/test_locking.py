"""A blocked person is on no page and in no table that pages read, can be given to a court, and is gone on the day."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import store
from monitor.errors import EscuchaError
from monitor.privacy import retention
from monitor.settings.loading import Settings
from monitor.store import backup, carry_over
from monitor.store.privacy import locking, people
from tests import desk_store
from tests.cli.command_line import escucha
from tests.conftest import NOW
from tests.store.privacy import someone

UNTIL = datetime(2099, 1, 2, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = desk_store.configured(tmp_path, monkeypatch)
    someone.fill(settings)
    return settings


def blocked(settings: Settings) -> str:
    """Blocks her. Returns the number of the copy."""
    done = escucha("privacy", "block", "--author", someone.HANDLE, "--until", "2099-01-01", "--yes")
    assert done.exit_code == 0, done.output
    found = re.search(r"número ([0-9a-f]{12})", done.output)
    assert found
    with store.connect(settings.store, read_only=True) as connection:
        assert not people.by_author(connection, someone.HANDLE).is_known
    return found[1]


def test_a_blocked_person_is_locked_away_and_then_destroyed(settings: Settings, tmp_path: Path) -> None:
    number = blocked(settings)
    assert number in escucha("privacy", "locked").output
    assert escucha("privacy", "unlock", number, tmp_path / "court.json").exit_code == 0
    assert len(json.loads((tmp_path / "court.json").read_text(encoding="utf-8"))["posts"]) == 2
    assert retention.apply(settings, NOW, actor="escucha", origin="flow").locked == 0
    assert retention.due(settings, UNTIL).locked == 1
    assert retention.apply(settings, UNTIL, actor="escucha", origin="flow").locked == 1
    with pytest.raises(EscuchaError, match="no locked copy"):
        escucha("privacy", "unlock", number, tmp_path / "late.json")
    with store.connect(settings.store, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM locked_people").fetchall() == [(0,)]


@pytest.mark.duckdb_file("backups of a PostgreSQL database are its own tools'")
def test_a_restored_backup_has_the_locked_copies_of_today(settings: Settings, tmp_path: Path) -> None:
    backup.backup(settings.store, tmp_path / "copies" / "before.duckdb")
    number = blocked(settings)
    with store.connect(settings.store, read_only=True) as connection:
        carried = carry_over.read(connection, NOW)
    backup.restore(settings.store, tmp_path / "copies" / "before.duckdb")
    with store.connect(settings.store) as connection:
        carry_over.write(connection, carried, NOW)
        assert "posts" in json.loads(locking.unlock(connection, number))
        assert not people.by_author(connection, someone.HANDLE).is_known


def test_a_day_that_is_over_is_refused() -> None:
    with pytest.raises(EscuchaError, match="a day to come"):
        escucha("privacy", "block", "--author", "a", "--until", "2020-01-01", "--yes")
