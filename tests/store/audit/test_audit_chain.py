"""The audit log: whatever is done to it behind Escucha's back is found; what is too old goes, and it stays sound."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from monitor import store
from monitor.models.audit import ENTRY_COLUMNS, LONGEST_VALUE, NewEntry
from monitor.settings.loading import Settings
from monitor.store.audit import chain, entries
from tests.conftest import NOW

ANOTHER = {
    "entry_id": "99", "happened_at": "happened_at + INTERVAL '1 microsecond'", "until": "NULL", "kind": "'logout'",
    "actor": "'eva'", "origin": "'cli'", "about": "'posts'", "about_id": "'8'", "field": "'file'", "was": "'agent'",
    "became": "'admin'", "count": "2", "outcome": "'failed'", "hash": "repeat('0', 64)",
}  # fmt: skip
ROLE = NewEntry("role", "ana", "10.0.0.7", "account", "luis", "role", "viewer", "lead", until=NOW)


@pytest.fixture
def written(settings: Settings) -> Settings:
    """A store with five entries, one an hour."""
    with store.connect(settings.store) as connection:
        for hour in range(5):
            told = ROLE if hour == 2 else NewEntry("login", "ana", "10.0.0.7")
            entries.record(connection, told, now=NOW + timedelta(hours=hour))
    return settings


def verified(settings: Settings, *tampering: str) -> chain.AuditCheck:
    """What verifying says once the store was tampered with."""
    with store.connect(settings.store) as connection:
        for statement in tampering:
            connection.execute(statement)
    with store.connect(settings.store, read_only=True) as connection:
        return chain.verify(connection)


def test_an_untouched_log_is_sound(written: Settings) -> None:
    found = verified(written)
    assert found.is_sound
    assert (found.kept, found.since) == (5, NOW)


def test_a_log_without_entries_is_sound(settings: Settings) -> None:
    assert verified(settings).is_sound


@pytest.mark.parametrize("column", ENTRY_COLUMNS)
def test_another_value_in_any_column_is_found(written: Settings, column: str) -> None:
    third = "(SELECT entry_id FROM audit_entries WHERE kind = 'role')"
    assert not verified(
        written, f"UPDATE audit_entries SET {column} = {ANOTHER[column]} WHERE entry_id = {third}"
    ).is_sound


@pytest.mark.parametrize("place", ["min", "max"])
def test_an_entry_taken_from_either_end_is_found(written: Settings, place: str) -> None:
    tampering = f"DELETE FROM audit_entries WHERE entry_id = (SELECT {place}(entry_id) FROM audit_entries)"
    assert not verified(written, tampering).is_sound


def test_entries_too_old_are_cut_and_the_rest_stays_sound(written: Settings) -> None:
    with store.connect(written.store) as connection:
        first = connection.execute("SELECT hash FROM audit_entries ORDER BY entry_id LIMIT 1").fetchall()[0][0]
        before = NOW + timedelta(hours=2)
        assert entries.cut(connection, before, actor="ana", origin="cli", now=NOW + timedelta(days=1)) == 2
        assert entries.cut(connection, before, actor="ana", origin="cli", now=NOW + timedelta(days=1)) == 0
    found = verified(written)
    assert found.is_sound
    assert (found.kept, found.recorded.cut, found.recorded.cut_before) == (4, 2, before)
    with store.connect(written.store, read_only=True) as connection:
        assert not chain.has_hash(connection, first)
        assert chain.has_hash(connection, found.recorded.cut_head)
        assert chain.has_hash(connection, found.head)


def test_a_log_of_which_all_is_too_old_is_cut_whole(written: Settings) -> None:
    with store.connect(written.store) as connection:
        assert (
            entries.cut(connection, NOW + timedelta(days=9), actor="", origin="flow", now=NOW + timedelta(days=9)) == 5
        )
    found = verified(written)
    assert found.is_sound
    assert found.kept == 1


def test_a_customer_stands_in_the_log_as_a_digest_that_is_always_the_same(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        one, two = entries.record(
            connection,
            NewEntry("read", "ana", "", "customer", "44381204F"),
            NewEntry("read", "luis", "", "customer", "44381204F"),
            now=NOW,
        )
        assert entries.subject_id(connection, "customer", "44381204F") == one.about_id == two.about_id
        assert entries.subject_id(connection, "customer", "other") != one.about_id
    assert len(one.about_id) == 32
    assert "44381204F" not in str(one)


def test_the_chain_holds_with_several_who_write_at_once(settings: Settings) -> None:
    def write(who: int) -> None:
        for _ in range(5):
            with store.connect(settings.store) as connection:
                entries.record(connection, *[NewEntry("read", f"ana {who}")] * 3, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    found = verified(settings)
    assert found.is_sound
    assert found.kept == 60


def test_what_is_long_or_holds_null_characters_is_kept_shortened_and_sound(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        (entry,) = entries.record(connection, NewEntry("login", "a\x00" + "b" * 500, about="account"), now=NOW)
    assert entry.actor == "a\ufffd" + "b" * (LONGEST_VALUE - 2)
    assert verified(settings).is_sound
