"""Who may speak to a port of this machine that has no login of its own: no page of another site, through a browser.

A page of another site can send requests to this machine, and by DNS rebinding even under a name of its own. So the
address asked for (Host) must be ours, the page that asks (Origin) must be ours, and no other site may show ours in a
frame.
"""

import logging
from collections.abc import Callable, Container
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

_OWN_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'self'; object-src 'none'; base-uri 'self'; form-action 'self'",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""What every answer says to browsers, where it says nothing stricter itself."""
_POLICY_VIOLATION = 1008  # the closing code of a websocket that is refused


class SiteGuard:
    """An ASGI application around another, which refuses with `refusal`, in words.

    `is_host_allowed` and `origins` name further addresses, as operators behind a proxy do. `programs`: websockets are
    also opened by programs, which name no origin.
    """

    def __init__(
        self,
        app: ASGIApp,
        refusal: str,
        *,
        is_host_allowed: Callable[[str], bool] = lambda _: False,
        origins: Callable[[], Container[str]] = tuple,
        programs: bool = False,
    ) -> None:
        self._app, self._refusal, self._programs = app, refusal, programs
        self._is_host_allowed, self._origins = is_host_allowed, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses what comes from other sites: 403, or a websocket that is closed before it opens."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        reason = self._fault_of(Headers(scope=scope), is_websocket=scope["type"] == "websocket")
        if reason:
            logger.warning("request refused", extra={"reason": reason})
            await self._refuse(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer_headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    answer_headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _fault_of(self, headers: Headers, *, is_websocket: bool) -> str:
        """Why a request with these headers is refused; nothing for one that is not."""
        host = headers.get("host", "")
        if not self._is_own_host(host):
            return "host"
        origin = headers.get("origin")
        if origin is None:
            return "origin" if is_websocket and not self._programs else ""
        return "" if urlsplit(origin).netloc == host or origin in self._origins() else "origin"

    def _is_own_host(self, host: str) -> bool:
        """Whether a Host header names this machine or another address of ours; the port is not looked at."""
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        return name in _OWN_HOSTS or self._is_host_allowed(host)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return
        await PlainTextResponse(self._refusal, status_code=403)(scope, receive, send)
