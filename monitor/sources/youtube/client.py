"""Google's client for the YouTube Data API over our own transport, and what its errors mean."""

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import requests

from monitor.errors import (
    BadCredentials,
    CursorExpired,
    Forbidden,
    QueryRejected,
    RateLimited,
    SourceError,
    SourceUnavailable,
    UnexpectedAnswer,
)
from monitor.masking.masks import cut
from monitor.models.listings import Meter
from monitor.sources import fields, http
from monitor.sources.html import to_text
from monitor.sources.youtube.network import YouTubeSettings
from monitor.text import json_values

if TYPE_CHECKING:
    from googleapiclient.errors import HttpError

logger = logging.getLogger(__name__)

_ORIGIN = "https://youtube.googleapis.com"
_PACIFIC = ZoneInfo("America/Los_Angeles")  # where the quota's day begins
_BAD_KEY = {
    "keyInvalid",
    "keyExpired",
    "accessNotConfigured",
    "ipRefererBlocked",
    "API_KEY_INVALID",
    "API_KEY_EXPIRED",
    "API_KEY_SERVICE_BLOCKED",
    "API_KEY_HTTP_REFERRER_BLOCKED",
    "API_KEY_IP_ADDRESS_BLOCKED",
    "CONSUMER_INVALID",
    "SERVICE_DISABLED",
}
_QUOTA_USED = {"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"}
_TOO_FAST = {"rateLimitExceeded", "userRateLimitExceeded", "concurrentLimitExceeded", "RATE_LIMIT_EXCEEDED"}
_PASSING = {"backendError", "internalError", "processingFailure"}


class YouTubeNotFound(QueryRejected):
    """The channel, video or comment that was asked for is not there."""


class _WithoutKeys(logging.Filter):
    """Takes keys out of the addresses that the HTTP library logs when it is told to log everything."""

    def filter(self, record: logging.LogRecord) -> bool:
        if "key=" in (message := record.getMessage()):
            record.msg, record.args = re.sub(r"(?<=[?&]key=)[^&\s\"]+", "(key)", message), ()
        return True


_WITHOUT_KEYS = _WithoutKeys()


class _Http:
    """What Google's client takes for its Http. The key is put in here, so that no text of the client's holds it."""

    def __init__(self, session: requests.Session, key: str) -> None:
        self._session, self._key = session, key

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> tuple[Any, bytes]:
        import httplib2

        sent = {name: value for name, value in (headers or {}).items() if name.startswith(("content-type", "x-"))}
        response = self._session.request(
            method, uri, params={"key": self._key}, data=body, headers=sent, allow_redirects=False
        )
        logger.debug("request answered", extra={"network": "youtube", "status": response.status_code})
        received = {name.lower(): value for name, value in response.headers.items()}
        return httplib2.Response({**received, "status": str(response.status_code)}), response.content

    def close(self) -> None:
        self._session.close()


class YouTubeClient:
    """Lists of the API. Every call is one request, and raises errors of `monitor.errors` without the key."""

    def __init__(self, section: YouTubeSettings, meter: Meter) -> None:
        """Makes no request."""
        from googleapiclient.discovery import build

        logging.getLogger("urllib3.connectionpool").addFilter(_WITHOUT_KEYS)
        self._section = section
        self._key = section.api_key.get_secret_value().strip()
        self._api = build(
            "youtube",
            "v3",
            http=_Http(http.session(section, meter, _ORIGIN), self._key),
            client_options={"api_endpoint": _ORIGIN},
            static_discovery=True,
            cache_discovery=False,
        )

    def threads(self, subject: str, **parameters: Any) -> Mapping[str, Any]:
        """commentThreads.list; `subject` says in errors what for, as in `channel UC123`."""
        return self._answer(self._api.commentThreads().list(**parameters), subject)

    def comments(self, subject: str, **parameters: Any) -> Mapping[str, Any]:
        """comments.list."""
        return self._answer(self._api.comments().list(**parameters), subject)

    def languages(self) -> Mapping[str, Any]:
        """i18nLanguages.list, which every key may ask for."""
        return self._answer(self._api.i18nLanguages().list(part="snippet"), "its languages")

    def _answer(self, request: Any, subject: str) -> Mapping[str, Any]:
        from googleapiclient.errors import HttpError

        try:
            answer = request.execute(num_retries=0)
        except HttpError as error:
            raise self._fault(error, subject, "pageToken=" in request.uri) from None
        except requests.RequestException as error:
            raise http.unavailable("youtube", error) from None
        except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
            # What Google's client makes of a refusal that is not in Google's form.
            raise http.unavailable("youtube", error) from None
        if not isinstance(answer, dict):
            raise UnexpectedAnswer(f"youtube answered no object to {subject}")
        return answer

    def _fault(self, error: "HttpError", subject: str, paged: bool) -> SourceError:
        now = datetime.now(UTC)
        status, problem = int(error.resp.status), _problem(error.content)
        reasons = _reasons(problem)
        reason = cut(to_text(str(error.reason)), 200)
        message = f"youtube, {subject}: {reason or status}"
        if reasons & _BAD_KEY or status == 401:
            return BadCredentials(f"youtube refused the API key ({reason}); {http.remedy('youtube', self._section)}")
        if reasons & (_QUOTA_USED | _TOO_FAST):
            spent = reasons & _QUOTA_USED or re.search(rb"per ?day", error.content, re.IGNORECASE)
            return RateLimited(message, quota_reset_time(now) if spent else http.reset_time(error.resp, now))
        if "commentsDisabled" in reasons:
            message = f"youtube, {subject}: comments are disabled; take it out of the settings"
        elif status == 404:
            message += "; take it out of the settings if it no longer exists"
        error_class = _error_class(reasons, status, paged)
        if error_class is YouTubeNotFound and not problem:  # a page of some other web server
            error_class = None
        return (
            error_class(message)
            if error_class
            else http.status_error(f"youtube, {subject},", self._section, status, error.resp, reason, now)
        )


def _error_class(reasons: set[str], status: int, paged: bool) -> type[SourceError] | None:
    """The errors that need nothing but a text; None: what the status says."""
    if reasons & _PASSING:
        return SourceUnavailable
    if "invalidPageToken" in reasons or (status == 400 and paged):
        return CursorExpired
    if "commentsDisabled" in reasons:
        return Forbidden
    return YouTubeNotFound if status == 404 else None


def _problem(content: bytes) -> Mapping[str, Any]:
    """What Google says about an error; empty when it is not Google that says it."""
    try:
        return fields.fields(fields.fields(json_values.parse(content)).get("error"))
    except ValueError:
        return {}


def _reasons(problem: Mapping[str, Any]) -> set[str]:
    """Every reason an error names; Google spells them in two places."""
    lists = [errors for errors in (problem.get("errors"), problem.get("details")) if isinstance(errors, list)]
    return {str(fields.fields(error).get("reason")) for errors in lists for error in errors}


def quota_reset_time(now: datetime) -> datetime:
    """The next midnight in California, in UTC."""
    tomorrow = now.astimezone(_PACIFIC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), _PACIFIC).astimezone(UTC)
