"""Listening: the networks' streams into the store, and on to the dashboard, in seconds and without losing a post.

Each stream has a thread that reads it into one bounded queue. A single writer empties the queue in batches, and another
thread classifies what was stored and opens cases. A slow store fills the queue, and then the readers wait.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from queue import Empty, Queue
from threading import Event, Thread

from monitor import store
from monitor.collect import collector, matching
from monitor.collect.ingest import IngestSpec, ParsedPosts, combine, parse, write_page
from monitor.collect.stream import QueuedEvent, StreamConnection, StreamListener, Tell, has_stream
from monitor.errors import BeingDone, EscuchaError, Permanent, SettingsError, StoreBusy, StoreTransient
from monitor.models.listings import Charge, DeletedPost, ListedPost, Listing
from monitor.models.posts import Post
from monitor.pipeline import main_line
from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.sources.stream_limits import LARGEST_WAITING, BoundedQueue, memory_of_message
from monitor.store import Connection
from monitor.store.posts import collection_state, edits

logger = logging.getLogger(__name__)

_QUEUE = 2_000  # posts between the readers and the writer
_BATCH = 500  # posts written at once
_LINGER = 1.0  # seconds that a batch waits for more
_POLL = 0.3
_STORE_PAUSE = 30.0  # seconds until the store is tried again that has no room or no memory
_FAREWELL = 8.0  # seconds for a stream to let go; reading a gap, and classifying, go on where they were next time


def listen(
    settings: Settings,
    networks: Sequence[str] | None,
    tell: Tell,
    stop: Event | None = None,
    *,
    stands_by: bool = True,
) -> None:
    """Keeps the streams of `networks` (None: of all that are set up and have one) open until `stop` or a signal.

    What was received is stored before it returns. A network that refuses does not end the others; when all have,
    Permanent is raised with their reasons. One that another process listens to is taken over when that ends; without
    `stands_by` BeingDone is raised when that is all there is to do. Raises SettingsError when there is nothing to
    listen to.
    """
    session = _ListenSession(settings, tell, stop or Event())
    listeners, faults = _listeners(session, networks)
    logger.info("listening started", extra={"count": len(listeners)})
    readers = [session.start_thread(listener.run, f"listen {listener.network}") for listener in listeners]
    fillers = [session.start_thread(listener.fill_gaps, f"fill {listener.network}") for listener in listeners]
    writer = session.start_thread(session.write, "write")
    classifier = session.start_thread(session.classify, "classify")
    try:
        while _are_at_work(readers, listeners, stands_by=stands_by) and not session.stop.wait(_POLL):
            pass
        elsewhere = [] if session.stop.is_set() else [listener.waits_for for listener in listeners]
    finally:
        session.stop.set()
        _join([*readers, *fillers, classifier], _FAREWELL)
        session.ended.set()
        _join([writer], settings.store.busy_timeout + _FAREWELL)
    logger.info("listening ended", extra={"count": len(listeners)})
    if session.broken:
        raise session.broken[0]
    faults += [listener.fault for listener in listeners if listener.fault]
    if all(listener.fault for listener in listeners):
        raise Permanent("\n".join(faults))
    if any(elsewhere):
        raise BeingDone("\n".join(filter(None, elsewhere)))


def _are_at_work(readers: Sequence[Thread], listeners: Sequence[StreamListener], *, stands_by: bool) -> bool:
    return any(
        reader.is_alive() and (stands_by or not listener.waits_for)
        for reader, listener in zip(readers, listeners, strict=True)
    )


def _listeners(session: "_ListenSession", networks: Sequence[str] | None) -> tuple[list[StreamListener], list[str]]:
    """The streams there are, and why others are not among them."""
    listeners, faults = [], []
    for network in dict.fromkeys(networks or collector.configured_networks(session.settings)):
        try:
            if has_stream(session.settings, network):
                listeners.append(
                    StreamListener(session.settings, network, session.queue, session.stored, session.stop, session.tell)
                )
            else:
                session.tell(f"{network} has no stream; escucha collect reads it")
        except EscuchaError as error:
            faults.append(str(error))
            logger.error("stream not opened", extra={"network": network, "reason": type(error).__name__})  # noqa: TRY400 (a traceback may quote a post)
            session.tell(str(error))
    if not listeners and not faults:
        raise SettingsError("there is no stream to listen to; set up a network that has one, see escucha.example.toml")
    return listeners, faults


def _join(threads: Sequence[Thread], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))


@dataclass(slots=True)
class _ListenSession:
    """The queue and the threads behind it. `stop`: nothing more is read; `ended`: nothing more comes into the queue."""

    settings: Settings
    tell: Tell
    stop: Event
    ended: Event = field(default_factory=Event)
    stored: Event = field(default_factory=Event)
    queue: "Queue[QueuedEvent]" = field(default_factory=lambda: BoundedQueue(_QUEUE, _memory_of))
    broken: list[BaseException] = field(default_factory=list)

    def start_thread(self, target: Callable[[], None], name: str) -> Thread:
        """A thread that does it; when it breaks, all end. A daemon, so that none outlives the main one."""

        def run() -> None:
            try:
                target()
            except BaseException as error:
                logger.error("listening broke off", extra={"reason": type(error).__name__})  # noqa: TRY400 (a traceback may quote a post)
                self.broken.append(error)
                self.stop.set()

        thread = Thread(target=run, name=name, daemon=True)
        thread.start()
        return thread

    def write(self) -> None:
        """Stores batch after batch, until nothing more comes and the queue is empty."""
        while batch := self._batch():
            for stream, received in _group_by_stream(batch):
                self._store(stream, received)
            self.stored.set()

    def _batch(self) -> list[QueuedEvent]:
        """The next posts, no more than the queue holds at once; none only at the end."""
        batch: list[QueuedEvent] = []
        deadline, size = 0.0, 0
        while len(batch) < _BATCH and size < LARGEST_WAITING and not (batch and time.monotonic() >= deadline):
            try:
                batch.append(self.queue.get(timeout=_POLL))
                size += _memory_of(batch[-1])
            except Empty:
                if self.ended.is_set():
                    break
                continue
            deadline = deadline or time.monotonic() + _LINGER
        return batch

    def _store(self, stream: StreamConnection, received: Sequence[QueuedEvent]) -> None:
        posts_by_listing = combine(list(self._parse(stream, received)))
        deleted_ids = [event.post_id for _, event in received if isinstance(event, DeletedPost)]
        charges = [event for _, event in received if isinstance(event, Charge)]
        with self._open_store() as connection:
            at = now()
            write_page(connection, stream.run, stream.network, posts_by_listing, at)
            edits.mark_deleted(connection, stream.network, deleted_ids, at)
            stream.spent = collection_state.add_spending(connection, stream.network, 0, charges, at)

    @contextmanager
    def _open_store(self) -> Iterator[Connection]:
        """The store, however long another process has it; at the end only for as long as the settings allow."""
        with ExitStack() as stack:
            while True:
                try:
                    connection = stack.enter_context(store.connect(self.settings.store))
                    break
                except StoreBusy as error:
                    if self.ended.is_set():
                        raise
                    logger.warning("batch waits for the store", extra={"reason": type(error).__name__})
                    self.tell(f"{error}; what was received waits")
            yield connection

    def _parse(self, stream: StreamConnection, received: Sequence[QueuedEvent]) -> Iterator[ParsedPosts]:
        no_listing = Listing(stream.network, "stream", "", "")
        groups: dict[Listing, list[Post]] = {}
        for _, event in received:
            if isinstance(event, ListedPost):
                groups.setdefault(event.listing, []).append(event.post)
            elif isinstance(event, Post):
                groups.setdefault(no_listing, []).append(event)
        for listing, posts in groups.items():
            brand_matcher = matching.by_listing(self.settings.brands, listing)
            yield parse(posts, IngestSpec(stream.module.to_mention, brand_matcher))

    def classify(self) -> None:
        """Classifies what was stored and opens cases for it, again whenever more was stored, as long as it can."""
        while not self.stop.is_set():
            if not self.stored.wait(_POLL):
                continue
            self.stored.clear()
            try:
                main_line.classify_pending(self.settings)
                main_line.open_cases(self.settings)
            except StoreTransient as error:
                logger.warning("classifying waits for the store", extra={"reason": type(error).__name__})
                self.tell(f"{error}; classified later")
                self.stored.set()
                if not isinstance(error, StoreBusy):  # which has been waited for
                    self.stop.wait(_STORE_PAUSE)
            except EscuchaError as error:  # a broken classifier is no reason to hear no more
                logger.error("classifying ended", extra={"reason": type(error).__name__})  # noqa: TRY400 (a traceback may quote a post)
                self.tell(f"{error}; posts are stored all the same, `escucha run` then classifies them")
                return


def _memory_of(event: QueuedEvent) -> int:
    return memory_of_message(event[1])


def _group_by_stream(batch: Sequence[QueuedEvent]) -> list[tuple[StreamConnection, list[QueuedEvent]]]:
    groups_by_id: dict[int, tuple[StreamConnection, list[QueuedEvent]]] = {}
    for queued_event in batch:
        groups_by_id.setdefault(id(queued_event[0]), (queued_event[0], []))[1].append(queued_event)
    return list(groups_by_id.values())
