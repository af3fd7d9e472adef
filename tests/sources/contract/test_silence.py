"""A server that takes the connection and says nothing, or drips its greeting, is left; whatever client asks it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.collect import collector
from monitor.errors import SourceUnavailable
from monitor.models.listings import Meter, PageRequest
from monitor.sources import registry
from monitor.sources.bluesky import jetstream
from monitor.sources.bluesky.network import BlueskySettings
from tests.sources import fakes

Greeting = Callable[[socket.socket, threading.Event], None]
TLS_HEAD = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03"
"""The beginning of a handshake of 16 kB."""


def silent(connection: socket.socket, ended: threading.Event) -> None:
    ended.wait()


def drip(connection: socket.socket, ended: threading.Event, head: bytes) -> None:
    connection.sendall(head)
    while not ended.wait(0.05):
        connection.sendall(b"a")


def drip_tls(connection: socket.socket, ended: threading.Event) -> None:
    connection.recv(65_536)
    drip(connection, ended, TLS_HEAD)


def drip_http(connection: socket.socket, ended: threading.Event) -> None:
    connection.recv(65_536)
    drip(connection, ended, b"HTTP/1.1 200 OK\r\nX-Long: ")


@contextmanager
def greeting(greet: Greeting) -> Iterator[int]:
    """The port of a server on loopback that greets everybody so."""
    ended = threading.Event()

    def act(connection: socket.socket) -> None:
        with connection:
            try:
                greet(connection, ended)
            except OSError:
                return

    def accept() -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=act, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            ended.set()
            listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("network", registry.networks())
@pytest.mark.parametrize(
    ("scheme", "greet"), [("http", silent), ("http", drip_http), ("https", silent), ("https", drip_tls)]
)
def test_a_server_that_says_nothing_is_left(network: str, scheme: str, greet: Greeting, tmp_path: Path) -> None:
    with greeting(greet) as port:
        settings = fakes.of(network).settings(network, f"{scheme}://127.0.0.1:{port}", tmp_path, timeout=0.2)
        (listing,) = collector.listings(settings, network, settings.brands)
        source = registry.module(network).connect(settings, Meter())
        with pytest.raises(SourceUnavailable, match=rf"{network}.* did not answer properly"):
            source.fetch(listing, PageRequest())


@pytest.mark.parametrize(("scheme", "greet"), [("ws", silent), ("ws", drip_http), ("wss", silent), ("wss", drip_tls)])
def test_a_jetstream_that_says_nothing_is_left(scheme: str, greet: Greeting) -> None:
    with greeting(greet) as port:
        section = BlueskySettings(jetstream_url=f"{scheme}://127.0.0.1:{port}", timeout=0.3)
        with pytest.raises(SourceUnavailable, match="bluesky did not answer properly"):
            jetstream.connect(section, Meter())
