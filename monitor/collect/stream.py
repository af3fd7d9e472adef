"""One network's stream, kept open: read into a queue, opened again when it is cut off, its gaps filled by reading."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Full, Queue
from threading import Event
from typing import TypeAlias

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_when_event_set,
    wait_random_exponential,
)

from monitor import store
from monitor.collect import collector
from monitor.collect.rate_limits import check_budget
from monitor.errors import (
    BadCredentials,
    BeingDone,
    EscuchaError,
    Forbidden,
    LeaseLost,
    QueryRejected,
    RateLimited,
    SettingsError,
    SourceUnavailable,
    StoreBusy,
    StoreTransient,
)
from monitor.models.listings import Charge, DeletedPost, ListedPost, Meter, StreamMessage
from monitor.models.posts import Post
from monitor.runs import Run, holding, now, record_run
from monitor.runs.holding import Hold
from monitor.settings.loading import Settings
from monitor.settings.network import NetworkSettings
from monitor.sources import registry
from monitor.sources.base import Module, Source, Streams
from monitor.store.posts import collection_state
from monitor.store.posts.collection_state import LONGEST_PAUSE, Spending

logger = logging.getLogger(__name__)

_FATAL = (BadCredentials, Forbidden, QueryRejected, SettingsError)  # a person has to act
_STABLE = 60.0  # seconds a connection must last for the waits before the next one to begin anew
_REOPEN_PAUSE = 1.0  # seconds before a stream that was cut off is opened again
_POLL = 0.3
_STORE_BUSY_PAUSE = timedelta(minutes=1)
_STAND_BY = 5.0  # seconds between two looks whether whoever listens still does
_BACK_OFF = wait_random_exponential(multiplier=2, min=1, max=120)


@dataclass(slots=True)
class StreamConnection:
    """One connection to a stream, its run, and what the day has cost; the writer keeps `spent` up to date."""

    network: str
    run: Run
    module: Module
    source: Source
    meter: Meter
    spent: Spending


Tell: TypeAlias = Callable[[str], None]
"""Shows a person one sentence."""
QueuedEvent: TypeAlias = tuple[StreamConnection, Post | ListedPost | DeletedPost | Charge]
"""What the stream sent, and by which connection."""


class _StreamCut(EscuchaError):
    """The stream could not be opened, or ended; its text is that of the error behind it."""


def sole_listener(settings: Settings, network: str) -> AbstractContextManager[Hold]:
    """The right to keep the network's stream open, which one process has at a time. Raises BeingDone."""
    return holding.exclusive(
        settings,
        f"listen {network}",
        lambda by, since: f"{network}: being listened to by {by} since {since}",
        longest=None,
    )


def has_stream(settings: Settings, network: str) -> bool:
    """Whether the network sends posts as they appear. Raises SettingsError and BadCredentials."""
    return isinstance(registry.module(network).connect(settings, Meter()), Streams)


