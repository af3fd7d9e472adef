"""What collecting leaves behind: watermarks, the ledger by UTC day, pauses, gaps, conversations."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from monitor import store
from monitor.models.listings import Charge, CoverageGap, ThreadRoot
from monitor.settings.loading import Settings
from monitor.store.posts import collection_state, edits, mentions
from monitor.store.posts.collection_state import Pause, Spending
from tests.conftest import NOW, about, mention


def test_the_watermark_moves(settings: Settings) -> None:
    for position in ("100", "200"):
        with store.connect(settings.store) as connection:
            collection_state.move_watermark(connection, "x", "norvia", position, NOW)
    with store.connect(settings.store, read_only=True) as connection:
        assert collection_state.watermark(connection, "x", "norvia") == "200"


def test_a_day_of_the_ledger_is_one_of_utc(settings: Settings) -> None:
    evening = datetime(2026, 3, 1, 20, 30, tzinfo=timezone(timedelta(hours=-5)))
    with store.connect(settings.store) as connection:
        assert collection_state.add_spending(connection, "x", 3, (), evening) == Spending(3, 0, 0.0)
        assert collection_state.add_spending(connection, "x", 2, (), NOW) == Spending(5, 0, 0.0)
        assert collection_state.spending(connection, "x", NOW) == Spending(5, 0, 0.0)
        assert collection_state.spending(connection, "x", NOW + timedelta(days=1)) == Spending()
        assert collection_state.spending(connection, "x", NOW - timedelta(days=3)) == Spending()
        assert collection_state.spending(connection, "reddit", NOW) == Spending()


def test_a_resource_is_paid_once_a_day_other_charges_each_time(settings: Settings) -> None:
    charges = (Charge("post:1", 0.005), Charge("post:1", 0.005), Charge(units=5), Charge(units=5))
    with store.connect(settings.store) as connection:
        assert collection_state.add_spending(connection, "x", 1, charges, NOW) == Spending(1, 11, pytest.approx(0.005))
        assert collection_state.add_spending(connection, "x", 1, charges[:2], NOW) == Spending(
            2, 11, pytest.approx(0.005)
        )
        assert collection_state.add_spending(connection, "reddit", 1, charges[:1], NOW).reads == 1
        tomorrow = NOW + timedelta(days=1)
        assert collection_state.add_spending(connection, "x", 1, charges[:1], tomorrow) == Spending(
            1, 1, pytest.approx(0.005)
        )
        assert connection.execute("SELECT count(*) FROM paid_resources WHERE network = 'x'").fetchall() == [(1,)]


def test_what_a_clock_ahead_has_spent_blocks_no_day_to_come(settings: Settings) -> None:
    ahead = NOW + timedelta(days=30)
    with store.connect(settings.store) as connection:
        for days in (2, 1):  # a clock that was right before
            collection_state.add_spending(connection, "x", 1, (), NOW - timedelta(days=days))
        collection_state.add_spending(connection, "x", 3, (Charge("post:1", 0.005),), ahead, is_recheck=True)
        collection_state.add_spending(connection, "reddit", 3, (), ahead)
        assert collection_state.is_spent_ahead(connection, "x", NOW)
        collection_state.bring_back(connection, "x", NOW)
        assert not collection_state.is_spent_ahead(connection, "x", NOW)
        assert collection_state.add_spending(connection, "x", 2, (), NOW) == Spending(5, 1, 0.005)
        assert collection_state.recheck_spending(connection, "x", NOW) == Spending(3, 1, 0.005)
        for moment in (ahead, ahead + timedelta(days=1)):
            assert collection_state.spending(connection, "x", moment) == Spending()
        assert collection_state.add_spending(connection, "x", 0, (Charge("post:1", 0.005),), ahead).reads == 1


@pytest.mark.parametrize("behind", [timedelta(hours=20), timedelta(days=1), timedelta(days=700)])
def test_a_clock_behind_frees_nothing_of_what_today_has_cost(settings: Settings, behind: timedelta) -> None:
    with store.connect(settings.store) as connection:
        collection_state.add_spending(connection, "x", 12, (Charge("post:1", 0.005),), NOW, is_recheck=True)
        for _ in range(2):
            assert not collection_state.is_spent_ahead(connection, "x", NOW - behind)
            collection_state.add_spending(connection, "x", 1, (), NOW - behind)
        assert collection_state.spending(connection, "x", NOW).requests >= 12
        assert collection_state.recheck_spending(connection, "x", NOW) == Spending(12, 1, 0.005)
        assert collection_state.add_spending(connection, "x", 0, (Charge("post:1", 0.005),), NOW).dollars == 0.005


def test_a_clock_a_day_behind_counts_what_today_has_cost(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        collection_state.add_spending(connection, "x", 12, (), NOW)
        assert collection_state.spending(connection, "x", NOW - timedelta(days=1)).requests == 12


def test_a_pause_is_one_a_network_and_ends(settings: Settings) -> None:
    first, second = Pause(NOW, 1, "too many"), Pause(NOW + timedelta(hours=1), 2, "still")
    with store.connect(settings.store) as connection:
        assert collection_state.pause(connection, "x") is None
        collection_state.set_pause(connection, "x", first)
        collection_state.set_pause(connection, "x", second)
        assert collection_state.pause(connection, "x") == second
        assert collection_state.pause(connection, "reddit") is None
        collection_state.end_pause(connection, "x")
        assert collection_state.pause(connection, "x") is None


def test_a_gap_noticed_twice_is_one(settings: Settings) -> None:
    hole = CoverageGap(NOW - timedelta(hours=2), NOW, "the network ends here")
    with store.connect(settings.store) as connection:
        for run in (1, 2):
            collection_state.record_gaps(connection, "x", "search: norvia", [hole], run, NOW.astimezone(UTC))
        kept = connection.execute("SELECT network, query, since, until, reason, run_id FROM gaps").fetchall()
    assert kept == [("x", "search: norvia", hole.since, hole.until, hole.reason, 1)]


def test_conversations_are_those_whose_first_post_is_stored(settings: Settings) -> None:
    found = [
        mention("1", minutes=30),
        mention("2", minutes=10, thread_id="1"),
        mention("3", minutes=5, thread_id="elsewhere"),
        mention("4", minutes=1),
        mention("5", minutes=60 * 24 * 9),
        mention("6"),
    ]
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, about("Norvia", *found), NOW)
        mentions.save(connection, 1, about("Otra", mention("7")), NOW)
        edits.mark_deleted(connection, "x", ["6"], NOW)
        threads = collection_state.threads(connection, "x", "Norvia", NOW - timedelta(days=7))
    assert threads == [ThreadRoot("4", "Norvia"), ThreadRoot("1", "Norvia")]


@pytest.mark.parametrize(("position", "found"), [('{"walk": {"seen": 5}}', True), ('{"walk": null}', False)])
def test_an_old_conversation_is_read_to_its_end(settings: Settings, position: str, found: bool) -> None:
    old = mention("t3_old", posted_at=NOW - timedelta(days=9))
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, about("Norvia", old), NOW)
        collection_state.move_watermark(connection, "x", "thread: t3_old (Norvia)", position, NOW)
        threads = collection_state.threads(connection, "x", "Norvia", NOW - timedelta(days=7))
    assert threads == ([ThreadRoot("t3_old", "Norvia")] if found else [])
