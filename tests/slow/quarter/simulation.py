"""The quarter itself: passes of the main line and re-checks by moved time, some of them killed."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeAlias

import pytest
import time_machine

from monitor import store
from monitor.collect import recheck, session
from monitor.errors import EscuchaError
from monitor.pipeline import main_line
from monitor.settings.loading import Brand, Settings, Store
from monitor.settings.networks import Networks
from tests.slow.quarter.engine import Engine
from tests.slow.quarter.network import QuarterNetwork
from tests.slow.quarter.weather import Faults, Forecast, Sky, forecast
from tests.slow.quarter.world import DAYS, START
from tests.sources.contract.server import Site, serving

END = START + timedelta(days=DAYS)
_BETWEEN = (2.0, 9.0)  # hours between two passes, at least and at most
_SETTLING = timedelta(days=12)
"""After the quarter, without weather: what was left is read, what was deleted looked up."""


@dataclass(slots=True)
class TrueClock:
    """The true time, from the host's clock and the error it has."""

    error: timedelta = timedelta()

    def now(self) -> datetime:
        """The true time."""
        return datetime.now(UTC) - self.error


@dataclass(slots=True)
class Quarter:
    """A network, its site, the host's clock, and what passes told."""

    network: QuarterNetwork
    forecast: Forecast
    chance: Random
    folder: Path
    site: Site
    traveller: time_machine.Traveller
    engine: Engine
    clock: TrueClock
    passes: int = 0
    kills: int = 0
    faults: list[tuple[datetime, str]] = field(default_factory=list)
    behind: dict[datetime, int] = field(default_factory=dict)

    def now(self) -> datetime:
        """The true time."""
        return self.clock.now()

    def move_to(self, at: datetime) -> None:
        """Moves the true time, and the host's clock with the error it has then."""
        self.clock.error = self.forecast.clock_error(at)
        self.site.clock = -self.clock.error
        self.traveller.move_to(at + self.clock.error)

    def settings(self, at: datetime) -> Settings:
        """With the day's budget."""
        budget = self.network.poor_budget if self.forecast.has("poor", at) else self.network.full_budget
        if at >= END:
            budget = {}
        section = {**self.network.section, "base_url": self.site.url, "timeout": 5.0, **budget}
        accounts, queries = self.network.own_accounts, self.network.queries
        places = {"x": accounts} if self.network.name == "x" else {}
        return Settings(
            store=Store(url=str(self.folder / "store.duckdb")),
            brands=(Brand(name="Norvia", queries=queries, own_accounts=accounts, places=places),),
            networks=Networks.model_validate({self.network.name: section}),
        )

    def run_pass(self, *, with_recheck: bool) -> None:
        """One pass of the main line, and one of the re-checks."""
        settings = self.settings(self.now())
        self.faults += [(self.now(), fault) for fault in main_line.run(settings).faults]
        if with_recheck:
            try:
                recheck.recheck(settings, self.network.name)
            except EscuchaError as error:
                self.faults.append((self.now(), f"recheck: {error}"))

    def note_backlog(self, at: datetime) -> None:
        """After the first pass of a day, a calm one: how many posts of its eve are neither stored yet nor in a gap."""
        eve = at - timedelta(days=1)
        if not self.forecast.is_calm(eve, at):
            return
        with store.connect(self.settings(at).store, read_only=True) as connection:
            rows = connection.execute("SELECT post_id FROM mentions WHERE posted_at >= ?", [eve - timedelta(hours=2)])
            stored = {post_id for (post_id,) in rows.fetchall()}
            gaps = connection.execute("SELECT since, until FROM gaps").fetchall()
        recent = (post for post in self.network.posts.all if eve < post.seen_at < at - timedelta(minutes=15))
        missing = [post for post in recent if post.wanted and post.is_visible(at) and post.post_id not in stored]
        second, times = timedelta(seconds=1), [self.network.listed_at(post) for post in missing]
        self.behind[at] = sum(
            not any(since - second <= time <= until + second for since, until in gaps) for time in times
        )

    def run_killed(self, sky: Sky, *, with_recheck: bool) -> None:
        """A pass in a process of its own, which is killed soon after one of its requests; it may end before."""
        left, pause = self.chance.randrange(1, 12), self.chance.uniform(0.0, 0.05)
        self.engine.stop()
        child = os.fork()
        if child == 0:
            try:
                self.run_pass(with_recheck=with_recheck)
            finally:
                os._exit(0)
        asked = threading.Event()

        def count_down() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                asked.set()

        sky.before_answer = count_down
        while not asked.wait(0.01):
            if os.waitpid(child, os.WNOHANG)[0] == child:
                sky.before_answer = _nothing
                return
        time.sleep(pause)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        sky.before_answer = _nothing
        self.kills += 1


def _nothing() -> None:
    """Before an answer."""


Build: TypeAlias = Callable[[Random, Forecast, Callable[[], datetime]], QuarterNetwork]


@contextmanager
def begun(
    build: Build, chance: Random, weather: Forecast, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Quarter]:
    """A network on its first day, in moved time; its answers are not spoilt yet."""
    monkeypatch.setattr(main_line, "classify_pending", lambda *_: 0)
    monkeypatch.setattr(session, "_RETRY_WAIT", 0.0)
    clock, engine = TrueClock(), Engine()
    engine.install(monkeypatch)
    network = build(chance, weather, clock.now)
    with time_machine.travel(START, tick=True) as traveller, serving(network) as site:
        yield Quarter(network, weather, chance, folder, site, traveller, engine, clock)
        engine.stop()


@contextmanager
def quarter(build: Build, seed: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Quarter]:
    """The quarter of a network after it has been lived through."""
    chance = Random(seed)
    with begun(build, chance, forecast(chance), folder, monkeypatch) as lived:
        sky = Sky(lived.forecast, lived.now)
        lived.site.pages = lived.site.others = Faults(lived.network, chance, sky)
        live(lived, sky)
        yield lived


def live(lived: Quarter, sky: Sky) -> None:
    """Passes every few hours, re-checks every six or so, until everything has had time to settle."""
    at, chance = START, lived.chance
    rechecked_at, before = START, START
    while at < END + _SETTLING:
        if not lived.forecast.has("asleep", at):
            lived.move_to(at)
            is_due = at - rechecked_at > timedelta(hours=6)
            rechecked_at = at if is_due else rechecked_at
            lived.passes += 1
            if chance.random() < 0.08 and at < END:
                lived.run_killed(sky, with_recheck=is_due)
            else:
                lived.run_pass(with_recheck=is_due)
                if at.date() != before.date():
                    lived.note_backlog(at)
            before = at
        at += timedelta(hours=chance.uniform(*_BETWEEN) if at < END else 7)
