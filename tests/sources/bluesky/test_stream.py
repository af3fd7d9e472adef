"""Jetstream, over a real websocket on loopback: what is matched, looked up, passed on, and what becomes of faults."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import RateLimited, RejectedPost, SettingsError, SourceUnavailable
from monitor.models.listings import DeletedPost, ListedPost, Listing, Meter, StreamMessage
from monitor.models.posts import Post
from monitor.sources.bluesky import jetstream as bluesky_jetstream
from monitor.sources.bluesky import source
from monitor.sources.bluesky import stream as bluesky_stream
from tests.sources.bluesky.jetstream import BYE, CUT, Jetstream, streaming
from tests.sources.bluesky.script import (
    ANA,
    HANDLE,
    LEO,
    NORVIA,
    POSTS,
    RECORDINGS,
    RESOLVE,
    Bench,
    listing,
    scripted,
    uri,
    view,
)
from tests.sources.fakes import Reply

EVENTS = [json.loads(line) for line in (RECORDINGS / "jetstream.jsonl").read_text(encoding="utf-8").splitlines()]
SEARCH = listing(written='norvia OR "sin respuesta"')
OWN = listing("notifications", HANDLE, whole=True)
OTHER = listing("mentions", "tienda.norvia.example", whole=True)


@pytest.fixture
def jetstream() -> Iterator[Jetstream]:
    with streaming() as made:
        yield made


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Look-ups know no post, often; nobody waits long for them."""
    monkeypatch.setattr(bluesky_jetstream, "_TICK", 0.02)
    for name, seconds in (("_LOOKUP_INTERVAL", 0.05), ("_PATIENCE", 0.3), ("_QUIET", 0.1)):
        monkeypatch.setattr(bluesky_stream, name, seconds)
    with scripted(tmp_path) as made:
        made.answers(POSTS, {"posts": []})
        yield made


def heard(bench: Bench, jetstream: Jetstream, count: int, *listings: Listing) -> list[StreamMessage]:
    """The first so many things that are not None; fails after ten seconds."""
    stop = threading.Event()
    stream = bench.source(jetstream_url=jetstream.url).stream(listings or (SEARCH,), stop)
    found: list[StreamMessage] = []
    ends_at = time.monotonic() + 10
    for one in stream:
        if one is not None:
            found.append(one)
        if len(found) >= count:
            stop.set()
        assert time.monotonic() < ends_at, found
    return found


def event(key: str, text: str, did: str = ANA, **record: Any) -> dict[str, Any]:
    record = {"$type": "app.bsky.feed.post", "createdAt": "2026-03-02T09:00:00.000Z", "text": text} | record
    commit = {"operation": "create", "collection": "app.bsky.feed.post", "rkey": key, "record": record}
    return {"did": did, "time_us": 1_772_442_000_000_000, "kind": "commit", "commit": commit}


def ids(found: Sequence[StreamMessage]) -> list[str]:
    posts = (one.post if isinstance(one, ListedPost) else one for one in found)
    return [source.to_mention(one).post_id for one in posts if isinstance(one, Post)]


def test_posts_that_match_come_with_author_and_counts(bench: Bench, jetstream: Jetstream) -> None:
    bench.answers(POSTS, {"posts": [view("3kaaaaaaaaa41", likeCount=0)]})
    jetstream.send(*EVENTS[:2])
    (one,) = heard(bench, jetstream, 1)
    assert isinstance(one, Post)
    mention = source.to_mention(one)
    assert (mention.post_id, mention.author, mention.likes) == (uri("3kaaaaaaaaa41"), "ana.example", 0)
    ((path, agent),) = jetstream.asked
    assert path == "/subscribe?wantedCollections=app.bsky.feed.post&maxMessageSizeBytes=1048576"
    assert agent.startswith("escucha/")
    assert bench.asked(POSTS)[0].query == {"uris": uri("3kaaaaaaaaa41")}


def test_what_the_server_does_not_know_is_passed_on_as_it_is(bench: Bench, jetstream: Jetstream) -> None:
    jetstream.send(EVENTS[0])
    (one,) = heard(bench, jetstream, 1)
    assert isinstance(one, Post)
    assert (one.raw, source.to_mention(one).author_id) == (EVENTS[0], ANA)
    assert len(bench.asked(POSTS)) > 1


def test_a_look_up_that_fails_delays_and_loses_nothing(bench: Bench, jetstream: Jetstream) -> None:
    bench.answers(POSTS, Reply({"error": "UpstreamFailure"}, 502))
    jetstream.send(EVENTS[0])
    assert ids(heard(bench, jetstream, 1)) == [uri("3kaaaaaaaaa41")]


@pytest.mark.parametrize("posts", [7, [{"uri": []}, 7], {"uri": "x"}])
def test_a_look_up_that_is_not_understood_loses_nothing(bench: Bench, jetstream: Jetstream, posts: object) -> None:
    bench.answers(POSTS, {"posts": posts})
    jetstream.send(EVENTS[0])
    assert ids(heard(bench, jetstream, 1)) == [uri("3kaaaaaaaaa41")]


def test_a_limit_ends_the_stream(bench: Bench, jetstream: Jetstream) -> None:
    bench.answers(POSTS, Reply({"error": "RateLimitExceeded"}, 429))
    jetstream.send(EVENTS[0])
    with pytest.raises(RateLimited):
        heard(bench, jetstream, 1)


