"""One session of collecting: a connection to a network, within its limits and budget, that stores what it receives."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_after_delay,
    wait_random_exponential,
)

from monitor import store
from monitor.collect import journal, matching
from monitor.collect.ingest import IngestSpec, ParsedPosts, combine, parse, unreadable_error, write_page
from monitor.collect.journal import Journal, JournalEntry
from monitor.collect.rate_limits import check_budget, is_paused, partial_read_error, pause_after
from monitor.errors import BudgetSpent, PartLimited, RateLimited, SourceUnavailable
from monitor.models.listings import BackfillWindow, Charge, Listing, Meter
from monitor.runs import Run, holding, now
from monitor.runs.holding import Hold
from monitor.settings.loading import Settings
from monitor.settings.network import NetworkSettings
from monitor.sources import registry
from monitor.sources.base import Module, Source
from monitor.store import Connection
from monitor.store.posts import collection_state, edits, gaps
from monitor.store.posts.collection_state import Pause, Spending

logger = logging.getLogger(__name__)

_TRIES = 4
_TRYING_SECONDS = 60.0  # after which a request that fails is not tried again
_LONGEST_SESSION = 7_200.0  # seconds of one read of a network
_RETRY_WAIT = 0.5  # seconds; random, up to twice as long with every try
_BATCH = 5_000  # posts stored in one transaction at most
_BATCH_SECONDS = 1.0  # seconds a received page waits at most for others, once the next has come
_T = TypeVar("_T")


def sole_reader(settings: Settings, network: str, *, wait: float = 0.0) -> AbstractContextManager[Hold]:
    """The right to read the network, which one process has at a time, on one machine.

    Raises BeingDone when another still has it after `wait` seconds.
    """
    return holding.exclusive(
        settings, f"collect {network}", lambda by, since: f"{network}: being read by {by} since {since}", wait=wait
    )


@contextmanager
def open_session(
    settings: Settings, network: str, run: Run, own: Hold, *, is_recheck: bool = False
) -> Iterator["CollectSession"]:
    """A session, with what it spends in the ledger and what the network asks for in the pauses.

    What one that looks posts up again (`is_recheck`) spends is also kept apart. `own`: see `sole_reader`.
    Raises RateLimited, without asking the network, while it is to be left alone; its `reset_at` is never None here.
    Raises LeaseLost when another has taken over since.
    """
    with journal.journal_of(settings.store, network, own) as network_journal:
        pause, spent = _state(settings, network)
        if pause and is_paused(pause, network):
            raise partial_read_error(settings, pause.reason, pause.until)
        meter = Meter()
        module = registry.module(network)
        source = module.connect(settings, meter)
        session = CollectSession(settings, network, run, own, module, source, meter, network_journal, spent, is_recheck)
        logger.debug("session opened", extra={"network": network, "run": run.run_id})
        try:
            session.recover()
            yield session
        except RateLimited as limited:
            raise _record_pause(session, limited, pause) from None
        else:
            if pause:
                with session.open_store() as connection:
                    collection_state.end_pause(connection, network)
                logger.info("pause ended", extra={"network": network, "run": run.run_id})
        finally:
            session.settle()


def _state(settings: Settings, network: str) -> tuple[Pause | None, Spending]:
    """The network's pause, and what the day has cost, with what a clock that was ahead has spent on days to come."""
    with store.connect(settings.store, read_only=True) as connection:
        is_ahead = collection_state.is_spent_ahead(connection, network, now())
        pause = collection_state.pause(connection, network)
        spent = collection_state.spending(connection, network, now())
    if is_ahead:
        with store.connect(settings.store) as connection:
            collection_state.bring_back(connection, network, now())
            spent = collection_state.spending(connection, network, now())
        logger.warning("spending of days to come counted today", extra={"network": network})
    return pause, spent


def _record_pause(session: "CollectSession", limited: RateLimited, previous: Pause | None) -> RateLimited:
    """Remembers when to ask again; a budget is looked up anew each time, for it may be raised."""
    pause = pause_after(limited, None if session.answers else previous)
    if not isinstance(limited, BudgetSpent | PartLimited):
        with store.connect(session.settings.store) as connection:
            collection_state.set_pause(connection, session.network, pause, now())
        context = {"network": session.network, "run": session.run.run_id, "reason": type(limited).__name__}
        logger.warning("network paused", extra={**context, "until": pause.until.isoformat()})
    return partial_read_error(session.settings, pause.reason, pause.until)


