"""What X refuses, and the errors it reports beside an answer."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from monitor.errors import CursorExpired, SourceError, SourceUnavailable, SpanTooOld
from monitor.masking.masks import cut
from monitor.settings.network import NetworkSettings
from monitor.sources import http
from monitor.sources.fields import moment
from monitor.text import json_values

SINGLE_RESOURCE = frozenset(
    {
        "resource-not-found",
        "not-authorized-for-resource",
        "not-authorized-for-field",
        "resource-unavailable",
        "disallowed-resource",
    }
)
"""Errors about one post or account: the rest of the answer is whole."""
_KINDS = {"Not Found Error": "resource-not-found", "Authorization Error": "not-authorized-for-resource"}
_STATUS = {
    "resource-not-found": 404,
    "not-authorized-for-resource": 403,
    "client-forbidden": 403,
    "unsupported-authentication": 403,
    "usage-capped": 429,
    "streaming-connection": 429,
    "invalid-request": 400,
    "invalid-rules": 400,
    "noncompliant-rules": 400,
    "rule-cap": 400,
    "operational-disconnect": 503,
    "client-disconnected": 503,
}
_EARLIEST = re.compile(r"(?:must be on or after|created after) \[?(\d{4}-\d\d-\d\dT[\d:.]+Z)")


def refusal_hook(section: NetworkSettings) -> Callable[..., None]:
    """A hook for the client's session that raises our errors for answers that are none.

    It comes before tweepy's own errors, which fall over a body that is not what they expect.
    """

    def refuse(response: requests.Response, *_: Any, **__: Any) -> None:
        if not 200 <= response.status_code < 300 and not response.is_redirect:
            raise _refusal(response, section)

    return refuse


def _refusal(response: requests.Response, section: NetworkSettings) -> SourceError:
    errors = _response_errors(response)
    message = error_text(errors)
    if response.status_code == 400:
        if "_token=" in (response.request.url or "") and _is_about_the_page(errors):
            return CursorExpired(cut(f"x no longer knows this page: {message}", 300))
        if earliest := _earliest_time(message):
            return SpanTooOld(cut(f"x: {message}", 300), earliest)
    return http.status_error("x", section, response.status_code, response.headers, message, datetime.now(UTC))


def _response_errors(response: requests.Response) -> list[Mapping[str, Any]]:
    """The errors of a refusal; its own title and detail when it lists none."""
    try:
        body = json_values.parse(response.content)
    except ValueError:
        return []
    if not isinstance(body, Mapping):
        return []
    errors = body.get("errors")
    return [error for error in errors if isinstance(error, Mapping)] if errors and isinstance(errors, list) else [body]


def error_text(errors: Iterable[Mapping[str, Any]]) -> str:
    """What errors say, in X's words."""
    return "; ".join(filter(None, map(_message, errors)))


def _message(error: Mapping[str, Any]) -> str:
    details = error.get("details")
    texts = [error.get("message"), error.get("detail"), *(details if isinstance(details, list) else ())]
    words = [text for text in texts if isinstance(text, str) and text] or [str(error.get("title") or "")]
    return " ".join(dict.fromkeys(words))


def _is_about_the_page(errors: Iterable[Mapping[str, Any]]) -> bool:
    cursors = ("next_token", "pagination_token")
    return any(
        name in str(error.get("parameters", "")) or name in _message(error) for error in errors for name in cursors
    )


def _earliest_time(message: str) -> datetime | None:
    """A minute after what X tells: it tells the minute, and the bound moves with the clock while we ask again."""
    match = _EARLIEST.search(message)
    earliest = moment(match[1]) if match else None
    return earliest and earliest + timedelta(minutes=1)


def kind(error: Mapping[str, Any]) -> str:
    """What sort of error it is: the last part of the address that names it."""
    address, title = error.get("type"), error.get("title")
    name = address.rstrip("/").rsplit("/", 1)[-1] if isinstance(address, str) else ""
    return name if name not in ("", "about:blank") else _KINDS.get(str(title), "")


def reported_error(errors: Iterable[Mapping[str, Any]], section: NetworkSettings) -> SourceError:
    """The error for an answer of status 200 that reports these and holds nothing else."""
    problems = list(errors)
    error = problems[0] if problems else {}
    message = error_text(problems)
    status = error.get("status")
    code = _STATUS.get(kind(error)) or (status if isinstance(status, int) and status >= 400 else None)
    if code is None:
        return SourceUnavailable(cut(f"x reports a fault of its own: {message}", 300))
    return http.status_error("x", section, code, {}, message, datetime.now(UTC))