def test_a_deletion(bench: Bench, jetstream: Jetstream) -> None:
    jetstream.send(EVENTS[0], EVENTS[4])
    assert heard(bench, jetstream, 1) == [DeletedPost("bluesky", uri("3kaaaaaaaaa41"))], (
        "the post was not passed on before"
    )


def test_mentions_replies_and_quotes_of_the_own_account(bench: Bench, jetstream: Jetstream) -> None:
    facet = {"features": [{"$type": "app.bsky.richtext.facet#mention", "did": NORVIA}]}
    quote = {"$type": "app.bsky.embed.record", "record": {"uri": uri("1", NORVIA)}}
    jetstream.send(
        event("1", "hola", facets=[facet]),
        event("2", "hola", reply={"root": {"uri": uri("1", NORVIA)}, "parent": {"uri": uri("5", LEO)}}),
        event("3", "hola", embed=quote),
        event("4", "hola", facets=[{"features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "x"}, None]}, 5]),
        event("5", "hola", NORVIA, reply={"root": {"uri": uri("1", NORVIA)}, "parent": {"uri": uri("1", NORVIA)}}),
        event("6", "norvia"),
    )
    found = heard(bench, jetstream, 4, SEARCH, OWN)
    assert ids(found) == [uri("1"), uri("2"), uri("3"), uri("6")]
    assert [one.listing for one in found if isinstance(one, ListedPost)] == [OWN] * 3
    assert isinstance(found[3], Post)


def test_mentions_of_another_own_account(bench: Bench, jetstream: Jetstream) -> None:
    bench.answers(RESOLVE, {"did": LEO})
    facet = {"features": [{"$type": "app.bsky.richtext.facet#mention", "did": LEO}]}
    quote = {"$type": "app.bsky.embed.record", "record": {"uri": uri("1", LEO)}}
    jetstream.send(event("1", "hola", embed=quote), event("2", "hola", facets=[facet]))
    assert heard(bench, jetstream, 1, OTHER) == [ListedPost(_any_post(), OTHER)]
    assert bench.asked(RESOLVE)[0].query == {"handle": OTHER.target}


def _any_post() -> Any:
    class Same:
        def __eq__(self, other: object) -> bool:
            return isinstance(other, Post)

        __hash__ = None  # type: ignore[assignment]

    return Same()


def test_more_posts_than_one_look_up_holds(bench: Bench, jetstream: Jetstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluesky_stream, "_PATIENCE", 0.0)
    jetstream.send(*(event(str(number), "norvia") for number in range(60)))
    assert sorted(ids(heard(bench, jetstream, 60))) == sorted(uri(str(number)) for number in range(60))
    assert len(bench.asked(POSTS)) <= 5


def test_messages_that_are_none(bench: Bench, jetstream: Jetstream) -> None:
    jetstream.send("{", "[]", {"kind": "commit", "commit": 5}, {"did": 5}, event("1", 5), event("../2", "norvia"))
    jetstream.send(event("3", "norvia"))
    found = heard(bench, jetstream, 3)
    assert ids(found[2:]) == [uri("3")]
    for one in found[:2]:
        assert isinstance(one, Post)
        with pytest.raises(RejectedPost):
            source.to_mention(one)


def test_signs_of_life_and_the_end(bench: Bench, jetstream: Jetstream) -> None:
    stop = threading.Event()
    meter = Meter()
    stream = bench.source(meter, jetstream_url=jetstream.url.removesuffix("/subscribe")).stream([SEARCH], stop)
    assert [next(stream) for _ in range(3)] == [None, None, None]
    stop.set()
    assert list(stream) == []
    assert jetstream.asked[0][0].startswith("/subscribe?")
    assert meter.requests == 1, "a connection; nobody had to log in"


@pytest.mark.parametrize("end", [CUT, BYE])
def test_a_connection_that_ends_passes_on_what_it_had(
    bench: Bench, jetstream: Jetstream, monkeypatch: pytest.MonkeyPatch, end: bytes
) -> None:
    monkeypatch.setattr(bluesky_stream, "_LOOKUP_INTERVAL", 60.0)
    jetstream.send(EVENTS[0])
    jetstream.messages.put(end)
    stream = bench.source(jetstream_url=jetstream.url).stream([SEARCH], threading.Event())
    assert ids([next(one for one in stream if one)]) == [uri("3kaaaaaaaaa41")]
    with pytest.raises(SourceUnavailable):
        next(stream)


def test_a_server_that_is_not_there(bench: Bench, jetstream: Jetstream) -> None:
    with pytest.raises(SourceUnavailable):
        next(bench.source(jetstream_url="ws://127.0.0.1:9/").stream([SEARCH], threading.Event()))


@pytest.mark.parametrize(("status", "error"), [(429, RateLimited), (503, SourceUnavailable)])
def test_a_server_that_refuses(bench: Bench, jetstream: Jetstream, status: int, error: type[Exception]) -> None:
    jetstream.refusal = lambda connection, _: connection.respond(status, "no")
    with pytest.raises(error):
        next(bench.source(jetstream_url=jetstream.url).stream([SEARCH], threading.Event()))


@pytest.mark.parametrize("url", ["https://jetstream.example", "jetstream.example", "ws://"])
def test_an_address_that_is_none(bench: Bench, url: str) -> None:
    with pytest.raises(SettingsError, match="jetstream_url"):
        next(bench.source(jetstream_url=url).stream([SEARCH], threading.Event()))
