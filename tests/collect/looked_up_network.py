"""A network in X's place whose posts can be looked up again, a clock that a test sets, and what both cost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor import store
from monitor.collect import allowance, checkup, collector, paging, rate_limits, session
from monitor.models.listings import Charge, Listing, Meter, PageRequest, ReceivedPage, Recheck
from monitor.models.posts import Mention, Post
from monitor.settings.loading import Brand, Settings
from monitor.settings.networks import Networks
from monitor.sources import registry
from monitor.sources.x.network import XSettings
from tests.conftest import mention

START = datetime(2026, 3, 2, tzinfo=UTC)
POST, AUTHOR = 0.005, 0.010


@dataclass
class Clock:
    """The time of everything that collects."""

    at: datetime = START


@dataclass(frozen=True)
class Known:
    """A post of the network."""

    post_id: str
    at: datetime
    author: str


@dataclass
class Lookups:
    """The network: its posts, those that it calls gone or says nothing about, and what it was asked."""

    clock: Clock
    check_size: int = 100
    posts: list[Known] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    asked: list[Sequence[str]] = field(default_factory=list)

    def add(self, count: int, author: str | None = None, apart: timedelta = timedelta()) -> list[str]:
        """So many posts, the newest an hour old, each by its own author unless one is named. Returns their ids."""
        first, at = len(self.posts), self.clock.at - timedelta(hours=1)
        self.posts += [Known(str(first + n), at - n * apart, author or f"ana{first + n}") for n in range(count)]
        return [post.post_id for post in self.posts[first:]]

    def listings(self, brand: Brand, settings: Settings) -> Sequence[Listing]:
        """One."""
        return [Listing("x", "list", "a", brand.name, whole=True)]

    def connect(self, settings: Settings, meter: Meter) -> "Connection":
        """No request."""
        return Connection(self, meter, self.check_size)

    def to_mention(self, post: Post) -> Mention:
        """The post."""
        at = datetime.fromisoformat(post.raw["at"])
        return mention(post.raw["id"], posted_at=at, author=post.raw["by"], author_id=post.raw["by"])


@dataclass
class Connection:
    """Reads and looks up at X's prices: each post and each author once a day."""

    network: Lookups
    meter: Meter
    check_size: int

    def fetch(self, listing: Listing, request: PageRequest) -> ReceivedPage:
        """What was posted since, in one page."""
        self.meter.requests += 1
        at = self.network.clock.at
        known = [post for post in self.network.posts if request.since is None or post.at >= request.since]
        posts = tuple(_post(post, at) for post in known if post.post_id not in self.network.gone)
        charges = [Charge(f"post:{post.post_id}", POST) for post in known]
        charges += [Charge(f"user:{post.author}", AUTHOR) for post in known]
        times = [post.at for post in known]
        return ReceivedPage(posts, None, max(times, default=None), min(times, default=None), charges=tuple(charges))

    def check(self, post_ids: Sequence[str]) -> Recheck:
        """What became of them. It takes a second."""
        self.meter.requests += 1
        self.network.clock.at += timedelta(seconds=1)
        self.network.asked.append(post_ids)
        by_id = {post.post_id: post for post in self.network.posts}
        present = [by_id[post_id] for post_id in post_ids if post_id not in self.network.gone | self.network.silent]
        charges = tuple(Charge(f"post:{post.post_id}", POST) for post in present)
        gone = tuple(post_id for post_id in post_ids if post_id in self.network.gone)
        return Recheck(tuple(_post(post, self.network.clock.at) for post in present), gone, charges)

    def recheck_price(self) -> tuple[float, int]:
        """A post's."""
        return POST, 1

    def probe(self) -> str:
        """Nobody."""
        return "nobody"


def _post(post: Known, at: datetime) -> Post:
    return Post("x", {"id": post.post_id, "at": post.at.isoformat(), "by": post.author}, at, f"post {post.post_id}")


def in_place_of_x(monkeypatch: pytest.MonkeyPatch, check_size: int = 100) -> Lookups:
    """The network, whose clock everything that collects goes by."""
    network = Lookups(Clock(), check_size)
    monkeypatch.setattr(registry, "module", lambda name: network)
    for module in (allowance, checkup, collector, paging, rate_limits, session):
        monkeypatch.setattr(module, "now", lambda: network.clock.at)
    return network


def with_section(settings: Settings, **section: Any) -> Settings:
    """The settings with these values in X's section."""
    return settings.model_copy(update={"networks": Networks(x=XSettings(bearer_token="made-up", **section))})


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with store.connect(settings.store, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def erased(settings: Settings) -> set[str]:
    """Ids of the posts that were erased."""
    return {row[0] for row in rows(settings, "SELECT post_id FROM mentions WHERE deleted_at IS NOT NULL")}


def each_day(network: Lookups, days: int, act: Callable[[], object]) -> None:
    """So many days, on each of which it is done."""
    for _ in range(days):
        act()
        network.clock.at += timedelta(days=1)
