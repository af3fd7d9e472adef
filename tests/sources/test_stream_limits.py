"""No stream sends without end, drips for ever, unpacks to more than memory holds, or piles up what nobody takes."""

import gzip
import json
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from queue import Empty, Full

import pytest

from monitor.collect import collector
from monitor.errors import SourceError, SourceUnavailable, UnexpectedAnswer
from monitor.models.listings import ListedPost, Listing, Meter, StreamMessage
from monitor.models.posts import Post
from monitor.runs import now
from monitor.settings.loading import Brand, Settings, Store
from monitor.settings.networks import Networks
from monitor.sources import registry, stream_limits
from monitor.sources.base import Streams
from monitor.sources.mastodon import stream as mastodon_stream
from monitor.sources.x import stream as x_stream
from tests.polling import until
from tests.sources.hostile_server import Act, answer, drip, server

SECTIONS = {"x": {"bearer_token": "made-up-token"}, "mastodon": {"access_token": "made-up-token"}}


def begin(handler: BaseHTTPRequestHandler, **headers: str) -> None:
    handler.send_response(200)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def without_end(handler: BaseHTTPRequestHandler) -> None:
    begin(handler)
    while True:
        handler.wfile.write(b"A" * 100_000)


def event_without_end(handler: BaseHTTPRequestHandler) -> None:
    begin(handler)
    handler.wfile.write(b"event: update\n")
    while True:
        handler.wfile.write(b"data: " + b"A" * 10_000 + b"\n")


def empty_lines_without_end(handler: BaseHTTPRequestHandler) -> None:
    begin(handler)
    handler.wfile.write(b"event: update\n")
    while True:
        handler.wfile.write(b"data:\n" * 1_000)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    begin(handler)
    drip(handler, b"A")


def bomb(handler: BaseHTTPRequestHandler) -> None:
    begin(handler, Content_Encoding="gzip")
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    while True:
        handler.wfile.write(packer.compress(b" " * 10_000_000))


def refusal_without_end(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(503)
    handler.end_headers()
    drip(handler, b"A")


@contextmanager
def opened(network: str, act: Act, folder: Path) -> Iterator[tuple[Streams, list[Listing]]]:
    """A connection to a server whose stream acts so."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        if "stream" in handler.path and not handler.path.endswith("rules"):
            act(handler)
        else:
            answer(handler, b"{}", Content_Type="application/json")

    with server(respond) as address:
        section = {**SECTIONS[network], "base_url": address, "timeout": 0.4}
        settings = Settings(
            store=Store(url=str(folder / "store.duckdb")),
            brands=(Brand(name="Norvia", queries=("#norvia",)),),
            networks=Networks.model_validate({network: section}),
        )
        source = registry.module(network).connect(settings, Meter())
        assert isinstance(source, Streams)
        yield source, list(collector.listings(settings, network, settings.brands))


def fault_of(network: str, act: Act, folder: Path) -> SourceError:
    """How the stream ends."""
    with opened(network, act, folder) as (source, listings), pytest.raises(SourceError) as fault:
        for _ in source.stream(listings, threading.Event()):
            pass
    return fault.value


@pytest.fixture(autouse=True)
def _no_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """X's rules are another matter."""
    monkeypatch.setattr(x_stream, "set_rules", lambda *_: frozenset())


@pytest.mark.parametrize("network", SECTIONS)
@pytest.mark.parametrize("act", [without_end, bomb])
def test_a_line_without_end_ends_the_stream(network: str, act: Act, tmp_path: Path) -> None:
    error = fault_of(network, act, tmp_path)
    assert isinstance(error, UnexpectedAnswer)
    assert str(error) == f"{network}: the stream sent a message longer than 1,048,576 bytes; it is opened again"


@pytest.mark.parametrize("act", [event_without_end, empty_lines_without_end])
def test_an_event_without_end_ends_the_stream(act: Act, tmp_path: Path) -> None:
    assert "a message longer than 1,048,576 bytes" in str(fault_of("mastodon", act, tmp_path))


@pytest.mark.parametrize("network", SECTIONS)
def test_bytes_that_drip_are_no_sign_of_life(network: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mastodon_stream, "_SILENCE", 0.5)
    monkeypatch.setattr(x_stream, "_SILENCE", 0.5)
    error = fault_of(network, dripping, tmp_path)
    assert isinstance(error, SourceUnavailable)
    assert str(error) == f"{network}: the stream sent no whole line for 0.5 seconds"


@pytest.mark.parametrize("network", SECTIONS)
def test_a_refusal_of_a_stream_that_drips_is_left(network: str, tmp_path: Path) -> None:
    assert isinstance(fault_of(network, refusal_without_end, tmp_path), SourceUnavailable)


def test_a_compressed_stream_is_read(tmp_path: Path) -> None:
    status = {"id": "1", "content": "norvia"}

    def packed(handler: BaseHTTPRequestHandler) -> None:
        begin(handler, Content_Encoding="gzip")
        handler.wfile.write(gzip.compress(f"event: update\ndata: {json.dumps(status)}\n\n".encode()))

    with opened("mastodon", packed, tmp_path) as (source, listings):
        message = next(message for message in source.stream(listings, threading.Event()) if message is not None)
    assert isinstance(message, Post)
    assert message.raw == status


def test_what_came_before_the_end_is_handed_on_first(tmp_path: Path) -> None:
    statuses = [{"id": str(number), "content": "norvia"} for number in range(50)]

    def short(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        handler.wfile.write("".join(f"event: update\ndata: {json.dumps(status)}\n\n" for status in statuses).encode())

    with opened("mastodon", short, tmp_path) as (source, listings):
        stream = source.stream(listings, threading.Event())
        handed_on = [next(stream)]
        until(lambda: not any(thread.name.startswith("mastodon ") for thread in threading.enumerate()))
        with pytest.raises(SourceUnavailable, match="ended the stream"):
            handed_on.extend(stream)
    assert [message.raw for message in handed_on if isinstance(message, Post)] == statuses


def test_what_nobody_takes_makes_the_network_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_limits, "LARGEST_WAITING", 1_000_000)
    queue = stream_limits.BoundedQueue[StreamMessage](1_000, stream_limits.memory_of_message)
    post = Post("x", {"text": "a" * 50, "list": [{} for _ in range(5_000)]}, now())
    heard = ListedPost(post, Listing("x", "", "", ""))
    for _ in range(3):  # of 360,000 bytes each
        queue.put(heard, block=False)
    with pytest.raises(Full):
        queue.put(heard, block=False)
    assert [queue.get(block=False) for _ in range(3)] == [heard] * 3
    with pytest.raises(Empty):
        queue.get(block=False)
    queue.put(None, block=False)
    assert queue.get(block=False) is None
