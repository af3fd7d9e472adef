"""Requests to a Mastodon server through its official client, and what the client's errors mean."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import mastodon
import requests

from monitor.errors import QueryRejected, SourceError
from monitor.models.listings import Meter
from monitor.sources import http
from monitor.sources.mastodon.network import MastodonSettings
from monitor.text import json_values

logger = logging.getLogger(__name__)

NETWORK = "mastodon"
DEFAULT_SERVER = "mastodon.social"


class NotFound(QueryRejected):
    """The server says that there is no such thing; a page of some other web server does not say that."""


class MastodonClient(mastodon.Mastodon):
    """The official client, giving answers as they came.

    Its typed methods take 50 times as long as reading the JSON does, and that of hashtags asks for the server's
    description first. This reaches the request underneath by its mangled name, as the library's own modules do.
    """

    def timeline_is_available(self, *_: Any, **__: Any) -> bool:
        """True: the answer itself will tell."""
        return True

    def request(self, path: str, parameters: dict[str, Any]) -> requests.Response:
        """The answer to a GET. Raises MastodonError for all but success."""
        response: requests.Response = self._Mastodon__api_request(  # type: ignore[attr-defined]
            "GET", path, parameters, do_ratelimiting=False, return_response_object=True
        )
        return response


@dataclass(frozen=True, slots=True)
class ServerResponse:
    """An answer: its JSON, the `max_id` of the next page, and whether it says which page is next, or that none is."""

    body: Any
    next_id: str | None
    is_linked: bool


class MastodonServer:
    """A Mastodon server, or another that speaks its API; used by one thread."""

    def __init__(self, section: MastodonSettings, meter: Meter) -> None:
        self.address = (
            section.base_url if "://" in section.base_url else f"https://{section.base_url or DEFAULT_SERVER}"
        )
        session = http.session(section, meter)
        session.hooks["response"].append(self._remember)
        self.section = section
        self._last: requests.Response | None = None
        self.client = MastodonClient(
            api_base_url=self.address,
            access_token=section.access_token.get_secret_value() or None,
            session=session,
            ratelimit_method="throw",
            request_timeout=section.timeout,
            user_agent=http.USER_AGENT,
        )

    @property
    def has_token(self) -> bool:
        """Whether it asks as somebody."""
        return bool(self.section.access_token.get_secret_value())

    def get(self, path: str, parameters: dict[str, Any]) -> ServerResponse:
        """Asks once. Raises SourceErrors, NotFound among them."""
        self._last = None
        try:
            response = self.client.request(path, parameters)
            body = json_values.parse(response.content)
        except (mastodon.MastodonError, requests.RequestException, ValueError, RecursionError) as error:
            raise self.fault(error) from None
        logger.debug("response received", extra={"network": NETWORK, "status": response.status_code})
        links = response.links
        next_ids = parse_qs(urlsplit(links.get("next", {}).get("url", "")).query).get("max_id")
        return ServerResponse(
            body, next_ids[-1] if next_ids else None, bool(next_ids or (links and "next" not in links))
        )

    def fault(self, error: Exception) -> SourceError:
        """What an error of the client means for the last request."""
        cause = error.__context__ if isinstance(error, mastodon.MastodonNetworkError) else error
        if isinstance(cause, requests.RequestException) or self._last is None or self._last.ok:
            return http.unavailable(NETWORK, cause if isinstance(cause, Exception) else error)
        status, message = self._last.status_code, _error_message(self._last)
        refusal = http.status_error(NETWORK, self.section, status, self._last.headers, message or "", datetime.now(UTC))
        return NotFound(str(refusal)) if status in (404, 410) and message is not None else refusal

    def _remember(self, response: requests.Response, **_: Any) -> None:
        """Keeps the response, for the client's errors hold neither status nor headers."""
        self._last = response


def _error_message(response: requests.Response) -> str | None:
    """The server's own words; None when it is not the API that answers."""
    try:
        body = json_values.parse(response.content)
    except ValueError:
        return None
    message = body.get("error") if isinstance(body, dict) else None
    return message if isinstance(message, str) else None
