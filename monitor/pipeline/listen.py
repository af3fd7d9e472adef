"""Listening: the networks' streams into the store, and on to the dashboard, in seconds and without losing a post.

Each stream has a thread that reads it into one bounded queue. A single writer empties the queue in batches, and another
thread classifies what was stored and opens cases. A slow store fills the queue, and then the readers wait.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from queue import Empty, Queue
from threading import Event, Thread

from monitor import store
from monitor.collect import collector, matching
from monitor.collect.ingest import Parsed, Read, parse, together, write
from monitor.collect.stream import Line, Link, Received, Tell, has_stream
from monitor.errors import EscuchaError, Permanent, SettingsError, StoreBusy
from monitor.models.listings import Charge, Gone, Heard, Listing
from monitor.models.posts import Post
from monitor.pipeline import main_line
from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.posts import collection_state, edits

_QUEUE = 2_000  # posts between the readers and the writer
_BATCH = 500  # posts written at once
_LINGER = 1.0  # seconds that a batch waits for more
_POLL = 0.3
_FAREWELL = 8.0  # seconds for a stream to let go; reading a gap, and classifying, go on where they were next time


def listen(settings: Settings, networks: Sequence[str] | None, tell: Tell, stop: Event | None = None) -> None:
    """Keeps the streams of `networks` (None: of all that are set up and have one) open until `stop` or a signal.

    What was received is stored before it returns. A network that refuses does not end the others; when all have,
    Permanent is raised with their reasons. Raises SettingsError when there is nothing to listen to.
    """
    work = _Work(settings, tell, stop or Event())
    lines, faults = _lines(work, networks)
    readers = [work.started(line.run, f"listen {line.network}") for line in lines]
    fillers = [work.started(line.fill, f"fill {line.network}") for line in lines]
    writer = work.started(work.write, "write")
    classifier = work.started(work.classify, "classify")
    try:
        while any(one.is_alive() for one in readers) and not work.stop.wait(_POLL):
            pass
    finally:
        work.stop.set()
        _join([*readers, *fillers, classifier], _FAREWELL)
        work.ended.set()
        _join([writer], settings.store.busy_timeout + _FAREWELL)
    if work.broken:
        raise work.broken[0]
    faults += [line.fault for line in lines if line.fault]
    if all(line.fault for line in lines):
        raise Permanent("\n".join(faults))


def _lines(work: "_Work", networks: Sequence[str] | None) -> tuple[list[Line], list[str]]:
    """The streams there are, and why others are not among them."""
    lines, faults = [], []
    for network in dict.fromkeys(networks or collector.configured(work.settings)):
        try:
            if has_stream(work.settings, network):
                lines.append(Line(work.settings, network, work.queue, work.stored, work.stop, work.tell))
            else:
                work.tell(f"{network} has no stream; escucha collect reads it")
        except EscuchaError as error:
            faults.append(str(error))
            work.tell(str(error))
    if not lines and not faults:
        raise SettingsError("there is no stream to listen to; set up a network that has one, see escucha.example.toml")
    return lines, faults


def _join(threads: Sequence[Thread], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    for one in threads:
        one.join(max(0.0, deadline - time.monotonic()))


@dataclass(slots=True)
class _Work:
    """The queue and the threads behind it. `stop`: nothing more is read; `ended`: nothing more comes into the queue."""

    settings: Settings
    tell: Tell
    stop: Event
    ended: Event = field(default_factory=Event)
    stored: Event = field(default_factory=Event)
    queue: "Queue[Received]" = field(default_factory=lambda: Queue(_QUEUE))
    broken: list[BaseException] = field(default_factory=list)

    def started(self, work: Callable[[], None], name: str) -> Thread:
        """A thread that does it; when it breaks, all end. A daemon, so that none outlives the main one."""

        def run() -> None:
            try:
                work()
            except BaseException as error:
                self.broken.append(error)
                self.stop.set()

        thread = Thread(target=run, name=name, daemon=True)
        thread.start()
        return thread

    def write(self) -> None:
        """Stores batch after batch, until nothing more comes and the queue is empty."""
        while batch := self._batch():
            for link, received in _by_link(batch):
                self._store(link, received)
            self.stored.set()

    def _batch(self) -> list[Received]:
        """The next posts; none only at the end."""
        batch: list[Received] = []
        deadline = 0.0
        while len(batch) < _BATCH and not (batch and time.monotonic() >= deadline):
            try:
                batch.append(self.queue.get(timeout=_POLL))
            except Empty:
                if self.ended.is_set():
                    break
                continue
            deadline = deadline or time.monotonic() + _LINGER
        return batch

    def _store(self, link: Link, received: Sequence[Received]) -> None:
        parsed = together(list(self._parsed(link, received)))
        gone = [one.post_id for _, one in received if isinstance(one, Gone)]
        charges = [one for _, one in received if isinstance(one, Charge)]
        with self._opened() as connection:
            at = now()
            write(connection, link.run, parsed, at, updates=True)
            edits.bury(connection, link.network, gone, at)
            link.spent = collection_state.spend(connection, link.network, 0, charges, at)

    @contextmanager
    def _opened(self) -> Iterator[Connection]:
        """The store, however long another process has it; at the end only for as long as the settings allow."""
        with ExitStack() as stack:
            while True:
                try:
                    connection = stack.enter_context(store.connect(self.settings.store))
                    break
                except StoreBusy as error:
                    if self.ended.is_set():
                        raise
                    self.tell(f"{error}; what was received waits")
            yield connection

    def _parsed(self, link: Link, received: Sequence[Received]) -> Iterator[Parsed]:
        anywhere = Listing(link.network, "stream", "", "")
        groups: dict[Listing, list[Post]] = {}
        for _, one in received:
            if isinstance(one, Heard):
                groups.setdefault(one.listing, []).append(one.post)
            elif isinstance(one, Post):
                groups.setdefault(anywhere, []).append(one)
        for listing, posts in groups.items():
            matched = matching.of_listing(self.settings.brands, listing)
            yield parse(posts, Read(link.network, listing.key, link.module.to_mention, matched))

    def classify(self) -> None:
        """Classifies what was stored and opens cases for it, again whenever more was stored, as long as it can."""
        while not self.stop.is_set():
            if not self.stored.wait(_POLL):
                continue
            self.stored.clear()
            try:
                main_line.classify_pending(self.settings)
                main_line.open_cases(self.settings)
            except StoreBusy as error:
                self.tell(f"{error}; classified later")
                self.stored.set()
            except EscuchaError as error:  # a broken classifier is no reason to hear no more
                self.tell(f"{error}; posts are stored all the same, `escucha run` then classifies them")
                return


def _by_link(batch: Sequence[Received]) -> list[tuple[Link, list[Received]]]:
    links: dict[int, tuple[Link, list[Received]]] = {}
    for one in batch:
        links.setdefault(id(one[0]), (one[0], []))[1].append(one)
    return list(links.values())