@dataclass(slots=True)
class CollectSession:
    """An open connection to a network, what it has cost, and the pages it received that are not stored yet."""

    settings: Settings
    network: str
    run: Run
    own: Hold
    module: Module
    source: Source
    meter: Meter
    journal: Journal
    spent: Spending
    is_recheck: bool = False
    answers: int = 0
    _pending: list[tuple[JournalEntry, ParsedPosts]] = field(default_factory=list)
    _pending_since: float = 0.0
    _opened_at: float = field(default_factory=time.monotonic)
    _matchers: dict[str, matching.Matcher] = field(default_factory=dict)

    @property
    def section(self) -> NetworkSettings:
        """The network's settings."""
        return self.settings.networks.of(self.network)

    @contextmanager
    def open_store(self) -> Iterator[Connection]:
        """The store, for a transaction that writes what was read. Raises LeaseLost when the network is another's."""
        with store.connect(self.settings.store) as connection:
            self.own.require(connection)
            yield connection

    def ask(self, request: Callable[[], _T]) -> _T:
        """Asks the network, again after passing faults. Raises BudgetSpent when the day's budget is used up."""
        self._check_time()
        retrying = Retrying(
            retry=retry_if_exception_type(SourceUnavailable),
            stop=stop_after_attempt(_TRIES) | stop_after_delay(_TRYING_SECONDS),
            wait=wait_random_exponential(multiplier=_RETRY_WAIT, max=20 * _RETRY_WAIT),
            before_sleep=self._log_retry,
            reraise=True,
        )
        answer: _T = retrying(self._ask_once, request)
        self.answers += 1
        return answer

    def _ask_once(self, request: Callable[[], _T]) -> _T:
        """One try, which counts: what failed was sent too, and is booked before a kill can forget it."""
        check_budget(self.section, self.network, self.spent, self.meter.pending)
        try:
            return request()
        except SourceUnavailable:
            with store.connect(self.settings.store) as connection:
                self.book(connection, (), now())
            raise

    def _check_time(self) -> None:
        """Raises BudgetSpent when the session has lasted so long that the other networks have to have their turn."""
        if time.monotonic() - self._opened_at > _LONGEST_SESSION:
            context = {"network": self.network, "run": self.run.run_id, "seconds": _LONGEST_SESSION}
            logger.warning("read cut off, it goes on with the next", extra=context)
            hours = _LONGEST_SESSION / 3600
            raise BudgetSpent(f"{self.network} was read for {hours:g} hours; the next read goes on where it was", now())

    def _log_retry(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        context = {"network": self.network, "run": self.run.run_id, "reason": type(error).__name__}
        seconds = round(state.upcoming_sleep, 1)
        logger.warning("request retried", extra={**context, "attempt": state.attempt_number, "seconds": seconds})

    def receive(self, entry: JournalEntry) -> None:
        """Takes a page in, safe from now on; it is stored soon, or at once when the day has a budget.

        Raises UnexpectedAnswer when nothing of a whole page can be read; its posts are kept as rejects then, and the
        watermark stays where it was.
        """
        self.journal.append(entry)
        parsed = self._buffer(entry)
        count = sum(pending.count for _, pending in self._pending)
        if (
            self.section.has_budget
            or count >= _BATCH
            or time.monotonic() - self._pending_since > _BATCH_SECONDS
            or not parsed.is_readable
        ):
            self.flush()
        if not parsed.is_readable:
            raise unreadable_error(self.network, parsed.rejects)

    def _buffer(self, entry: JournalEntry) -> ParsedPosts:
        spec = IngestSpec(self.module.to_mention, self._matcher(entry.listing, entry.window))
        parsed = parse(entry.page.posts, spec)
        if not self._pending:
            self._pending_since = time.monotonic()
        self._pending.append((entry, parsed))
        return parsed

    def _matcher(self, listing: Listing, window: BackfillWindow | None) -> matching.Matcher:
        if listing.key not in self._matchers:
            self._matchers[listing.key] = matching.by_listing(self.settings.brands, listing)
        matcher = self._matchers[listing.key]
        if window is None:
            return matcher
        return lambda mention: matcher(mention) if window.since <= mention.posted_at < window.until else None

    def flush(self) -> None:
        """Stores what waits: posts, watermarks, gaps, deletions and costs in one transaction."""
        if not self._pending:
            return
        entries = [entry for entry, _ in self._pending]
        parsed = combine([parsed for _, parsed in self._pending])
        readable = [entry for entry, parsed in self._pending if parsed.is_readable]
        with self.open_store() as connection:
            at = now()
            watermarks = {entry.key: entry.after for entry in self._contiguous(connection, readable)}
            write_page(connection, self.run, self.network, parsed, at, watermarks)
            for entry in entries:
                key = entry.listing.key
                collection_state.record_gaps(connection, self.network, key, entry.gaps, self.run.run_id, at)
                if (window := entry.window) and entry.ends_whole:
                    gaps.narrow(connection, self.network, key, window.since, window.until, self.run.run_id)
            deleted = [post_id for entry in entries for post_id in entry.page.gone]
            edits.mark_deleted(connection, self.network, deleted, at)
            charges = [charge for entry in entries for charge in entry.page.charges]
            requests = sum(entry.requests for entry in entries)
            self.spent = collection_state.add_spending(connection, self.network, requests, charges, at)
            self.journal.settle(connection)
        self.journal.clear()
        self._pending.clear()

    def recover(self) -> None:
        """Stores what an earlier process received, unless it ended between storing that and clearing the journal."""
        entries = self.journal.unstored()
        if entries:
            with store.connect(self.settings.store, read_only=True) as connection:
                entries = self._contiguous(connection, entries)
            context = {"network": self.network, "run": self.run.run_id, "count": len(entries)}
            logger.warning("pages of an earlier process recovered", extra=context)
            for entry in entries:
                self._buffer(entry)
            self.flush()
        self.journal.clear()  # of an answer cut off in the middle, which the next one must not be written behind

    def _contiguous(self, connection: Connection, entries: Sequence[JournalEntry]) -> list[JournalEntry]:
        watermarks = {entry.key: collection_state.watermark(connection, self.network, entry.key) for entry in entries}
        return journal.contiguous(entries, watermarks)

    def book(self, connection: Connection, charges: Sequence[Charge], at: datetime) -> None:
        """Brings the requests since the last answer, and what they cost, into the ledger."""
        self.spent = collection_state.add_spending(
            connection, self.network, self.meter.take(), charges, at, is_recheck=self.is_recheck
        )

    def settle(self) -> None:
        """Stores what waits, and books requests that belong to no answer."""
        try:
            self.flush()
        finally:
            if self.meter.pending:
                with store.connect(self.settings.store) as connection:
                    self.book(connection, (), now())
