"""The dashboard as a web server, asked over real HTTP as other sites and other names would ask."""

import http.client
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from monitor.cli.serving.dashboard import dashboard_command
from monitor.settings.loading import Store
from tests.polling import until
from tests.ports import free_ports


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory, address_of: Callable[[Store], str]) -> Iterator[int]:
    """The port of a dashboard that runs as `escucha dashboard` runs it."""
    folder = tmp_path_factory.mktemp("guarded")
    (number,) = free_ports(1)
    url = address_of(Store(url=str(folder / "guarded.duckdb")))
    environment = {**os.environ, "ESCUCHA_STORE__URL": url, "PYTHONPATH": str(Path.cwd())}
    process = subprocess.Popen(dashboard_command(number), env=environment, cwd=folder, stderr=subprocess.DEVNULL)
    until(lambda: _listens(number))
    yield number
    process.kill()
    process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _ask(port: int, path: str, headers: dict[str, str]) -> tuple[int, http.client.HTTPMessage]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path, headers={"Host": f"127.0.0.1:{port}", **headers})
        with connection.getresponse() as answer:
            return answer.status, answer.headers


def _websocket(port: int, headers: dict[str, str]) -> int:
    handshake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    return _ask(port, "/_stcore/stream", handshake | headers)[0]


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_the_own_address_is_answered_and_not_shown_in_foreign_frames(port: int, name: str) -> None:
    status, headers = _ask(port, "/", {"Host": f"{name}:{port}"})
    assert status == 200
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = "frame-ancestors 'self'; object-src 'none'; base-uri 'self'; form-action 'self'"
    assert headers["Content-Security-Policy"] == policy


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": ""},
        {"Host": "[::1"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9"},
    ],
)
def test_other_names_and_other_sites_are_refused(port: int, headers: dict[str, str]) -> None:
    for path in ("/", "/_stcore/health", "/_stcore/host-config"):
        assert _ask(port, path, headers)[0] == 403
    assert _websocket(port, headers) == 403


def test_a_websocket_says_whose_it_is(port: int) -> None:
    assert _websocket(port, {"Origin": f"http://127.0.0.1:{port}"}) == 101
    assert _websocket(port, {}) == 403


def test_where_nobody_logs_in_a_proxy_on_this_computer_asks_for_others(port: int) -> None:
    headers = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    assert _ask(port, "/", headers)[0] == 200
    assert _websocket(port, headers | {"Origin": f"http://127.0.0.1:{port}"}) == 101
