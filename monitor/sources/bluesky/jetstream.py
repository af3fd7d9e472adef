"""The websocket to Jetstream: opened once, never again by itself."""

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.errors import SettingsError
from monitor.models.listings import Meter
from monitor.sources import http, stream_limits
from monitor.sources.bluesky.network import BlueskySettings
from monitor.sources.bluesky.posts import POSTS
from monitor.sources.bluesky.transport import NETWORK

if TYPE_CHECKING:
    from websockets.sync.connection import Connection

logger = logging.getLogger(__name__)

_JETSTREAM = "wss://jetstream2.us-east.bsky.network/subscribe"
_TICK = 0.5  # seconds for a message to come before something else is done


def connect(section: BlueskySettings, meter: Meter) -> "Connection":
    """An open connection to Jetstream, for posts alone. Raises SettingsError for a wrong address, SourceErrors."""
    from websockets.exceptions import InvalidStatus, InvalidURI, WebSocketException
    from websockets.sync import client

    url = section.jetstream_url or _JETSTREAM
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss") or not parts.netloc:
        raise SettingsError("networks.bluesky.jetstream_url: give an address such as wss://host/subscribe")
    path = parts.path if parts.path.strip("/") else "/subscribe"
    bounds = f"maxMessageSizeBytes={stream_limits.LONGEST}"  # nobody's post ends the stream by its size
    query_text = "&".join(filter(None, (parts.query, f"wantedCollections={POSTS}", bounds)))
    url = parts._replace(path=path, query=query_text, fragment="").geturl()
    meter.requests += 1
    try:
        connection = client.connect(
            url, user_agent_header=http.USER_AGENT, open_timeout=section.timeout, close_timeout=1, compression=None,
            max_size=stream_limits.LONGEST,
        )  # fmt: skip
    except InvalidStatus as error:
        response = error.response
        raise http.status_error(
            NETWORK, section, response.status_code, dict(response.headers), "the stream", datetime.now(UTC)
        ) from None
    except InvalidURI:
        raise SettingsError("networks.bluesky.jetstream_url: give an address such as wss://host/subscribe") from None
    except (WebSocketException, OSError) as error:
        raise http.unavailable(NETWORK, error) from None
    logger.info("connection opened", extra={"network": NETWORK})
    return connection


def receive(socket: "Connection") -> str | bytes | None:
    """The next message; None when there is none for half a second. Raises SourceUnavailable when it is cut off."""
    from websockets.exceptions import WebSocketException

    try:
        return socket.recv(timeout=_TICK)
    except TimeoutError:
        return None
    except (WebSocketException, OSError) as error:
        raise http.unavailable(NETWORK, error) from None
