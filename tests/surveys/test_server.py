"""The server of the survey page: who says nothing, or half a request, or that he is another, holds up nobody."""

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
import uvicorn
from pydantic import ValidationError

from monitor.settings.loading import Settings
from monitor.settings.survey import SurveySettings
from monitor.surveys import guard, server, visitors
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


def ask(port: int, method: str, path: str = "/s/made-up", body: bytes = b"", **headers: str) -> tuple[int, str, str]:
    """Status, the header Allow, and the page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers["Allow"] or "", answer.read().decode()
    finally:
        connection.close()


def test_bodies_that_do_not_come_hold_nobody_up(settings: Settings) -> None:
    head = b"POST /s/made-up HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nsatisfaction="
    with serving(settings) as port, ExitStack() as stack:
        for _ in range(210):
            stack.enter_context(socket.create_connection(("127.0.0.1", port))).sendall(head)
        assert status(port) == 404


def test_answers_that_are_not_read_hold_nobody_up(settings: Settings) -> None:
    asked = b"GET /s/made-up HTTP/1.1\r\nHost: a\r\n\r\n" * 50
    with serving(settings) as port, ExitStack() as stack:
        for _ in range(210):
            connection = stack.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            connection.connect(("127.0.0.1", port))
            connection.sendall(asked)
        polling.until(lambda: status(port) in (404, 429))


def test_a_form_that_comes_too_slowly_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surveys_page, "_PATIENCE", 0.2)
    with serving(settings) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"POST /s/made-up HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nsatis")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 408 ")


def test_a_form_that_announces_too_much_is_not_waited_for(settings: Settings) -> None:
    with serving(settings) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"POST /s/made-up HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 404 ")  # nobody is told whether the survey exists


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "MADEUP"])
def test_other_methods_are_told_which_there_are(settings: Settings, method: str) -> None:
    with serving(settings) as port:
        code, allowed, page = ask(port, method)
    assert (code, {name.strip() for name in allowed.split(",")}) == (405, {"GET", "HEAD", "POST"})
    assert "<html" in page


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "counted"),
    [
        ("192.0.2.1", ["198.51.100.1"], (), "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.1"], ("192.0.2.1",), "198.51.100.1"),
        ("192.0.2.1", ["10.9.9.9, 198.51.100.1, 192.0.2.77"], ("192.0.2.0/24",), "198.51.100.1"),
        ("192.0.2.1", ["10.9.9.9", "198.51.100.1"], ("192.0.2.1",), "198.51.100.1"),
        ("192.0.2.1", ["198.51.100.1:4711"], ("192.0.2.1",), "198.51.100.1"),
        ("192.0.2.1", ["[2001:db8:1:2:3::4]:80"], ("192.0.2.1",), "2001:db8:1:2::/64"),
        ("192.0.2.1", ["unknown"], ("192.0.2.1",), "192.0.2.1"),
        ("192.0.2.1", [""], ("192.0.2.1",), "192.0.2.1"),
        ("2001:db8:1:2:ffff::1", [], (), "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", [], (), "192.0.2.1"),
        ("fe80::1%eth0", [], (), "fe80::/64"),
        ("", ["198.51.100.1"], ("0.0.0.0/0",), ""),
    ],
)
def test_a_request_counts_for_the_last_address_that_no_trusted_server_has(
    peer: str, forwarded: list[str], trusted: tuple[str, ...], counted: str
) -> None:
    assert visitors.address(peer, forwarded, trusted) == counted


def test_a_trusted_server_has_no_limit_of_its_own(settings: Settings) -> None:
    survey = settings.desk.survey.model_copy(update={"trusted_proxies": ("127.0.0.1",)})
    trusting = settings.model_copy(update={"desk": settings.desk.model_copy(update={"survey": survey})})
    with serving(trusting, per_minute=1) as port:
        assert {status(port, f"192.0.2.{number}") for number in range(60)} == {404}
        assert status(port, "203.0.113.5, 192.0.2.7") == 429


def test_a_proxy_is_an_address_or_a_network() -> None:
    assert SurveySettings(trusted_proxies=("10.0.0.0/8", "::1")).trusted_proxies == ("10.0.0.0/8", "::1")
    with pytest.raises(ValidationError, match="no address or network"):
        SurveySettings(trusted_proxies=("proxy.example",))
