"""A network of our own on loopback, with listings and a stream, and the source that reads it: to test listening."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from monitor.errors import BadCredentials, RejectedPost, SourceUnavailable
from monitor.models.listings import DeletedPost, ListedPost, Listing, Meter, PageRequest, ReceivedPage, StreamMessage
from monitor.models.posts import Mention, Post
from monitor.runs import now
from monitor.settings.loading import Brand, Settings

TOKEN = "made-up-token"
_BEAT = 0.2  # seconds between two empty lines


@dataclass
class Murmur:
    """The network: what was posted, in order, and the streams that are open."""

    posts: list[dict[str, Any]] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)
    epoch: int = 0
    opened: int = 0
    shut: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)
    url: str = ""

    def post(self, number: int, text: str, **facts: Any) -> None:
        """Somebody posts; streams and listing have it."""
        one = {"id": str(number), "text": text, "at": now().isoformat(), "by": "ana", **facts}
        with self.changed:
            self.posts.append(one)
            self.log.append(one)
            self.changed.notify_all()

    def delete(self, number: int) -> None:
        """Its author deletes it."""
        with self.changed:
            self.posts = [one for one in self.posts if one["id"] != str(number)]
            self.log.append({"gone": str(number)})
            self.changed.notify_all()

    def cut(self, *, shut: bool = False) -> None:
        """Every open stream ends in the middle; while `shut` none can be opened."""
        with self.changed:
            self.epoch += 1
            self.shut = shut
            self.changed.notify_all()


def _handler(network: Murmur) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                self.send_error(401)
            elif self.path == "/stream":
                self._stream()
            else:
                self._answer(json.dumps(network.posts[::-1]).encode())

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _stream(self) -> None:
            if network.shut:
                self.send_error(503)
                return
            with network.changed:
                at, epoch = len(network.log), network.epoch
                network.opened += 1
            self.send_response(200)
            self.end_headers()
            while network.epoch == epoch:
                with network.changed:
                    if len(network.log) == at:
                        network.changed.wait(_BEAT)
                    new, at = network.log[at:], len(network.log)
                lines = [json.dumps(one) for one in new] or [""]
                try:
                    self.wfile.write("".join(f"{line}\n" for line in lines).encode())
                except OSError:
                    return

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    return Handler


@contextmanager
def running() -> Iterator[Murmur]:
    """The network, served on loopback."""
    network = Murmur()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(network))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    network.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield network
    finally:
        network.cut(shut=True)
        server.shutdown()
        server.server_close()


class Source:
    """Reads it as a module of `monitor.sources` would."""

    def __init__(self, network: str, url: str, token: str, meter: Meter) -> None:
        self.network, self.url, self.meter = network, url, meter
        self.session = requests.Session()
        self.session.headers.update({"Authorization": f"Bearer {token}", "Connection": "close"})
        self.session.trust_env = False

    def _get(self, path: str, *, stream: bool = False) -> requests.Response:
        self.meter.requests += 1
        try:
            answer = self.session.get(self.url + path, timeout=5, stream=stream)
        except requests.RequestException:
            raise SourceUnavailable(f"{self.network}: no answer") from None
        if answer.status_code != 200:
            answer.close()
        if answer.status_code == 401:
            raise BadCredentials(f"{self.network}: the token was refused")
        if answer.status_code != 200:
            raise SourceUnavailable(f"{self.network}: status {answer.status_code}")
        return answer

    def fetch(self, listing: Listing, want: PageRequest) -> ReceivedPage:
        found = [one for one in self._get("/posts").json() if one.get("to_us", False) or not listing.whole]
        times = [datetime.fromisoformat(one["at"]) for one in found]
        posts = tuple(Post(self.network, one, now()) for one in found)
        return ReceivedPage(posts, newest=max(times, default=None), oldest=min(times, default=None))

    def probe(self) -> str:
        self._get("/posts")
        return "murmur"

    def stream(self, listings: Sequence[Listing], stop: threading.Event) -> Iterator[StreamMessage]:
        with self._get("/stream", stream=True) as answer:
            yield None
            try:
                for line in answer.iter_lines(chunk_size=1):
                    if stop.is_set():
                        return
                    yield self._sent(json.loads(line), listings) if line else None
            except (requests.RequestException, ValueError):
                raise SourceUnavailable(f"{self.network}: cut off") from None

    def _sent(self, told: dict[str, Any], listings: Sequence[Listing]) -> StreamMessage:
        if "gone" in told:
            return DeletedPost(self.network, told["gone"])
        post = Post(self.network, told, now())
        return ListedPost(post, listings[0]) if told.get("to_us") else post


@dataclass(frozen=True)
class Module:
    """What stands for a module of `monitor.sources`."""

    network: str

    def listings(self, brand: Brand, settings: Settings) -> Sequence[Listing]:
        ours = Listing(self.network, "mentions", brand.name, brand.name, whole=True)
        return [ours, Listing(self.network, "all", "posts", brand.name)]

    def connect(self, settings: Settings, meter: Meter) -> Source:
        section = settings.networks.of(self.network)
        token = getattr(section, "access_token", None)
        return Source(self.network, section.base_url, token.get_secret_value() if token else "", meter)

    def to_mention(self, post: Post) -> Mention:
        raw = post.raw
        if "text" not in raw:
            raise RejectedPost("it has no text")
        at = datetime.fromisoformat(raw["at"])
        return Mention(post.network, raw["id"], raw["text"], at, raw["id"], raw, author=raw["by"])
