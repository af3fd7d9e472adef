"""How Bluesky's client sends: within the bounds of every source, and of the request where those are tighter."""

import httpx
import pytest
import requests

from monitor.sources.bluesky.transport import _SessionTransport


class Recording(requests.Session):
    """A session that only notes how long it was to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.timeouts: list[object] = []

    def send(self, request: requests.PreparedRequest, **options: object) -> requests.Response:
        self.timeouts.append(options.get("timeout"))
        response = requests.Response()
        response.status_code, response.raw = 204, None
        response._content = b""
        return response


@pytest.mark.parametrize(("asked", "sent"), [(3.0, 3.0), (None, None)])
def test_the_time_that_a_request_asks_for_is_handed_on(asked: float | None, sent: float | None) -> None:
    session = Recording()
    with httpx.Client(transport=_SessionTransport(session), timeout=asked) as client:
        assert client.get("http://127.0.0.1/xrpc").status_code == 204
    assert session.timeouts == [sent]
