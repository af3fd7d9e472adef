"""Messages of streams that are spoilt: posts, deletions, or an error of ours that has the stream opened again."""

import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from monitor.collect.ingest import IngestSpec, parse
from monitor.collect.matching import by_queries
from monitor.models.listings import ListedPost, Listing, StreamMessage
from monitor.models.posts import Post
from monitor.query import parser
from monitor.settings.loading import Brand
from monitor.sources import registry, stream_limits
from monitor.sources.bluesky import stream as bluesky
from monitor.sources.mastodon import stream as mastodon
from monitor.sources.x import stream as x
from monitor.sources.x.network import XSettings
from tests.slow.fuzz.inputs import fuzz, mutated, spoil

pytestmark = pytest.mark.slow
RECORDINGS = Path(__file__).parents[2] / "sources"
BRANDS = (Brand(name="Norvia", queries=("norvia",)),)
OWN = Listing("mastodon", "mentions", "account", "Norvia", whole=True)


def recorded(network: str, *names: str) -> list[Any]:
    return [json.loads((RECORDINGS / network / "recordings" / f"{name}.json").read_text()) for name in names]


def spoilt(chance: random.Random, message: Any) -> bytes:
    message = json.loads(json.dumps(message))
    if chance.random() < 0.7:
        spoil(chance, message)
    content = json.dumps(message).encode()
    return mutated(chance, content, 3) if chance.random() < 0.4 else content


def arriving(chance: random.Random, content: bytes) -> Iterator[bytes]:
    """The lines of an answer that comes in pieces."""
    sizes = itertools.cycle([chance.choice((1, 7, 100, 70_000)) if len(content) < 5_000 else 70_000])
    begins = list(itertools.accumulate(itertools.islice(sizes, 1 + len(content)), initial=0))
    pieces = (content[begin:end] for begin, end in itertools.pairwise(begins) if begin < len(content))
    answer = SimpleNamespace(read1=lambda _, **__: next(pieces, b""))
    return stream_limits.lines("x", answer, silence=600)


def take(network: str, messages: Iterator[StreamMessage]) -> None:
    """As listening does."""
    spec = IngestSpec(registry.module(network).to_mention, by_queries(BRANDS))
    for message in messages:
        stream_limits.memory_of_message(message)
        post = message.post if isinstance(message, ListedPost) else message
        if isinstance(post, Post):
            parse([post], spec)


def test_lines_of_x() -> None:
    pages = recorded("x", "search", "mentions", "quotes")
    section = XSettings(bearer_token="made-up-token")

    def act(chance: random.Random) -> None:
        page = chance.choice(pages)
        told = {"data": chance.choice(page["data"]), "includes": page.get("includes"), "matching_rules": [{"id": "1"}]}
        for line in arriving(chance, spoilt(chance, told) + b"\r\n"):
            post = x._parse_line(line, section, frozenset({"2"})) if line.strip() else None
            take("x", x.with_charges(post, [], section) if post else iter(()))

    fuzz(1_500, act)


def test_events_of_mastodon() -> None:
    statuses = [*recorded("mastodon", "hashtag")[0], *recorded("mastodon", "mentions")[0]]
    channel = mastodon._Channel(None, OWN, None, None)  # type: ignore[arg-type]

    def act(chance: random.Random) -> None:
        name = chance.choice((b"update", b"status.update", b"notification", b"delete", b"filters_changed", b""))
        event = b"event: %s\ndata: %s\n\n" % (name, spoilt(chance, chance.choice(statuses)).replace(b"\n", b"\ndata: "))
        content = mutated(chance, event, 2) if chance.random() < 0.3 else event
        for event_name, text in mastodon.events(arriving(chance, content)):
            take("mastodon", iter([channel._parse_event(event_name, text)]))

    fuzz(1_500, act)


def test_messages_of_jetstream() -> None:
    lines = (RECORDINGS / "bluesky" / "recordings" / "jetstream.jsonl").read_text().splitlines()
    criteria = bluesky._Filter((parser.parse("norvia"),), {})

    def act(chance: random.Random) -> None:
        lookups = bluesky._LookupQueue(None)  # type: ignore[arg-type]
        message = spoilt(chance, json.loads(chance.choice(lines)))
        take("bluesky", bluesky._handle_message(message.decode("utf-8", "replace"), criteria, lookups))
        take("bluesky", iter(lookups.flush()))

    fuzz(1_500, act)
