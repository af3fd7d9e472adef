"""A server's database under machines that are brought to a new version one after the other."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from monitor import store
from monitor.errors import StoreError, StoreOutdated
from monitor.settings.loading import Store
from monitor.store import migrate
from monitor.store.moves import moving
from monitor.store.postgres import schema

NOW, NEXT = 900, 901
NEWER = {
    NOW: "-- contract: nobody reads it any more\nALTER TABLE mentions DROP COLUMN reach_guess",
    NEXT: "-- expand\nALTER TABLE mentions ADD COLUMN tone TEXT",
}
OLDER = {800: "-- expand\nALTER TABLE mentions ADD COLUMN reach_guess BIGINT"}


@pytest.fixture
def version(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes this process one of a version that has these migrations besides, and that has just begun."""
    shipped = migrate.versions()

    def become(*added: dict[int, str]) -> None:
        scripts = shipped | {number: sql for part in added for number, sql in part.items()}
        monkeypatch.setattr(migrate, "versions", lambda: scripts)
        monkeypatch.setattr(schema, "_current", set())

    return become


@contextmanager
def running(place: Store) -> Iterator[store.Connection]:
    with store.connect(place) as connection:
        yield connection


def columns(place: Store) -> set[str]:
    """Those of the two that the table has."""
    with psycopg.connect(place.url) as session:
        rows = session.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'mentions'")
        return {name for (name,) in rows.fetchall()} & {"reach_guess", "tone"}


def test_what_older_code_survives_is_run_at_once_and_the_rest_at_a_word(
    new_store: Callable[[], Store], version: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    place = new_store()
    version(OLDER)
    with running(place):
        pass
    version(OLDER, NEWER)
    with running(place):
        pass
    assert columns(place) == {"reach_guess", "tone"}
    assert store.standing(place) == schema.Standing(NEXT, (), (NOW,))
    version(OLDER)
    with caplog.at_level(logging.WARNING), running(place) as connection:
        connection.execute("UPDATE mentions SET reach_guess = 1")
    assert "database of a newer version" in caplog.text
    assert store.standing(place) == schema.Standing(NEXT, (NEXT,), ())
    version(OLDER, NEWER)
    assert store.standing(place, finish=True) == schema.Standing(NEXT, (), ())
    assert columns(place) == {"tone"}
    version(OLDER)
    with pytest.raises(StoreOutdated, match="update Escucha"), running(place):
        pass


def test_code_that_runs_while_older_versions_are_ended_is_told_at_its_next_connection(
    new_store: Callable[[], Store], version: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = new_store()
    version(OLDER)
    with running(place):
        pass
    seen = set(schema._current)
    version(OLDER, NEWER)
    store.standing(place, finish=True)
    version(OLDER)
    monkeypatch.setattr(schema, "_current", seen)
    with pytest.raises(psycopg.errors.UndefinedColumn), running(place) as connection:
        connection.execute("SELECT reach_guess FROM mentions")
    with pytest.raises(StoreOutdated), running(place):
        pass


def test_a_new_database_waits_for_nobody(new_store: Callable[[], Store], version: Callable[..., None]) -> None:
    place = new_store()
    version(OLDER, NEWER)
    with running(place):
        pass
    assert columns(place) == {"tone"}
    assert store.standing(place) == schema.Standing(NEXT, (), ())
    version(OLDER)
    with pytest.raises(StoreOutdated), running(place):
        pass


def test_what_is_of_two_versions_is_not_copied(new_store: Callable[[], Store], version: Callable[..., None]) -> None:
    place, target = new_store(), new_store()
    version(OLDER)
    with running(place):
        pass
    version(OLDER, NEWER)
    with pytest.raises(StoreError, match="escucha store migrate --finish"):
        moving.copy(place, target, lambda *_: None)


def test_every_migration_says_whether_older_code_survives_it() -> None:
    beginnings = {number: sql[:12] for number, sql in migrate.versions().items() if number > schema.BASELINE}
    assert [number for number, words in beginnings.items() if not words.startswith(("-- expand", "-- contract"))] == []
