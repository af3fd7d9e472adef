"""What `escucha doctor` and `escucha status` say of a database on a server: nothing of a file, or of its disk."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor import store
from monitor.settings.loading import Store
from monitor.store import rewriting
from tests.cli.command_line import escucha
from tests.postgres_server import PostgresServer

Usage = type(shutil.disk_usage(Path.cwd()))


@pytest.fixture
def place(postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A database without tables, which the settings name."""
    name = f"told_{os.urandom(4).hex()}"
    url = postgres_server.create_database(name)
    monkeypatch.setenv("ESCUCHA_STORE__URL", url)
    yield Store(url=url)
    postgres_server.drop_database(name)


def _said(command: str) -> str:
    return " ".join(escucha(command).stdout.split())


def test_doctor_says_what_the_server_tells_of_its_disk(place: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "its tables will be made on first use" in _said("doctor")
    with store.connect(place):
        pass
    said = _said("doctor")
    assert "the database takes 0.0 GB on its server, which does not tell how much is free there; " in said
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 10**12, 10**8))
    said = _said("doctor")
    assert "only 0.1 GB free at" in said
    assert "store.url" not in said[said.index("only 0.1 GB free at") :].partition("✓")[0]


def test_status_speaks_of_tables_where_there_is_no_file(place: Store) -> None:
    with store.connect(place) as connection:
        rewriting.note(connection)
    assert "unused parts of the database's tables" in _said("status")
