"""A session keeps to budgets and pauses, survives what the network has forgotten, shares a network with nobody."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor import store
from monitor.collect import collector, journal, paging, rate_limits, session, watermark
from monitor.collect.journal import JournalEntry
from monitor.collect.watermark import Watermark
from monitor.errors import (
    BadCredentials,
    BeingDone,
    CursorExpired,
    Permanent,
    QueryRejected,
    RateLimited,
    SourceUnavailable,
    SpanTooOld,
    UnexpectedAnswer,
)
from monitor.models.listings import Charge, Listing, Meter, PageRequest, ReceivedPage
from monitor.models.posts import Mention, Post
from monitor.settings.loading import Brand, Settings
from monitor.settings.networks import Networks
from monitor.sources import registry
from monitor.sources.x.network import XSettings
from monitor.store.posts import collection_state
from tests.conftest import mention

Reply = ReceivedPage | Exception | Callable[[PageRequest], ReceivedPage]


@dataclass
class Script:
    """A network that answers what a test has written down, listing by listing, and remembers what it was asked."""

    replies: dict[str, list[Reply]]
    cap: int = 0
    apart: bool = False
    asked: list[tuple[str, PageRequest]] = field(default_factory=list)

    def listings(self, brand: Brand, settings: Settings) -> Sequence[Listing]:
        return [
            Listing("x", "list", target, brand.name, whole=True, cap=self.cap, apart=self.apart)
            for target in self.replies
        ]

    def connect(self, settings: Settings, meter: Meter) -> "Source":
        return Source(self, meter)

    def to_mention(self, post: Post) -> Mention:
        return mention(post.raw["id"], posted_at=datetime.fromisoformat(post.raw["at"]))


@dataclass
class Source:
    script: Script
    meter: Meter

    def fetch(self, listing: Listing, want: PageRequest) -> ReceivedPage:
        self.meter.requests += 1
        self.script.asked.append((listing.target, want))
        reply = self.script.replies[listing.target].pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply(want) if callable(reply) else reply

    def probe(self) -> str:
        return "nobody"


def ago(**time: float) -> datetime:
    return (datetime.now(UTC) - timedelta(**time)).replace(microsecond=0)


def page(*ids: str, at: datetime | None = None, cursor: str | None = None, **fields: Any) -> ReceivedPage:
    at = at or ago(minutes=1)
    posts = tuple(Post("x", {"id": post_id, "at": at.isoformat()}, at, f"post {post_id}") for post_id in ids)
    return ReceivedPage(posts, cursor, at if ids else None, at if ids else None, **fields)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Script]:
    def script_network(*replies: Reply, **changes: Any) -> Script:
        script = Script(changes.pop("listings", {"a": list(replies)}), **changes)
        monkeypatch.setattr(registry, "module", lambda name: script)
        return script

    monkeypatch.setattr(session, "_RETRY_WAIT", 0.001)
    return script_network


@dataclass
class Clock:
    """The time of everything that collects."""

    at: datetime


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands still until a test sets it."""
    stopped = Clock(datetime.now(UTC))
    for module in (collector, paging, rate_limits, session):
        monkeypatch.setattr(module, "now", lambda: stopped.at)
    return stopped