@dataclass(slots=True)
class StreamListener:
    """A stream that is kept open. `run` and `fill_gaps` each want a thread of their own; both end soon after `stop`.

    `stored` is set when reading may have brought posts; `fault` says why it is not opened any more, `waits_for` who
    listens in its place, until that ends.
    """

    settings: Settings
    network: str
    queue: "Queue[QueuedEvent]"
    stored: Event
    stop: Event
    tell: Tell
    fault: str = ""
    waits_for: str = ""
    _gap: Event = field(default_factory=Event)
    _told: str = ""

    def run(self) -> None:
        """Keeps the stream open until `stop`, or until the network refuses it for good."""
        retrying = Retrying(
            retry=retry_if_exception_type(_StreamCut),
            stop=stop_when_event_set(self.stop),
            wait=self._retry_wait,
            sleep=sleep_using_event(self.stop),
            reraise=True,
        )
        try:
            while not self.stop.is_set():
                try:
                    with sole_listener(self.settings, self.network) as own:
                        self.waits_for = ""
                        while not self.stop.is_set():
                            with suppress(_StreamCut):
                                retrying(self._listen, own)
                except StoreTransient as error:
                    self._stand_by(error)
        except Exception as error:  # whatever becomes of one network, the others go on
            self.fault = _error_message(error)
            context = {"network": self.network, "reason": type(error).__name__}
            logger.error("stream ended", extra=context)  # noqa: TRY400 (a traceback may quote a post)
            self.tell(f"{self.network} is not listened to any more: {self.fault}")

    def _stand_by(self, reason: StoreTransient) -> None:
        """Waits for the turn of this process: until then another listens, or the store says nothing."""
        if str(reason) != self._told:
            self.tell(str(reason))
            logger.info("listening waits", extra={"network": self.network, "reason": type(reason).__name__})
        self._told = str(reason)
        self.waits_for = str(reason) if isinstance(reason, BeingDone) else ""
        self.stop.wait(_STAND_BY)

    def _retry_wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        cause = error.__cause__ if error else None
        seconds = float(_BACK_OFF(state))
        if isinstance(cause, RateLimited) and cause.reset_at is not None:
            seconds += _seconds_until(cause.reset_at)
        if not self.stop.is_set():
            self.tell(f"{error}; tried again in {seconds:.0f} s")
            context = {"network": self.network, "attempt": state.attempt_number, "reason": type(cause).__name__}
            logger.warning("stream retried", extra={**context, "seconds": round(seconds, 1)})
        return seconds

    def _listen(self, own: Hold) -> None:
        """One connection, until `stop`. Returns also when it was cut off after a long time, else raises _StreamCut.

        Raises LeaseLost when another listens by now.
        """
        began = time.monotonic()
        try:
            with (
                record_run(self.settings, "listen", self.network, network=self.network) as run,
                self._connect(run) as connection,
            ):
                for number, event in enumerate(self._events(connection)):
                    if number == 0:
                        self._gap.set()
                        self.tell(f"{self.network}: listening")
                        logger.info("stream opened", extra={"network": self.network, "run": run.run_id})
                    if event is not None:
                        self._enqueue((connection, event))
                    self._check_budget(connection)
                    if own.lost.is_set():
                        raise LeaseLost(f"{self.network}: another listens, for this process was not heard of")
        except (*_FATAL, LeaseLost):
            raise
        except EscuchaError as error:
            seconds = time.monotonic() - began
            if seconds < _STABLE or isinstance(error, RateLimited):
                raise _StreamCut(str(error)) from error
            self.tell(f"{error}; opened again")
            context = {"network": self.network, "reason": type(error).__name__}
            logger.warning("stream cut off; opened again", extra={**context, "seconds": round(seconds)})
            self.stop.wait(_REOPEN_PAUSE)

    @contextmanager
    def _connect(self, run: Run) -> Iterator[StreamConnection]:
        meter, module = Meter(), registry.module(self.network)
        with store.connect(self.settings.store, read_only=True) as database:
            spent = collection_state.spending(database, self.network, now())
        connection = StreamConnection(self.network, run, module, module.connect(self.settings, meter), meter, spent)
        self._check_budget(connection)
        try:
            yield connection
        finally:
            with store.connect(self.settings.store) as database:
                collection_state.add_spending(database, self.network, meter.take(), (), now())

    def _check_budget(self, connection: StreamConnection) -> None:
        section: NetworkSettings = self.settings.networks.of(self.network)
        check_budget(section, self.network, connection.spent, connection.meter.pending)

    def _events(self, connection: StreamConnection) -> Iterator[StreamMessage]:
        listings = collector.listings(self.settings, self.network, self.settings.brands)
        if isinstance(connection.source, Streams):
            yield from connection.source.stream(listings, self.stop)
        if not self.stop.is_set():
            raise SourceUnavailable(f"{self.network}: the stream was cut off")

    def _enqueue(self, event: QueuedEvent) -> None:
        """Waits while the queue is full: then the network waits too, or cuts off, and the gap is filled."""
        while True:
            with suppress(Full):
                return self.queue.put(event, timeout=_POLL)

    def fill_gaps(self) -> None:
        """Reads after each connection what was posted before it; a network that asks to wait is asked again then."""
        resumes_in: float | None = None  # by a clock that nobody sets
        while not self.stop.wait(_POLL):
            if self._gap.is_set() or (resumes_in is not None and resumes_in <= time.monotonic()):
                self._gap.clear()
                resumes_at = self._fill_gap()
                resumes_in = None if resumes_at is None else time.monotonic() + _seconds_until(resumes_at)
                self.stored.set()

    def _fill_gap(self) -> datetime | None:
        try:
            collected = collector.collect(self.settings, self.network)
        except StoreBusy:  # another process reads it just now, but may have begun before the stream did
            return now() + _STORE_BUSY_PAUSE
        except Exception as error:  # the stream goes on
            context = {"network": self.network, "reason": type(error).__name__}
            logger.error("gap not filled", extra=context)  # noqa: TRY400 (a traceback may quote a post)
            self.tell(f"{_error_message(error)}; `escucha collect --network {self.network}` reads what is missing")
            return None
        self.tell(f"{self.network}: {collected.saved.stored} posts read from before")
        logger.info("gap filled", extra={"network": self.network, "count": collected.saved.stored})
        return collected.resumes_at


def _seconds_until(at: datetime) -> float:
    """Never longer than a network is left alone at most."""
    return max(0.0, min(at - now(), LONGEST_PAUSE).total_seconds())


def _error_message(error: Exception) -> str:
    """Errors that are not ours may quote a post; they are named by their kind alone."""
    return str(error) if isinstance(error, EscuchaError) else f"a fault in Escucha itself: {type(error).__name__}"
