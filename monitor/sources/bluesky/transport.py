"""The official client's requests with our timeout and User-Agent, counted, and answered as plain JSON.

The client's own models refuse a whole page for one record that is malformed, so they are not used.
"""

import logging
import weakref
from typing import Any

import httpx
from atproto_client.request import Request, Response

from monitor.errors import SourceUnavailable
from monitor.models.listings import Meter
from monitor.sources import http

logger = logging.getLogger(__name__)

NETWORK = "bluesky"
_STALE = {"ExpiredToken", "InvalidToken"}


class ErrorResponse(Exception):
    """An answer with an error status; `name` is the error's, `message` the server's explanation."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(response.status_code)
        self.status, self.headers = response.status_code, dict(response.headers)
        try:
            body = http.parse_json(response.content)
        except ValueError:
            body = None
        body = body if isinstance(body, dict) else {}
        self.name, self.message = str(body.get("error") or ""), str(body.get("message") or "")

    @property
    def is_stale(self) -> bool:
        """Whether the token was refused because it is too old."""
        return self.status in (400, 401) and self.name in _STALE


class BlueskyTransport(Request):
    """The client's, with our timeout and User-Agent; counts requests, and reads JSON whatever is in its strings."""

    def __init__(self, meter: Meter, timeout: float) -> None:
        def count(_: httpx.Request) -> None:
            meter.requests += 1

        super().__init__(timeout=timeout, event_hooks={"request": [count], "response": [_refuse]})
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
        content = http.parse_json(response.content)
    except ValueError:
        kind = response.headers.get("Content-Type", "nothing said").split(";")[0]
        reason = f"no JSON but {len(response.content)} bytes of {kind}"
        raise SourceUnavailable(f"{NETWORK} did not answer properly ({reason}); it will be tried again") from None
    return Response(True, response.status_code, content, dict(response.headers))
