"""X's filtered stream: its rules, and the posts that come in over one long answer.

tweepy makes the requests; the long answer is read here, because tweepy's own loop sleeps and reconnects by itself.
"""

import logging
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from queue import Empty, Full, Queue
from typing import Any

from monitor.errors import QueryRejected, SourceError, SourceUnavailable, UnexpectedAnswer
from monitor.masking.masks import cut
from monitor.models.listings import Charge, ListedPost, Listing, StreamMessage
from monitor.models.posts import Post
from monitor.query import parser
from monitor.query.translation import translate
from monitor.sources import http, stream_limits
from monitor.sources.fields import fields
from monitor.sources.x import errors, responses
from monitor.sources.x.client import ORIGIN, ask
from monitor.sources.x.dialect import STREAM
from monitor.sources.x.mention import id_of
from monitor.sources.x.network import XSettings
from monitor.text import json_values

logger = logging.getLogger(__name__)

_TAG = "escucha"
_PATH = "/2/tweets/search/stream"
_SILENCE = 25.0  # seconds; X sends a sign of life every 20
_TICK = 1.0
_MOST_WAITING = 1_000  # posts read and not yet taken; then X has to wait


def rules(listings: Iterable[Listing]) -> set[str]:
    """What the stream is asked for in place of the listings; it reads words otherwise than the search does."""
    values: set[str] = set()
    for listing in listings:
        if listing.kind == "search":
            values |= set(translate(parser.parse(listing.written), STREAM))
        else:
            values.add(f"@{listing.target}")
    return values


def set_rules(client: Any, values: set[str], section: XSettings) -> frozenset[str]:
    """Brings our rules (those with our tag) in line. Returns the ids of others' rules, which stay and add their posts.

    Raises QueryRejected for a rule that X refuses.
    """
    from tweepy import StreamRule

    answer = ask(client.get_rules)
    responses.raise_for_errors(answer, section)
    active_rules = responses.hits(answer)
    unwanted = [rule for rule in active_rules if str(rule.get("value")) not in values]
    if outdated := [str(rule.get("id")) for rule in unwanted if rule.get("tag") == _TAG]:
        ask(client.delete_rules, outdated)
    missing = values - {str(rule.get("value")) for rule in active_rules}
    if additions := [StreamRule(value, _TAG) for value in sorted(missing)]:
        answer = ask(client.add_rules, additions)
        refusals = [error for error in responses.errors(answer) if errors.kind(error) != "duplicate-rules"]
        if refusals:
            rule = str(refusals[0].get("value") or "a rule")
            raise QueryRejected(cut(f"x: its stream refuses {rule}: {errors.error_text(refusals)}", 500))
    logger.info("stream rules set", extra={"network": "x", "count": len(values)})
    return frozenset(str(rule.get("id")) for rule in unwanted)


def posts(
    client: Any,
    field_names: Mapping[str, list[str]],
    section: XSettings,
    foreign_rules: frozenset[str],
    stop: threading.Event,
) -> Iterator[Post | None]:
    """Posts as they come, None every second without one once X has begun to answer; ends when `stop` is set.

    `field_names` are FIELDS, `foreign_rules` the ids of others' rules.

    Raises SourceUnavailable when X ends the answer or is silent for 25 seconds, RateLimited when it refuses it.
    """
    lines: Queue[bytes | SourceError] = stream_limits.BoundedQueue(_MOST_WAITING, sys.getsizeof)
    reader = _StreamReader(client, field_names, section, lines)
    thread = threading.Thread(target=reader.read, name="x stream", daemon=True)
    thread.start()
    try:
        while not stop.is_set():
            try:
                line = lines.get(timeout=_TICK)
            except Empty:
                if reader.is_open:
                    yield None
                continue
            if isinstance(line, SourceError):
                raise line
            yield _parse_line(line, section, foreign_rules) if line.strip() else None
    finally:
        reader.close()


