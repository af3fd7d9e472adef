"""A store on a real PostgreSQL: values come back as they went in, and faults are told."""

import logging
import multiprocessing
import select
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pyarrow as pa
import pytest

from monitor import store
from monitor.errors import SettingsError, StoreBusy, StoreError, StoreForeign
from monitor.masking import masks
from monitor.settings.loading import Store, load
from monitor.store import connection as connecting
from monitor.store import migrate
from monitor.store.postgres import connection as postgres
from monitor.store.postgres import schema
from monitor.store.posts import edits, mentions
from tests.conftest import about, mention
from tests.polling import until
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


def _write_for_long(place: Store) -> None:
    with store.connect(place) as connection:
        connection.execute("SELECT pg_sleep(600)")


def test_a_writer_that_is_killed_in_a_long_statement_keeps_nobody_waiting(
    new_store: Callable[[], Store], postgres_server: PostgresServer
) -> None:
    place = new_store()
    with store.connect(place):
        pass
    writer = multiprocessing.get_context("spawn").Process(target=_write_for_long, args=(place,))
    writer.start()
    with postgres_server.admin() as admin:
        until(lambda: admin.execute("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%sleep(600)'").fetchall())
    writer.kill()
    with store.connect(place.model_copy(update={"busy_timeout": 60})):
        pass
    writer.join()


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
        with pytest.raises(StoreError, match="there is no connection to") as told, store.connect(place):
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
    with pytest.raises(StoreError, match="the connection to .* is gone"), store.connect(place) as connection:
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
    place = new_store()
    with store.connect(place) as connection:
        connection.execute("INSERT INTO migrations VALUES (9999, now())")
    monkeypatch.setattr(schema, "_current", set())
    with pytest.raises(StoreError, match="9999"), store.connect(place):
        pass


def test_two_first_openers_make_the_tables_once(new_store: Callable[[], Store]) -> None:
    place, processes = new_store(), multiprocessing.get_context("spawn")
    openers = [processes.Process(target=open_once, args=(place,)) for _ in range(2)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert [opener.exitcode for opener in openers] == [0, 0]
    with store.connect(place, read_only=True) as connection:
        count = connection.execute("SELECT count(*) FROM migrations WHERE version > 0").fetchall()[0][0]
    assert count == 1 + sum(number > schema.BASELINE for number in migrate.versions())


def open_once(place: Store) -> None:
    """Opens it; the body of a process."""
    with store.connect(place):
        pass


def test_migrations_after_the_baseline_run_once(
    new_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = new_store()
    with store.connect(place):
        pass
    newest = max(migrate.versions())
    later = migrate.versions() | {newest + 1: "-- expand\nALTER TABLE cases ADD COLUMN tried INT"}
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


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://escucha:tops#SECRET@db/x", "postgresql://escucha:x/SECRET@db/x", "postgresql://a@SECRET#c@db/x",
        "postgresql://escucha:[SECRET@db/x", "postgresql://escucha:\u2100SECRET@db/x", "postgresql://a:SE CRET@db/x",
        "postgresql://escucha:x@SECRET@db/x", "postgresql://escucha:x?SECRET@db/x",
    ],
)  # fmt: skip
def test_an_address_in_which_the_password_has_no_certain_end_is_refused_without_it(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESCUCHA_STORE__URL", address)
    with pytest.raises(SettingsError, match="is not well formed") as told:
        load()
    for word in ("SECRET", "tops", "CRET"):
        assert word not in f"{told.value!r} {told.value} {told.value.__cause__}"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://escucha@db.example/escucha", "postgresql:///escucha?host=/var/run/postgresql", "postgres://db/x",
        "postgresql://u:p%23%2F%40w@[::1]:5433/x?sslmode=verify-full&options=-csearch_path%3Descucha",
        "postgresql://u:p@one:5432,two:5432/x?target_session_attrs=read-write", "postgresql://",
    ],
)  # fmt: skip
def test_addresses_that_are_well_formed(address: str) -> None:
    assert "p%23" not in Store(url=address).place


def test_a_user_without_a_password_is_no_secret() -> None:
    assert list(masks.in_address("postgresql://escucha@db.example/escucha")) == []
    assert list(masks.in_address("postgresql://escucha:palabra@db.example/escucha")) == ["palabra"]
    assert list(masks.in_address("https://token@example.com/")) == ["token"]


