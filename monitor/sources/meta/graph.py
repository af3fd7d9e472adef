"""Meta's Graph API: requests to it, and paging; shared by Facebook and Instagram.

Every answer tells how much of the app's and the page's allowance is used. At 95 % the answer is still handed out, and
the next request is not made: who goes on until Meta refuses is locked out for longer.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import requests

from monitor.errors import CursorExpired, Forbidden, QueryRejected, RateLimited, SourceError, UnexpectedAnswer
from monitor.models.listings import Meter
from monitor.sources import http
from monitor.sources.fields import count, fields, text
from monitor.sources.meta.errors import GraphAnswer, ParameterRejected, TooManyPosts, allowance_error
from monitor.sources.meta.settings import GraphSettings
from monitor.text import json_values

logger = logging.getLogger(__name__)

BATCH = 50
"""Requests that one batch may hold."""
_ORIGIN = "https://graph.facebook.com"
_TIME_PAGING = ("until", "__paging_token", "offset")


class GraphClient:
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

    def page_size(self, size: int) -> int:
        """How many posts to ask for instead of `size`: fewer, once that was too much for Meta's servers."""
        return max(1, size // self._fraction)

    def get(self, path: str, **parameters: Any) -> Mapping[str, Any]:
        """A node, or a page of an edge. Raises SourceErrors; CursorExpired when the cursor `after` is refused."""
        sent = {name: value for name, value in parameters.items() if value is not None}
        if str(sent.get("after", "")).startswith("?"):
            sent |= dict(parse_qsl(sent.pop("after")[1:]))
        try:
            body = self._send("GET", path, params=sent)
        except ParameterRejected as error:
            if parameters.get("after") is None:
                raise
            raise CursorExpired(f"{self._network} no longer knows a page") from error
        except TooManyPosts:
            self._fraction *= 5
            logger.warning("fewer posts asked for at once", extra={"network": self._network})
            raise
        if not isinstance(body, dict):
            raise UnexpectedAnswer(f"{self._network} answered no object to {path}")
        return body

    def batch(self, paths: Sequence[str], field_names: str) -> list[Mapping[str, Any] | SourceError | None]:
        """The fields `field_names` of up to fifty nodes in one request, each answered for itself; None: not answered.

        Raises what concerns all of them: the token, a limit, a fault of Meta's.
        """
        query = urlencode({"fields": field_names})
        calls = [{"method": "GET", "relative_url": f"{quote(path)}?{query}"} for path in paths]
        answers = self._send("POST", "", data={"batch": json.dumps(calls), "include_headers": "false"})
        if not isinstance(answers, list) or len(answers) != len(paths):
            raise UnexpectedAnswer(f"{self._network} answered a batch of {len(paths)} with something else")
        return [self._node(fields(answer), path) for answer, path in zip(answers, paths, strict=True)]

    def _node(self, answer: Mapping[str, Any], path: str) -> Mapping[str, Any] | SourceError | None:
        try:
            body = json_values.parse(answer["body"])
        except (KeyError, TypeError, ValueError):  # Meta ran out of time for this one
            return None
        node = GraphAnswer(path, count(answer.get("code")) or 0, {}, body)
        fault = node.fault(self._network, self._section, datetime.now(UTC))
        if fault is not None and not isinstance(fault, QueryRejected | Forbidden):
            raise fault
        return fault or (body if isinstance(body, dict) else None)

    def _send(self, method: str, path: str, **options: Any) -> Any:
        now = datetime.now(UTC)
        if self._limited and self._limited.reset_at and self._limited.reset_at > now:
            raise self._limited
        address = f"{_ORIGIN}/{self._section.version}/{quote(path)}"
        try:
            response = self._session.request(method, address, allow_redirects=False, **options)
            body = json_values.parse(response.content)
        except requests.RequestException as error:
            raise http.unavailable(self._network, error) from None
        except ValueError:
            body = None
        logger.debug("request answered", extra={"network": self._network, "status": response.status_code})
        self._limited = allowance_error(self._network, response.headers, now)
        answer = GraphAnswer(path or "batch", response.status_code, response.headers, body)
        if fault := answer.fault(self._network, self._section, now):
            raise fault
        return body


def next_cursor(paging: Any) -> str | None:
    """The cursor of the next page; None: this is the last. `next` itself holds the token and is never kept.

    Edges in the order of time page by it: their cursor is `?until=...&__paging_token=...`. Raises UnexpectedAnswer when
    there is a next page, and no telling where.
    """
    links = fields(paging)
    address = text(links.get("next"))
    if not address:
        return None
    cursor = text(fields(links.get("cursors")).get("after"))
    if cursor:
        return cursor
    try:
        values = dict(parse_qsl(urlsplit(address).query))
    except ValueError:
        values = {}
    if values.get("after"):
        return values["after"]
    times = {name: values[name] for name in _TIME_PAGING if name in values}
    if not times:
        raise UnexpectedAnswer("the Graph API says that there is a next page, and not where")
    return f"?{urlencode(times)}"
