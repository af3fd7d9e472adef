"""A network on loopback: answers as a fake says, counts what it is asked, and fails where it is told to."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, TypeAlias
from urllib.parse import parse_qs, urlsplit

from tests.sources.fakes import FakeNetwork, Posts, Reply, Request

Cut: TypeAlias = Literal["hang", "reset", "short"]
Fault: TypeAlias = Cut | Callable[[Reply], Reply]
"""Another answer in place of the right one (the same one: none); silence, a reset, a body shorter than was said."""

_LONGEST_HANG = 5.0  # seconds; every test's timeout is shorter


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and its answer: the page's first post (None: no page, -1: not given), the status (0: a fault)."""

    request: Request
    first: int | None
    status: int


@dataclass(slots=True)
class Site:
    """The state of the server. `pages` and `others` name faults by the number (from 1) of the page or other request."""

    fake: FakeNetwork
    posts: Posts = field(default_factory=Posts)
    pages: dict[int, Fault] = field(default_factory=dict)
    others: dict[int, Fault] = field(default_factory=dict)
    clock: timedelta = timedelta()
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _released: threading.Event = field(default_factory=threading.Event)

    def firsts(self) -> list[int]:
        """Which pages were answered properly, by the index of their first post, in order."""
        return [one.first for one in self.asked if one.first is not None and one.status in (200, 304)]

    def forget(self) -> None:
        """As if nothing had been asked yet; no fault is left."""
        self.asked.clear()
        self.pages.clear()
        self.others.clear()

    def respond(self, request: Request) -> tuple[Reply, Cut | None]:
        """The answer, and whether it is to be spoilt on its way."""
        with self._lock:
            reply = self.fake.answer(request, self.posts)
            is_page = reply.first is not None
            number = 1 + sum((one.first is not None) == is_page for one in self.asked)
            fault = (self.pages if is_page else self.others).get(number)
            cut: Cut | None = None
            status = reply.status
            if isinstance(fault, str):
                cut, status = fault, 0
            elif fault is not None and (spoilt := fault(reply)) is not reply:
                reply, status = spoilt, 0
            self.asked.append(Asked(request, reply.first if status else (-1 if is_page else None), status))
        if cut == "hang":
            self._released.wait(_LONGEST_HANG)
        return reply, cut

    def close(self) -> None:
        """Lets go of requests that hang."""
        self._released.set()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    site: Site

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, parts.path, query, headers, body, self.site.url, parts.query)
        reply, cut = self.site.respond(request)
        if cut in ("hang", "reset"):
            self._reset()
        else:
            self._send(reply, short=cut == "short")

    do_POST = do_GET  # noqa: N815
    do_PUT = do_GET  # noqa: N815
    do_DELETE = do_GET  # noqa: N815

    def _send(self, reply: Reply, *, short: bool) -> None:
        body = encoded(reply)
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if reply.status == 304 else body[: len(body) // 2] if short else body)
        self.close_connection = short

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string((datetime.now(UTC) + self.site.clock).timestamp())

    def handle(self) -> None:
        try:
            super().handle()
        except (OSError, ValueError):  # the client, or we, cut the connection
            return

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            return

    def log_message(self, format: str, *values: object) -> None:
        return


def encoded(reply: Reply) -> bytes:
    """The body as it is sent."""
    if isinstance(reply.body, bytes):
        return reply.body
    return (reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode()


@contextmanager
def serving(fake: FakeNetwork) -> Iterator[Site]:
    """A site whose `url` answers until the body ends."""
    site = Site(fake)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": site}))
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.close()
        server.shutdown()
        server.server_close()
        thread.join()


def html(reply: Reply) -> Reply:
    """A maintenance page in place of the answer, with status 200."""
    page = "<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>Back soon</h1></body></html>"
    return replace(reply, body=page, content_type="text/html; charset=utf-8")


def malformed(reply: Reply) -> Reply:
    """Nothing that can be parsed."""
    return replace(reply, body='{"half": ]')


def truncated(reply: Reply) -> Reply:
    """Half of the answer, declared as the whole."""
    body = encoded(reply)
    return replace(reply, body=body[: len(body) // 2])


def empty(reply: Reply) -> Reply:
    """No body at all."""
    return replace(reply, body=b"")