def limits(settings: Settings, **section: Any) -> Settings:
    return settings.model_copy(update={"networks": Networks(x=XSettings(bearer_token="made-up", **section))})


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with store.connect(settings.store, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def put(settings: Settings, place: Watermark) -> None:
    with store.connect(settings.store) as connection:
        collection_state.move_watermark(connection, "x", "list: a", place.text(), datetime.now(UTC))


def place_of(settings: Settings) -> Watermark:
    with store.connect(settings.store, read_only=True) as connection:
        return watermark.parse(collection_state.watermark(connection, "x", "list: a"))


def test_a_spent_budget_ends_the_read_until_midnight_utc(
    settings: Settings, network: Callable[..., Script], clock: Clock
) -> None:
    midnight = clock.at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    clock.at = midnight - timedelta(minutes=10)
    answers = [page(str(n), at=clock.at - timedelta(minutes=n), cursor=f"p{n + 1}") for n in (1, 2)]
    script = network(*answers, page("3", at=clock.at - timedelta(minutes=3)))
    limited = limits(settings, daily_requests=2)
    assert collector.collect(limited, "x").resumes_at == midnight
    assert len(script.asked) == 2
    assert rows(settings, "SELECT post_id FROM mentions ORDER BY 1") == [("1",), ("2",)]
    ((status, message),) = rows(settings, "SELECT status, message FROM runs")
    assert status == "partial"
    assert "networks.x.daily_requests" in message
    assert collector.collect(limited, "x").resumes_at == midnight
    assert len(script.asked) == 2
    clock.at = midnight
    assert collector.collect(limited, "x").resumes_at is None
    assert rows(settings, "SELECT post_id FROM mentions ORDER BY 1") == [("1",), ("2",), ("3",)]


def test_tries_that_fail_count_and_end_with_the_budget(settings: Settings, network: Callable[..., Script]) -> None:
    script = network(page("1", cursor="p2"), *[SourceUnavailable("down")] * 9)
    assert collector.collect(limits(settings, daily_requests=3), "x").resumes_at is not None
    assert len(script.asked) == 3
    assert rows(settings, "SELECT requests FROM ledger") == [(3,)]


def test_a_try_that_failed_is_in_the_ledger_before_the_next(settings: Settings, network: Callable[..., Script]) -> None:
    """A kill would forget it: a server that is down and processes that are killed spent twice what a day may cost."""
    booked: list[Any] = []

    def look(_: PageRequest) -> ReceivedPage:
        booked.extend(rows(settings, "SELECT requests FROM ledger"))
        return page("1")

    network(SourceUnavailable("down"), SourceUnavailable("down"), look)
    collector.collect(settings, "x")
    assert booked == [(2,)]


def test_a_budget_that_is_raised_counts_at_once(settings: Settings, network: Callable[..., Script]) -> None:
    script = network(page("1", cursor="p2"), page("2"))
    collector.collect(limits(settings, daily_requests=1), "x")
    assert collector.collect(limits(settings, daily_requests=10), "x").resumes_at is None
    assert [want.cursor for _, want in script.asked] == [None, "p2"]


@pytest.mark.parametrize("section", [{"daily_dollars": 0.015}, {"daily_reads": 2}])
def test_what_was_paid_for_today_costs_nothing_again(
    settings: Settings, network: Callable[..., Script], section: dict[str, Any]
) -> None:
    costs = [Charge("post:1", 0.005), Charge("post:1", 0.005), Charge("user:7", 0.010)]
    network(page("1", cursor="p2", charges=tuple(costs[:2])), page("2", cursor="p3", charges=tuple(costs)), page("3"))
    assert collector.collect(limits(settings, **section), "x").resumes_at is not None
    ((requests, reads, dollars),) = rows(settings, "SELECT requests, reads, dollars FROM ledger")
    assert (requests, reads, dollars) == (2, 2, pytest.approx(0.015))


def test_a_capped_listing_leaves_a_hole_where_it_ended(settings: Settings, network: Callable[..., Script]) -> None:
    reached, oldest = ago(hours=9), ago(hours=2)
    network(page("1", "2", at=oldest), page("2", at=oldest), cap=2)
    put(settings, Watermark(reached, reached))
    collector.collect(settings, "x")
    collector.collect(settings, "x")
    assert rows(settings, "SELECT query, since, until FROM gaps") == [("list: a", reached, oldest)]


def test_a_span_the_network_has_forgotten_is_a_hole(settings: Settings, network: Callable[..., Script]) -> None:
    read_at, earliest = ago(days=10), ago(days=7)
    script = network(SpanTooOld("seven days", earliest), page("1"))
    put(settings, Watermark(read_at, read_at))
    collector.collect(settings, "x")
    assert script.asked[1][1].since == earliest
    assert rows(settings, "SELECT since, until FROM gaps") == [(read_at, earliest)]
    assert rows(settings, "SELECT post_id FROM mentions") == [("1",)]


def test_an_expired_cursor_begins_the_read_anew(settings: Settings, network: Callable[..., Script]) -> None:
    script = network(page("1", cursor="p2"), CursorExpired("gone"), page("2", "1", cursor="q2"), page("3"))
    collector.collect(settings, "x")
    assert [want.cursor for _, want in script.asked] == [None, "p2", None, "q2"]
    assert rows(settings, "SELECT post_id FROM mentions ORDER BY 1") == [("1",), ("2",), ("3",)]


def test_a_cursor_that_always_expires_is_told(settings: Settings, network: Callable[..., Script]) -> None:
    script = network(*(CursorExpired("gone") for _ in range(20)))
    with pytest.raises(UnexpectedAnswer):
        collector.collect(settings, "x")
    assert len(script.asked) <= 5


def test_a_page_that_names_itself_is_told(settings: Settings, network: Callable[..., Script]) -> None:
    script = network(page("1", cursor="p2"), *(page("2", cursor="p2") for _ in range(20)))
    with pytest.raises(UnexpectedAnswer, match="itself"):
        collector.collect(settings, "x")
    assert len(script.asked) == 2


def test_pages_that_go_round_in_a_circle_are_told(settings: Settings, network: Callable[..., Script]) -> None:
    script = network(page("1", cursor="p2"), page("2", cursor="p3"), *(page("3", cursor="p2") for _ in range(20)))
    with pytest.raises(UnexpectedAnswer, match="an earlier one"):
        collector.collect(settings, "x")
    assert len(script.asked) == 3


def test_a_post_from_the_future_does_not_hide_the_present(settings: Settings, network: Callable[..., Script]) -> None:
    network(page("1", at=ago(days=-30)))
    collector.collect(settings, "x")
    reached = place_of(settings).reached
    assert reached is not None
    assert reached <= datetime.now(UTC)


def test_one_listing_that_fails_does_not_stop_the_others(settings: Settings, network: Callable[..., Script]) -> None:
    replies: dict[str, list[Reply]] = {
        "a": [page("1", cursor="p2"), QueryRejected("x does not know a")],
        "b": [SourceUnavailable("down") for _ in range(9)],
        "c": [page("3")],
    }
    script = network(listings=replies)
    with pytest.raises(Permanent, match="x does not know a; down; new posts that were stored all the same: 2"):
        collector.collect(settings, "x")
    assert rows(settings, "SELECT post_id FROM mentions ORDER BY 1") == [("1",), ("3",)]
    assert rows(settings, "SELECT requests FROM ledger") == [(len(script.asked),)]
    assert rows(settings, "SELECT status FROM runs") == [("failed",)]


@pytest.mark.parametrize("error", [BadCredentials("no"), RateLimited("wait", None)])
def test_what_concerns_the_whole_network_does(
    settings: Settings, network: Callable[..., Script], error: Exception
) -> None:
    script = network(listings={"a": [error], "b": [page("2")]})
    if isinstance(error, BadCredentials):
        with pytest.raises(BadCredentials):
            collector.collect(settings, "x")
    else:
        assert collector.collect(settings, "x").resumes_at is not None
    assert len(script.asked) == 1


def test_a_wait_asked_for_by_one_server_lets_the_others_be_read(
    settings: Settings, network: Callable[..., Script]
) -> None:
    later = ago(minutes=-30)
    script = network(listings={"a": [RateLimited("wait", later)], "b": [page("2"), page("3")]}, apart=True)
    assert collector.collect(settings, "x").resumes_at == later
    assert rows(settings, "SELECT post_id FROM mentions") == [("2",)]
    assert collector.collect(settings, "x").resumes_at == later
    assert [target for target, _ in script.asked] == ["a", "b", "b"]
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE pauses SET until = ?", [ago(minutes=1)])
    script.replies = {"a": [page("1")], "b": [page()]}
    assert collector.collect(settings, "x").resumes_at is None
    assert rows(settings, "SELECT post_id FROM mentions ORDER BY 1") == [("1",), ("2",), ("3",)]
    assert rows(settings, "SELECT count(*) FROM pauses") == [(0,)]


def test_a_fault_beside_a_wait_is_told(settings: Settings, network: Callable[..., Script]) -> None:
    network(listings={"a": [RateLimited("wait", None)], "b": [QueryRejected("no such feed")]}, apart=True)
    assert collector.collect(settings, "x").resumes_at is not None
    ((message,),) = rows(settings, "SELECT message FROM runs")
    assert "wait; no such feed" in message


def test_several_at_once_store_each_post_once(settings: Settings, network: Callable[..., Script]) -> None:
    """As two processes would: one reads, and the other leaves it to that one."""
    barrier = threading.Barrier(2)
    network(*(page(*(str(n) for n in range(50)), cursor=None) for _ in range(2)))

    def collect(_: int) -> int:
        barrier.wait()
        with suppress(BeingDone):
            return collector.collect(settings, "x").saved.stored
        return 0

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(collect, range(2))) == [0, 50]
    assert rows(settings, "SELECT count(*), count(DISTINCT post_id) FROM mentions") == [(50, 50)]
    assert rows(settings, "SELECT count(*) FROM posts") == [(50,)]


