"""Jetstream: every post of Bluesky as it is written, matched here.

It sends bare records; those that match are looked up, so that they come with author and counts. What the account's
server does not know yet after a few seconds is passed on as it is. Queries with `from:` match only in searches: a
record names its author by DID alone.
"""

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from time import monotonic
from typing import Any

from monitor.errors import RejectedPost, SourceError, SourceUnavailable
from monitor.models.listings import DeletedPost, ListedPost, Listing, Meter, StreamMessage
from monitor.models.posts import Mention, Post
from monitor.query import parser
from monitor.sources.bluesky import jetstream
from monitor.sources.bluesky.client import BlueskyClient
from monitor.sources.bluesky.network import BlueskySettings
from monitor.sources.bluesky.posts import POSTS, as_view, mentioned_accounts, post_uri, repository, to_mention
from monitor.sources.bluesky.transport import NETWORK
from monitor.text import json_values

logger = logging.getLogger(__name__)

_SILENCE = 300.0  # seconds; somebody posts on a network as large as this all the time
_QUIET = 2.0  # seconds at most between two signs of life
_LOOKUP_INTERVAL = 2.0  # seconds between look-ups
_PATIENCE = 6.0  # seconds until a post is passed on though the server does not know it
_LOOKUP_TIMEOUT = 3.0  # seconds for the answer to a look-up
_LOOKUP_SIZE = 25


def listen(
    client: BlueskyClient, section: BlueskySettings, meter: Meter, listings: Sequence[Listing], stop: threading.Event
) -> Iterator[StreamMessage]:
    """What Jetstream sends for the listings until `stop` is set; the first None once it is connected.

    Raises SourceUnavailable when it is cut off, other SourceErrors.
    """
    criteria = _Filter.of(client, listings)
    lookups = _LookupQueue(client)
    with jetstream.connect(section, meter) as socket:
        yield None
        last_sign = heard_at = monotonic()
        while not stop.is_set():
            try:
                message = jetstream.receive(socket)
            except SourceError as error:
                logger.warning("connection lost", extra={"network": NETWORK, "reason": type(error).__name__})
                yield from lookups.flush()
                raise
            heard_at = heard_at if message is None else monotonic()
            if monotonic() - heard_at > _SILENCE:
                yield from lookups.flush()
                raise SourceUnavailable(f"{NETWORK}: the stream sent no whole message for {_SILENCE:g} seconds")
            batch = [] if message is None else list(_handle_message(message, criteria, lookups))
            batch += lookups.look_up()
            if not batch and monotonic() - last_sign >= _QUIET:
                batch.append(None)
            if batch:
                last_sign = monotonic()
            yield from batch
    yield from lookups.flush()


def _handle_message(message: str | bytes, criteria: "_Filter", lookups: "_LookupQueue") -> Iterator[StreamMessage]:
    """What follows at once from a message; a post that is wanted is put among those that wait."""
    try:
        event = json_values.parse(message)
    except ValueError:
        event = None
    received_at = datetime.now(UTC)
    if not isinstance(event, Mapping):
        yield Post(NETWORK, {"message": str(message[:1000])}, received_at, f"{NETWORK} stream")
        return
    commit = event.get("commit")
    uri = post_uri(as_view(event).get("uri"))
    if not isinstance(commit, Mapping) or commit.get("collection") != POSTS or uri is None:
        return
    if commit.get("operation") == "delete":
        lookups.posts.pop(uri, None)
        yield DeletedPost(NETWORK, uri)
        return
    post = Post(NETWORK, event, received_at, f"{NETWORK} stream, {uri}")
    is_match, listing = criteria.match(post)
    if is_match:
        lookups.posts[uri] = _PendingPost(post, listing, monotonic())


@dataclass(frozen=True, slots=True)
class _Filter:
    """The queries, and the accounts (by DID) whose mentions, replies and quotes belong to a listing."""

    queries: tuple[parser.Query, ...]
    accounts: Mapping[str, Listing]

    @classmethod
    def of(cls, client: BlueskyClient, listings: Sequence[Listing]) -> "_Filter":
        """Asks for the DIDs of accounts other than the one that is logged in."""
        accounts = {}
        for listing in listings:
            if listing.kind == "notifications":
                accounts[client.session.did] = listing
            elif listing.kind == "mentions":
                accounts[client.did_of(listing.target) or listing.target] = listing
        queries = dict.fromkeys(listing.written for listing in listings if listing.written)
        return cls(tuple(map(parser.parse, queries)), accounts)

    def match(self, post: Post) -> tuple[bool, Listing | None]:
        """Whether it is wanted, and the whole listing it belongs to."""
        try:
            mention = to_mention(post)
        except RejectedPost:  # of all posts that are written; search tells of those that are about a brand
            return False, None
        listing = None if mention.author_id in self.accounts else self._addressed_listing(mention)
        is_match = any(match is not None for match in parser.match_all(self.queries, mention))
        return is_match or listing is not None, listing

    def _addressed_listing(self, mention: Mention) -> Listing | None:
        """The listing of the account that the post mentions, answers or quotes."""
        mentions = filter(None, map(self.accounts.get, mentioned_accounts(mention.raw["commit"].get("record"))))
        dids = (repository(uri) for uri in (mention.in_reply_to, mention.thread_id, mention.quotes))
        answers = filter(None, (self.accounts.get(did or "") for did in dids))
        return next(chain(mentions, (listing for listing in answers if listing.kind == "notifications")), None)


@dataclass(frozen=True, slots=True)
class _PendingPost:
    """A post that waits since `since` (monotonic seconds) to be looked up."""

    post: Post
    listing: Listing | None
    since: float

    def message(self, view: Mapping[str, Any] | None = None) -> StreamMessage:
        """The post, as its `view` shows it where there is one."""
        post = self.post if view is None else Post(NETWORK, view, self.post.received_at, self.post.place)
        return ListedPost(post, self.listing) if self.listing else post


@dataclass(slots=True)
class _LookupQueue:
    """Wanted posts that are not looked up yet, oldest first."""

    client: BlueskyClient
    posts: dict[str, _PendingPost] = field(default_factory=dict)
    asked_at: float = field(default_factory=monotonic)

    def look_up(self) -> list[StreamMessage]:
        """Looks up what waits, at most every two seconds unless many do; passes on what has waited too long."""
        if not self.posts or (len(self.posts) < _LOOKUP_SIZE and monotonic() - self.asked_at < _LOOKUP_INTERVAL):
            return []
        self.asked_at = monotonic()
        uris = list(self.posts)[:_LOOKUP_SIZE]
        try:
            views = self.client.ask("app.bsky.feed.getPosts", {"uris": uris}, timeout=_LOOKUP_TIMEOUT).get("posts")
        except SourceUnavailable as error:
            logger.warning(
                "posts not looked up",
                extra={"network": NETWORK, "count": len(uris), "reason": type(error).__name__},
            )
            views = None
        page = views if isinstance(views, list) else ()
        views_by_uri = {uri: view for view in page if isinstance(view, Mapping) and (uri := post_uri(view.get("uri")))}
        posts = []
        for uri in uris:
            pending = self.posts.pop(uri)
            if uri in views_by_uri or monotonic() - pending.since > _PATIENCE:
                posts.append(pending.message(views_by_uri.get(uri)))
            else:
                self.posts[uri] = pending  # behind the others, so that they have their turn
        return posts

    def flush(self) -> list[StreamMessage]:
        """All that waits, as it is."""
        posts = [pending.message() for pending in self.posts.values()]
        self.posts.clear()
        return posts
