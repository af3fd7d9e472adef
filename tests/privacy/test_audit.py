"""Whoever gives out, locks or erases a person's data stands in the audit log; the person does not."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor import audit, store
from monitor.models.audit import NewEntry
from monitor.privacy import retention
from monitor.settings.loading import Settings
from monitor.settings.log import Retention
from monitor.store.audit import chain
from tests import desk_store
from tests.cli.command_line import escucha
from tests.conftest import NOW
from tests.store.privacy import someone

LATER = NOW + timedelta(days=100)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = desk_store.configured(tmp_path, monkeypatch)
    someone.fill(settings)
    return settings


def told(settings: Settings, origin: str) -> list[tuple[object, ...]]:
    with store.connect(settings.store, read_only=True) as connection:
        assert chain.verify(connection).is_sound
        return connection.execute(
            "SELECT kind, about, field, count > 0 FROM audit_entries WHERE origin = ? ORDER BY entry_id", [origin]
        ).fetchall()


def test_commands_stand_in_the_audit_log_and_the_person_does_not(settings: Settings, tmp_path: Path) -> None:
    who = ("--author", someone.HANDLE)
    escucha("privacy", "export", tmp_path / "copy.json", *who)
    escucha("privacy", "pseudonymise", tmp_path / "cases.csv")
    escucha("privacy", "block", *who, "--until", "2099-01-01", "--yes")
    with store.connect(settings.store, read_only=True) as connection:
        (number,) = connection.execute("SELECT lock_id FROM locked_people").fetchall()[0]
    escucha("privacy", "unlock", number, tmp_path / "court.json")
    assert told(settings, "cli") == [
        ("privacy", "person", "json", True),
        ("export", "cases", "csv", True),
        ("blocked", "person", "", True),
        ("erasure", "person", "person", True),
        ("privacy", "file", "json", True),
    ]
    with store.connect(settings.store, read_only=True) as connection:
        rows = connection.execute("SELECT about_id, kind FROM audit_entries WHERE about = 'person'").fetchall()
        text = str(connection.execute("SELECT * FROM audit_entries").fetchall()).lower()
    assert len({about_id for about_id, _ in rows}) == 1, "the same person, the same digest"
    assert [trace for trace in someone.TRACES if trace in text] == []


def test_retention_tells_what_went_and_cuts_the_log_itself(settings: Settings) -> None:
    kept = settings.model_copy(update={"retention": Retention(posts=30, audit=30)})
    audit.record(kept, NewEntry("login", "ana", "10.0.0.7"), now=NOW)
    due = retention.due(kept, LATER)
    done = retention.apply(kept, LATER, actor="escucha", origin="flow")
    assert (due.audit, done.audit) == (2, 2), "the login, and that the settings were other ones"
    assert told(kept, "10.0.0.7") == []
    assert told(kept, "flow") == [("retention", "posts", "rejects", True), ("cut", "audit", "", True)]
    assert retention.due(kept, LATER).audit == 0
