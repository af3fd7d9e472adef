"""HTTP as every source does it: within bounds, a descriptive User-Agent, counted requests, answers that are JSON."""

import base64
import json
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from monitor import __version__
from monitor.errors import (
    BadCredentials,
    Forbidden,
    QueryRejected,
    RateLimited,
    SourceError,
    SourceUnavailable,
    UnexpectedAnswer,
)
from monitor.masking import answers, masks
from monitor.models.listings import Meter
from monitor.settings.network import NetworkSettings
from monitor.sources import http_limits
from monitor.sources.http_limits import Addresses, Deadline, DeadlineExceeded, RefusedAnswer
from monitor.text import json_values

logger = logging.getLogger(__name__)

_LONGEST_WAIT = timedelta(days=3650)
_MOST_REDIRECTS = 5
USER_AGENT = f"escucha/{__version__} (complaint monitoring for brands; open source)"


class HttpTransport(HTTPAdapter):
    """Counts requests, sets timeouts, sends what is meant for `origin` to another address, distrusts answers.

    A JSON answer that is HTML, cut or malformed raises `requests.RequestException` here, where it is still known to
    be the network's fault and not the client library's; so does one that takes too long, is too large, or leads to an
    address that is not public and that the settings do not name. Of a stream, only its beginning has a deadline.
    """

    def __init__(
        self, meter: Meter, timeout: float, base_url: str = "", origin: str = "", named: Sequence[str] = ()
    ) -> None:
        """`named` are further addresses that the settings name."""
        super().__init__()
        self._meter, self._timeout, self._base_url, self._origin = meter, timeout, base_url.rstrip("/"), origin
        self._addresses = Addresses(base_url, origin, *named)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """As HTTPAdapter's, with connections that are watched."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = http_limits.POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """As HTTPAdapter's, with connections that are watched."""
        manager = super().proxy_manager_for(proxy, **options)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = http_limits.POOLS
        return manager

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        """As HTTPAdapter's."""
        if self._base_url and self._origin and request.url and request.url.startswith(self._origin):
            request.url = self._base_url + request.url[len(self._origin) :]
            request.headers["Host"] = urlsplit(self._base_url).netloc
        options["timeout"] = options.get("timeout") or self._timeout
        self._addresses.check(request.url or "")
        _know_credentials(request)
        self._meter.requests += 1
        started_at = time.monotonic()
        response = self._receive(request, options)
        logger.debug("request sent", extra={"status": response.status_code, "seconds": time.monotonic() - started_at})
        if not options.get("stream"):
            if request.method == "GET":  # not of a login, whose answer holds a credential that is needed
                response._content = answers.mask_answer(response.content)
            http_limits.check_objects(response)
            if response.status_code == 200 and _claims_json(request, response):
                _check_json(response)
        return response

    def _receive(self, request: requests.PreparedRequest, options: Mapping[str, Any]) -> requests.Response:
        asked = options["timeout"]
        timeout = min(self._timeout, asked) if isinstance(asked, int | float) else self._timeout
        waits = asked if isinstance(asked, tuple) else timeout
        with Deadline(http_limits.PATIENCE * timeout) as deadline:
            try:
                response = super().send(request, **{**options, "stream": True, "timeout": waits})
            except requests.RequestException:
                deadline.check()
                raise
            try:
                deadline.check()
                if not options.get("stream") or response.status_code >= 300:  # a refusal is no stream
                    http_limits.read_whole(response, deadline, http_limits.LARGEST)
            except requests.RequestException:
                response.close()
                raise
        return response


class HttpSession(requests.Session):
    """Of requests; what a server can bring it to raise is always a `requests.RequestException`."""

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """As Session's."""
        try:
            return super().send(request, **options)
        except requests.RequestException:
            raise
        except (ValueError, HTTPError) as error:  # a redirect to `http://[`
            raise requests.exceptions.InvalidURL(
                f"an answer that cannot be followed ({type(error).__name__})"
            ) from None


def _know_credentials(request: requests.PreparedRequest) -> None:
    """What a request carries may come back in its answer: access tokens that no setting holds among it."""
    scheme, _, value = str(request.headers.get("Authorization", "")).partition(" ")
    masks.know_sent(value)
    if scheme.lower() == "basic":
        try:
            masks.know_sent(base64.b64decode(value).decode("utf-8", "replace"))
        except ValueError:
            logger.debug("credentials that are no base64")
    for secret in masks.in_address(request.url or ""):
        masks.know_sent(secret, part_of_address=True)


def _claims_json(request: requests.PreparedRequest, response: requests.Response) -> bool:
    kind = response.headers.get("Content-Type", "")
    return "json" in kind or "json" in str(request.headers.get("Accept", ""))


