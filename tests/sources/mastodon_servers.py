"""What tests of Mastodon share: settings, listings, a server on loopback that answers with what it is given."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from monitor import store
from monitor.listings import Listing
from monitor.networks import Mastodon as Section
from monitor.networks import Networks
from monitor.settings import Brand, Settings
from monitor.settings import Store as StoreSection

TAG = Listing("mastodon", "tag", "norvia", "Norvia", "#norvia")
SEARCH = Listing("mastodon", "search", "norvia", "Norvia", "norvia", cap=40)
MENTIONS = Listing("mastodon", "mentions", "account", "Norvia", whole=True)


def settings(
    folder: Path,
    url: str = "",
    token: str = "norvia-token",
    queries: tuple[str, ...] = ("#norvia",),
    timeout: float = 2.0,
    **brand: Any,
) -> Settings:
    """One brand, Norvia, read from `url`."""
    section = Section(base_url=url, access_token=token, timeout=timeout)
    return Settings(
        store=StoreSection(url=str(folder / "store.duckdb")),
        brands=(Brand(name="Norvia", queries=queries, **brand),),
        networks=Networks(mastodon=section),
    )


def rows(told: Settings, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query of the store."""
    with store.connect(told.store, read_only=True) as connection:
        return connection.execute(sql).fetchall()


Answering = Callable[[str, dict[str, list[str]]], tuple[int, dict[str, str], bytes]]


@contextmanager
def answering(answer: Answering) -> Iterator[str]:
    """The address of a server that answers GET: path and parameters in, status, headers and body out."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            status, headers, body = answer(parts.path, parse_qs(parts.query))
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
