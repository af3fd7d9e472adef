"""Mastodon's streams: one connection for each hashtag and one for notifications, each read by a thread of its own."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Any
from urllib.parse import quote

import mastodon
import requests

from monitor.errors import QueryRejected, SourceError, SourceUnavailable
from monitor.models.listings import DeletedPost, ListedPost, Listing, Meter, StreamMessage
from monitor.models.posts import Post
from monitor.sources import stream_limits
from monitor.sources.mastodon.client import NETWORK, MastodonServer
from monitor.sources.mastodon.network import MastodonSettings
from monitor.text import json_values

logger = logging.getLogger(__name__)

_SILENCE = 60.0  # seconds; Mastodon says something every 15
_WAITING = 1_000  # posts that the caller has not taken; then the server waits
_POLL = 0.2
_MOST_LINES = 1_000  # of an event
_NOTHING = 1.0  # seconds between two looks at the connections
_POSTS = ("update", "status.update", "status_update")  # new, edited; spelt in two ways


def stream(
    section: MastodonSettings, meter: Meter, listings: Sequence[Listing], stop: Event
) -> Iterator[StreamMessage]:
    """What the streams of these listings send; see `monitor.sources.base.Streams`.

    Raises QueryRejected when none of the listings has a stream.
    """
    messages: Queue[StreamMessage] = stream_limits.BoundedQueue(_WAITING, stream_limits.memory_of_message)
    ended = Event()
    channel_listings = [listing for listing in listings if listing.kind in ("tag", "mentions")]
    if not channel_listings:
        raise QueryRejected(f"{NETWORK}: only hashtags and mentions are streamed; write a #tag in a query, or collect")
    channels = [_Channel(MastodonServer(section, meter), listing, messages, ended) for listing in channel_listings]
    threads = [
        Thread(target=channel.read, name=f"{NETWORK} {channel.listing.key}", daemon=True) for channel in channels
    ]
    try:
        for thread in threads:
            thread.start()
        while not stop.is_set() and not all(channel.connected.wait(_POLL) for channel in channels):
            _raise_fault(channels, messages)
            if not messages.empty():
                yield _next(messages)
        yield None
        while not stop.is_set():
            _raise_fault(channels, messages)
            yield _next(messages)
    finally:
        ended.set()
        for channel, thread in zip(channels, threads, strict=True):
            channel.close()
            thread.join(_NOTHING)


def _raise_fault(channels: Sequence["_Channel"], messages: "Queue[StreamMessage]") -> None:
    """Raises what ended a connection, once all is taken that had come before."""
    faults = [channel.fault for channel in channels if channel.fault is not None]
    if faults and messages.empty():
        raise faults[0]


def _next(messages: "Queue[StreamMessage]") -> StreamMessage:
    try:
        return messages.get(timeout=_NOTHING)
    except Empty:
        return None


@dataclass(slots=True)
class _Channel:
    """One connection; `read` is its thread's."""

    server: MastodonServer
    listing: Listing
    messages: "Queue[StreamMessage]"
    ended: Event
    connected: Event = field(default_factory=Event)
    fault: SourceError | None = None
    response: requests.Response | None = None

    def read(self) -> None:
        """Reads until it is cut off or `ended`."""
        listener, client = _Listener(self), self.server.client
        try:
            if self.listing.kind == "tag":
                client.stream_hashtag(quote(self.listing.target, safe=""), listener, timeout=_SILENCE)
            else:
                client.stream_user_notifications(listener, timeout=_SILENCE)
            self.fault = SourceUnavailable(f"{NETWORK}: the server ended the stream")
        except SourceError as error:
            self.fault = error
        except Exception as error:  # closing it from outside breaks whatever it does just then
            self.fault = self.server.fault(error)
        if not self.ended.is_set():
            reason = type(self.fault).__name__
            logger.warning(
                "connection lost",
                extra={"network": NETWORK, "listing_kind": self.listing.kind, "reason": reason},
            )

    def read_events(self, response: requests.Response) -> None:
        """Hands on what an open connection sends."""
        self.response = response
        self.connected.set()
        logger.info("connection opened", extra={"network": NETWORK, "listing_kind": self.listing.kind})
        for name, content in events(stream_limits.lines(NETWORK, response.raw, _SILENCE)):
            message = self._parse_event(name, content)
            while message is not None and not self.ended.is_set():
                try:
                    self.messages.put(message, timeout=_POLL)
                except Full:
                    continue
                break
            if self.ended.is_set():
                return

    def _parse_event(self, name: str, content: str) -> StreamMessage:
        """A post, a deletion, or None for all other events."""
        if name == "delete":
            return DeletedPost(NETWORK, content.strip().strip('"'))
        if name not in _POSTS and not (name == "notification" and self.listing.kind == "mentions"):
            return None
        try:
            status: Any = json_values.parse(content)
        except ValueError:
            raise SourceUnavailable(f"{NETWORK}: the stream sent an event that is no JSON") from None
        if not isinstance(status, dict) or (name == "notification" and status.get("type") != "mention"):
            return None
        post = Post(NETWORK, status, datetime.now(UTC), f"{NETWORK} stream of {self.listing.key}")
        return ListedPost(post, self.listing) if self.listing.whole else post

    def close(self) -> None:
        """Ends a read that waits."""
        if self.response is not None:
            try:
                self.response.raw.shutdown()
            except (OSError, ValueError, RuntimeError, AttributeError):  # it ended by itself
                return


class _Listener(mastodon.StreamListener):
    """Takes the open connection from the client, whose own reading of it is slow and changes what was sent."""

    def __init__(self, channel: _Channel) -> None:
        super().__init__()
        self._channel = channel

    def handle_stream(self, response: requests.Response) -> None:
        """The client calls it once it is connected."""
        self._channel.read_events(response)


def events(lines: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    """Server-sent events: name and content, without comments, which only say that the connection lives.

    Raises UnexpectedAnswer for one that does not end.
    """
    name, texts, size = "", list[str](), 0
    for line in lines:
        key, _, value = line.rstrip(b"\r").partition(b":")
        text = value.removeprefix(b" ").decode(errors="replace")
        if key == b"event":
            name = text
        elif key == b"data":
            texts.append(text)
            size += len(line)
            if size > stream_limits.LONGEST or len(texts) > _MOST_LINES:
                raise stream_limits.too_long(NETWORK)
        elif not key and not value and name:
            yield name, "\n".join(texts)
        if not line.strip(b"\r"):
            name, texts, size = "", [], 0