def left_behind(settings: Settings, before: Watermark | None) -> None:
    """A page that a killed process received: the last of a read that had come from `before`."""
    listing = Listing("x", "list", "a", "Norvia", whole=True)
    reached = Watermark(ago(minutes=5), ago(minutes=5)).text()
    with journal.open_journal(settings.store, "x") as network_journal:
        network_journal.append(
            JournalEntry(listing, None, before and before.text(), reached, page("9", at=ago(minutes=5)), (), 1)
        )


def test_a_page_left_behind_is_stored_and_not_read_again(settings: Settings, network: Callable[..., Script]) -> None:
    place = Watermark(ago(days=1), ago(days=1))
    script = network(page("1"))
    put(settings, place)
    left_behind(settings, place)
    collector.collect(settings, "x")
    assert rows(settings, "SELECT post_id FROM mentions ORDER BY 1") == [("1",), ("9",)]
    assert abs(script.asked[0][1].since - ago(minutes=15)) < timedelta(minutes=1)


@pytest.mark.parametrize("restored", [None, Watermark(ago(days=5), ago(days=5))])
def test_a_page_left_behind_moves_no_restored_database(
    settings: Settings, network: Callable[..., Script], restored: Watermark | None
) -> None:
    """It would hide what was posted between the backup and the page."""
    script = network(page("1"))
    if restored:
        put(settings, restored)
    left_behind(settings, Watermark(ago(days=1), ago(days=1)))
    collector.collect(settings, "x")
    since = script.asked[0][1].since
    assert since is not None
    assert since < ago(days=4)


