"""A Jetstream on loopback that says what a test tells it to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Queue
from socket import SHUT_RDWR
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

CUT, BYE = b"", b"bye"


@dataclass
class Jetstream:
    """Sends what a test puts into `messages` until `CUT` or `BYE`."""

    url: str = ""
    messages: "Queue[str | bytes]" = field(default_factory=Queue)
    asked: list[tuple[str, str]] = field(default_factory=list)
    refusal: Callable[[ServerConnection, Request], Response | None] | None = None

    def send(self, *events: Any) -> None:
        for one in events:
            self.messages.put(one if isinstance(one, str) else json.dumps(one))

    def handle(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        self.asked.append((socket.request.path, socket.request.headers["User-Agent"]))
        try:
            while (message := self.messages.get()) not in (CUT, BYE):
                socket.send(message)
            if message == CUT:
                socket.socket.shutdown(SHUT_RDWR)
        except (ConnectionClosed, OSError):
            return


@contextmanager
def streaming() -> Iterator[Jetstream]:
    """A Jetstream that answers until the body ends."""
    made = Jetstream()

    def refused(connection: ServerConnection, request: Request) -> Response | None:
        return made.refusal(connection, request) if made.refusal else None

    with serve(made.handle, "127.0.0.1", 0, process_request=refused, compression=None) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        made.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/subscribe"
        yield made
        made.messages.put(CUT)
        server.shutdown()
    thread.join()
