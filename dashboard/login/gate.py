"""The gate before all of the dashboard: without a login nothing is answered, and no websocket opens or stays open.

Pages ask once more for themselves. Where nobody logs in (`[access] mode = "off"`) this computer alone is answered.
"""

import asyncio
import logging
import re
from ipaddress import ip_address
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.login import cookies, live, rules, sent_files
from dashboard.login.sent_files import SentFiles
from monitor.errors import EscuchaError, SettingsError
from monitor.settings.loading import Settings
from monitor.store.logins.sessions import LiveSession

logger = logging.getLogger(__name__)

OPEN = ("/login", "/login/oidc", "/login/oidc/back", "/logout")
"""What is answered without a login, besides one-time links and whether the process is well."""
_ONE_TIME_LINK = re.compile("/setup/[^/]+")
_HEALTH = "/_stcore/health"
_POLICY_VIOLATION = 1008
_YEAR = 365 * 86_400  # seconds
_GONE: Message = {"type": "websocket.disconnect", "code": _POLICY_VIOLATION}
_ELSEWHERE = (
    'Nobody logs in here ([access] mode = "off"), so this computer alone is answered. For others: mode = "accounts" in '
    "escucha.toml, see README.\n"
)


class LoginGate:
    """An ASGI application around another."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._files = app, SentFiles()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets through whoever may come in."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        try:
            settings = await run_in_threadpool(rules.current)
        except SettingsError:  # the page says what is wrong with them, and nothing else
            settings = None
        if scope["path"] == _HEALTH:  # which has browsers hold a cookie of Streamlit's
            is_secure = settings is not None and rules.is_secure(settings)
            await self._app(scope, receive, _to_https_alone(send) if is_secure else send)
            return
        if settings is None or settings.access.is_off:
            if _is_here(scope):
                await self._app(scope, receive, send)
            else:
                await _refuse(scope, receive, send, _ELSEWHERE)
            return
        answer = _to_https_alone(send) if rules.is_secure(settings) else send
        if scope["type"] == "http" and (scope["path"] in OPEN or _ONE_TIME_LINK.fullmatch(scope["path"])):
            await self._app(scope, receive, answer)
            return
        await self._as_somebody(settings, scope, receive, answer)

    async def _as_somebody(self, settings: Settings, scope: Scope, receive: Receive, send: Send) -> None:
        token = cookies.read(HTTPConnection(scope).cookies, cookies.SESSION, secure=rules.is_secure(settings))
        try:
            session = await run_in_threadpool(live.find, settings, token)
        except EscuchaError as error:
            logger.warning("login not checked", extra={"reason": type(error).__name__})
            await _refuse(scope, receive, send, "The database does not answer; try again.\n", 503)
            return
        if session is None:
            await _send_to_login(scope, receive, send)
        elif scope["type"] == "websocket":
            await _WatchedSocket(self._app, token, session, self._files).run(scope, receive, send)
        elif scope["path"].startswith(sent_files.PREFIX) and not self._files.is_known(session, scope["path"]):
            await _refuse(scope, receive, send, "There is no such file.\n", 404)
        else:
            await self._app(scope, receive, send)


class _WatchedSocket:
    """An open websocket, which ends with the login that opened it."""

    def __init__(self, app: ASGIApp, token: str, session: LiveSession, files: SentFiles) -> None:
        self._app, self._token, self._session, self._files = app, token, session, files
        self._over = asyncio.Event()

    async def run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves it until either end closes it, or the login is over."""

        async def sending(message: Message) -> None:
            if not self._over.is_set():
                self._files.note(self._session, message.get("bytes") or b"")
                await send(message)

        watching = asyncio.create_task(self._watch(send))
        try:
            await self._app(scope, lambda: self._next(receive), sending)
        finally:
            watching.cancel()

    async def _watch(self, send: Send) -> None:
        while not await self._is_over(is_click=False):
            await asyncio.sleep(live.FRESH)
        self._over.set()
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION})

    async def _next(self, receive: Receive) -> Message:
        """The next message, which is somebody's click; that the websocket is closed, once the login is over."""
        coming = asyncio.ensure_future(receive())
        over = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait((coming, over), return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
        if not coming.done():
            coming.cancel()
            return _GONE
        message = coming.result()
        is_click = message["type"] == "websocket.receive"
        return _GONE if is_click and await self._is_over(is_click=True) else message

    async def _is_over(self, *, is_click: bool) -> bool:
        """Whether the store says so. While it says nothing, the pages have nothing to show either."""
        try:
            settings = await run_in_threadpool(rules.current)
            session = await run_in_threadpool(live.find, settings, self._token)
            if session is not None:
                self._session = session
                if is_click:
                    await run_in_threadpool(live.see, settings, session)
        except EscuchaError as error:
            logger.warning("login not checked", extra={"reason": type(error).__name__})
            return False
        return session is None


def _to_https_alone(send: Send) -> Send:
    """As `send`; browsers come back by HTTPS only, and what Streamlit and Authlib have them hold goes nowhere else."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
            held = headers.getlist("set-cookie")
            del headers["set-cookie"]
            for cookie in held:
                headers.append("set-cookie", cookie if "; secure" in cookie.lower() else f"{cookie}; Secure")
        await send(message)

    return sending


def _is_here(scope: Scope) -> bool:
    """Whether it was asked at an address that only this computer reaches, be it by a web server on it.

    Who asks does not tell: such a web server says for whom it does, and `client` is that one then.
    """
    server = scope.get("server")
    try:
        address = ip_address(server[0]) if server else None
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return mapped is None or mapped.is_loopback


async def _send_to_login(scope: Scope, receive: Receive, send: Send) -> None:
    headers = Headers(scope=scope)
    if scope["type"] == "http" and scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
        query = scope.get("query_string", b"").decode("latin-1")
        asked = f"{scope['path']}?{query}" if query else scope["path"]
        await RedirectResponse(f"/login?next={quote(asked)}", status_code=303)(scope, receive, send)
        return
    await _refuse(scope, receive, send, "Log in first.\n", 401)


async def _refuse(scope: Scope, receive: Receive, send: Send, words: str, status: int = 403) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        return
    headers = {"Cache-Control": "no-store"}
    await PlainTextResponse(words, status_code=status, headers=headers)(scope, receive, send)
