"""Reddit's API through praw: its login and transport, plain JSON, our errors; it never waits and never tries again."""

import logging
import time
from collections.abc import Callable
from configparser import ConfigParser
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, TypeVar
from urllib.parse import urlsplit

import praw
import prawcore
import requests
from praw.config import Config
from prawcore.const import ACCESS_TOKEN_PATH

from monitor.errors import BadCredentials, QueryRejected, RateLimited, SourceError, SourceUnavailable, UnexpectedAnswer
from monitor.masking.masks import cut
from monitor.models.listings import Meter
from monitor.sources import http
from monitor.sources.reddit.network import RedditSettings
from monitor.text import json_values

logger = logging.getLogger(__name__)

_API, _SITE = "https://oauth.reddit.com", "https://www.reddit.com"
_TOKEN_TRIAL = 60.0  # seconds; a token refused sooner was never good
_LIMITS = ("x-ratelimit-remaining", "x-ratelimit-used", "x-ratelimit-reset")
_T = TypeVar("_T")


class RedditClient:
    """A login at Reddit: with a user (`password` or `refresh_token`), or of the application alone, which only reads."""

    def __init__(self, section: RedditSettings, meter: Meter) -> None:
        self._section, self._meter = section, meter
        self._open()

    def _open(self) -> None:
        self._opened_at = time.monotonic()
        self._reddit = _create_reddit(self._section, self._meter)

    def get(self, path: str, **parameters: str | int) -> Any:
        """The JSON at a path. Raises SourceErrors."""
        return self._ask(lambda: self._reddit.request(method="GET", path=path, params=parameters))

    def post(self, path: str, **form: str) -> Any:
        """The JSON that answers a form. Raises SourceErrors."""
        return self._ask(lambda: self._reddit.request(method="POST", path=path, data=form))

    @property
    def has_user(self) -> bool:
        """Whether it is a user's login."""
        return not self._reddit.read_only

    def scopes(self) -> set[str]:
        """What the login may do; logs in when that is not done yet. Raises SourceErrors."""
        return self._ask(self._reddit.auth.scopes)

    def _ask(self, call: Callable[[], _T]) -> _T:
        try:
            return call()
        except BadCredentials:
            # Tokens live for a day or less: one that worked is renewed when the session asks again.
            if time.monotonic() - self._opened_at < _TOKEN_TRIAL:
                raise
            self._open()
            logger.warning("login renewed", extra={"network": "reddit", "reason": "token refused"})
            raise SourceUnavailable("reddit no longer takes the token; the next request logs in again") from None
        except SourceError:
            raise
        except prawcore.OAuthException as error:
            message = f"reddit refused the login: {cut(str(error.error), 80)}"
            raise BadCredentials(f"{message}; {http.remedy('reddit', self._section)}") from None
        except prawcore.PrawcoreException as error:
            raise UnexpectedAnswer(f"reddit: praw cannot read the answer ({type(error).__name__})") from None
        except (KeyError, TypeError, AttributeError) as error:
            raise UnexpectedAnswer(f"reddit: the answer to the login is none ({type(error).__name__})") from None


class _Requestor(prawcore.Requestor):
    """Sends praw's requests. An answer that is none becomes our error here, before prawcore tries again or sleeps."""

    def __init__(self, *, section: RedditSettings, meter: Meter, **options: Any) -> None:
        super().__init__(session=http.session(section, meter, _API), **options)
        self._http.headers["User-Agent"] = _user_agent(section.username)
        self._section = section
        self._resets_at: datetime | None = None

    def request(self, method: str, url: str, timeout: float | None = None, **options: Any) -> requests.Response:  # type: ignore[override]  # noqa: ARG002 (prawcore's own; the session has ours)
        """The answer to a request that went well. Raises SourceErrors for every other."""
        now = datetime.now(UTC)
        if self._resets_at is not None and now < self._resets_at:
            raise RateLimited("reddit: no request is left for this window", self._resets_at)
        options["allow_redirects"] = False
        # prawcore closes the connection after a login; a server that does so without a word breaks the next request.
        options["headers"] = {name: value for name, value in options["headers"].items() if name != "Connection"}
        try:
            response = self._http.request(method, url, **options)
        except requests.RequestException as error:
            raise http.unavailable("reddit", error) from None
        logger.debug("request answered", extra={"network": "reddit", "status": response.status_code})
        if response.status_code >= 300:
            raise self._fault(response, now)
        self._resets_at = _exhausted_until(response, now)
        for name in _LIMITS:  # prawcore would sleep by them
            response.headers.pop(name, None)
        return response

    def _fault(self, response: requests.Response, now: datetime) -> SourceError:
        status, reason = response.status_code, _refusal_reason(response)
        if urlsplit(response.url).path.endswith(ACCESS_TOKEN_PATH) and status in (400, 401):
            return http.status_error("reddit", self._section, 401, response.headers, reason or "login refused", now)
        if status < 400:
            path = cut(urlsplit(response.headers.get("location", "")).path, 80)
            return QueryRejected(f"reddit answered {status}, a redirect to {path}: there is no such subreddit")
        return http.status_error("reddit", self._section, status, response.headers, reason, now)


def _refusal_reason(response: requests.Response) -> str:
    """Reddit's own reason: why a subreddit cannot be read, that a scope is missing."""
    if "insufficient_scope" in response.headers.get("www-authenticate", ""):
        return "the refresh token lacks the scope for this"
    try:
        answer = json_values.parse(response.content)
    except ValueError:
        return ""
    if not isinstance(answer, dict):
        return ""
    reasons = (answer.get(name) for name in ("reason", "message", "error_description", "error"))
    return next((reason for reason in reasons if isinstance(reason, str) and reason), "")


def _exhausted_until(response: requests.Response, now: datetime) -> datetime | None:
    """When requests are allowed again; None: some are left."""
    try:
        remaining = float(response.headers.get("x-ratelimit-remaining", "1"))
    except ValueError:
        return None
    return http.reset_time(response.headers, now) if remaining < 1 else None


def _create_reddit(section: RedditSettings, meter: Meter) -> praw.Reddit:
    _ignore_praw_ini()
    return praw.Reddit(
        "DEFAULT",
        requestor_class=_Requestor,
        requestor_kwargs={"section": section, "meter": meter},
        client_id=section.client_id.get_secret_value(),
        client_secret=section.client_secret.get_secret_value(),
        username=section.username or None,
        password=section.password.get_secret_value() or None,
        refresh_token=section.refresh_token.get_secret_value() or None,
        redirect_uri=None,
        user_agent=http.USER_AGENT,
        oauth_url=_API,
        reddit_url=_API if section.base_url else _SITE,
        check_for_updates=False,
        check_for_async=False,
        ratelimit_seconds=0,
    )


def _user_agent(username: str) -> str:
    """In the form that Reddit asks for: platform, application, version, account."""
    if not username:
        return http.USER_AGENT
    application = http.USER_AGENT.split(" ")[0].replace("/", ":")
    return f"python:{application} (complaint monitoring for brands; by /u/{username.removeprefix('u/')})"


def _ignore_praw_ini() -> None:
    """Keeps praw from reading a `praw.ini` of the working or home folder, which could send the login elsewhere."""
    if Config.CONFIG is None:
        defaults = ConfigParser(interpolation=None)
        defaults.read_string(files("praw").joinpath("praw.ini").read_text(encoding="utf-8"))
        Config.CONFIG = defaults
