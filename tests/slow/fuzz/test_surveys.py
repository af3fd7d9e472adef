"""Requests to the survey page that no browser would send, with tokens that are good: answered, and nothing breaks."""

import logging
import random
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote_plus, urlsplit

import pytest
import uvicorn

from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.surveys import answers, server
from monitor.surveys import page as surveys_page
from tests import polling
from tests.desk.closed_cases import closed_case
from tests.slow.fuzz.inputs import PIECES, VALUES, fuzz, mutated

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("engine")]
METHODS = ("GET", "POST", "POST", "POST", "HEAD", "PUT", "OPTIONS", "post", "")
HEADERS = (
    "Accept-Language",
    "Content-Type",
    "Content-Length",
    "Transfer-Encoding",
    "X-Forwarded-For",
    "Cookie",
    "Host",
)
FIELDS = ("satisfaction", "satisfaction", "recommend", "comment", "lang", "", "%00", "comment%5B%5D")
NUMBERS = ("1", "5", "6", "-1", "", "3.0", "1e1", "٣", " 4", "+4", "9" * 5_000)


@pytest.fixture
def port(settings: Settings) -> Iterator[int]:
    """The page on a free port of loopback."""
    app = surveys_page.make_app(settings, per_minute=10**9)
    running = uvicorn.Server(server.configure(app, "127.0.0.1", 0))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=running.run, args=([listener],), daemon=True)
    thread.start()
    polling.until(lambda: running.started)
    yield listener.getsockname()[1]
    running.should_exit = True
    thread.join(180)
    listener.close()


def request(chance: random.Random, path: str) -> bytes:
    """A request for the page or the answer to its questions, spoilt in one place or another."""
    texts = (*NUMBERS, *(str(value)[:9_000] for value in VALUES))
    pairs = [(chance.choice(FIELDS), chance.choice(texts)) for _ in range(chance.choice((0, 1, 3, 12)))]
    body = "&".join(f"{name}={quote_plus(value.encode('utf-8', 'replace'))}" for name, value in pairs).encode()
    body = mutated(chance, body) if chance.random() < 0.3 else body
    path += chance.choice(("", "", "", "/", "//", "?lang=en", "?lang=%00", "%00", "/../x", "#a", "?" + "a=1&" * 2_000))
    lines = [f"{chance.choice(METHODS)} {path} HTTP/1.1", "Host: survey.example", "Connection: close"]
    lines += [f"Content-Length: {len(body)}", "Content-Type: application/x-www-form-urlencoded"]
    if chance.random() < 0.4:
        piece = chance.choice((*texts, *(piece.decode("latin-1") for piece in PIECES)))
        lines.append(f"{chance.choice(HEADERS)}: {piece}")
    head = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"
    return mutated(chance, head, 2) + body if chance.random() < 0.3 else head + body


def answer_to(port: int, sent: bytes) -> bytes:
    """What comes back until the connection is closed; nothing more is sent meanwhile."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        received = b""
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while block := connection.recv(65_536):
                received += block
        except OSError:  # what it refuses it need not read to the end; a connection so closed is "not connected" too
            return received
    return received


def test_requests_that_no_browser_would_send(port: int, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    moment = now() - timedelta(days=1)
    links = [
        answers.ask(settings, closed_case(settings, moment + timedelta(minutes=number)), actor="Ana", now=now())
        for number in range(30)
    ]
    paths = [urlsplit(link).path for link in links]

    def act(chance: random.Random) -> None:
        path = chance.choice(paths)
        path = path if chance.random() < 0.8 else mutated(chance, path.encode(), 1).decode("latin-1")
        caplog.clear()
        answer = answer_to(port, request(chance, path))
        assert not answer or answer.split(b" ", 2)[1][:1] in b"234", answer[:200]
        assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []

    fuzz(600, act)
