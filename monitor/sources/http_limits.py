"""What no server may do to us: answer for ever or without end, or send us to an address that is not public.

The bounds stand here once; `monitor.sources.http` puts them around every request.
"""

import ipaddress
import socket
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from monitor.masking.masks import cut

LARGEST = 32_000_000
"""Bytes of an answer, unpacked."""
MOST_OBJECTS = 200_000
"""Objects and lists of an answer: each takes twenty times its bytes in memory, and a page has some 10,000."""
PATIENCE = 4
"""So many times the timeout, which counts from byte to byte, may a whole answer take."""
_PORTS = {"http": 80, "https": 443}
_PIECE = 1 << 16
_OF_IPV4 = (ipaddress.IPv6Network("::/96"), ipaddress.IPv6Network("64:ff9b::/96"))  # their last 32 bits are one's


class RefusedAnswer(requests.RequestException):
    """An answer that is not taken, or an address that is not asked; the text is fit to show."""


class DeadlineExceeded(requests.ReadTimeout):
    """A whole answer took too long; the text is fit to show."""


class Deadline:
    """Ends what is read from a socket when `seconds` are over, however little by little it comes."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._socket: Any = None
        self._is_over = False
        self._refusal: RefusedAnswer | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> "Deadline":
        self._timer.start()
        _running.deadline = self
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        _running.deadline = None

    def guard(self, reading: Any) -> None:
        """From now on this socket is ended."""
        self._socket = reading
        if self._is_over:
            self._end()

    def refuse(self, refusal: RefusedAnswer) -> None:
        """Keeps why nothing was asked: on its way up, urllib3 makes another error of it."""
        self._refusal = refusal

    def check(self) -> None:
        """Raises DeadlineExceeded when the time is over: the end that was read is none then. Raises a refusal."""
        if self._refusal:
            raise self._refusal
        if self._is_over:
            raise DeadlineExceeded(f"no whole answer in {self.seconds:g} seconds")

    def _end(self) -> None:
        self._is_over = True
        if self._socket is not None:
            try:
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # not TLS's own, which would wait
            except OSError:
                return


class _Running(threading.local):
    deadline: Deadline | None = None
    allowed: Callable[[str, int], bool] = staticmethod(lambda _host, _port: True)


_running = _Running()


class _Watched:
    """Of a connection: its socket is known to the running deadline, and leads to no address that is not public."""

    sock: Any
    host: str
    port: int
    proxy: Any

    def _new_conn(self) -> socket.socket:
        opened: socket.socket = super()._new_conn()  # type: ignore[misc]
        peer = opened.getpeername()[0]
        if self.proxy is None and not _running.allowed(self.host, self.port) and not is_public(peer):
            opened.close()
            refusal = _not_public(self.host)
            if _running.deadline:
                _running.deadline.refuse(refusal)
            raise refusal
        if _running.deadline:
            _running.deadline.guard(opened)
        return opened

    def getresponse(self) -> Any:
        if _running.deadline:
            _running.deadline.guard(self.sock)
        return super().getresponse()  # type: ignore[misc]


class _WatchedHttp(_Watched, HTTPConnection):
    pass


class _WatchedHttps(_Watched, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _WatchedHttp


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedHttps


POOLS = {"http": _HttpPool, "https": _HttpsPool}
"""For the pool manager of a transport."""


class Addresses:
    """The hosts that the settings name, which may be anywhere; all others have to be public."""

    def __init__(self, *named: str) -> None:
        places = [place for address in named if (place := _place(address))]
        usual = {(host, usual) for host, port in places if port in _PORTS.values() for usual in _PORTS.values()}
        self._named = usual.union(places)

    def check(self, url: str) -> None:
        """Raises RefusedAnswer for an address that names a place which is not public; connecting checks where it is."""
        host, port = _place(url) or ("", 0)
        _running.allowed = self.allows
        if not host or self.allows(host, port):
            return
        if host == "localhost" or host.endswith(".localhost") or (_is_number(host) and not is_public(host)):
            raise _not_public(host)

    def allows(self, host: str, port: int) -> bool:
        """Whether the settings name this place."""
        return (host.lower().strip("[]"), port) in self._named


def is_public(address: str) -> bool:
    """Whether a number of the Internet Protocol is one of the public net."""
    number = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(number, ipaddress.IPv6Address):
        inner = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
        is_inner = any(number in network for network in _OF_IPV4)
        number = inner if is_inner else number.ipv4_mapped or number.sixtofour or number
    return number.is_global and not number.is_multicast


def read_whole(response: requests.Response, deadline: Deadline, largest: int) -> None:
    """Reads the body of a response that was asked for as a stream. Raises DeadlineExceeded, RefusedAnswer."""
    body = bytearray()
    try:
        for piece in response.iter_content(_PIECE):
            body += piece
            if len(body) > largest:
                raise RefusedAnswer(f"the answer is larger than {largest:,} bytes; it is not read", response=response)
    except requests.RequestException:
        deadline.check()
        raise
    deadline.check()
    response._content = bytes(body)


def check_objects(response: requests.Response) -> None:
    """Raises RefusedAnswer for an answer of more objects than memory holds, should it be JSON."""
    if response.content.count(b"{") + response.content.count(b"[") > MOST_OBJECTS:
        reason = f"the answer holds more than {MOST_OBJECTS:,} objects; it is not read"
        raise RefusedAnswer(reason, response=response)


def _not_public(host: str) -> RefusedAnswer:
    return RefusedAnswer(
        f"an answer leads to {cut(host, 100)}, which is no public address; base_url names one that is meant"
    )


def _place(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        return (parts.hostname.lower(), parts.port or _PORTS.get(parts.scheme, 0)) if parts.hostname else None
    except ValueError:
        return None


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