def _check_json(response: requests.Response) -> None:
    """Leaves numbers that none can hold out of the answer, for the client libraries read JSON in their own ways."""
    try:
        value, is_odd = json_values.decode(response.content)
    except ValueError:
        kind = response.headers.get("Content-Type", "nothing said").split(";")[0]
        raise requests.exceptions.InvalidJSONError(
            f"no JSON but {len(response.content)} bytes of {kind}", response=response
        ) from None
    if is_odd:
        response._content = json.dumps(value).encode()


def session(section: NetworkSettings, meter: Meter, origin: str = "", named: Sequence[str] = ()) -> requests.Session:
    """A session for a network; requests to `origin` (empty: none) go to the section's `base_url` when that is set.

    `named` are addresses that the settings name: they may lead to hosts that are not public.
    """
    http_session = HttpSession()
    http_session.max_redirects = _MOST_REDIRECTS
    http_session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json"})
    transport = HttpTransport(meter, section.timeout, section.base_url, origin, named)
    http_session.mount("https://", transport)
    http_session.mount("http://", transport)
    return http_session


def status_error(
    network: str, section: NetworkSettings, status: int, headers: Mapping[str, str], explanation: str, now: datetime
) -> SourceError:
    """The error for an answer that is none; `explanation` is the network's own, without secrets."""
    error = _status_error(network, section, status, headers, masks.cut(" ".join(explanation.split()), 200), now)
    until = error.reset_at if isinstance(error, RateLimited) else None
    context = {"network": _name(network), "status": status, "reason": type(error).__name__, "until": until}
    logger.debug("request refused", extra=context)
    return error


def _status_error(
    network: str, section: NetworkSettings, status: int, headers: Mapping[str, str], explanation: str, now: datetime
) -> SourceError:
    message = f"{network} answered {status}" + (f": {explanation}" if explanation else "")
    if status == 401:
        return BadCredentials(f"{message}; {remedy(network, section)}")
    if status in (402, 403):
        return Forbidden(f"{message}; its account or plan may not read this")
    if status == 429:
        return RateLimited(message, reset_time(headers, now))
    if status >= 500 or status in (408, 425):
        return SourceUnavailable(message)
    return QueryRejected(message)


def _name(label: str) -> str:
    """The network's name, without what the label adds to it: an address, what was asked for."""
    return label.partition(",")[0].partition(":")[0]


def remedy(network: str, section: NetworkSettings) -> str:
    """Which variables hold the network's credentials, and where to get them."""
    secret = [name for name, field in type(section).model_fields.items() if "SecretStr" in str(field.annotation)]
    variables = " or ".join(f"ESCUCHA_NETWORKS__{network}__{name}".upper() for name in secret)
    return f"check {variables}; you get it at {section.where}"


def missing_credentials(network: str, section: NetworkSettings, *names: str) -> BadCredentials:
    """The error for credentials that the settings lack."""
    variables = " and ".join(f"ESCUCHA_NETWORKS__{network}__{name}".upper() for name in names)
    return BadCredentials(f"{network}: set {variables} (environment or .env); you get it at {section.where}")


def reset_time(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When a limited network may be asked again: Retry-After (seconds or a date), else x-rate-limit-reset (epoch).

    None when it does not say, or says nothing that can be meant. A time that has passed by our clock, which may be
    wrong, means: in a minute.
    """
    lower = {name.lower(): str(value) for name, value in headers.items()}
    reset_at = _moment(lower.get("retry-after"), now) or _moment(
        lower.get("x-rate-limit-reset") or lower.get("ratelimit-reset") or lower.get("x-ratelimit-reset"), now
    )
    return None if reset_at is None or reset_at > now + _LONGEST_WAIT else max(reset_at, now + timedelta(minutes=1))


def _moment(value: str | None, now: datetime) -> datetime | None:
    """Seconds from now, seconds since 1970, or a date in HTTP's or ISO's form."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        return _date(value)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 1e9 else now + timedelta(seconds=seconds)
    except (ValueError, OverflowError, OSError):
        return None


def _date(value: str) -> datetime | None:
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = parse(value)
        except (ValueError, TypeError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def unavailable(network: str, error: Exception) -> SourceError:
    """The error for a request that got no usable answer. Only its kind is told: its text may hold the URL."""
    logger.debug("no usable answer", extra={"network": _name(network), "reason": type(error).__name__})
    if isinstance(error, RefusedAnswer):
        return UnexpectedAnswer(f"{network}: {error}")
    is_ours = isinstance(error, requests.exceptions.InvalidJSONError | DeadlineExceeded)
    reason = str(error) if is_ours else type(error).__name__
    return SourceUnavailable(f"{network} did not answer properly ({reason}); it will be tried again")
