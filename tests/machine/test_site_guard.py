"""The guard of loopback ports, asked as browsers and programs ask."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from monitor.machine.site_guard import SiteGuard


async def _echo(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.close()


def _client(*, programs: bool) -> TestClient:
    routes = [Route("/", lambda _: PlainTextResponse("ours")), WebSocketRoute("/ws", _echo)]
    guarded = SiteGuard(Starlette(routes=routes), "not ours", programs=programs)
    return TestClient(guarded, base_url="http://127.0.0.1:4200")


def _opens(client: TestClient, **headers: str) -> bool:
    try:
        with client.websocket_connect("/ws", headers=headers):
            return True
    except (WebSocketDisconnect, WebSocketDenialResponse):
        return False


@pytest.mark.parametrize("host", ["127.0.0.1:4200", "localhost:4200", "[::1]:4200"])
def test_own_addresses_are_answered_and_framed_by_nobody_else(host: str) -> None:
    answer = _client(programs=True).get("/", headers={"Host": host})
    assert (answer.status_code, answer.headers["X-Frame-Options"]) == (200, "SAMEORIGIN")


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Host": "[::1"}])
def test_other_sites_are_refused(headers: dict[str, str]) -> None:
    assert _client(programs=True).get("/", headers=headers).status_code == 403


def test_programs_open_websockets_without_an_origin_where_they_may() -> None:
    assert not _opens(_client(programs=False), host="127.0.0.1:4200")
    assert _opens(_client(programs=True), host="127.0.0.1:4200")
    assert not _opens(_client(programs=True), host="127.0.0.1:4200", origin="http://evil.example")
