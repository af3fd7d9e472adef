"""A store on a real PostgreSQL: values come back as they went in, and faults are told."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from monitor import store
from monitor.errors import StoreBusy, StoreError, StoreForeign
from monitor.settings.loading import Store
from monitor.store import migrate
from monitor.store.posts import mentions
from tests.conftest import about, mention
from tests.postgres_server import SUPERUSER, PostgresServer

_AT = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC)


def _save(connection: store.Connection) -> None:
    mentions.save(connection, 1, about("Norvia", mention("1", "hola")), _AT)


def _save_and_fail(connection: store.Connection) -> None:
    _save(connection)
    raise KeyError


def _save_and_be_cut_off(connection: store.Connection, server: PostgresServer) -> None:
    _save(connection)
    with server.admin() as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'escucha'")
    connection.execute("SELECT 1")


def test_values_come_back_as_they_are_in_a_file(tmp_path: object, new_store: Callable[[], Store]) -> None:
    rows = pa.table(
        {
            "key": pa.array([2**64 - 1, 0, None], pa.uint64()),
            "share": pa.array([0.1, -1.5, None], pa.float32()),
            "seen_at": pa.array([_AT, None, _AT], pa.timestamp("us", tz="UTC")),
            "terms": pa.array([["ñ", 'a "b"'], [], None], pa.list_(pa.string())),
            "said": pa.array(["😡 ¿qué?", "", "a'b"], pa.string()),
            "yes": pa.array([True, False, None]),
        }
    )
    sql = "SELECT key, share, seen_at, terms, said, yes, ?, len(said), ? FROM sent ORDER BY said"
    found = []
    for place in (Store(url=f"{tmp_path}/a.duckdb"), new_store()):
        with store.connect(place, read_only=True) as connection:
            connection.register("sent", rows)
            found.append(connection.execute(sql, [2**40, _AT]).fetchall())
            connection.unregister("sent")
    assert found[0] == found[1]
    assert [[type(value) for value in row] for row in found[0][:1]] == [[type(value) for value in found[1][0]]]


def test_text_with_nul_is_kept_without_it(new_store: Callable[[], Store]) -> None:
    place = new_store()
    with store.connect(place) as connection:
        mentions.save(connection, 1, about("Norvia", mention("1", "a\x00b")), _AT)
    with store.connect(place, read_only=True) as connection:
        assert connection.execute("SELECT text FROM mentions").fetchall() == [("a\ufffdb",)]


def test_what_raises_is_undone_and_readers_may_not_write(new_store: Callable[[], Store]) -> None:
    place = new_store()
    with pytest.raises(KeyError), store.connect(place) as connection:
        _save_and_fail(connection)
    with pytest.raises(StoreError), store.connect(place, read_only=True) as connection:
        connection.execute("DELETE FROM mentions")
    with store.connect(place, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM mentions").fetchall() == [(0,)]


def test_writers_come_one_after_another_and_the_impatient_is_told(new_store: Callable[[], Store]) -> None:
    place = new_store()
    impatient = place.model_copy(update={"busy_timeout": 0.2})
    words = r"held postgresql://127.0.0.1.* for longer than 0.2 s"
    with store.connect(place), pytest.raises(StoreBusy, match=words), store.connect(impatient):
        pass

    def count(_: int) -> None:
        with store.connect(place) as connection:
            connection.execute("UPDATE chain SET events = events + 1")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count, range(40)))
    with store.connect(place, read_only=True) as connection:
        assert connection.execute("SELECT events FROM chain").fetchall() == [(40,)]


def test_a_reader_sees_one_moment(new_store: Callable[[], Store]) -> None:
    place = new_store()
    with store.connect(place, read_only=True) as reader:
        before = reader.execute("SELECT count(*) FROM mentions").fetchall()
        with store.connect(place) as writer:
            mentions.save(writer, 1, about("Norvia", mention("1", "hola")), _AT)
        assert reader.execute("SELECT count(*) FROM mentions").fetchall() == before


def test_a_server_that_is_away_is_told_without_the_password(
    new_store: Callable[[], Store], postgres_server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    place = new_store()
    caplog.set_level(logging.DEBUG)
    postgres_server.stop("immediate")
    try:
        with pytest.raises(StoreError, match="cannot be reached") as told, store.connect(place):
            pass
    finally:
        postgres_server.start()
    assert postgres_server.password not in f"{told.value} {told.value.__cause__} {caplog.text}"
    with store.connect(place):
        pass


def test_a_session_that_the_server_ends_is_told_and_nothing_is_kept(
    new_store: Callable[[], Store], postgres_server: PostgresServer
) -> None:
    place = new_store()
    with pytest.raises(StoreError, match="cannot be reached"), store.connect(place) as connection:
        _save_and_be_cut_off(connection, postgres_server)
    with store.connect(place, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM mentions").fetchall() == [(0,)]


def test_a_wrong_password_a_wrong_name_and_a_wrong_form_are_told(postgres_server: PostgresServer) -> None:
    wrong = postgres_server.url("postgres").replace(postgres_server.password, "no-es-esta")
    with pytest.raises(StoreError, match="password authentication failed") as told, store.connect(Store(url=wrong)):
        pass
    assert "no-es-esta" not in str(told.value)
    with pytest.raises(StoreError, match="does not exist"), store.connect(Store(url=postgres_server.url("nadie"))):
        pass
    other_form = Store(url=postgres_server.url("postgres", SUPERUSER))
    with pytest.raises(StoreForeign, match="BUILTIN_LOCALE 'C.UTF-8'"), store.connect(other_form):
        pass


def test_a_database_of_a_newer_escucha_is_left_alone(
    new_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    from monitor.store.postgres import schema

    place = new_store()
    with store.connect(place) as connection:
        connection.execute("INSERT INTO migrations VALUES (9999, now())")
    monkeypatch.setattr(schema, "_current", set())
    with pytest.raises(StoreError, match="9999"), store.connect(place):
        pass


def test_migrations_after_the_baseline_run_once(
    new_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    from monitor.store.postgres import schema

    place = new_store()
    with store.connect(place):
        pass
    later = migrate.versions() | {schema.BASELINE + 1: "ALTER TABLE cases ADD COLUMN tried VARCHAR DEFAULT ''"}
    monkeypatch.setattr(migrate, "versions", lambda: later)
    for _ in range(2):
        monkeypatch.setattr(schema, "_current", set())
        with store.connect(place, read_only=True) as connection:
            assert connection.execute("SELECT tried FROM cases").fetchall() == []


def test_the_tables_are_those_of_a_file(tmp_path: object, new_store: Callable[[], Store]) -> None:
    columns = """
        SELECT table_name, column_name, is_nullable FROM information_schema.columns
        WHERE table_schema NOT IN ('information_schema', 'pg_catalog') AND table_name <> 'labels'
        ORDER BY table_name, ordinal_position
    """
    found = []
    for place in (Store(url=f"{tmp_path}/a.duckdb"), new_store()):
        with store.connect(place, read_only=True) as connection:
            found.append(connection.execute(columns).fetchall())
    assert found[0] == found[1]
