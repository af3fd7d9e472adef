"""Of what comes often, one entry stands for many, and none is lost."""

from datetime import datetime, timedelta

import pytest

from monitor.audit.pending import AGAIN_AFTER, MOST_GROUPS, Pending, network_of
from monitor.models.audit import NewEntry
from tests.conftest import NOW

READ = NewEntry("read", "ana", "10.0.0.7", "customer", "C-77")
FAILED = NewEntry("login_failed", "ana", "10.0.0.7", "account", became="password")


def taken(pending: Pending, at: datetime, *, all_of_it: bool = False) -> list[tuple[datetime, int]]:
    """When and how often, of what is to be written at that time."""
    return [(happened_at, entry.count) for happened_at, entry in pending.take(at, all_of_it=all_of_it)]


def test_who_looks_at_the_same_again_is_told_once_in_some_minutes() -> None:
    pending = Pending()
    for seconds in range(0, 1_200, 20):
        pending.add(READ, NOW + timedelta(seconds=seconds))
    pending.add(NewEntry("read", "luis", "10.0.0.7", "customer", "C-77"), NOW)
    assert taken(pending, NOW) == [(NOW, 1), (NOW + AGAIN_AFTER, 1), (NOW, 1)]


def test_failed_logins_are_told_at_once_and_counted_when_their_minute_is_over() -> None:
    pending = Pending()
    pending.add(FAILED, NOW)
    assert taken(pending, NOW) == [(NOW, 1)]
    for second in range(1, 60):
        pending.add(FAILED, NOW + timedelta(seconds=second))
    assert taken(pending, NOW + timedelta(seconds=59)) == []
    (told,) = pending.take(NOW + timedelta(seconds=61))
    assert (told[0], told[1].count, told[1].until) == (NOW + timedelta(seconds=1), 59, NOW + timedelta(seconds=59))
    assert len(pending) == 0


def test_what_is_counted_still_is_written_at_the_end() -> None:
    pending = Pending()
    for second in range(3):
        pending.add(FAILED, NOW + timedelta(seconds=second))
        pending.take(NOW + timedelta(seconds=second))
    assert taken(pending, NOW + timedelta(seconds=3), all_of_it=True) == [(NOW + timedelta(seconds=1), 2)]


def test_a_minute_that_nobody_asked_about_is_kept() -> None:
    pending = Pending()
    pending.add(FAILED, NOW)
    pending.add(FAILED, NOW + timedelta(minutes=1))
    assert taken(pending, NOW + timedelta(minutes=1)) == [(NOW, 1), (NOW + timedelta(minutes=1), 1)]


def test_strangers_with_ever_new_addresses_do_not_fill_the_log() -> None:
    pending, entries = Pending(), 0
    counted = 0
    for number in range(36_000):  # ten a second, for an hour
        at = NOW + timedelta(seconds=number / 10)
        stranger = NewEntry(
            "login_failed", "", f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", "account"
        )
        pending.add(stranger, at)
        if number % 10 == 9:
            told = taken(pending, at)
            entries += len(told)
            counted += sum(count for _, count in told)
    counted += sum(count for _, count in taken(pending, NOW + timedelta(hours=1), all_of_it=True))
    assert counted == 36_000
    assert entries < MOST_GROUPS + 2 * 60 + 2


def test_what_could_not_be_written_comes_first_the_next_time() -> None:
    pending = Pending()
    pending.add(READ, NOW)
    pending.put_back(pending.take(NOW))
    pending.add(NewEntry("search", "ana", count=3), NOW + timedelta(seconds=1))
    assert pending.since == NOW
    assert [entry.kind for _, entry in pending.take(NOW)] == ["read", "search"]


@pytest.mark.parametrize(
    ("origin", "network"),
    [("10.0.0.7", "10.0.0.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("cli", "cli"), ("", "")],
)
def test_one_machine_has_a_whole_network_of_the_new_kind(origin: str, network: str) -> None:
    assert network_of(origin) == network
