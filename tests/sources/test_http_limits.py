"""A server can neither answer for ever nor without end, nor send us to an address that is not public."""

import gzip
import socket
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
import requests

from monitor.errors import SourceUnavailable, UnexpectedAnswer
from monitor.models.listings import Meter
from monitor.settings.network import NetworkSettings
from monitor.sources import http, http_limits
from monitor.sources.http_limits import DeadlineExceeded, RefusedAnswer
from monitor.text import json_values
from tests.sources.hostile_server import Act, answer, drip_body, drip_chunks, drip_head, server


def session(address: str, timeout: float = 5.0) -> requests.Session:
    return http.session(NetworkSettings(base_url=address, timeout=timeout), Meter())


@pytest.mark.parametrize("act", [drip_body, drip_head, drip_chunks])
@pytest.mark.parametrize("stream", [False, True])
def test_a_server_that_drips_is_left(act: Act, stream: bool) -> None:
    if stream and act is not drip_head:
        pytest.skip("a stream may drip once it has begun")
    with server(act) as address, pytest.raises(DeadlineExceeded) as fault:
        session(address, timeout=0.2).get(address, stream=stream)
    error = http.unavailable("feeds", fault.value)
    assert isinstance(error, SourceUnavailable)
    assert "no whole answer in 0.8 seconds" in str(error)


def test_an_answer_that_unpacks_to_more_than_its_bound_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_limits, "LARGEST", 1_000_000)
    bomb = gzip.compress(b"[" + b" " * 50_000_000 + b"]")
    with (
        server(lambda handler: answer(handler, bomb, Content_Encoding="gzip")) as address,
        pytest.raises(RefusedAnswer) as fault,
    ):
        session(address).get(address)
    error = http.unavailable("x", fault.value)
    assert isinstance(error, UnexpectedAnswer)
    assert str(error) == "x: the answer is larger than 1,000,000 bytes; it is not read"


def test_an_answer_of_more_objects_than_memory_holds_is_not_read() -> None:
    body = b'{"data": [' + b"{}," * http_limits.MOST_OBJECTS + b"{}]}"
    with (
        server(lambda handler: answer(handler, body, Content_Type="application/json")) as address,
        pytest.raises(RefusedAnswer) as fault,
    ):
        session(address).get(address)
    assert str(http.unavailable("x", fault.value)) == "x: the answer holds more than 200,000 objects; it is not read"


def test_an_answer_without_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_limits, "LARGEST", 1_000_000)

    def pour(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"A" * 100_000)

    with server(pour) as address, pytest.raises(RefusedAnswer):
        session(address).get(address)


def test_a_redirect_to_an_address_that_is_not_public_is_not_followed() -> None:
    asked: list[str] = []

    def inside(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        answer(handler, b"secret")

    with (
        server(inside, "127.0.0.2") as internal,
        server(lambda handler: answer(handler, b"", 302, Location=internal)) as address,
        pytest.raises(RefusedAnswer) as fault,
    ):
        session(address).get(address)
    assert asked == []
    error = str(http.unavailable("feeds", fault.value))
    assert error == (
        "feeds: an answer leads to 127.0.0.2, which is no public address; base_url names one that is meant"
    )


def test_a_name_that_leads_to_an_address_that_is_not_public_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: Any, *values: Any, **options: Any) -> Any:
        return real("127.0.0.1" if host == "rebound.example" else host, *values, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with server(lambda handler: asked.append(handler.path)) as address:
        port = address.rpartition(":")[2]
        with pytest.raises(RefusedAnswer, match=r"leads to rebound\.example, which is no public address"):
            http.session(NetworkSettings(), Meter()).get(f"http://rebound.example:{port}/")
    assert asked == []


def test_a_redirect_to_what_the_settings_name_is_followed() -> None:
    with (
        server(lambda handler: answer(handler, b'"here"')) as there,
        server(lambda handler: answer(handler, b"", 302, Location=there)) as address,
    ):
        asking = http.session(NetworkSettings(base_url=address), Meter(), named=(there,))
        assert asking.get(address).json() == "here"


@pytest.mark.parametrize(
    "place", ["http://[", "http://[::1", "file:///etc/passwd", "http://a:99999999/", "//", "http:///x"]
)
def test_a_redirect_to_nowhere_is_a_fault_of_the_server(place: str) -> None:
    with (
        server(lambda handler: answer(handler, b"", 302, Location=place)) as address,
        pytest.raises(requests.RequestException) as fault,
    ):
        session(address).get(address)
    assert str(http.unavailable("feeds", fault.value)).startswith("feeds")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "::1", "fe80::1%eth0", "::ffff:127.0.0.1", "fd00::1",
     "0.0.0.0", "2002:7f00:1::", "224.0.0.1", "::127.0.0.1", "::10.0.0.1", "64:ff9b::7f00:1", "::"],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not http_limits.is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_addresses_that_are_public(address: str) -> None:
    assert http_limits.is_public(address)


def test_numbers_that_none_can_hold_are_nothing_for_every_client() -> None:
    sent = b'{"a": 1e400, "b": -1e999, "c": NaN, "d": Infinity, "e": 1.5, "f": ' + b"9" * 5_000 + b', "g": -7}'
    read = {"a": None, "b": None, "c": None, "d": None, "e": 1.5, "f": None, "g": -7}
    assert json_values.parse(sent) == read
    with server(lambda handler: answer(handler, sent, Content_Type="application/json")) as address:
        assert session(address).get(address).json() == read


def test_what_is_nested_too_deep_is_no_json() -> None:
    with pytest.raises(ValueError, match="deep"):
        json_values.parse("[" * 200_000)
