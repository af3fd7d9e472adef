"""What stands around the survey page: security headers, a limit per address, and a log without tokens."""

import logging
import time
from collections import deque
from collections.abc import Iterator, Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.surveys import visitors
from monitor.surveys.html import PageRenderer

_MINUTE = 60.0
_MOST_ADDRESSES = 10_000
_LOCAL = ("127.0.0.1", "::1")
_VISITORS = 25  # as many times as one address may all those ask that one web server speaks for
logger = logging.getLogger(__name__)


class Guard:
    """An ASGI application around another."""

    def __init__(
        self, inner: ASGIApp, renderer: PageRenderer, per_minute: int, trusted_proxies: Sequence[str] = ()
    ) -> None:
        """`trusted_proxies`: addresses and networks that are believed whom they ask for, with no limit of their own."""
        self._inner, self._trusted = inner, trusted_proxies
        self._renderer = renderer
        self._per_minute = per_minute
        self._request_times: dict[str, deque[float]] = {}
        self._refused, self._told_at = 0, -_MINUTE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with headers that keep the page to itself, or asks an address that asks too often to wait."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = self._renderer.policy
                headers["Referrer-Policy"] = "no-referrer"
                headers["Cache-Control"] = "no-store"
                headers["X-Content-Type-Options"] = "nosniff"
                headers["X-Frame-Options"] = "DENY"
                headers["X-Robots-Tag"] = "noindex, nofollow"
                self._log(scope["method"], message["status"])
            await send(message)

        if any(self._is_over_limit(address, most) for address, most in self._addresses(Headers(scope=scope), scope)):
            request = Request(scope)
            page = self._renderer.message_page(self._renderer.language(request, None), "later", status=429)
            await page(scope, receive, send_with_headers)
        else:
            await self._inner(scope, receive, send_with_headers)

    def _log(self, method: str, status: int) -> None:
        """A line for what was answered; of what was refused one a minute, or strangers would wash the log away."""
        if not 400 <= status < 500:
            logger.info("%s %s", method, status, extra={"status": status})
            return
        self._refused += 1
        logger.debug("%s %s", method, status, extra={"status": status})
        moment = time.monotonic()
        if moment - self._told_at >= _MINUTE:
            logger.warning("requests refused", extra={"count": self._refused, "status": status})
            self._refused, self._told_at = 0, moment

    def _addresses(self, headers: Headers, scope: Scope) -> Iterator[tuple[str, int]]:
        """Who asks, and how often that address may: behind a web server on this machine, whom that says it is for.

        Anybody here can say so, which gets nobody further than all that the web server may ask for.
        """
        peer = scope["client"][0] if scope.get("client") else ""
        forwarded = headers.getlist("x-forwarded-for")
        if peer in _LOCAL and forwarded and not self._trusted:
            yield f"for {visitors.address(peer, forwarded, (peer,))}", self._per_minute
            yield peer, self._per_minute * _VISITORS
        else:
            yield visitors.address(peer, forwarded, self._trusted), self._per_minute

    def _is_over_limit(self, address: str, most: int) -> bool:
        """Whether the address asked `most` times in the last minute already."""
        moment = time.monotonic()
        if len(self._request_times) >= _MOST_ADDRESSES:
            self._request_times = {
                visitor: times for visitor, times in self._request_times.items() if times[-1] > moment - _MINUTE
            }
            if len(self._request_times) >= _MOST_ADDRESSES:  # made up, by so many in a minute
                self._request_times.clear()
        times = self._request_times.setdefault(address, deque(maxlen=most))
        if len(times) == times.maxlen and times[0] > moment - _MINUTE:
            return True
        times.append(moment)
        return False