def test_a_database_restored_while_it_is_read_is_read_again(settings: Settings, network: Callable[..., Script]) -> None:
    restored = Watermark(ago(days=5), ago(days=5))

    def meanwhile(_: PageRequest) -> ReceivedPage:
        put(settings, restored)
        return page("2")

    network(page("1", cursor="p2"), meanwhile)
    put(settings, Watermark(ago(days=1), ago(days=1)))
    collector.collect(limits(settings, daily_requests=100), "x")  # with a budget each page is stored at once
    assert place_of(settings) == restored
    assert rows(settings, "SELECT post_id FROM mentions ORDER BY 1") == [("1",), ("2",)]


def test_a_read_that_takes_hours_leaves_the_others_their_turn(
    settings: Settings, network: Callable[..., Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    script = network(page("2", cursor="more"), page("1"))
    real = session.CollectSession.ask
    hours: list[float] = [7_200.0, -1.0]

    def ask(self: session.CollectSession, request: Callable[[], Any]) -> Any:
        monkeypatch.setattr(session, "_LONGEST_SESSION", hours.pop(0) if hours else 7_200.0)
        return real(self, request)

    monkeypatch.setattr(session.CollectSession, "ask", ask)
    assert collector.collect(settings, "x").resumes_at is not None
    assert rows(settings, "SELECT status FROM runs") == [("partial",)]
    assert rows(settings, "SELECT post_id FROM mentions") == [("2",)]
    assert collector.collect(settings, "x").resumes_at is None
    assert [target for target, _ in script.asked] == ["a", "a"]
    assert rows(settings, "SELECT post_id FROM mentions ORDER BY 1") == [("1",), ("2",)]


def test_a_listing_that_fails_unforeseen_is_told_by_place_and_stops_no_other(
    settings: Settings, network: Callable[..., Script]
) -> None:
    network(listings={"a": [RecursionError("what a post said")], "b": [page("1")]})
    with pytest.raises(UnexpectedAnswer, match=r"x: list: a fault in Escucha itself: RecursionError in test_session"):
        collector.collect(settings, "x")
    assert rows(settings, "SELECT post_id FROM mentions") == [("1",)]
    assert "what a post said" not in str(rows(settings, "SELECT message FROM runs"))
