"""One run with a wrong clock, ahead or behind, loses no post and leaves no gap that is none."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor import store
from monitor.collect import clock, collector
from monitor.collect.watermark import OUTLIVED, TOO_LATE, Walk, Watermark, advance, overtake, reach_gaps
from monitor.collect.watermark import parse as parse_watermark
from monitor.models.listings import CoverageGap, Listing, ReceivedPage
from monitor.models.posts import Post
from monitor.settings.loading import Settings
from monitor.store.posts import collection_state, gaps
from tests.collect.looked_up_network import Lookups, in_place_of_x, rows, with_section

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WEEK = timedelta(days=7)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch, engine: None) -> Lookups:
    network = in_place_of_x(monkeypatch)
    listing = Listing("x", "list", "a", "Norvia", whole=True, dated=True, reach_days=7)
    monkeypatch.setattr(Lookups, "listings", lambda *_: [listing])
    return network


def put(settings: Settings, place: Watermark) -> None:
    with store.connect(settings.store) as connection:
        collection_state.move_watermark(connection, "x", "list: a", place.text(), NOW)


def place_of(settings: Settings) -> Watermark:
    with store.connect(settings.store, read_only=True) as connection:
        return parse_watermark(collection_state.watermark(connection, "x", "list: a"))


@pytest.mark.parametrize("ahead", [30 * DAY, -30 * DAY], ids=["ahead", "behind"])
@pytest.mark.parametrize("is_first", [True, False], ids=["the first run", "a later run"])
def test_posts_and_gaps_are_what_they_would_have_been(
    settings: Settings, network: Lookups, ahead: timedelta, is_first: bool
) -> None:
    """The read under way is cut short by the clock that is ahead: what it still had to read is out of reach by it."""
    started = network.clock.at
    if not is_first:
        network.add(12)
        collector.collect(settings, "x")
        reached = place_of(settings).reached
        cut_off = Walk(started, started - WEEK, None, reached, 5, started - HOUR, started - HOUR, 1)
        network.clock.at += HOUR
        put(settings, Watermark(reached, started, "", cut_off))
    network.add(12)
    network.clock.at += ahead
    collector.collect(settings, "x")
    network.clock.at -= ahead
    for _ in range(3):
        network.clock.at += HOUR
        network.add(12)
        collector.collect(settings, "x")
    assert rows(settings, "SELECT count(*) FROM mentions") == [(len(network.posts),)]
    assert rows(settings, "SELECT since, until, reason FROM gaps") == []
    reached, read_at = place_of(settings).reached, place_of(settings).read_at
    assert reached is not None
    assert read_at is not None
    assert network.clock.at - HOUR == reached
    assert read_at <= network.clock.at


def test_what_was_spent_on_a_day_to_come_counts_today_and_not_then(settings: Settings, network: Lookups) -> None:
    limited = with_section(settings, daily_requests=2)
    for _ in range(2):
        collector.collect(limited, "x")
        network.clock.at += DAY
    network.clock.at += 5 * DAY
    for _ in range(2):
        collector.collect(limited, "x")
    assert collector.collect(limited, "x").resumes_at is not None
    network.clock.at -= 5 * DAY
    assert collector.collect(limited, "x").resumes_at is not None, "so much was spent today"
    network.clock.at += 5 * DAY
    assert collector.collect(limited, "x").resumes_at is None


def test_a_clock_that_is_a_day_behind_for_a_while_spends_no_budget_twice(settings: Settings, network: Lookups) -> None:
    limited = with_section(settings, daily_requests=2)
    for _ in range(2):
        network.clock.at += DAY
        for _ in range(3):
            collector.collect(limited, "x")
    for step in (-DAY, DAY):
        network.clock.at += step
        assert collector.collect(limited, "x").resumes_at is not None


def test_a_gap_of_a_clock_that_was_ahead_is_read_again(settings: Settings, network: Lookups) -> None:
    missed = network.add(3)
    at = network.clock.at
    put(settings, Watermark(at + 3 * HOUR, at + 3 * HOUR))
    network.clock.at += 4 * HOUR
    with store.connect(settings.store) as connection:
        for gap, noticed_at in (
            (CoverageGap(at - 2 * HOUR, at + 20 * DAY, TOO_LATE), at),  # it ends in the future
            (CoverageGap(at - DAY, at - HOUR / 2, OUTLIVED), at + 30 * DAY),  # it was noticed there
            (CoverageGap(at - 9 * DAY, at - 8 * DAY, TOO_LATE), at),  # it is one
        ):
            collection_state.record_gaps(connection, "x", "list: a", [gap], 1, noticed_at)
    collector.collect(settings, "x")
    assert rows(settings, "SELECT post_id FROM mentions ORDER BY post_id") == [(post_id,) for post_id in missed]
    assert rows(settings, "SELECT since, until FROM gaps") == [(at - 9 * DAY, at - 8 * DAY)]


def test_a_clock_that_is_behind_takes_no_gap_back(settings: Settings, network: Lookups) -> None:
    network.add(12)
    collector.collect(settings, "x")
    at = network.clock.at
    with store.connect(settings.store) as connection:
        gap = CoverageGap(at - 9 * DAY, at - 8 * DAY, TOO_LATE)
        collection_state.record_gaps(connection, "x", "list: a", [gap], 1, at)
    network.clock.at = at - 30 * DAY
    for _ in range(2):
        network.clock.at += HOUR
        collector.collect(settings, "x")
    network.clock.at = at + 3 * HOUR
    collector.collect(settings, "x")
    assert rows(settings, "SELECT since, until FROM gaps") == [(gap.since, gap.until)]


def test_a_gap_that_was_read_in_the_end_is_narrowed(settings: Settings) -> None:
    def kept() -> list[tuple[object, ...]]:
        return rows(settings, "SELECT since, until FROM gaps ORDER BY since, until")

    with store.connect(settings.store) as connection:
        gap = CoverageGap(NOW - 9 * DAY, NOW - DAY, TOO_LATE)
        collection_state.record_gaps(connection, "x", "list: a", [gap], 1, NOW)
        collection_state.record_gaps(connection, "x", "list: b", [gap], 1, NOW)
        gaps.narrow(connection, "x", "list: a", NOW - 5 * DAY, NOW - 4 * DAY, 2)
    assert kept() == [
        (NOW - 9 * DAY, NOW - 5 * DAY),
        (NOW - 9 * DAY, NOW - DAY),
        (NOW - 4 * DAY, NOW - DAY),
    ]
    with store.connect(settings.store) as connection:
        gaps.narrow(connection, "x", "list: a", NOW - 20 * DAY, NOW, 1)  # the run that noticed them
        gaps.narrow(connection, "x", "list: a", NOW - 20 * DAY, NOW, 2)
    assert kept() == [(NOW - 9 * DAY, NOW - DAY)]


@pytest.mark.parametrize(
    ("place", "reached", "read_at"),
    [
        (Watermark(NOW - HOUR, NOW), NOW - HOUR, NOW),
        (Watermark(NOW - HOUR, NOW + 30 * DAY), NOW - HOUR, NOW - HOUR),
        (Watermark(NOW + 26_000 * DAY, NOW + 30 * DAY), None, None),
    ],
)
def test_a_watermark_in_the_future_is_not_believed(
    place: Watermark, reached: datetime | None, read_at: datetime | None
) -> None:
    believed = clock.believable(place, NOW, WEEK)
    assert (believed.reached, believed.read_at) == (reached, read_at)


def test_a_read_that_began_in_the_future_lets_new_posts_go_first() -> None:
    walk = Walk(NOW + 30 * DAY, NOW + 20 * DAY, "c", NOW - HOUR, 5, NOW - 2 * HOUR)
    believed = clock.believable(Watermark(walk=walk, older=(walk,)), NOW, WEEK)
    assert believed.walk is not None
    for one in (believed.walk, *believed.older):
        assert (one.begun_at, one.since) == (NOW - HOUR, NOW - WEEK)


def test_going_back_reaches_the_oldest_walk() -> None:
    walks = [Walk(NOW, NOW - hours * HOUR) for hours in (1, 2)]
    back = clock.go_back(Watermark(NOW, NOW, "", walks[0], (walks[1],)), NOW - DAY)
    assert (back.reached, back.read_at) == (NOW - DAY, NOW - DAY)
    assert back.walk == walks[0]
    assert back.older[0].since == NOW - DAY
    assert clock.go_back(Watermark(), NOW - DAY) == Watermark()


def test_one_post_from_the_future_is_wrong_and_many_are_right() -> None:
    for count, reached in ((1, NOW), (12, NOW + DAY)):
        posts = tuple(Post("x", {}, NOW) for _ in range(count))
        page = ReceivedPage(posts, None, NOW + DAY, NOW + DAY / 2)
        assert advance(Watermark(), Walk(NOW, NOW - WEEK), page).reached == reached


@pytest.mark.parametrize("is_overtaken", [True, False])
def test_a_gap_of_a_read_that_began_a_year_too_early_begins_where_it_would_have(*, is_overtaken: bool) -> None:
    listing = Listing("x", "search", "norvia", "Norvia", reach_days=7)
    wrong = NOW - 365 * DAY
    cut_off = Walk(wrong, wrong - WEEK, "p9", NOW, seen=400, lowest=NOW - 2 * DAY)
    later, last_page = NOW + DAY, ReceivedPage((), None, None, None)
    before, walk = Watermark(walk=cut_off), cut_off
    if is_overtaken:
        ahead = overtake(before, later, HOUR)
        assert ahead.walk is not None
        before = advance(ahead, ahead.walk, ReceivedPage((), None, later, NOW - 2 * HOUR))
        assert before.walk is not None
        walk = before.walk
    assert reach_gaps(listing, before, walk, last_page, later) == [CoverageGap(NOW - WEEK, later - WEEK, OUTLIVED)]


def test_what_was_read_before_the_clock_went_wrong_is_in_no_gap() -> None:
    """A year behind, a listing is read anew; where that read is never ended, the one before it still holds."""
    listing = Listing("x", "search", "norvia", "Norvia", reach_days=7)
    wrong, read_to = NOW - 365 * DAY, NOW - HOUR
    doubted = clock.believable(Watermark(read_to, read_to), wrong, WEEK)
    assert (doubted.reached, doubted.doubted) == (None, read_to)
    cut_off = Walk(wrong, wrong - WEEK, "p9", NOW, seen=400, lowest=NOW - 2 * DAY)
    later = NOW + DAY
    right_again = clock.believable(parse_watermark(Watermark(walk=cut_off, doubted=read_to).text()), later, WEEK)
    ahead = overtake(right_again, later, HOUR)
    assert ahead.walk is not None
    joined = advance(ahead, ahead.walk, ReceivedPage((), None, later, NOW - 2 * HOUR))
    assert joined.walk is not None
    assert reach_gaps(listing, joined, joined.walk, ReceivedPage((), None, None, None), later) == []


def test_a_doubted_time_is_forgotten_once_a_read_is_whole() -> None:
    before = Watermark(doubted=NOW + 20 * DAY)
    after = advance(before, Walk(NOW, NOW - WEEK), ReceivedPage((), None, NOW - HOUR, NOW - DAY))
    assert (after.reached, after.doubted) == (NOW - HOUR, None)
