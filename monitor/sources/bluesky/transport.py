"""The official client's requests with our timeout and User-Agent, counted, and answered as plain JSON.

The client's own models refuse a whole page for one record that is malformed, so they are not used.
"""

import logging
import weakref
from typing import Any

import httpx
import requests
from atproto_client.request import Request, Response

from monitor.errors import SourceUnavailable
from monitor.models.listings import Meter
from monitor.settings.network import NetworkSettings
from monitor.sources import http
from monitor.text import json_values

logger = logging.getLogger(__name__)

NETWORK = "bluesky"
_CONNECTION = {"accept-encoding", "connection", "content-encoding", "content-length", "host", "transfer-encoding"}
"""Headers of one connection, which the session sets and has dealt with."""
_STALE = {"ExpiredToken", "InvalidToken"}


class ErrorResponse(Exception):
    """An answer with an error status; `name` is the error's, `message` the server's explanation."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(response.status_code)
        self.status, self.headers = response.status_code, dict(response.headers)
        try:
            body = json_values.parse(response.content)
        except ValueError:
            body = None
        body = body if isinstance(body, dict) else {}
        self.name, self.message = str(body.get("error") or ""), str(body.get("message") or "")

    @property
    def is_stale(self) -> bool:
        """Whether the token was refused because it is too old."""
        return self.status in (400, 401) and self.name in _STALE


class _SessionTransport(httpx.BaseTransport):
    """Sends what httpx is to send through a session as every source has it, within the same bounds."""

    def __init__(self, session: requests.Session) -> None:
        self._session = session

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """As BaseTransport's. Raises NetworkError, whose cause is the session's error."""
        headers = {name: value for name, value in request.headers.items() if name not in _CONNECTION}
        try:
            answer = self._session.request(
                request.method, str(request.url), data=request.read(), headers=headers, allow_redirects=False,
                timeout=request.extensions.get("timeout", {}).get("read"),
            )  # fmt: skip
        except requests.RequestException as error:
            raise httpx.NetworkError(type(error).__name__) from error
        received = [
            (name.encode("latin-1"), value.encode("latin-1"))  # as they came: httpx takes texts for ASCII
            for name, value in answer.headers.items()
            if name.lower() not in _CONNECTION
        ]
        return httpx.Response(answer.status_code, headers=received, content=answer.content)

    def close(self) -> None:
        """As BaseTransport's."""
        self._session.close()


class BlueskyTransport(Request):
    """The client's through our session, with our User-Agent; reads JSON whatever is in its strings."""

    def __init__(self, meter: Meter, section: NetworkSettings, server: str) -> None:
        """`server` is the one that the settings name."""
        session = http.session(section, meter, named=(server,))
        options = {"timeout": section.timeout, "event_hooks": {"response": [_refuse]}}
        super().__init__(transport=_SessionTransport(session), **options)
        self.add_additional_header("User-Agent", http.USER_AGENT)
        weakref.finalize(self, self._client.close)
        self._client.follow_redirects = False  # a password goes nowhere but to the server that was named

    def get(self, *args: Any, **kwargs: Any) -> Response:
        """As Request's."""
        return _read(self._send_request("GET", *args, **kwargs))

    def post(self, *args: Any, **kwargs: Any) -> Response:
        """As Request's."""
        return _read(self._send_request("POST", *args, **kwargs))


def _refuse(response: httpx.Response) -> None:
    logger.debug("request sent", extra={"network": NETWORK, "status": response.status_code})
    if response.status_code >= 300:
        response.read()
        raise ErrorResponse(response)


def _read(response: httpx.Response) -> Response:
    """The answer as the client gives it; its own parser refuses a page in which one text holds half an emoji."""
    try:
        content = json_values.parse(response.content)
    except ValueError:
        kind = response.headers.get("Content-Type", "nothing said").split(";")[0]
        reason = f"no JSON but {len(response.content)} bytes of {kind}"
        raise SourceUnavailable(f"{NETWORK} did not answer properly ({reason}); it will be tried again") from None
    return Response(True, response.status_code, content, dict(response.headers))