class _StreamReader:
    """The long answer, read line by line in a thread of its own into a queue, until it ends or is closed."""

    def __init__(
        self, client: Any, field_names: Mapping[str, list[str]], section: XSettings, lines: "Queue[bytes | SourceError]"
    ) -> None:
        self._client, self._field_names, self._section, self._lines = client, field_names, section, lines
        self._closed = threading.Event()
        self._answer: Any = None

    @property
    def is_open(self) -> bool:
        """Whether X has begun to answer: what is posted from now on comes."""
        return self._answer is not None

    def read(self) -> None:
        """Reads until X ends the answer or `close`; the last thing in the queue is the error that says why."""
        end: SourceError = SourceUnavailable("x ended the stream; it will be opened again")
        try:
            self._read()
        except SourceError as error:
            end = error
        except Exception as error:  # whatever ends the thread has to reach who waits for posts
            end = http.unavailable("x", error)
        if not self._closed.is_set():
            logger.warning("connection lost", extra={"network": "x", "reason": type(end).__name__})
        self._put(end)

    def _read(self) -> None:
        parameters = {f"{name.replace('_', '.')}": ",".join(values) for name, values in self._field_names.items()}
        headers = {"Authorization": f"Bearer {self._client.bearer_token}"}
        timeouts = (self._section.timeout, _SILENCE)
        with self._client.session.get(
            ORIGIN + _PATH, params=parameters, headers=headers, stream=True, timeout=timeouts
        ) as self._answer:
            logger.info("connection opened", extra={"network": "x"})
            for line in stream_limits.lines("x", self._answer.raw, _SILENCE):
                if self._closed.is_set():
                    return
                self._put(line)

    def _put(self, line: bytes | SourceError) -> None:
        while not self._closed.is_set():
            with suppress(Full):
                self._lines.put(line, timeout=_TICK)
                return

    def close(self) -> None:
        """Ends the read at once: X allows one stream, and the next must not find this one open."""
        self._closed.set()
        if self._answer is not None:
            with suppress(ValueError, RuntimeError, OSError, AttributeError):
                self._answer.raw.shutdown()


def _parse_line(line: bytes, section: XSettings, foreign_rules: frozenset[str]) -> Post | None:
    """The post of a line; None for one that only the rules of others on this account asked for."""
    try:
        answer = json_values.parse(line)
    except ValueError:
        raise SourceUnavailable("x: a line of the stream is no JSON; it will be opened again") from None
    if not isinstance(answer, Mapping):
        raise UnexpectedAnswer("x: a line of the stream is no object")
    responses.raise_for_errors(answer, section)
    tweet = answer.get("data")
    if tweet is None:
        return None
    matching_rules = answer.get("matching_rules")
    ids = {str(fields(rule).get("id")) for rule in matching_rules} if isinstance(matching_rules, list) else set()
    if ids and ids <= foreign_rules:
        return None
    return responses.join_posts([tweet], answer, "x stream", datetime.now(UTC))[0]


def with_charges(post: Post, listings: Sequence[Listing], section: XSettings) -> Iterator[StreamMessage]:
    """What the post cost, then the post: heard among the mentions of an own account where it names one."""
    parts = {name: fields(post.raw.get(name)) for name in ("post", "reposted", "author")}
    for name, kind, price in (
        ("post", "post", section.post_dollars),
        ("reposted", "post", section.post_dollars),
        ("author", "user", section.user_dollars),
    ):
        if resource_id := id_of(parts[name]):
            yield Charge(f"{kind}:{resource_id}", price)
    mentions = fields(parts["post"].get("entities")).get("mentions")
    handles = (
        {str(fields(account).get("username")).casefold() for account in mentions} if isinstance(mentions, list) else ()
    )
    own_listing = next(
        (listing for listing in listings if listing.kind == "mentions" and listing.target in handles), None
    )
    yield ListedPost(post, own_listing) if own_listing else post
