"""`escucha store migrate`: what a person is told of a database between two versions, and the word that ends it."""

import pytest

from monitor import store
from monitor.settings.loading import Store
from monitor.store import migrate
from monitor.store.postgres import schema
from tests.cli.command_line import escucha
from tests.postgres_server import PostgresServer

LATER = {
    900: "-- contract: nobody reads it any more\nALTER TABLE mentions DROP COLUMN tone",
    901: "-- expand\nALTER TABLE mentions ADD COLUMN mood TEXT",
}


def test_a_file_needs_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "the database is that of this version" in escucha("store", "migrate", "--finish").stdout


def test_what_waits_on_a_server_is_told_until_the_word_is_given(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = postgres_server.create_database("between_versions")
    monkeypatch.setenv("ESCUCHA_STORE__URL", place)
    shipped = migrate.versions()
    first = {800: "-- expand\nALTER TABLE mentions ADD COLUMN tone TEXT"}
    for scripts in (first, first | LATER):
        monkeypatch.setattr(migrate, "versions", lambda scripts=scripts: shipped | scripts)
        monkeypatch.setattr(schema, "_current", set())
        with store.connect(Store(url=place)):
            pass
    waits = "1 change of the database waits until no machine runs an older version: escucha store migrate --finish"
    assert waits in " ".join(escucha("store", "migrate").stdout.split())
    assert waits in " ".join(escucha("doctor").stdout.split())
    assert "the database is that of this version" in escucha("store", "migrate", "--finish").stdout
    monkeypatch.setattr(migrate, "versions", lambda: shipped | {900: LATER[900]} | first)
    monkeypatch.setattr(schema, "_current", set())
    said = " ".join(escucha("store", "migrate").stdout.split())
    assert "the database is of a newer version (901), beside which this one works: update it" in said
