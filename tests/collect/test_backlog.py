"""A read that takes days: what is posted meanwhile goes first, and what leaves the network's reach is told as a gap."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor import store
from monitor.collect import collector, paging, rate_limits, session, watermark
from monitor.collect.watermark import Walk, Watermark
from monitor.errors import CursorExpired, SpanTooOld
from monitor.models.listings import Listing, Meter, PageRequest, ReceivedPage
from monitor.models.posts import Mention, Post
from monitor.settings.loading import Brand, Settings
from monitor.settings.networks import Networks
from monitor.sources import registry
from monitor.sources.x.network import XSettings
from tests.conftest import mention

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SIZE = 10  # posts of a page


@dataclass
class World:
    """A network with a clock: listings of posts by their times, some out of reach, and what it was asked for."""

    posts: dict[str, list[datetime]]
    at: datetime = START
    reach: timedelta | None = None
    cap: int = 0
    dated: bool = False
    forgets: bool = False
    asked: list[tuple[str, PageRequest]] = field(default_factory=list)
    days: set[object] = field(default_factory=set)

    def listings(self, brand: Brand, settings: Settings) -> Sequence[Listing]:
        days = self.reach.days if self.reach else 0
        return [
            Listing("x", "list", name, brand.name, whole=True, cap=self.cap, dated=self.dated, reach_days=days)
            for name in self.posts
        ]

    def connect(self, settings: Settings, meter: Meter) -> "Connection":
        return Connection(self, meter)

    def to_mention(self, post: Post) -> Mention:
        return mention(post.raw["id"], posted_at=datetime.fromisoformat(post.raw["at"]))

    def existing(self, name: str, since: datetime) -> set[datetime]:
        """Posts of a listing so far."""
        return {time for time in self.posts[name] if since <= time <= self.at}

    def visible(self, name: str) -> list[datetime]:
        """What the network gives now, newest first."""
        earliest = self.at - self.reach if self.reach else datetime.min.replace(tzinfo=UTC)
        newest_first = sorted(self.existing(name, earliest), reverse=True)
        return newest_first[: self.cap] if self.cap else newest_first


@dataclass
class Connection:
    world: World
    meter: Meter

    def fetch(self, listing: Listing, request: PageRequest) -> ReceivedPage:
        self.meter.requests += 1
        world = self.world
        world.asked.append((listing.target, request))
        if world.reach and request.cursor is None and request.since and request.since < world.at - world.reach:
            raise SpanTooOld("too old", world.at - world.reach)
        if request.cursor and world.forgets and world.at.date() not in world.days:
            world.days.add(world.at.date())
            raise CursorExpired("forgotten")
        times = world.visible(listing.target)
        if request.cursor is not None:
            times = [time for time in times if time < datetime.fromisoformat(request.cursor)]
        elif world.dated and request.until is not None:
            times = [time for time in times if time < request.until]
        page = times[:SIZE]
        posts = tuple(
            Post("x", {"id": f"{listing.target} {time.isoformat()}", "at": time.isoformat()}, world.at) for time in page
        )
        cursor = page[-1].isoformat() if len(times) > SIZE else None
        return ReceivedPage(posts, cursor, page[0] if page else None, page[-1] if page else None)

    def probe(self) -> str:
        return "nobody"


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch, engine: None) -> Callable[..., World]:
    def build(posts: dict[str, list[datetime]], **changes: Any) -> World:
        world = World(posts, **changes)
        monkeypatch.setattr(registry, "module", lambda name: world)
        for module in (collector, paging, rate_limits, session):
            monkeypatch.setattr(module, "now", lambda: world.at)
        return world

    return build


def every(step: timedelta, count: int, since: datetime) -> list[datetime]:
    return [since + step * number for number in range(count)]


def limits(settings: Settings, requests: int, **section: Any) -> Settings:
    x_section = XSettings(bearer_token="made-up", daily_requests=requests, **section)
    return settings.model_copy(update={"networks": Networks(x=x_section)})


def stored(settings: Settings, name: str = "a") -> set[datetime]:
    with store.connect(settings.store, read_only=True) as connection:
        rows = connection.execute("SELECT post_id FROM mentions").fetchall()
    return {datetime.fromisoformat(post_id.split()[1]) for (post_id,) in rows if post_id.startswith(f"{name} ")}


def told(settings: Settings) -> list[tuple[datetime, datetime, str]]:
    with store.connect(settings.store, read_only=True) as connection:
        return connection.execute("SELECT since, until, reason FROM gaps ORDER BY 1, 2").fetchall()


def untold(settings: Settings, existing: set[datetime]) -> set[datetime]:
    """Posts that are neither stored nor in a gap that was told."""
    gaps = told(settings)
    missing = existing - stored(settings)
    return {time for time in missing if not any(since <= time <= until for since, until, _ in gaps)}


REACHES = pytest.mark.parametrize(
    "reach",
    [
        pytest.param({"reach": timedelta(days=7), "dated": True}, id="time", marks=pytest.mark.slow),
        pytest.param({"reach": timedelta(days=7), "dated": True, "forgets": True}, id="time, forgetful"),
        pytest.param({"cap": 300}, id="number", marks=pytest.mark.slow),
        pytest.param({"cap": 300, "dated": True, "forgets": True}, id="number, forgetful"),
    ],
)


@REACHES
def test_a_read_after_days_without_one_loses_no_post_untold(
    settings: Settings, network: Callable[..., World], reach: dict[str, Any]
) -> None:
    world = network({"a": every(timedelta(minutes=20), 72 * 30, START - timedelta(days=2))}, **reach)
    limited = limits(settings, 10)
    collector.collect(limited, "x")
    begin = world.at - timedelta(days=1)
    world.at += timedelta(days=6)
    for _ in range(9):
        collector.collect(limited, "x")
        world.at += timedelta(days=1)
    collector.collect(limits(settings, 1000), "x")
    assert untold(settings, world.existing("a", begin)) == set()
    assert len(stored(settings)) > 800, "most of it was read"
    assert told(settings)


@REACHES
def test_a_first_read_that_takes_days_loses_no_post_untold(
    settings: Settings, network: Callable[..., World], reach: dict[str, Any]
) -> None:
    world = network({"a": every(timedelta(minutes=20), 72 * 30, START - timedelta(days=8))}, **reach)
    begin = world.at - timedelta(days=4)
    limited = limits(settings, 10, first_days=4.0)
    for _ in range(8):
        collector.collect(limited, "x")
        world.at += timedelta(days=1)
    collector.collect(limits(settings, 1000, first_days=4.0), "x")
    reach_begin = begin if "reach" in reach else min(stored(settings))
    assert untold(settings, world.existing("a", reach_begin)) == set()


def test_a_first_read_in_one_go_leaves_no_gap(settings: Settings, network: Callable[..., World]) -> None:
    network({"a": every(timedelta(hours=1), 300, START - timedelta(days=9))}, reach=timedelta(days=7), dated=True)
    collector.collect(limits(settings, 1000), "x")
    assert len(stored(settings)) == 169
    assert told(settings) == []


@pytest.mark.parametrize("dated", [False, True])
def test_posts_of_today_do_not_wait_behind_an_older_read(
    settings: Settings, network: Callable[..., World], dated: bool
) -> None:
    world = network({"a": every(timedelta(minutes=20), 72 * 30, START - timedelta(days=7))}, dated=dated)
    limited = limits(settings, 11)
    for _ in range(6):
        collector.collect(limited, "x")
        assert max(stored(settings)) == world.at, "the newest is there at once"
        world.at += timedelta(days=1)
    collector.collect(limits(settings, 1000), "x")
    assert stored(settings) >= world.existing("a", START - timedelta(days=7))
    assert told(settings) == []
    with store.connect(settings.store, read_only=True) as connection:
        ((text,),) = connection.execute("SELECT position FROM watermarks").fetchall()
    ended = watermark.parse(text)
    assert (ended.reached, ended.walk, ended.older) == (world.at, None, ())


def test_a_long_read_of_one_listing_does_not_keep_the_others_waiting(
    settings: Settings, network: Callable[..., World]
) -> None:
    long = every(timedelta(minutes=5), 288 * 12, START - timedelta(days=7))
    short = every(timedelta(hours=6), 48, START - timedelta(days=7))
    world = network({"a": long, "b": short, "c": short})
    limited = limits(settings, 40)
    for _ in range(3):
        collector.collect(limited, "x")
        for name in "bc":
            assert stored(settings, name) >= world.existing(name, START - timedelta(days=7))
        world.at += timedelta(hours=24)


def test_a_read_cut_off_a_moment_ago_goes_on_without_another_request(
    settings: Settings, network: Callable[..., World]
) -> None:
    world = network({"a": every(timedelta(hours=1), 168, START - timedelta(days=7))})
    collector.collect(limits(settings, 3), "x")
    world.at += timedelta(minutes=1)
    collector.collect(limits(settings, 1000), "x")
    cursors = [request.cursor for _, request in world.asked]
    assert cursors.count(None) == 1
    assert len(set(cursors)) == len(cursors) == 17


def test_a_listing_read_again_from_the_beginning_each_time_is_not_overtaken(
    settings: Settings, network: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = network({"a": every(timedelta(hours=1), 300, START - timedelta(days=7))})
    rescanned = [Listing("x", "list", "a", "Norvia", whole=True, rescanned=True)]
    monkeypatch.setattr(world, "listings", lambda brand, settings: rescanned)
    collector.collect(limits(settings, 3), "x")
    world.at += timedelta(days=1)
    collector.collect(limits(settings, 3), "x")
    assert [request.cursor for _, request in world.asked].count(None) == 1


def answer_for_ever(world: World, page: Callable[[int], ReceivedPage], monkeypatch: pytest.MonkeyPatch) -> None:
    """The network answers each request with the page of its number, from 1, and 20 that bring nothing are too many."""

    def fetch(_: Connection, listing: Listing, request: PageRequest) -> ReceivedPage:
        world.asked.append((listing.target, request))
        return page(len(world.asked))

    monkeypatch.setattr(Connection, "fetch", fetch)
    monkeypatch.setattr(paging, "_MOST_STALLED", 20)


def test_a_listing_without_an_end_is_ended_and_told(
    settings: Settings, network: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = network({"a": []})
    at = START - timedelta(hours=1)

    def page(number: int) -> ReceivedPage:
        post = Post("x", {"id": f"a {(at - timedelta(seconds=number)).isoformat()}", "at": at.isoformat()}, at)
        return ReceivedPage((post,), f"p{number}", at, at)

    answer_for_ever(world, page, monkeypatch)
    collector.collect(limits(settings, 1000), "x")
    assert len(world.asked) == paging.FAIR_PAGES + 20
    ((since, until, reason),) = told(settings)
    assert (since, until) == (START - timedelta(days=7), at)
    assert "after 30 pages" in reason
    world.asked.clear()
    collector.collect(limits(settings, 1000), "x")
    assert len(world.asked) <= 30


def test_pages_in_a_circle_are_ended_though_their_cursors_differ(
    settings: Settings, network: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replies of YouTube and comments of Instagram: what was read so far is counted in the cursor."""
    world = network({"a": []})
    at = START - timedelta(hours=1)

    def page(number: int) -> ReceivedPage:
        posts = tuple(Post("x", {"id": f"a {number % 3}{post}", "at": at.isoformat()}, at) for post in range(2))
        return ReceivedPage(posts, f"p{number}", at)

    answer_for_ever(world, page, monkeypatch)
    collector.collect(limits(settings, 1000), "x")
    assert len(world.asked) <= paging.FAIR_PAGES + 3 + 20
    ((_, _, reason),) = told(settings)
    assert "has no end" in reason


def test_so_many_reads_wait_at_most() -> None:
    place = Watermark(walk=Walk(START, START - timedelta(days=7), "p0", START, 5, START - timedelta(days=1)))
    for day in range(1, 30):
        place = watermark.overtake(place, START + timedelta(days=day), timedelta(minutes=10))
        assert place.walk is not None
        newest = START + timedelta(days=day)
        low = newest - timedelta(hours=1)
        place = watermark.advance(place, place.walk, ReceivedPage((), f"p{day}", newest, low))
    waiting = [place.walk, *place.older]
    assert len(waiting) == 10
    assert place.older[-1].since == START - timedelta(days=7), "none has lost its end"
    assert watermark.parse(place.text()) == place


def test_a_watermark_of_an_earlier_version_is_read() -> None:
    walk = '{"begun_at": "2026-03-01T12:00:00+00:00", "since": null, "cursor": "p2", "newest": null, "seen": 7}'
    place = watermark.parse(f'{{"reached": null, "read_at": null, "note": "", "walk": {walk}}}')
    assert place == Watermark(walk=Walk(START, None, "p2", None, 7))
