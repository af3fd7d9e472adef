"""Meta's Graph API: requests to it, and paging; shared by Facebook and Instagram.

Every answer tells how much of the app's and the page's allowance is used. At 95 % the answer is still handed out, and
the next request is not made: who goes on until Meta refuses is locked out for longer.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote, urlencode

import requests

from monitor.errors import CursorExpired, Forbidden, QueryRejected, RateLimited, SourceError, UnexpectedAnswer
from monitor.models.listings import Meter
from monitor.sources import http
from monitor.sources.fields import count, fields, text
from monitor.sources.meta.errors import Refused, Told, TooMuch, nearly_spent
from monitor.sources.meta.settings import GraphSettings

BATCH = 50
"""Requests that one batch may hold."""
_ORIGIN = "https://graph.facebook.com"


class Graph:
    """The API for one network and one token, which travels in a header and stands in no address."""

    def __init__(self, network: str, section: GraphSettings, meter: Meter) -> None:
        """Makes no request. Raises BadCredentials without a token."""
        self._network, self._section = network, section
        token = section.access_token.get_secret_value().strip()
        if not token:
            raise http.missing_credentials(network, section, "access_token")
        self._session = http.session(section, meter, _ORIGIN)
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._limited: RateLimited | None = None
        self._fraction = 1

    def at_once(self, size: int) -> int:
        """How many posts to ask for instead of `size`: fewer, once that was too much for Meta's servers."""
        return max(1, size // self._fraction)

    def get(self, path: str, **parameters: Any) -> Mapping[str, Any]:
        """A node, or a page of an edge. Raises SourceErrors; CursorExpired when the cursor `after` is refused."""
        try:
            body = self._send("GET", path, params={name: one for name, one in parameters.items() if one is not None})
        except Refused as error:
            if parameters.get("after") is None:
                raise
            raise CursorExpired(f"{self._network} no longer knows a page") from error
        except TooMuch:
            self._fraction *= 5
            raise
        if not isinstance(body, dict):
            raise UnexpectedAnswer(f"{self._network} answered no object to {path}")
        return body

    def batch(self, paths: Sequence[str], wanted: str) -> list[Mapping[str, Any] | SourceError | None]:
        """The fields `wanted` of up to fifty nodes in one request, each answered for itself; None: not answered.

        Raises what concerns all of them: the token, a limit, a fault of Meta's.
        """
        asked = [{"method": "GET", "relative_url": f"{quote(one)}?{urlencode({'fields': wanted})}"} for one in paths]
        answers = self._send("POST", "", data={"batch": json.dumps(asked), "include_headers": "false"})
        if not isinstance(answers, list) or len(answers) != len(paths):
            raise UnexpectedAnswer(f"{self._network} answered a batch of {len(paths)} with something else")
        return [self._part(fields(answer), path) for answer, path in zip(answers, paths, strict=True)]

    def _part(self, answer: Mapping[str, Any], path: str) -> Mapping[str, Any] | SourceError | None:
        try:
            body = http.parse_json(answer["body"])
        except (KeyError, TypeError, ValueError):  # Meta ran out of time for this one
            return None
        told = Told(path, count(answer.get("code")) or 0, {}, body)
        fault = told.fault(self._network, self._section, datetime.now(UTC))
        if fault is not None and not isinstance(fault, QueryRejected | Forbidden):
            raise fault
        return fault or (body if isinstance(body, dict) else None)

    def _send(self, method: str, path: str, **options: Any) -> Any:
        now = datetime.now(UTC)
        if self._limited and self._limited.reset_at and self._limited.reset_at > now:
            raise self._limited
        address = f"{_ORIGIN}/{self._section.version}/{quote(path)}"
        try:
            answered = self._session.request(method, address, allow_redirects=False, **options)
            body = http.parse_json(answered.content)
        except requests.RequestException as error:
            raise http.unavailable(self._network, error) from None
        except ValueError:
            body = None
        self._limited = nearly_spent(self._network, answered.headers, now)
        told = Told(path or "batch", answered.status_code, answered.headers, body)
        if fault := told.fault(self._network, self._section, now):
            raise fault
        return body


def after_of(paging: Any) -> str | None:
    """The cursor of the next page; None: this is the last. `next` itself holds the token and is never kept."""
    told = fields(paging)
    further = text(told.get("next"))
    if not further:
        return None
    found = text(fields(told.get("cursors")).get("after"))
    if found:
        return found
    named = re.search(r"[?&]after=([^&]+)", further)
    return unquote(named[1]) if named else None
