"""A visit to a network: one connection, within its limits and the day's budget; what it receives is stored."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from monitor import store
from monitor.collect import journal, matching
from monitor.collect.ingest import Parsed, Read, not_understood, parse, together, write
from monitor.collect.journal import Journal, Received
from monitor.collect.rate_limits import check_budget, limited_until, pause_after
from monitor.errors import BudgetSpent, PartLimited, RateLimited, SourceUnavailable
from monitor.models.listings import Charge, Listing, Meter, Window
from monitor.runs import Run, now
from monitor.settings.loading import Settings
from monitor.settings.networks import Network
from monitor.sources import registry
from monitor.sources.base import Module, Source
from monitor.store import Connection
from monitor.store.posts import collection_state, edits, mentions
from monitor.store.posts.collection_state import Pause, Spent

_TRIES = 4
_RETRY_WAIT = 0.5  # seconds; random, up to twice as long with every try
_GROUP = 5_000  # posts stored in one transaction at most
_SOON = 1.0  # seconds a received page waits at most for others, once the next has come
_T = TypeVar("_T")


@contextmanager
def visiting(settings: Settings, network: str, run: Run) -> Iterator["Visit"]:
    """A visit, with what it spends in the ledger and what the network asks for in the pauses.

    Raises RateLimited, without asking the network, while it is to be left alone; its `reset_at` is never None here.
    Raises StoreBusy while another process reads the network.
    """
    with journal.opened(settings.store, network) as kept:
        with store.connect(settings.store, read_only=True) as connection:
            before = collection_state.pause(connection, network)
            spent = collection_state.spent(connection, network, now())
        if before and before.until > now():
            raise limited_until(settings, before.reason, before.until)
        meter = Meter()
        module = registry.module(network)
        visit = Visit(settings, network, run, module, module.connect(settings, meter), meter, kept, spent)
        try:
            visit.take_up()
            yield visit
        except RateLimited as limited:
            raise _paused(visit, limited, before) from None
        else:
            if before:
                with store.connect(settings.store) as connection:
                    collection_state.end_pause(connection, network)
        finally:
            visit.settle()


def _paused(visit: "Visit", limited: RateLimited, before: Pause | None) -> RateLimited:
    """Remembers when to ask again; a budget is looked up anew each time, for it may be raised."""
    pause = pause_after(limited, None if visit.answers else before)
    if not isinstance(limited, BudgetSpent | PartLimited):
        with store.connect(visit.settings.store) as connection:
            collection_state.set_pause(connection, visit.network, pause)
    return limited_until(visit.settings, pause.reason, pause.until)


@dataclass(slots=True)
class Visit:
    """An open connection to a network, what it has cost, and what it received that is not stored yet."""

    settings: Settings
    network: str
    run: Run
    module: Module
    source: Source
    meter: Meter
    journal: Journal
    spent: Spent
    answers: int = 0
    _waiting: list[tuple[Received, Parsed]] = field(default_factory=list)
    _waiting_since: float = 0.0
    _matchings: dict[str, matching.Matching] = field(default_factory=dict)

    @property
    def section(self) -> Network:
        """The network's settings."""
        return self.settings.networks.of(self.network)

    def ask(self, request: Callable[[], _T]) -> _T:
        """Asks the network, again after passing faults. Raises BudgetSpent when the day's budget is used up."""
        check_budget(self.section, self.network, self.spent, self.meter.pending)
        retrying = Retrying(
            retry=retry_if_exception_type(SourceUnavailable),
            stop=stop_after_attempt(_TRIES),
            wait=wait_random_exponential(multiplier=_RETRY_WAIT, max=20 * _RETRY_WAIT),
            reraise=True,
        )
        answer = retrying(request)
        self.answers += 1
        return answer

    def receive(self, one: Received) -> None:
        """Takes an answer in, safe from now on; it is stored soon, or at once when the day has a budget.

        Raises UnexpectedAnswer when nothing of a whole page can be read; its posts are kept as rejects then, and the
        watermark stays where it was.
        """
        self.journal.append(one)
        parsed = self._add(one)
        posts = sum(waiting.posts for _, waiting in self._waiting)
        if (
            self.section.has_budget
            or posts >= _GROUP
            or time.monotonic() - self._waiting_since > _SOON
            or not parsed.understood
        ):
            self.flush()
        if not parsed.understood:
            raise not_understood(self.network, parsed.rejects)

    def _add(self, one: Received) -> Parsed:
        read = Read(self.network, "", self.module.to_mention, self._matching(one.listing, one.window))
        parsed = parse(one.answer.posts, read)
        if not self._waiting:
            self._waiting_since = time.monotonic()
        self._waiting.append((one, parsed))
        return parsed

    def _matching(self, listing: Listing, window: Window | None) -> matching.Matching:
        if listing.key not in self._matchings:
            self._matchings[listing.key] = matching.of_listing(self.settings.brands, listing)
        matched = self._matchings[listing.key]
        if window is None:
            return matched
        return lambda mention: matched(mention) if window.since <= mention.posted_at < window.until else None

    def flush(self) -> None:
        """Stores what waits: posts, positions, holes, deletions and costs in one transaction."""
        if not self._waiting:
            return
        with store.connect(self.settings.store) as connection:
            at = now()
            write(connection, self.run, together([parsed for _, parsed in self._waiting]), at, updates=True)
            understood = [one for one, parsed in self._waiting if parsed.understood]
            moved = {one.key: one.position for one in self._going_on(connection, understood)}
            for key, reached in moved.items():
                mentions.move_watermark(connection, self.network, key, reached, at)
            for one, _ in self._waiting:
                collection_state.record_gaps(connection, self.network, one.listing.key, one.holes, self.run.run_id, at)
            gone = [post_id for one, _ in self._waiting for post_id in one.answer.gone]
            edits.bury(connection, self.network, gone, at)
            charges = [charge for one, _ in self._waiting for charge in one.answer.charges]
            requests = sum(one.requests for one, _ in self._waiting)
            self.spent = collection_state.spend(connection, self.network, requests, charges, at)
        self.journal.clear()
        self._waiting.clear()

    def take_up(self) -> None:
        """Stores what an earlier process received, unless it ended between storing that and clearing the journal."""
        left = self.journal.left()
        if left:
            with store.connect(self.settings.store, read_only=True) as connection:
                left = self._going_on(connection, left)
            for one in left:
                self._add(one)
            self.flush()
        self.journal.clear()  # of an answer cut off in the middle, which the next one must not be written behind

    def _going_on(self, connection: Connection, received: Sequence[Received]) -> list[Received]:
        """Those that go on from where the database is: others are stored, or a backup has taken its place since.

        A watermark moved by these would then hide what lies between.
        """
        reached = {key: mentions.watermark(connection, self.network, key) for key in {one.key for one in received}}
        found = []
        for one in received:
            if one.before == reached[one.key]:
                found.append(one)
                reached[one.key] = one.position
        return found

    def book(self, connection: Connection, charges: Sequence[Charge], at: datetime) -> None:
        """Brings the requests since the last answer, and what they cost, into the ledger."""
        self.spent = collection_state.spend(connection, self.network, self.meter.take(), charges, at)

    def settle(self) -> None:
        """Stores what waits, and books requests that belong to no answer."""
        self.flush()
        if self.meter.pending:
            with store.connect(self.settings.store) as connection:
                self.book(connection, (), now())
