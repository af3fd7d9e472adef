"""X's filtered stream: its rules, and the posts that come in over one long answer.

tweepy makes the requests; the long answer is read here, because tweepy's own loop sleeps and reconnects by itself.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from queue import Empty, Full, Queue
from typing import Any

from monitor.errors import QueryRejected, SourceError, SourceUnavailable, UnexpectedAnswer
from monitor.models.listings import Charge, Heard, Listing, Sent
from monitor.models.posts import Post
from monitor.query import parser
from monitor.query.translation import translate
from monitor.sources import http
from monitor.sources.fields import fields
from monitor.sources.x import errors, responses
from monitor.sources.x.client import ORIGIN, ask
from monitor.sources.x.dialect import STREAM
from monitor.sources.x.mention import id_of
from monitor.sources.x.network import XSettings

_TAG = "escucha"
_PATH = "/2/tweets/search/stream"
_SILENCE = 25.0  # seconds; X sends a sign of life every 20
_TICK = 1.0
_MOST_WAITING = 1_000  # posts read and not yet taken; then X has to wait
_LONGEST_LINE = 1 << 20


def rules(listings: Iterable[Listing]) -> set[str]:
    """What the stream is asked for in place of the listings; it reads words otherwise than the search does."""
    found: set[str] = set()
    for one in listings:
        found |= set(translate(parser.parse(one.written), STREAM)) if one.kind == "search" else {f"@{one.target}"}
    return found


def set_rules(client: Any, wanted: set[str], section: XSettings) -> frozenset[str]:
    """Brings our rules (those with our tag) in line. Returns the ids of others' rules, which stay and add their posts.

    Raises QueryRejected for a rule that X refuses.
    """
    from tweepy import StreamRule

    answer = ask(client.get_rules)
    responses.raise_for_errors(answer, section)
    told = answer.get("data")
    known = [one for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []
    unwanted = [one for one in known if str(one.get("value")) not in wanted]
    if former := [str(one.get("id")) for one in unwanted if one.get("tag") == _TAG]:
        ask(client.delete_rules, former)
    if new := [StreamRule(value, _TAG) for value in sorted(wanted - {str(one.get("value")) for one in known})]:
        answer = ask(client.add_rules, new)
        refused = [one for one in responses.errors(answer) if errors.kind(one) != "duplicate-rules"]
        if refused:
            rule = str(refused[0].get("value") or "a rule")
            raise QueryRejected(f"x: its stream refuses {rule}: {errors.error_text(refused)}"[:500])
    return frozenset(str(one.get("id")) for one in unwanted)


def posts(
    client: Any, wanted: Mapping[str, list[str]], section: XSettings, others: frozenset[str], stop: threading.Event
) -> Iterator[Post | None]:
    """Posts as they come, None every second without one once X has begun to answer; ends when `stop` is set.

    `others` are ids of others' rules.

    Raises SourceUnavailable when X ends the answer or is silent for 25 seconds, RateLimited when it refuses it.
    """
    lines: Queue[bytes | SourceError] = Queue(_MOST_WAITING)
    connection = _StreamReader(client, wanted, section, lines)
    thread = threading.Thread(target=connection.read, name="x stream", daemon=True)
    thread.start()
    try:
        while not stop.is_set():
            try:
                line = lines.get(timeout=_TICK)
            except Empty:
                if connection.is_open:
                    yield None
                continue
            if isinstance(line, SourceError):
                raise line
            yield _parse_line(line, section, others) if line.strip() else None
    finally:
        connection.close()


class _StreamReader:
    """The long answer, read line by line in a thread of its own into a queue, until it ends or is closed."""

    def __init__(
        self, client: Any, wanted: Mapping[str, list[str]], section: XSettings, lines: "Queue[bytes | SourceError]"
    ) -> None:
        self._client, self._wanted, self._section, self._lines = client, wanted, section, lines
        self._over = threading.Event()
        self._answer: Any = None

    @property
    def is_open(self) -> bool:
        """Whether X has begun to answer: what is posted from now on comes."""
        return self._answer is not None

    def read(self) -> None:
        end: SourceError = SourceUnavailable("x ended the stream; it will be opened again")
        try:
            self._read()
        except SourceError as error:
            end = error
        except Exception as error:  # whatever ends the thread has to reach who waits for posts
            end = http.unavailable("x", error)
        self._put(end)

    def _read(self) -> None:
        parameters = {f"{name.replace('_', '.')}": ",".join(values) for name, values in self._wanted.items()}
        headers = {"Authorization": f"Bearer {self._client.bearer_token}"}
        timeouts = (self._section.timeout, _SILENCE)
        with self._client.session.get(
            ORIGIN + _PATH, params=parameters, headers=headers, stream=True, timeout=timeouts
        ) as self._answer:
            rest = b""
            # read1 hands over what has come; to wait for a full block would keep a post back until the next one.
            while not self._over.is_set() and (block := self._answer.raw.read1(1 << 16, decode_content=True)):
                *whole, rest = (rest + block).split(b"\n")
                for line in whole:
                    self._put(line)
                if len(rest) > _LONGEST_LINE:
                    raise UnexpectedAnswer("x: a line of the stream has no end")

    def _put(self, line: bytes | SourceError) -> None:
        while not self._over.is_set():
            with suppress(Full):
                self._lines.put(line, timeout=_TICK)
                return

    def close(self) -> None:
        """Ends the read at once: X allows one stream, and the next must not find this one open."""
        self._over.set()
        if self._answer is not None:
            with suppress(ValueError, RuntimeError, OSError, AttributeError):
                self._answer.raw.shutdown()


def _parse_line(line: bytes, section: XSettings, others: frozenset[str]) -> Post | None:
    """The post of a line; None for one that only the rules of others on this account asked for."""
    try:
        answer = http.parse_json(line)
    except ValueError:
        raise SourceUnavailable("x: a line of the stream is no JSON; it will be opened again") from None
    if not isinstance(answer, Mapping):
        raise UnexpectedAnswer("x: a line of the stream is no object")
    responses.raise_for_errors(answer, section)
    told = answer.get("data")
    if told is None:
        return None
    matching = answer.get("matching_rules")
    ids = {str(fields(one).get("id")) for one in matching} if isinstance(matching, list) else set()
    if ids and ids <= others:
        return None
    return responses.join_posts([told], answer, "x stream", datetime.now(UTC))[0]


def with_charges(post: Post, listings: Sequence[Listing], section: XSettings) -> Iterator[Sent]:
    """What the post cost, then the post: heard among the mentions of an own account where it names one."""
    parts = {name: fields(post.raw.get(name)) for name in ("post", "reposted", "author")}
    for name, kind, price in (
        ("post", "post", section.post_dollars),
        ("reposted", "post", section.post_dollars),
        ("author", "user", section.user_dollars),
    ):
        if known := id_of(parts[name]):
            yield Charge(f"{kind}:{known}", price)
    mentions = fields(parts["post"].get("entities")).get("mentions")
    named = {str(fields(one).get("username")).casefold() for one in mentions} if isinstance(mentions, list) else ()
    own = next((one for one in listings if one.kind == "mentions" and one.target in named), None)
    yield Heard(post, own) if own else post
