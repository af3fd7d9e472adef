"""tweepy's clients, opened so that they send as every source does, wait for nothing and try nothing twice."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import requests

from monitor.errors import UnexpectedAnswer
from monitor.models.listings import Meter
from monitor.sources import http
from monitor.sources.x import errors, responses
from monitor.sources.x.network import XSettings

ORIGIN = "https://api.twitter.com"
"""Where tweepy sends its requests; it takes no other address."""


def open_client(client: Callable[..., Any], section: XSettings, meter: Meter) -> Any:
    """A `tweepy.Client` or `StreamingClient` that gives answers as they came: its models drop unknown fields."""
    logging.getLogger("tweepy").setLevel(logging.INFO)  # below that it writes the token into the log
    tweepy_client = client(section.bearer_token.get_secret_value().strip(), return_type=dict)
    tweepy_client.session = http.session(section, meter, ORIGIN)
    tweepy_client.session.hooks["response"].append(errors.refusal_hook(section))
    tweepy_client.user_agent = http.USER_AGENT
    return tweepy_client


def ask(request: Callable[..., Any], *values: Any, **parameters: Any) -> Mapping[str, Any]:
    """What a method of a client answers. Raises SourceErrors, for anything but an object UnexpectedAnswer."""
    try:
        answer = request(*values, **parameters)
    except requests.RequestException as error:
        raise http.unavailable("x", error) from None
    if not isinstance(answer, Mapping):
        raise UnexpectedAnswer(f"x answered with {type(answer).__name__} where an object was due")
    return answer


def get(client: Any, section: XSettings, path: str, parameters: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """For what tweepy has no method for. Raises SourceErrors."""
    answer = ask(lambda: client.request("GET", path, params=parameters).json())
    responses.raise_for_errors(answer, section)
    return answer
