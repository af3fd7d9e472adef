"""No network's server can send us to an address that is not public: not with a page, a login, or what is looked up."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

import pytest

from monitor.collect import collector
from monitor.errors import SourceError
from monitor.models.listings import Meter, PageRequest
from monitor.sources import registry
from monitor.sources.base import Rechecks
from tests.sources.contract.conftest import Bench
from tests.sources.hostile_server import answer, server

STATUSES = (301, 302, 303, 307, 308)
_opened: list[tuple[str, int]] = []


def _hear(event: str, told: tuple[object, ...]) -> None:
    if event == "socket.connect" and isinstance(told[1], tuple):
        _opened.append(told[1][:2])


@cache
def _listen() -> None:
    """Python tells it every connection, whichever library opens it, until the process ends."""
    sys.addaudithook(_hear)


@pytest.fixture
def opened() -> list[tuple[str, int]]:
    """The addresses to which connections are opened."""
    _listen()
    _opened.clear()
    return _opened


@dataclass(frozen=True, slots=True)
class Inside:
    """A server within this machine, which no network's may lead to: where it is, and what it was asked."""

    place: tuple[str, int]
    asked: list[str]


@pytest.fixture
def inside() -> Iterator[Inside]:
    asked: list[str] = []

    def tell(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        answer(handler, b'{"secret": "of this machine"}', Content_Type="application/json")

    with server(tell, "127.0.0.1") as address:
        yield Inside(("127.0.0.1", urlsplit(address).port or 0), asked)


def places(port: int) -> list[str]:
    """Where a server might send us."""
    hosts = ("127.0.0.1", "127.0.0.2", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0.0.0.0")
    private = ("10.1.2.3", "192.168.0.1", "169.254.169.254", "[fd00::1]")
    return [*(f"http://{host}:{port}/x" for host in hosts), *(f"http://{host}/latest/meta-data" for host in private)]


def ask(bench: Bench, *, looks_up: bool) -> None:
    """Reads a page, or looks a post up, with a new connection."""
    (listing,) = collector.listings(bench.settings, bench.network, bench.settings.brands)
    with suppress(SourceError):
        source = registry.module(bench.network).connect(bench.settings, Meter())
        if not looks_up:
            source.fetch(listing, PageRequest())
        elif isinstance(source, Rechecks):
            source.check(bench.ids(bench.site.posts.every))


@pytest.mark.parametrize("what", ["a page", "what is looked up", "all that is no page"])
def test_a_redirect_to_what_is_not_public_is_not_followed(
    bench: Bench, opened: list[tuple[str, int]], inside: Inside, what: str
) -> None:
    bench.add(2)
    own = urlsplit(bench.site.url)
    for number, place in enumerate(places(inside.place[1])):
        bench.site.forget()
        redirect = lambda reply, to=place, status=STATUSES[number % 5]: replace(  # noqa: E731
            reply, body=b"", status=status, headers={"Location": to}
        )
        faults = bench.site.pages if what == "a page" else bench.site.others
        faults.update(dict.fromkeys(range(1, 20), redirect))
        ask(bench, looks_up=what == "what is looked up")
        assert inside.asked == [], place
        # Where a name leads is only known once it is connected to; then nothing is asked there.
        assert set(opened) <= {(own.hostname, own.port), inside.place}, place
