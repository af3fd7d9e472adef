from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.desk.notices import people_named
from monitor.settings.desk import Person
from monitor.settings.loading import Settings
from monitor.store.cases import notices
from tests import desk_store

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
TEAM = ("Ana", "Luis Pérez", "Marta Ruiz", "Marta Gil", "José")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = desk_store.configured(tmp_path, monkeypatch)
    desk_store.fill(settings, NOW)
    people = tuple(Person(name=name) for name in TEAM)
    return settings.model_copy(update={"desk": settings.desk.model_copy(update={"people": people})})


@pytest.mark.parametrize(
    ("note", "found"),
    [
        ("@Ana mira esto", ["Ana"]),
        ("¿lo ves, @ANA?", ["Ana"]),
        ("@luis perez y @jose, por favor", ["Luis Pérez", "José"]),
        ("@Luis lo sabe", ["Luis Pérez"]),
        ("@Marta dirá", []),  # there are two
        ("@Marta Gil dirá", ["Marta Gil"]),
        ("@Ana @Ana @ana", ["Ana"]),
        ("ana@correo.example", []),
        ("@anabel", []),
        ("@ana.lopez", []),
        ("@Ana.", ["Ana"]),
        ("@", []),
    ],
)
def test_who_a_note_names(note: str, found: list[str]) -> None:
    assert people_named(note, TEAM) == found


def unseen(config: Settings, person: str) -> list[str]:
    with store.connect(config.store, read_only=True) as connection:
        return [notice.note for notice in notices.unseen(connection, person, 10)[0]]


def test_a_note_leaves_a_notice_until_it_is_seen(config: Settings) -> None:
    desk.add_note(config, 1, "@luis, ¿puedes?", actor="Ana", now=NOW)
    assert unseen(config, "luis pérez") == ["@luis, ¿puedes?"]
    assert unseen(config, "Ana") == []
    desk.see_notices(config, "Luis Pérez", case_id=2, now=NOW)
    assert unseen(config, "Luis Pérez") != []
    desk.see_notices(config, "Luis Pérez", case_id=1, now=NOW)
    assert unseen(config, "Luis Pérez") == []


def test_a_note_with_a_move_leaves_one_too(config: Settings) -> None:
    desk.move_case(config, 1, "acknowledged", version=1, actor="Ana", now=NOW, note="para @José")
    assert unseen(config, "José") == ["para @José"]


def test_nobody_is_told_of_her_own_note_nor_of_words_to_a_customer(config: Settings) -> None:
    desk.add_note(config, 1, "yo, @Ana", actor="Ana", now=NOW)
    desk.log_contact(config, 1, "phone", "out", "hablé con @José", actor="Ana", now=NOW)
    assert unseen(config, "Ana") == unseen(config, "José") == []


def test_a_note_that_was_taken_back_tells_nobody(config: Settings) -> None:
    done = desk.add_note(config, 1, "@José ven", actor="Ana", now=NOW)
    desk.undo(config, {1: [done.events[0].event_id]}, actor="Ana", now=NOW)
    assert unseen(config, "José") == []


def test_owners_who_are_not_in_the_settings_are_told_too(config: Settings) -> None:
    desk.take(config, 1, version=1, actor="Zoe", now=NOW)
    desk.add_note(config, 1, "@zoe gracias", actor="Ana", now=NOW)
    assert unseen(config, "Zoe") == ["@zoe gracias"]


def test_hostile_names_and_notes_are_only_words(config: Settings) -> None:
    name = "x'; DROP TABLE notices;-- <b>"
    desk.take(config, 1, version=1, actor=name, now=NOW)
    desk.add_note(config, 1, f"@{name} [a](javascript:1)", actor="Ana", now=NOW)
    assert unseen(config, name) == [f"@{name} [a](javascript:1)"]
