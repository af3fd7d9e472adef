"""Who may speak to the dashboard: it has no login, so no other site may, through the browser of whoever uses it.

A page of another site can send requests to this machine, and by DNS rebinding even under a name of its own. So the
address asked for (Host) must be ours, the page that asks (Origin) must be ours, a websocket must say whose it is, and
no other site may show the dashboard in a frame. Streamlit's own checks let any port of localhost in, and look at
websockets alone. Operators behind a proxy name their addresses in Streamlit's `server.allowedHosts`.
"""

import logging
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.web.server.starlette import starlette_websocket

logger = logging.getLogger(__name__)

_OWN_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_FRAMES = "frame-ancestors 'self'"
_POLICY_VIOLATION = 1008  # the closing code of a websocket that is refused
_REFUSAL = (
    "This address is not the dashboard's. Open it at http://localhost or http://127.0.0.1 with its port; behind "
    "a proxy, name the address in STREAMLIT_SERVER_ALLOWED_HOSTS.\n"
)


class SiteGuard:
    """An ASGI application around another."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses what comes from other sites: 403, or a websocket that is closed before it opens."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        reason = _refusal(headers, is_websocket=scope["type"] == "websocket")
        if reason:
            logger.warning("request refused", extra={"reason": reason})
            await _refuse(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer_headers = MutableHeaders(scope=message)
                answer_headers["Content-Security-Policy"] = _FRAMES
                answer_headers["X-Frame-Options"] = "SAMEORIGIN"
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _refusal(headers: Headers, *, is_websocket: bool) -> str:
    """Why a request with these headers is refused; nothing for one that is not."""
    host = headers.get("host", "")
    if not _is_own_host(host):
        return "host"
    origin = headers.get("origin")
    if origin is None:
        return "no origin" if is_websocket else ""
    is_own = urlsplit(origin).netloc == host or origin in config.get_option("server.corsAllowedOrigins")
    return "" if is_own else "origin"


def _is_own_host(host: str) -> bool:
    """Whether a Host header names this machine or what `server.allowedHosts` names; the port is not looked at."""
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    if name in _OWN_HOSTS:
        return True
    return bool(config.get_option("server.allowedHosts")) and starlette_websocket.is_host_allowed(host)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        return
    await PlainTextResponse(_REFUSAL, status_code=403)(scope, receive, send)
