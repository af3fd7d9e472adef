"""The server of the survey page: who says nothing, or half a request, or that he is another, holds up nobody."""

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
import uvicorn

from monitor.settings.loading import Settings
from monitor.surveys import guard, server
from monitor.surveys import page as surveys_page
from tests import polling

HALF = b"POST /s/x HTTP/1.1\r\nHost: a\r\nX-Long: "


@contextmanager
def serving(settings: Settings, per_minute: int = 1_000) -> Iterator[int]:
    """The page, as the command serves it, on a free port of loopback."""
    running = uvicorn.Server(server.configure(surveys_page.make_app(settings, per_minute=per_minute), "127.0.0.1", 0))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=running.run, args=([listener],), daemon=True)
        thread.start()
        polling.until(lambda: running.started)
        try:
            yield listener.getsockname()[1]
        finally:
            running.should_exit = True
            thread.join(180)


def status(port: int, forwarded_for: str = "") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        headers = {"X-Forwarded-For": forwarded_for} if forwarded_for else {}
        connection.request("GET", "/s/made-up", headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("beginning", [b"", HALF])
def test_connections_that_say_nothing_hold_nobody_up(settings: Settings, beginning: bytes) -> None:
    with serving(settings) as port, ExitStack() as stack:
        for _ in range(210):
            stack.enter_context(socket.create_connection(("127.0.0.1", port))).sendall(beginning)
        assert status(port) == 404


@pytest.mark.parametrize("beginning", [b"", HALF, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" + HALF])
def test_half_a_request_is_not_waited_for(
    settings: Settings, beginning: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_PATIENCE", 0.3)
    with serving(settings) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(beginning)
        try:
            while connection.recv(65_536):
                connection.sendall(b"a")
        except ConnectionError:
            return


def test_visitors_of_a_web_server_before_it_are_told_apart(settings: Settings) -> None:
    with serving(settings, per_minute=2) as port:
        assert [status(port, "192.0.2.1") for _ in range(3)] == [404, 404, 429]
        assert status(port, "198.51.100.7, 192.0.2.2") == 404
        assert status(port, "192.0.2.9, 192.0.2.1") == 429


def test_names_that_a_visitor_makes_up_lead_no_further_than_the_limit_of_all(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "_VISITORS", 3)
    with serving(settings, per_minute=2) as port:
        assert [status(port, f"192.0.2.{number}") for number in range(8)] == [404] * 6 + [429] * 2


@pytest.mark.parametrize("path", ["/s/made-up", "/s/made-up/", "/s/made-up//", "//s/made-up", "/s//made-up", "/"])
def test_no_address_leads_to_the_host_that_the_visitor_names(settings: Settings, path: str) -> None:
    with serving(settings) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", path, headers={"Host": "evil.example"})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Location"]) == (404, None)
        assert "evil.example" not in answer.read().decode()
        connection.close()
