"""Prefect's database, in which networks' own words stand, holds no byte of the erased, while Prefect runs too."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from monitor import store
from monitor.errors import StoreBusy
from monitor.settings.loading import Settings
from monitor.store.erased import erased_list
from monitor.store.erased.erased_list import ErasedList
from monitor.store.privacy import erasing, people, prefect_database
from tests import desk_store
from tests.conftest import NOW
from tests.store.privacy import someone


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return desk_store.configured(tmp_path, monkeypatch)


@pytest.fixture
def known(settings: Settings) -> ErasedList:
    someone.fill(settings)
    with store.connect(settings.store) as connection:
        erasing.erase(connection, people.by_author(connection, someone.HANDLE), "cli:eva", NOW)
        return erased_list.read(connection)


@pytest.fixture
def home(settings: Settings) -> Path:
    home = prefect_database.home(settings.store)
    (home / prefect_database.ASIDE).mkdir(parents=True)
    (home / prefect_database.ASIDE / "prefect.db").write_bytes(someone.WORDS.encode())
    return home


@pytest.fixture
def running(home: Path) -> Iterator[sqlite3.Connection]:
    """Prefect's own connection, which stays open, with what a network answered."""
    with closing(sqlite3.connect(home / "prefect.db", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE log (id CHAR(36) PRIMARY KEY, message VARCHAR, level INTEGER)")
        database.execute("CREATE TABLE flow_run_state (id CHAR(36), data JSON)")
        said = f"bluesky answered 400: @{someone.HANDLE} is suspended"
        rows = [(str(number), said if number % 500 == 0 else "12 posts stored", 20) for number in range(3_000)]
        database.executemany("INSERT INTO log VALUES (?, ?, ?)", rows)
        database.execute("INSERT INTO flow_run_state VALUES ('1', ?)", [json.dumps({"message": said})])
        yield database


def test_words_of_networks_are_masked_and_forgotten(
    settings: Settings, known: ErasedList, home: Path, running: sqlite3.Connection
) -> None:
    assert someone.traces(home)
    assert prefect_database.clean(settings.store, known) == 7
    assert someone.traces(home) == []
    assert running.execute("SELECT count(*), count(DISTINCT message) FROM log").fetchall() == [(3_000, 2)]
    masked = running.execute("SELECT data ->> 'message' FROM flow_run_state").fetchall()
    assert masked == [("bluesky answered 400: @[…] is suspended",)]
    assert prefect_database.clean(settings.store, known) == 0


def test_one_that_is_in_use_is_told(settings: Settings, known: ErasedList, running: sqlite3.Connection) -> None:
    place = settings.store.model_copy(update={"busy_timeout": 0.2})
    running.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="Prefect"):
        prefect_database.clean(place, known)
    running.execute("ROLLBACK")
    assert prefect_database.clean(place, known) == 7


def test_one_that_is_damaged_goes_and_none_is_no_fault(settings: Settings, known: ErasedList, home: Path) -> None:
    (home / "prefect.db").write_bytes(b"SQLite format 3\x00" + someone.WORDS.encode() * 300)
    assert prefect_database.clean(settings.store, known) == 1
    assert someone.traces(home) == []
    assert prefect_database.clean(settings.store, known) == 0
