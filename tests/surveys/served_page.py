"""The page for customers on a free port of loopback, and what it answers."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

import uvicorn

from monitor.settings.loading import Settings
from monitor.surveys import page as surveys_page


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    text: str
    headers: dict[str, str]


@contextmanager
def serving(settings: Settings, per_minute: int = 1_000) -> Iterator[int]:
    """The page on a free port of loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    made = uvicorn.Config(
        surveys_page.make_app(settings, per_minute=per_minute),
        port=port, access_log=False, log_level="warning", lifespan="off", ws="none",
    )  # fmt: skip
    server = uvicorn.Server(made)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield port
    finally:
        server.should_exit = True
        thread.join(180)


def ask(port: int, path: str, form: dict[str, str] | bytes | None = None, **headers: str) -> Answered:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        if form is None:
            connection.request("GET", path, headers=headers)
        else:
            body = form if isinstance(form, bytes) else urlencode(form).encode()
            connection.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"} | headers)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answered(answer.status, answer.read().decode(), found)
    finally:
        connection.close()
