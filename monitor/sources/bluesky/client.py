"""Requests to a Bluesky server as an account: logged in once, its session kept and renewed.

Imported late: the official client takes more than a second to load.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import requests
from atproto_client.client.base import ClientBase
from atproto_client.exceptions import RequestErrorBase
from atproto_client.models.dot_dict import DotDict

from monitor.errors import BadCredentials, QueryRejected, SourceError, UnexpectedAnswer
from monitor.models.listings import Meter
from monitor.sources import http
from monitor.sources.bluesky import session as bluesky_session
from monitor.sources.bluesky.network import BlueskySettings
from monitor.sources.bluesky.session import Session
from monitor.sources.bluesky.transport import NETWORK, BlueskyTransport, ErrorResponse

logger = logging.getLogger(__name__)

QueryParameters: TypeAlias = Mapping[str, str | int | bool | Sequence[str]]

_SERVER = "https://bsky.social"
_CREDENTIAL_ERRORS = {
    "ExpiredToken",
    "InvalidToken",
    "AccountDeactivated",
    "AccountSuspended",
    "AccountTakedown",
    "AuthFactorTokenRequired",
    "AuthMissing",
    "AuthenticationRequired",
}
"""Errors of credentials, which servers tell with one status or another."""
_TRIES = 3  # with the session at hand, with one that another process has renewed meanwhile, with a new one


class BlueskyClient:
    """A server, asked as one account. The session is taken from `file`, renewed when it is too old, and kept there."""

    def __init__(self, section: BlueskySettings, meter: Meter, file: Path) -> None:
        self._section, self._file = section, file
        self._server = section.base_url.rstrip("/") or _SERVER
        self._client = ClientBase(self._server, BlueskyTransport(meter, section, self._server))
        self._session = bluesky_session.read(file, self._server)

    @property
    def session(self) -> Session:
        """Who is logged in, after a login if nobody was."""
        if self._session is None:
            self._session = self._login()
        return self._session

    def ask(self, method: str, parameters: QueryParameters, timeout: float | None = None) -> dict[str, Any]:
        """The answer of a query (`app.bsky.feed.getPosts`) within `timeout` seconds. Raises SourceErrors."""
        for tries in range(1, _TRIES + 1):
            session = self.session
            try:
                return self._query(session, method, parameters, timeout)
            except ErrorResponse as refusal:
                if not refusal.is_stale or tries == _TRIES:
                    raise self._error(refusal) from None
            self._session = self._renew(session)
        raise AssertionError("the last try returns or raises")

    def did_of(self, handle: str) -> str:
        """The DID of an account; empty when Bluesky has no such handle."""
        try:
            did = self.ask("com.atproto.identity.resolveHandle", {"handle": handle}).get("did")
        except QueryRejected:
            return ""
        return did if isinstance(did, str) else ""

    def _query(
        self, session: Session, method: str, parameters: QueryParameters, timeout: float | None
    ) -> dict[str, Any]:
        self._client.update_base_url(session.home)
        options: dict[str, Any] = {"headers": _bearer(session.access)} | ({"timeout": timeout} if timeout else {})
        return self._content(lambda: self._client.invoke_query(method, DotDict(dict(parameters)), **options))

    def _renew(self, stale_session: Session) -> Session:
        stored_session = bluesky_session.read(self._file, self._server)
        if stored_session is not None and stored_session.access != stale_session.access:
            return stored_session
        self._client.update_base_url(stale_session.home)
        try:
            session: Session | None = self._keep_session(
                self._call("refreshSession", headers=_bearer(stale_session.refresh))
            )
        except ErrorResponse as refusal:
            if refusal.status not in (400, 401):
                raise self._error(refusal) from None
            session = None
        if session is None:
            return self._login()
        logger.info("session renewed", extra={"network": NETWORK})
        return session

    def _login(self) -> Session:
        self._client.update_base_url(self._server)
        credentials = {"identifier": self._section.handle, "password": self._section.app_password.get_secret_value()}
        try:
            session = self._keep_session(
                self._call("createSession", content=json.dumps(credentials), input_encoding="application/json")
            )
        except ErrorResponse as refusal:
            raise self._error(refusal) from None
        logger.info("logged in", extra={"network": NETWORK})
        return session

    def _call(self, procedure: str, **options: Any) -> dict[str, Any]:
        method = f"com.atproto.server.{procedure}"
        return self._content(lambda: self._client.invoke_procedure(method, **options))

    def _keep_session(self, login: Mapping[str, Any]) -> Session:
        handle = login.get("handle") or self._section.handle
        values = (handle, login.get("did"), login.get("accessJwt"), login.get("refreshJwt"))
        if not all(isinstance(value, str) and value for value in values):
            raise UnexpectedAnswer(f"{NETWORK}: the answer to the login holds no session")
        home = self._server if self._section.base_url else home_of(login.get("didDoc")) or self._server
        session = Session(self._server, home, *map(str, values))
        bluesky_session.write(self._file, session)
        return session

    def _content(self, send: Any) -> dict[str, Any]:
        try:
            content = send().content
        except RequestErrorBase as error:  # a transport's fault: answers with an error status are ErrorResponses
            raise http.unavailable(NETWORK, _innermost(error)) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise http.unavailable(NETWORK, _innermost(error)) from None
        if not isinstance(content, dict):
            raise UnexpectedAnswer(f"{NETWORK}: the answer is {type(content).__name__} and not a JSON object")
        return content

    def _error(self, refusal: ErrorResponse) -> SourceError:
        status = 401 if refusal.status in (400, 401, 403) and refusal.name in _CREDENTIAL_ERRORS else refusal.status
        status = 404 if status == 501 else status  # not served there, today and tomorrow
        explanation = ": ".join(filter(None, (refusal.name, refusal.message)))
        if status == 401:
            explanation = f"{self._section.handle} (ESCUCHA_NETWORKS__BLUESKY__HANDLE) is not let in: {explanation}"
        error = http.status_error(NETWORK, self._section, status, refusal.headers, explanation, datetime.now(UTC))
        if isinstance(error, BadCredentials):  # the next run logs in anew
            self._session = None
            bluesky_session.forget(self._file)
            logger.warning("session dropped", extra={"network": NETWORK, "status": status})
        return error


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def home_of(document: object) -> str | None:
    """The server on which the account lives, as its DID document says."""
    services = document.get("service") if isinstance(document, dict) else None
    for service in services if isinstance(services, list) else ():
        if isinstance(service, dict) and str(service.get("id", "")).endswith("#atproto_pds"):
            endpoint = str(service.get("serviceEndpoint", ""))
            return endpoint.rstrip("/") if endpoint.startswith("https://") else None
    return None


def _innermost(error: Exception) -> Exception:
    """What the session raised, under what the clients made of it."""
    while isinstance(error.__cause__, Exception):
        error = error.__cause__
        if isinstance(error, requests.RequestException):
            break
    return error