def test_an_answer_to_the_commit_that_is_lost_is_not_called_a_failure(
    new_store: Callable[[], Store], postgres_server: PostgresServer
) -> None:
    place = new_store()
    with store.connect(place):
        pass
    with _cut_behind(postgres_server.port, b"COMMIT\0") as port:
        behind = Store(url=place.url.replace(f":{postgres_server.port}/", f":{port}/"))
        schema.know(behind.url)
        with pytest.raises(StoreError, match="whether it was is not known"), store.connect(behind) as connection:
            connection.execute("UPDATE chain SET head = 'written'")
    with store.connect(place, read_only=True) as connection:
        assert connection.execute("SELECT head FROM chain").fetchall() == [("written",)]


@contextmanager
def _cut_behind(server_port: int, word: bytes) -> Iterator[int]:
    """A way to the server, by its port, that passes everything on until this word, and breaks behind it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def pass_on() -> None:
            client, _ = listening.accept()
            with client, socket.create_connection(("127.0.0.1", server_port)) as server:
                while True:
                    for ready in select.select([client, server], [], [])[0]:
                        data = ready.recv(65_536)
                        if not data:
                            return
                        (server if ready is client else client).sendall(data)
                        if ready is client and word in data:
                            server.recv(65_536)
                            return

        thread = threading.Thread(target=pass_on, daemon=True)
        thread.start()
        yield int(listening.getsockname()[1])
        thread.join()


def test_a_database_that_was_made_anew_is_looked_at_again(
    new_store: Callable[[], Store], postgres_server: PostgresServer
) -> None:
    place = new_store()
    with store.connect(place):
        pass
    with postgres_server.admin() as admin:
        admin.execute(f"DROP DATABASE {place.url.rpartition('/')[2]} WITH (FORCE)")
    postgres_server.create_database(place.url.rpartition("/")[2])
    with pytest.raises(StoreError, match="not there any more"), store.connect(place, read_only=True) as connection:
        connection.execute("SELECT count(*) FROM mentions")
    with store.connect(place, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM mentions").fetchall() == [(0,)]


def test_another_programs_tables_are_left_alone(new_store: Callable[[], Store]) -> None:
    place = new_store()
    with psycopg.connect(place.url, autocommit=True) as session:
        session.execute("CREATE TABLE migrations (id integer, migration text)")
    with pytest.raises(StoreForeign, match="another program's tables"), store.connect(place):
        pass


def test_a_copy_in_a_database_of_another_form_is_refused(
    new_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = new_store()
    with store.connect(place):
        pass
    monkeypatch.setattr(schema, "_current", set())
    monkeypatch.setattr(schema, "_FORM", ("UTF8", "i", "es"))
    with pytest.raises(StoreForeign, match="BUILTIN_LOCALE 'C.UTF-8'"), store.connect(place, read_only=True):
        pass


def test_writers_see_what_the_one_before_wrote_whatever_the_servers_default_is(
    new_store: Callable[[], Store], postgres_server: PostgresServer
) -> None:
    place = new_store()
    with store.connect(place):
        pass
    with postgres_server.admin() as admin:
        name = place.url.rpartition("/")[2]
        admin.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'")
        admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")

    def count(_: int) -> None:
        with store.connect(place) as connection:
            connection.execute("UPDATE chain SET events = events + 1")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count, range(12)))
    with store.connect(place, read_only=True) as connection:
        assert connection.execute("SELECT events FROM chain").fetchall() == [(12,)]


def test_what_was_erased_is_not_written_anew_while_somebody_reads(
    new_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = new_store()
    with store.connect(place) as connection:
        _save(connection)
        edits.mark_deleted(connection, "x", ["1"], _AT)
    monkeypatch.setattr(postgres, "_SHORT_WAIT", 0.1)
    with store.connect(place, read_only=True) as reader:
        reader.execute("SELECT * FROM mentions").fetchall()
        assert not connecting.rewrite_erased(place)
    assert connecting.rewrite_erased(place)
    assert not connecting.rewrite_erased(place)


def test_an_option_that_no_server_knows_is_told(new_store: Callable[[], Store]) -> None:
    with pytest.raises(StoreError, match="nosuchoption"), store.connect(Store(url=f"{new_store().url}?nosuchoption=1")):
        pass


def test_caches_go_by_the_whole_address_and_show_nothing_of_it() -> None:
    one, other = (Store(url=f"postgresql://escucha:tigres@/escucha?host={host}") for host in ("a.example", "b.example"))
    assert store.identity(one) != store.identity(other)
    assert "tigres" not in store.identity(one)
