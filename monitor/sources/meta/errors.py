"""What Meta's Graph API says when it does not answer, and how much of its allowance is used."""

import logging
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitor.errors import BadCredentials, Forbidden, QueryRejected, RateLimited, SourceError, SourceUnavailable
from monitor.masking.masks import cut
from monitor.sources import http
from monitor.sources.fields import count, fields, text
from monitor.sources.meta.settings import GraphSettings
from monitor.text import json_values

logger = logging.getLogger(__name__)

_NEARLY_USED = 95  # per cent
_ALLOWANCE_PAUSE = timedelta(minutes=15)  # of an allowance that is counted over an hour
_TOKEN = {102, 190}
_LIMITS = {4, 17, 32, 341, 613, *range(80_000, 80_015)}
_PERMISSIONS = {3, 10, *range(200, 300)}
_FAULTS = {1, 2}
_TOKEN_ENDINGS = {
    458: "the app was removed",
    460: "the password was changed",
    463: "it has expired",
    467: "it was revoked",
}


class NodeNotFound(QueryRejected):
    """What was asked for does not exist, or the token may not see it: Meta does not say which."""


class ParameterRejected(QueryRejected):
    """A parameter is wrong; of a further page: its cursor."""


class TooManyPosts(SourceUnavailable):
    """Meta's servers give up on so many posts with their comments; fewer at once may be had."""


@dataclass(frozen=True, slots=True)
class GraphAnswer:
    """An answer: what was asked, its status, headers and body."""

    subject: str
    status: int
    headers: Mapping[str, str]
    body: Any

    def fault(self, network: str, section: GraphSettings, now: datetime) -> SourceError | None:
        """The error that it is; with status 200 there are some too. None: it is a proper answer."""
        error = fields(fields(self.body).get("error"))
        if not error:
            return (
                None if self.status == 200 else http.status_error(network, section, self.status, self.headers, "", now)
            )
        code, subcode = count(error.get("code")) or 0, count(error.get("error_subcode")) or 0
        if code in _TOKEN:  # its text may hold the token, or a part of it
            reason = _TOKEN_ENDINGS.get(subcode, "Meta does not accept it")
            remedy = http.remedy(network, section)
            return BadCredentials(f"{network}: the access token is no longer valid: {reason}; {remedy}")
        message = _error_text(error)
        sentence = f"{network}, {self.subject}: {message or 'an error without a text'} (code {code})"
        if code in _LIMITS:
            return RateLimited(sentence, _regain_time(self.headers, now))
        if code in _FAULTS and "reduce the amount" in message:
            return TooManyPosts(sentence)
        if error_class := _error_class(code, subcode, error.get("is_transient") is True):
            hint = "; the token lacks a permission, see the README for those needed" if error_class is Forbidden else ""
            return error_class(sentence + hint)
        status = self.status if self.status != 200 else 400
        return http.status_error(f"{network}, {self.subject},", section, status, self.headers, message, now)


def _error_text(error: Mapping[str, Any]) -> str:
    return cut(" ".join((text(error.get("message")) or "").split()), 200)


def _error_class(code: int, subcode: int, transient: bool) -> type[SourceError] | None:
    """The errors that need nothing but a text; None: what the status says."""
    if code in _PERMISSIONS:
        return Forbidden
    if code in _FAULTS or transient:
        return SourceUnavailable
    if code == 803 or (code, subcode) == (100, 33):
        return NodeNotFound
    return ParameterRejected if code == 100 else None


def allowance_error(network: str, headers: Mapping[str, str], now: datetime) -> RateLimited | None:
    """The error to raise instead of a further request, once an allowance is used to 95 per cent."""
    percent = max((share for usage in _usages(headers) for share in _shares(usage)), default=0)
    if percent < _NEARLY_USED:
        return None
    logger.warning("allowance nearly used", extra={"network": network, "count": percent})
    return RateLimited(
        f"{network}: {percent}% of the allowance is used", _regain_time(headers, now) or now + _ALLOWANCE_PAUSE
    )


def _usages(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """What the headers say about the app's, the page's and the business's use."""
    lower = {name.lower(): value for name, value in headers.items()}
    for name in ("x-app-usage", "x-page-usage", "x-business-use-case-usage"):
        try:
            usage = fields(json_values.parse(lower.get(name, "")))
        except ValueError:
            continue
        yield usage
        for uses in usage.values():
            yield from (fields(use) for use in uses) if isinstance(uses, list) else ()


def _shares(usage: Mapping[str, Any]) -> Iterator[int]:
    """Per cent of what is allowed."""
    for name in ("call_count", "total_time", "total_cputime"):
        share = usage.get(name)
        if isinstance(share, int | float) and not isinstance(share, bool) and math.isfinite(share):
            yield int(share)


def _regain_time(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When the network may be asked again; None when it does not say."""
    minutes = max((count(usage.get("estimated_time_to_regain_access")) or 0 for usage in _usages(headers)), default=0)
    return now + timedelta(minutes=min(minutes, 1440)) if minutes else http.reset_time(headers, now)
