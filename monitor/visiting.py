"""A visit to a network: one connection, within its limits and the day's budget, that reads listing after listing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from monitor import matching, position, registry, store
from monitor.errors import (
    BudgetSpent,
    CursorExpired,
    QueryRejected,
    RateLimited,
    SourceUnavailable,
    SpanTooOld,
    UnexpectedAnswer,
)
from monitor.listings import Answer, Charge, Hole, Listing, Meter, Want
from monitor.models import Page
from monitor.networks import Network
from monitor.position import Position, Walk
from monitor.running import Run, now
from monitor.settings import Settings
from monitor.sources._source import Module, Source
from monitor.store import Connection, changes, mentions, reads
from monitor.store.reads import Pause, Spent
from monitor.storing import Read, store_page

_TRIES = 4
_RESTARTS = 3  # of one listing whose cursor expires
_LONGEST_PAUSE = timedelta(hours=1)
_ENOUGH = 1_000  # posts; the first read of a listing goes so far even behind its time bound
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Window:
    """The posts a backfill is for: from `since` until before `until` (UTC)."""

    since: datetime
    until: datetime


@contextmanager
def visiting(settings: Settings, network: str, run: Run) -> Iterator["Visit"]:
    """A visit, with what it spends in the ledger and what the network asks for in the pauses.

    Raises RateLimited, without asking the network, while it is to be left alone; its `reset_at` is never None here.
    """
    with store.connect(settings.store, read_only=True) as connection:
        before = reads.pause(connection, network)
        spent = reads.spent(connection, network, now())
    if before and before.until > now():
        raise _limited(settings, before.reason, before.until)
    meter = Meter()
    module = registry.module(network)
    visit = Visit(settings, network, run, module, module.connect(settings, meter), meter, spent)
    try:
        yield visit
    except RateLimited as limited:
        until = limited.reset_at or now() + min(_LONGEST_PAUSE, timedelta(minutes=2 ** visit.strikes(before)))
        with store.connect(settings.store) as connection:
            strikes = 0 if limited.reset_at else visit.strikes(before) + 1
            reads.set_pause(connection, network, Pause(until, strikes, str(limited)))
        raise _limited(settings, str(limited), until) from None
    else:
        if before:
            with store.connect(settings.store) as connection:
                reads.end_pause(connection, network)
    finally:
        visit.settle()


def _limited(settings: Settings, reason: str, until: datetime) -> RateLimited:
    local = until.astimezone(settings.zone)
    told = f"{local:%H:%M}" if local.date() == now().astimezone(settings.zone).date() else f"{local:%Y-%m-%d %H:%M}"
    return RateLimited(f"partial, resumes at {told} ({reason})", until)


@dataclass(slots=True)
class Visit:
    """An open connection to a network and what it has cost."""

    settings: Settings
    network: str
    run: Run
    module: Module
    source: Source
    meter: Meter
    spent: Spent
    pages: int = 0

    @property
    def section(self) -> Network:
        """The network's settings."""
        return self.settings.networks.of(self.network)

    def strikes(self, before: Pause | None) -> int:
        """How often in a row it was limited without getting anything nor being told until when."""
        return before.strikes if before and not self.pages else 0

    def ask(self, request: Callable[[], _T]) -> _T:
        """Asks the network, again after passing faults. Raises BudgetSpent when the day's budget is used up."""
        self._afford()
        retrying = Retrying(
            retry=retry_if_exception_type(SourceUnavailable),
            stop=stop_after_attempt(_TRIES),
            wait=wait_random_exponential(multiplier=0.5, max=10),
            reraise=True,
        )
        return retrying(request)

    def _afford(self) -> None:
        section = self.section
        budgets = (
            ("requests", self.spent.requests + self.meter.pending, section.daily_requests),
            ("reads", self.spent.reads, section.daily_reads),
            ("dollars", self.spent.dollars, section.daily_dollars),
        )
        for name, spent, budget in budgets:
            if budget is not None and spent >= budget:
                midnight = now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
                raise BudgetSpent(
                    f"{self.network}: {spent:g} of {budget:g} {name} of the day's budget are spent; "
                    f"networks.{self.network}.daily_{name} sets it",
                    midnight,
                )

    def book(self, connection: Connection, charges: Sequence[Charge], at: datetime) -> None:
        """Brings the requests since the last time, and what their answer cost, into the ledger."""
        self.spent = reads.spend(connection, self.network, self.meter.take(), charges, at)

    def settle(self) -> None:
        """Books requests that belong to no stored answer."""
        if self.meter.pending:
            with store.connect(self.settings.store) as connection:
                self.book(connection, (), now())

    def read(self, listing: Listing, window: Window | None = None) -> None:
        """Reads a listing from where it was left until its end, storing each page with its position."""
        key = (
            listing.key
            if window is None
            else f"{listing.key} [{window.since.isoformat()} - {window.until.isoformat()}]"
        )
        read = Read(self.network, key, self.module.to_mention, self._matching(listing, window), updates=True)
        with store.connect(self.settings.store, read_only=True) as connection:
            place = position.read(mentions.watermark(connection, self.network, key))
        if window is not None and place.read_at is not None:
            return
        walk: Walk | None = place.walk or self._begun(place, window)
        while walk is not None:
            answer, walk, holes = self._page(listing, place, walk, window)
            holes += position.holes(listing, place, walk, answer)
            place = position.after(place, walk, answer, enough=_ENOUGH if place.reached is None and not window else 0)
            page = Page(answer.posts, place.text())
            store_page(self.settings, self.run, read, page, partial(self._book, key, answer, holes))
            self.pages += 1
            walk = place.walk

    def _begun(self, place: Position, window: Window | None) -> Walk:
        if window is not None:
            return Walk(now(), window.since)
        if place.reached is not None:
            return Walk(now(), place.reached - timedelta(minutes=self.section.overlap_minutes))
        return Walk(now(), now() - timedelta(days=self.section.first_days))

    def _page(
        self, listing: Listing, place: Position, walk: Walk, window: Window | None
    ) -> tuple[Answer, Walk, list[Hole]]:
        """The next page, with the walk as it had to be changed for it and the times that this cost."""
        holes: list[Hole] = []
        for _ in range(_RESTARTS):
            want = Want(walk.since, window.until if window else None, walk.cursor, place.note)
            try:
                answer = self.ask(partial(self.source.fetch, listing, want))
            except CursorExpired:
                walk = replace(walk, cursor=None)
            except SpanTooOld as error:
                if window is not None or (walk.since and walk.since >= error.earliest):
                    raise QueryRejected(str(error)) from None
                if place.read_at and place.read_at < error.earliest:
                    holes = [
                        Hole(place.read_at, error.earliest, "nothing was read for longer than the network reaches back")
                    ]
                walk = replace(walk, since=error.earliest, cursor=None)
            else:
                if answer.cursor is not None and answer.cursor == walk.cursor:
                    raise UnexpectedAnswer(f"{self.network}: {listing.kind}: a page names itself as the next one")
                return answer, walk, holes
        raise UnexpectedAnswer(f"{self.network}: {listing.kind}: its pages cannot be followed to their end")

    def _book(self, key: str, answer: Answer, holes: Sequence[Hole], connection: Connection, at: datetime) -> None:
        reads.record_gaps(connection, self.network, key, holes, self.run.run_id, at)
        if answer.gone:
            changes.bury(connection, self.network, answer.gone, at)
        self.book(connection, answer.charges, at)

    def _matching(self, listing: Listing, window: Window | None) -> matching.Matching:
        matched = matching.of_listing(self.settings.brands, listing)
        if window is None:
            return matched
        return lambda mention: matched(mention) if window.since <= mention.posted_at < window.until else None
