"""What a person sees when the database cannot be read: what is wrong and what helps, in their language."""

import os
from collections.abc import Callable

import duckdb
import psycopg
import pytest

from dashboard.i18n import catalogue
from dashboard.ui import refusals
from monitor import store
from monitor.errors import (
    StoreBusy,
    StoreCorrupt,
    StoreError,
    StoreForeign,
    StoreFull,
    StoreInterrupted,
    StoreOutOfMemory,
    StoreTransient,
    StoreUnwritable,
)
from monitor.i18n import tell
from monitor.models.languages import LanguageCode
from monitor.settings.loading import Settings
from tests.conftest import ENGINE
from tests.dashboard.pages import open_page, page_text
from tests.ports import free_ports

DAMAGED: dict[str, Exception] = {
    "duckdb": duckdb.Error("Corrupt database file: computed checksum 1 does not match stored checksum 2 in block 3"),
    "postgres": psycopg.errors.DataCorrupted("invalid page in block 3 of relation base/5/16390"),
}
FULL: dict[str, Exception] = {
    "duckdb": duckdb.TransactionException(f"Failed to commit: Could not write file: {os.strerror(28)}"),
    "postgres": psycopg.errors.DiskFull(f"could not extend file: {os.strerror(28)}"),
}


def failing(error: Exception) -> Callable[..., None]:
    """What raises that, however it is called."""

    def fails(*_: object, **__: object) -> None:
        raise error

    return fails


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    ("error", "name"),
    [
        (StoreBusy("held"), "busy"),
        (StoreFull("no room"), "full"),
        (StoreOutOfMemory("no memory"), "memory"),
        (StoreInterrupted("stopped"), "interrupted"),
        (StoreUnwritable("barred"), "barred"),
        (StoreCorrupt("broken"), "damaged"),
        (StoreForeign("a table"), "foreign"),
        (StoreError("other"), "store"),
    ],
)
def test_a_page_says_what_is_wrong_with_the_database_and_what_helps(
    filled: dict[str, int], monkeypatch: pytest.MonkeyPatch, language: LanguageCode, error: StoreError, name: str
) -> None:
    monkeypatch.setattr("dashboard.session.store_facts", failing(error))
    app = open_page("cases", lang=language)
    assert not app.exception
    assert app.title[0].value == catalogue(language)[f"trouble.{name}_title"]
    assert tell(language, str(error)) in page_text(app)
    assert app.code[0].value.startswith("escucha ")
    assert [button.key for button in app.button if button.key == "again"] == (
        ["again"] if name in ("busy", "full", "memory", "interrupted") else []
    )


@pytest.mark.duckdb_file("what stands at the file's path")
@pytest.mark.parametrize(
    ("language", "command", "cause"),
    [
        ("es", "escucha restore ARCHIVO", "no se puede abrir como base de datos de DuckDB ("),
        ("en", "escucha restore FILE", "cannot be opened as a DuckDB database ("),
    ],
)
@pytest.mark.parametrize("content", [b"", b"no\0database" * 999], ids=["empty", "other"])
def test_damage_is_told_once_with_its_place_and_cause(
    config: Settings, language: str, command: str, cause: str, content: bytes
) -> None:
    config.store.path.write_bytes(content)
    app = open_page("cases", lang=language)
    assert app.title[-1].value == catalogue(language)["trouble.damaged_title"]
    assert app.code[0].value == command
    words = page_text(app)
    assert f"{config.store.path} {cause}" in words
    assert "restore a backup" not in words
    assert "restaura una copia" not in words


@pytest.mark.duckdb_file("what stands at the file's path")
@pytest.mark.parametrize(
    ("language", "cause"),
    [("es", "es un archivo de texto, por ejemplo un CSV"), ("en", "is a text file, such as a CSV")],
)
def test_a_table_that_the_settings_call_the_database_is_told_as_what_it_is(
    config: Settings, language: str, cause: str
) -> None:
    config.store.path.write_text("id,text\n1,hola\n")
    app = open_page("cases", lang=language)
    assert app.title[-1].value == catalogue(language)["trouble.foreign_title"]
    assert app.code[0].value == "escucha doctor"
    assert f"{config.store.path} {cause}" in page_text(app)


def test_what_the_engine_finds_while_a_page_reads_is_told_on_the_page(
    filled: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.health.queries.watermarks", failing(DAMAGED[ENGINE]))
    app = open_page("health", lang="en")
    assert not app.exception
    assert app.title[-1].value == "The database is damaged"


def test_an_action_that_finds_the_disk_full_says_so(
    config: Settings, filled: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("inbox", lang="en")
    monkeypatch.setattr("monitor.store.cases.events.append", failing(FULL[ENGINE]))
    app.button(key="take-1").click().run()
    assert not app.exception
    assert "the disk is full" in app.toast[0].value
    with store.connect(config.store, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM case_events WHERE kind = 'taken'").fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("language", "words"), [("es", "no hay conexión con postgresql://127.0.0.1:"), ("en", "there is no connection to ")]
)
def test_a_server_that_does_not_answer_is_told_and_tried_again_on_request(
    config: Settings, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    monkeypatch.setenv("ESCUCHA_STORE__URL", f"postgresql://escucha:guarded@127.0.0.1:{free_ports(1)[0]}/escucha")
    app = open_page("cases", lang=language)
    assert not app.exception
    assert app.title[-1].value == catalogue(language)["trouble.store_title"]
    assert words in page_text(app)
    assert "guarded" not in page_text(app)
    assert "again" in [button.key for button in app.button]


def test_an_action_whose_connection_is_lost_says_so_in_the_language_of_the_page(
    filled: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("inbox", lang="es")
    gone = StoreTransient(
        "the connection to postgresql://db/escucha is gone (closed); nothing of this was written. Try again"
    )
    monkeypatch.setattr("monitor.store.cases.events.append", failing(gone))
    app.button(key="take-1").click().run()
    assert not app.exception
    assert "se ha perdido la conexión con postgresql" in app.toast[0].value


def test_every_trouble_has_its_words() -> None:
    for kind in (StoreBusy, StoreFull, StoreOutOfMemory, StoreInterrupted, StoreUnwritable, StoreCorrupt):
        name = refusals.store_trouble(kind("reason"))
        for language in ("es", "en"):
            assert {f"trouble.{name}{part}" for part in ("", "_title", "_reason")} <= catalogue(language).keys()
