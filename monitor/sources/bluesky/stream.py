"""Jetstream: every post of Bluesky as it is written, matched here.

It sends bare records; those that match are looked up, so that they come with author and counts. What the account's
server does not know yet after a few seconds is passed on as it is. Queries with `from:` match only in searches: a
record names its author by DID alone.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from monitor.errors import RejectedPost, SettingsError, SourceError, SourceUnavailable
from monitor.models.listings import DeletedPost, Heard, Listing, Meter, Sent
from monitor.models.posts import Mention, Post
from monitor.query import parser
from monitor.sources import http
from monitor.sources.bluesky.client import BlueskyClient
from monitor.sources.bluesky.network import BlueskySettings
from monitor.sources.bluesky.posts import POSTS, as_view, mentioned_accounts, post_uri, repository, to_mention
from monitor.sources.bluesky.transport import NETWORK

if TYPE_CHECKING:
    from websockets.sync.connection import Connection

_JETSTREAM = "wss://jetstream2.us-east.bsky.network/subscribe"
_TICK = 0.5  # seconds for a message to come before something else is done
_QUIET = 2.0  # seconds at most between two signs of life
_LOOKUP_INTERVAL = 2.0  # seconds between look-ups
_PATIENCE = 6.0  # seconds until a post is passed on though the server does not know it
_LOOKUP_TIMEOUT = 3.0  # seconds for the answer to a look-up
_LOOKUP_SIZE = 25


def listen(
    client: BlueskyClient, section: BlueskySettings, meter: Meter, listings: Sequence[Listing], stop: threading.Event
) -> Iterator[Sent]:
    """What Jetstream tells of the listings until `stop` is set; the first None once it is connected.

    Raises SourceUnavailable when it is cut off, other SourceErrors.
    """
    wanted = _Filter.of(client, listings)
    waiting = _LookupQueue(client)
    with _connect(section, meter) as socket:
        yield None
        spoke = monotonic()
        while not stop.is_set():
            try:
                message = _receive(socket)
            except SourceError:
                yield from waiting.rest()
                raise
            told = [] if message is None else list(_handle_message(message, wanted, waiting))
            told += waiting.due()
            if not told and monotonic() - spoke >= _QUIET:
                told.append(None)
            if told:
                spoke = monotonic()
            yield from told
    yield from waiting.rest()


def _handle_message(message: str | bytes, wanted: "_Filter", waiting: "_LookupQueue") -> Iterator[Sent]:
    """What follows at once from a message; a post that is wanted is put among those that wait."""
    try:
        event = http.parse_json(message)
    except ValueError:
        event = None
    at = datetime.now(UTC)
    if not isinstance(event, Mapping):
        yield Post(NETWORK, {"message": str(message[:1000])}, at, f"{NETWORK} stream")
        return
    commit = event.get("commit")
    uri = post_uri(as_view(event).get("uri"))
    if not isinstance(commit, Mapping) or commit.get("collection") != POSTS or uri is None:
        return
    if commit.get("operation") == "delete":
        waiting.posts.pop(uri, None)
        yield DeletedPost(NETWORK, uri)
        return
    post = Post(NETWORK, event, at, f"{NETWORK} stream, {uri}")
    found, listing = wanted.look(post)
    if found:
        waiting.posts[uri] = _PendingPost(post, listing, monotonic())


@dataclass(frozen=True, slots=True)
class _Filter:
    """The queries, and the accounts (by DID) whose mentions, replies and quotes belong to a listing."""

    queries: tuple[parser.Query, ...]
    accounts: Mapping[str, Listing]

    @classmethod
    def of(cls, client: BlueskyClient, listings: Sequence[Listing]) -> "_Filter":
        """Asks for the DIDs of accounts other than the one that is logged in."""
        accounts = {}
        for one in listings:
            if one.kind == "notifications":
                accounts[client.session.did] = one
            elif one.kind == "mentions":
                accounts[client.did_of(one.target) or one.target] = one
        written = dict.fromkeys(one.written for one in listings if one.written)
        return cls(tuple(map(parser.parse, written)), accounts)

    def look(self, post: Post) -> tuple[bool, Listing | None]:
        """Whether it is wanted, and the whole listing it belongs to."""
        try:
            mention = to_mention(post)
        except RejectedPost:  # of all posts that are written; search tells of those that are about a brand
            return False, None
        listing = None if mention.author_id in self.accounts else self._addressed(mention)
        matched = any(found is not None for found in parser.match_all(self.queries, mention))
        return matched or listing is not None, listing

    def _addressed(self, mention: Mention) -> Listing | None:
        """The listing of the account that the post mentions, answers or quotes."""
        mentioned = filter(None, map(self.accounts.get, mentioned_accounts(mention.raw["commit"].get("record"))))
        addressed = (repository(uri) for uri in (mention.in_reply_to, mention.thread_id, mention.quotes))
        answered = filter(None, (self.accounts.get(did or "") for did in addressed))
        return next(chain(mentioned, (one for one in answered if one.kind == "notifications")), None)


@dataclass(frozen=True, slots=True)
class _PendingPost:
    post: Post
    listing: Listing | None
    since: float

    def sent(self, view: Mapping[str, Any] | None = None) -> Sent:
        post = self.post if view is None else Post(NETWORK, view, self.post.received_at, self.post.place)
        return Heard(post, self.listing) if self.listing else post


@dataclass(slots=True)
class _LookupQueue:
    """Wanted posts that are not looked up yet, oldest first."""

    client: BlueskyClient
    posts: dict[str, _PendingPost] = field(default_factory=dict)
    asked_at: float = field(default_factory=monotonic)

    def due(self) -> list[Sent]:
        """Looks up what waits, at most every two seconds unless many do; passes on what has waited too long."""
        if not self.posts or (len(self.posts) < _LOOKUP_SIZE and monotonic() - self.asked_at < _LOOKUP_INTERVAL):
            return []
        self.asked_at = monotonic()
        uris = list(self.posts)[:_LOOKUP_SIZE]
        try:
            views = self.client.ask("app.bsky.feed.getPosts", {"uris": uris}, timeout=_LOOKUP_TIMEOUT).get("posts")
        except SourceUnavailable:
            views = None
        listed = views if isinstance(views, list) else ()
        known = {uri: view for view in listed if isinstance(view, Mapping) and (uri := post_uri(view.get("uri")))}
        told = []
        for uri in uris:
            found = self.posts.pop(uri)
            if uri in known or monotonic() - found.since > _PATIENCE:
                told.append(found.sent(known.get(uri)))
            else:
                self.posts[uri] = found  # behind the others, so that they have their turn
        return told

    def rest(self) -> list[Sent]:
        """All that waits, as it is."""
        told = [found.sent() for found in self.posts.values()]
        self.posts.clear()
        return told


def _connect(section: BlueskySettings, meter: Meter) -> "Connection":
    from websockets.exceptions import InvalidStatus, InvalidURI, WebSocketException
    from websockets.sync.client import connect

    url = section.jetstream_url or _JETSTREAM
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss") or not parts.netloc:
        raise SettingsError("networks.bluesky.jetstream_url: give an address such as wss://host/subscribe")
    path = parts.path if parts.path.strip("/") else "/subscribe"
    query_text = "&".join(filter(None, (parts.query, f"wantedCollections={POSTS}")))
    url = parts._replace(path=path, query=query_text, fragment="").geturl()
    meter.requests += 1
    try:
        return connect(
            url, user_agent_header=http.USER_AGENT, open_timeout=section.timeout, close_timeout=1, compression=None
        )
    except InvalidStatus as error:
        answer = error.response
        raise http.status_error(
            NETWORK, section, answer.status_code, dict(answer.headers), "the stream", datetime.now(UTC)
        ) from None
    except InvalidURI:
        raise SettingsError("networks.bluesky.jetstream_url: give an address such as wss://host/subscribe") from None
    except (WebSocketException, OSError) as error:
        raise http.unavailable(NETWORK, error) from None


def _receive(socket: "Connection") -> str | bytes | None:
    """The next message; None when there is none for a while."""
    from websockets.exceptions import WebSocketException

    try:
        return socket.recv(timeout=_TICK)
    except TimeoutError:
        return None
    except (WebSocketException, OSError) as error:
        raise http.unavailable(NETWORK, error) from None
