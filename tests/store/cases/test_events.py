"""The hash chain of the histories: whatever is done to the events behind Escucha's back is found."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import store
from monitor.cases import codes
from monitor.models.cases import EVENT_COLUMNS, Event, EventKind, NewEvent
from monitor.models.posts import Stage
from monitor.settings.loading import Settings, Store
from monitor.store import Connection, backfills, hashing, migrate
from monitor.store.cases import cases, events
from tests.conftest import ENGINE, NOW

ANOTHER = {
    "event_id": "99", "case_id": "3", "happened_at": "happened_at + INTERVAL '1 microsecond'", "actor": "'eva'",
    "kind": "'post'", "stage": "'closed'", "mention_id": "8", "note": "'No llamó'", "field": "'email'",
    "was": "'antes'", "became": "'in'", "undoes": "1", "took_place_at": "NULL", "hash": "repeat('0', 64)",
}  # fmt: skip
CALL = NewEvent(1, "contact", None, 7, "Llamó", "phone", None, "out", None, NOW - timedelta(hours=1))


@pytest.fixture
def written(settings: Settings) -> Settings:
    """A store with seven events of two cases."""
    opening = [NewEvent(case, "opened", "received", case) for case in (1, 2)]
    with store.connect(settings.store) as connection:
        events.append(connection, opening, "escucha", NOW)
        events.append(connection, [CALL], "marta", NOW + timedelta(hours=1))
        events.append(connection, [NewEvent(case, "note", note="¿Sí? 🙂") for case in (1, 2, 1, 2)], "luis", NOW)
    return settings


def verified(settings: Settings, *tampering: str) -> events.ChainCheck:
    """What verifying says once the file was tampered with."""
    with store.connect(settings.store) as connection:
        for statement in tampering:
            connection.execute(statement)
    with store.connect(settings.store, read_only=True) as connection:
        return events.verify(connection)


def test_a_character_that_no_server_holds_leaves_the_history_sound(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        events.append(connection, [NewEvent(1, "note", note="a\x00b", was="\x00", became="c")], "an\x00a", NOW)
        assert events.verify(connection).is_sound
        (event,) = events.of_cases(connection, [1])[1]
    assert (event.note, event.was, event.became, event.actor) == ("a\ufffdb", "\ufffd", "c", "an\ufffda")


def test_an_untouched_history_is_sound(written: Settings) -> None:
    found = verified(written)
    assert found.is_sound
    assert found.events == 7


def test_another_value_is_known_for_every_column() -> None:
    assert tuple(ANOTHER) == EVENT_COLUMNS


@pytest.mark.parametrize("column", EVENT_COLUMNS)
@pytest.mark.parametrize("event_id", [3, 7])
def test_an_edit_of_any_column_is_found(written: Settings, column: str, event_id: int) -> None:
    value = "99" if column == "event_id" else ANOTHER[column]
    if (column, event_id) == ("took_place_at", 7):
        value = "now()"
    found = verified(written, f"UPDATE case_events SET {column} = {value} WHERE event_id = {event_id}")
    assert not found.is_sound
    if column not in ("event_id", "case_id"):
        assert found.broken is not None
        assert found.broken[0] == event_id


@pytest.mark.parametrize("event_id", [1, 4, 7])
def test_a_deletion_is_found_wherever_it_is(written: Settings, event_id: int) -> None:
    assert not verified(written, f"DELETE FROM case_events WHERE event_id = {event_id}").is_sound


def test_the_deletion_of_everything_is_found(written: Settings) -> None:
    assert not verified(written, "DELETE FROM case_events").is_sound


@pytest.mark.parametrize("event_id", [-1, 8])
def test_an_insertion_is_found(written: Settings, event_id: int) -> None:
    copied = ", ".join(str(event_id) if name == "event_id" else name for name in EVENT_COLUMNS)
    names = ", ".join(EVENT_COLUMNS)
    insert = f"INSERT INTO case_events ({names}) SELECT {copied} FROM case_events WHERE event_id = 4"
    found = verified(written, insert)
    assert found.broken is not None


def test_an_insertion_in_place_of_a_deleted_event_is_found(written: Settings) -> None:
    copied = ", ".join("4" if name == "event_id" else name for name in EVENT_COLUMNS)
    names = ", ".join(EVENT_COLUMNS)
    insert = f"INSERT INTO case_events ({names}) SELECT {copied} FROM case_events WHERE event_id = 5"
    found = verified(written, "DELETE FROM case_events WHERE event_id = 4", insert)
    assert found.broken is not None


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 6), (6, 7)])
def test_a_swap_of_two_events_is_found(written: Settings, one: int, other: int) -> None:
    found = verified(
        written,
        f"UPDATE case_events SET event_id = 100 WHERE event_id = {one}",
        f"UPDATE case_events SET event_id = {one} WHERE event_id = {other}",
        f"UPDATE case_events SET event_id = {other} WHERE event_id = 100",
    )
    assert found.broken is not None


def test_a_history_hashed_anew_by_hand_is_told_by_the_head_that_was_noted(written: Settings) -> None:
    head = verified(written).head
    found = verified(written, "UPDATE case_events SET note = 'otra cosa' WHERE event_id = 5")
    assert not found.is_sound
    with store.connect(written.store) as connection:
        connection.execute("UPDATE case_events SET salt = NULL")
        backfills.chain_all(connection)
        assert events.verify(connection).is_sound
        assert not events.has_hash(connection, head)


# Of any characters that the database's text can hold: all of UTF-8's, the null character among them in a file.
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00" if ENGINE == "postgres" else ""), max_size=12)
_EVENTS = st.builds(
    Event, st.integers(-(2**40), 2**62), st.integers(1, 2**62), st.datetimes(timezones=st.just(UTC)), _TEXT,
    st.sampled_from(get_args(EventKind)), st.none() | st.sampled_from(get_args(Stage)),
    st.none() | st.integers(1, 2**62), _TEXT, st.none() | _TEXT, st.none() | _TEXT, st.none() | _TEXT,
    st.none() | st.integers(1, 2**62),
    st.none() | st.datetimes(datetime(1900, 1, 1), timezones=st.just(UTC)), st.just(""),  # noqa: DTZ001
)  # fmt: skip


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    path = tmp_path_factory.mktemp("hashes") / "store.duckdb"
    with store.connect(Store(url=str(path)), read_only=True) as connection:
        yield connection


_HASHES = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(_EVENTS, _HASHES, st.none() | _HASHES)
def test_library_and_database_hash_alike(reading: Connection, event: Event, previous: str, salt: str | None) -> None:
    types = {"happened_at": "TIMESTAMPTZ", "took_place_at": "TIMESTAMPTZ"}
    types |= dict.fromkeys(("event_id", "case_id", "mention_id", "undoes"), "BIGINT")
    columns = ", ".join(f"?::{types.get(name, 'VARCHAR')} AS {name}" for name in EVENT_COLUMNS)
    sealed = None if salt is None else hashing.seal(event, salt)
    values = [*(getattr(event, name) for name in EVENT_COLUMNS), previous, salt, sealed]
    rows = reading.execute(
        f"SELECT {hashing.SQL}, {hashing.SQL_SEALED}, {hashing.SQL_FORM} "
        f"FROM (SELECT {columns}, ? AS previous, ?::VARCHAR AS salt, ?::VARCHAR AS seal) told",
        values,
    ).fetchall()
    whole = hashing.digest(previous, event, salt)
    assert rows == [(whole, None if salt is None else whole, hashing.form(event))]


@given(_EVENTS, _EVENTS)
def test_events_that_differ_hash_differently(one: Event, other: Event) -> None:
    assert (hashing.digest("", one) == hashing.digest("", other)) == (one == other)


@pytest.mark.duckdb_file("a server's database was never older than 0016")
def test_the_events_of_an_older_database_are_chained_and_its_cases_are_whole(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = migrate.versions()
    with monkeypatch.context() as older:
        older.setattr(migrate, "versions", lambda: {number: every[number] for number in (1, 2, 3)})
        with store.connect(settings.store) as connection:
            _as_version_3_wrote(connection)
    monkeypatch.setattr(migrate, "_current", set())
    with store.connect(settings.store, read_only=True) as connection:
        assert events.verify(connection).is_sound
        (first, *_), (moved,) = events.of_cases(connection, [1, 2]).values()
        assert (first.note, len(first.hash), moved.stage) == ("abierto", 64, "acknowledged")
        assert [one.code for one in cases.get_many(connection, [1, 2])] == [codes.format_code(1), codes.format_code(2)]
        columns = connection.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = 'cases' AND column_default IS NOT NULL"
        ).fetchall()
        assert len(columns) > 15
        missing = " OR ".join(f"{name} IS NULL" for (name,) in columns)
        assert connection.execute(f"SELECT count(*) FROM cases WHERE {missing}").fetchall() == [(0,)]


def _as_version_3_wrote(connection: Connection) -> None:
    for case_id in (1, 2):
        connection.execute(
            """
            INSERT INTO cases (case_id, code, brand, network, thread_id, author, language, stage, opened_at, opened_by,
                first_post_at, last_post_at, changed_at, version)
            SELECT $1, format('ESC-{:06d}', $1), 'Norvia', 'x', 't', 'ana', 'es', 'received', "at", 'escucha', "at",
                "at", "at", 1
            FROM (SELECT now() AS "at")
            """,
            [case_id],
        )
    connection.execute(
        """
        INSERT INTO case_events (event_id, case_id, happened_at, actor, kind, stage, mention_id, note)
        VALUES (1, 1, now(), 'escucha', 'opened', 'received', 1, 'abierto'),
            (2, 1, now(), 'escucha', 'post', NULL, 2, ''), (3, 2, now(), 'marta', 'stage', 'acknowledged', NULL, '')
        """
    )
