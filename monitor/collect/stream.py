"""One network's stream, kept open: read into a queue, opened again when it is cut off, its gaps filled by reading."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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
    EscuchaError,
    Forbidden,
    QueryRejected,
    RateLimited,
    SettingsError,
    SourceUnavailable,
    StoreBusy,
)
from monitor.models.listings import Charge, Gone, Heard, Meter, Sent
from monitor.models.posts import Post
from monitor.runs import Run, now, recorded
from monitor.settings.loading import Settings
from monitor.sources import registry
from monitor.sources.base import Module, Source, Streams
from monitor.store.posts import collection_state
from monitor.store.posts.collection_state import Spent

_FOR_GOOD = (BadCredentials, Forbidden, QueryRejected, SettingsError)  # a person has to act
_SOUND = 60.0  # seconds a connection must last for the waits before the next one to begin anew
_BREATH = 1.0  # seconds before a stream that was cut off is opened again
_POLL = 0.3
_SOON = timedelta(minutes=1)
_BACK_OFF = wait_random_exponential(multiplier=2, min=1, max=120)


@dataclass(slots=True)
class Link:
    """One connection to a stream, its run, and what the day has cost; the writer keeps `spent` up to date."""

    network: str
    run: Run
    module: Module
    source: Source
    meter: Meter
    spent: Spent


Tell: TypeAlias = Callable[[str], None]
Received: TypeAlias = tuple[Link, Post | Heard | Gone | Charge]


class _Cut(EscuchaError):
    """The stream could not be opened, or ended; its text is that of the error behind it."""


def has_stream(settings: Settings, network: str) -> bool:
    """Whether the network sends posts as they appear. Raises SettingsError and BadCredentials."""
    return isinstance(registry.module(network).connect(settings, Meter()), Streams)


@dataclass(slots=True)
class Line:
    """A stream that is kept open. `run` and `fill` each want a thread of their own; both end soon after `stop`.

    `stored` is set when reading may have brought posts; `fault` says why it is not opened any more.
    """

    settings: Settings
    network: str
    queue: "Queue[Received]"
    stored: Event
    stop: Event
    tell: Tell
    fault: str = ""
    _gap: Event = field(default_factory=Event)

    def run(self) -> None:
        """Keeps the stream open until `stop`, or until the network refuses it for good."""
        retrying = Retrying(
            retry=retry_if_exception_type(_Cut),
            stop=stop_when_event_set(self.stop),
            wait=self._wait,
            sleep=sleep_using_event(self.stop),
            reraise=True,
        )
        try:
            while not self.stop.is_set():
                with suppress(_Cut):
                    retrying(self._listen)
        except Exception as error:  # whatever becomes of one network, the others go on
            self.fault = _said(error)
            self.tell(f"{self.network} is not listened to any more: {self.fault}")

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        cause = error.__cause__ if error else None
        wait = float(_BACK_OFF(state))
        if isinstance(cause, RateLimited) and cause.reset_at is not None:
            wait += max(0.0, (cause.reset_at - now()).total_seconds())
        if not self.stop.is_set():
            self.tell(f"{error}; tried again in {wait:.0f} s")
        return wait

    def _listen(self) -> None:
        """One connection, until `stop`. Returns also when it was cut off after a long time, else raises _Cut."""
        began = time.monotonic()
        try:
            with recorded(self.settings, "listen", self.network) as run, self._linked(run) as link:
                for number, sent in enumerate(self._stream(link)):
                    if number == 0:
                        self._gap.set()
                        self.tell(f"{self.network}: listening")
                    if sent is not None:
                        self._hand_on((link, sent))
                    self._afford(link)
        except _FOR_GOOD:
            raise
        except EscuchaError as error:
            lasted = time.monotonic() - began
            if lasted < _SOUND or isinstance(error, RateLimited):
                raise _Cut(str(error)) from error
            self.tell(f"{error}; opened again")
            self.stop.wait(_BREATH)

    @contextmanager
    def _linked(self, run: Run) -> Iterator[Link]:
        meter, module = Meter(), registry.module(self.network)
        with store.connect(self.settings.store, read_only=True) as connection:
            spent = collection_state.spent(connection, self.network, now())
        link = Link(self.network, run, module, module.connect(self.settings, meter), meter, spent)
        self._afford(link)
        try:
            yield link
        finally:
            with store.connect(self.settings.store) as connection:
                collection_state.spend(connection, self.network, meter.take(), (), now())

    def _afford(self, link: Link) -> None:
        check_budget(self.settings.networks.of(self.network), self.network, link.spent, link.meter.pending)

    def _stream(self, link: Link) -> Iterator[Sent]:
        wanted = collector.listings(self.settings, self.network, self.settings.brands)
        if isinstance(link.source, Streams):
            yield from link.source.stream(wanted, self.stop)
        if not self.stop.is_set():
            raise SourceUnavailable(f"{self.network}: the stream was cut off")

    def _hand_on(self, received: Received) -> None:
        """Waits while the queue is full: then the network waits too, or cuts off, and the gap is filled."""
        while True:
            with suppress(Full):
                return self.queue.put(received, timeout=_POLL)

    def fill(self) -> None:
        """Reads after each connection what was posted before it; a network that asks to wait is asked again then."""
        resumes_at: datetime | None = None
        while not self.stop.wait(_POLL):
            if self._gap.is_set() or (resumes_at is not None and resumes_at <= now()):
                self._gap.clear()
                resumes_at = self._read()
                self.stored.set()

    def _read(self) -> datetime | None:
        try:
            done = collector.collect(self.settings, self.network)
        except StoreBusy:  # another process reads it just now, but may have begun before the stream did
            return now() + _SOON
        except Exception as error:  # the stream goes on
            self.tell(f"{_said(error)}; `escucha collect --network {self.network}` reads what is missing")
            return None
        self.tell(f"{self.network}: {done.saved.stored} posts read from before")
        return done.resumes_at


def _said(error: Exception) -> str:
    """Errors that are not ours may quote a post; they are named by their kind alone."""
    return str(error) if isinstance(error, EscuchaError) else f"a fault in Escucha itself: {type(error).__name__}"
