"""X's filtered stream, over a real connection that stays open: rules, posts, silence, ends."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

import pytest

from monitor.errors import BadCredentials, QueryRejected, RateLimited, SourceUnavailable
from monitor.models.listings import Charge, ListedPost, Listing, Meter, StreamMessage
from monitor.models.posts import Post
from monitor.settings.loading import Settings
from monitor.settings.networks import Networks
from monitor.sources.x import source, stream

LISTINGS = [
    Listing("x", "search", "@norvia -#empleo", "Norvia", "@norvia -empleo", dated=True),
    Listing("x", "mentions", "norvia_ayuda", "Norvia", whole=True),
]
PROBLEMS = "https://api.twitter.com/2/problems/"
END = b""


@dataclass
class Server:
    """Keeps rules; sends the blocks that a test puts into `blocks` until `END`."""

    rules: list[dict[str, str]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    chunked: bool = True
    blocks: "Queue[bytes]" = field(default_factory=Queue)
    closed: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def send(self, **told: Any) -> None:
        self.blocks.put(json.dumps(told).encode() + b"\r\n")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        site: Server = self.server.site
        site.asked.append(self.path)
        if self.path == "/2/tweets/search/stream/rules":
            self._json({"data": site.rules, "meta": {"sent": "2026-11-22T16:00:00Z"}} if site.rules else {"meta": {}})
            return
        if site.status != 200:
            self._json({"title": "ConnectionException", "detail": "made up"}, site.status, **site.headers)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header(*(("Transfer-Encoding", "chunked") if site.chunked else ("Connection", "close")))
        self.end_headers()
        try:
            while block := site.blocks.get():
                self.wfile.write(b"%x\r\n%s\r\n" % (len(block), block) if site.chunked else block)
            if site.chunked:
                self.wfile.write(b"0\r\n\r\n")
        except OSError:
            pass
        site.closed.set()
        self.close_connection = True

    def do_POST(self) -> None:
        site: Server = self.server.site
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        site.changes.append(told)
        answer: dict[str, Any] = {"meta": {"sent": "2026-11-22T16:00:00Z"}}
        self._json(answer | ({"errors": site.refused} if site.refused and "add" in told else {}), 201)

    def _json(self, body: Any, status: int = 200, **headers: str) -> None:
        sent = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(sent)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, format: str, *values: object) -> None:
        return


@pytest.fixture
def site() -> Iterator[Server]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made = Server(url=f"http://127.0.0.1:{server.server_port}")
    server.site = made  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    made.blocks.put(END)
    server.shutdown()
    server.server_close()


def streamed(site: Server, stop: threading.Event | None = None) -> Iterator[StreamMessage]:
    told = {"bearer_token": "made-up-token", "base_url": site.url, "timeout": 5.0}
    connection = source.connect(Settings(networks=Networks.model_validate({"x": told})), Meter())
    return connection.stream(LISTINGS, stop or threading.Event())


def next_post(sent: Iterator[StreamMessage]) -> Post:
    found = next(one for one in sent if isinstance(one, Post | ListedPost))
    return found.post if isinstance(found, ListedPost) else found


def post(post_id: str, **told: Any) -> dict[str, Any]:
    return {"id": post_id, "text": "Norvia no contesta", "author_id": "2100000001", **told}


def test_posts_come_as_the_search_gives_them(site: Server) -> None:
    posts = streamed(site)
    site.send(
        data=post("2059996000000000100", referenced_tweets=[{"type": "retweeted", "id": "9"}]),
        includes={"users": [{"id": "2100000001", "username": "ana"}], "tweets": [{"id": "9", "text": "Norvia & Cía"}]},
        matching_rules=[{"id": "1", "tag": "escucha"}],
    )
    found = source.to_mention(next_post(posts))
    assert (found.author, found.text, found.is_repost) == ("ana", "Norvia & Cía", True)
    assert "expansions=author_id%2Creferenced_tweets.id" in site.asked[-1]


def test_each_post_tells_its_price_and_its_authors(site: Server) -> None:
    posts = streamed(site)
    site.send(data=post("11"), includes={"users": [{"id": "2100000001", "username": "ana"}]})
    told = list(itertools.islice((one for one in posts if one is not None), 3))
    assert told[:2] == [Charge("post:11", 0.005), Charge("user:2100000001", 0.01)]


def test_a_post_that_names_an_own_account_is_heard_among_its_mentions(site: Server) -> None:
    posts = streamed(site)
    site.send(data=post("11", entities={"mentions": [{"start": 0, "end": 13, "username": "Norvia_Ayuda"}]}))
    heard = next(one for one in posts if isinstance(one, Post | ListedPost))
    assert isinstance(heard, ListedPost)
    assert heard.listing == LISTINGS[1]


@pytest.mark.parametrize("chunked", [True, False], ids=["chunked", "until it closes"])
def test_a_post_is_there_before_the_next_one_comes(site: Server, chunked: bool) -> None:
    site.chunked = chunked
    posts = streamed(site)
    for number in ("11", "12"):
        site.send(data=post(number))
        assert next_post(posts).raw["post"]["id"] == number


def test_a_line_may_come_in_pieces(site: Server) -> None:
    posts = streamed(site)
    line = json.dumps({"data": post("11", text="Norvia 😡")}, ensure_ascii=False).encode()
    for piece in (line[:7], line[7:-9], line[-9:] + b"\r", b"\n\r\n"):
        site.blocks.put(piece)
    assert next_post(posts).raw["post"]["text"] == "Norvia 😡"


def test_signs_of_life_are_told(site: Server) -> None:
    posts = streamed(site)
    site.blocks.put(b"\r\n")
    assert next(posts) is None


def test_without_any_sign_the_caller_still_gets_its_turn(site: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_TICK", 0.05)
    assert next(streamed(site)) is None


def test_rules_are_brought_in_line(site: Server) -> None:
    site.rules = [
        {"id": "1", "value": "@norvia", "tag": "escucha"},
        {"id": "2", "value": "brand of last year", "tag": "escucha"},
        {"id": "3", "value": "somebody else's"},
    ]
    site.blocks.put(b"\r\n")
    next(streamed(site))
    assert site.changes == [
        {"delete": {"ids": ["2"]}},
        {"add": [{"value": "@norvia_ayuda", "tag": "escucha"}]},
    ]


def test_rules_that_cannot_be_read_stop_nothing(site: Server) -> None:
    site.rules = [{"id": "1", "value": ["@norvia"], "tag": "escucha"}, {"id": "2", "value": {}}, {}]
    site.blocks.put(b"\r\n")
    assert next(streamed(site)) is None
    assert site.changes[0] == {"delete": {"ids": ["1"]}}


def test_posts_of_others_rules_are_not_ours(site: Server) -> None:
    site.rules = [{"id": "3", "value": "somebody else's"}, {"id": "4", "value": "@norvia", "tag": "shared"}]
    posts = streamed(site)
    for number, ids in {"11": "3", "12": "4", "13": "5"}.items():
        site.send(data=post(number), matching_rules=[{"id": ids}])
    assert [next_post(posts).raw["post"]["id"] for _ in range(2)] == ["12", "13"]
    assert site.changes == [{"add": [{"value": "@norvia_ayuda", "tag": "escucha"}]}]


def test_a_rule_that_x_refuses_is_named(site: Server) -> None:
    site.refused = [{"value": "norvia", "details": ["no viable alternative"], "type": PROBLEMS + "invalid-rules"}]
    with pytest.raises(QueryRejected, match="norvia: no viable alternative"):
        next(streamed(site))


def test_a_rule_that_is_there_already_is_fine(site: Server) -> None:
    site.refused = [{"value": "norvia", "title": "DuplicateRule", "type": PROBLEMS + "duplicate-rules"}]
    site.blocks.put(b"\r\n")
    assert next(streamed(site)) is None


def test_a_stream_that_x_ends_is_to_be_opened_again(site: Server) -> None:
    posts = streamed(site)
    site.send(data=post("11"))
    assert next_post(posts)
    site.blocks.put(END)
    with pytest.raises(SourceUnavailable, match="ended the stream"):
        next_post(posts)


def test_x_says_why_it_ends_a_stream(site: Server) -> None:
    site.send(errors=[{"title": "operational-disconnect", "type": PROBLEMS + "operational-disconnect"}])
    with pytest.raises(SourceUnavailable, match="operational-disconnect"):
        next_post(streamed(site))


def test_a_line_that_is_no_json_ends_the_stream(site: Server) -> None:
    site.blocks.put(b'{"data": {"id": "11"\r\n')
    with pytest.raises(SourceUnavailable, match="no JSON"):
        next_post(streamed(site))


def test_silence_ends_the_stream(site: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    assert stream._SILENCE + stream._TICK < 30
    monkeypatch.setattr(stream, "_SILENCE", 0.3)
    with pytest.raises(SourceUnavailable):
        next_post(streamed(site))


def test_too_many_connections_are_a_limit(site: Server) -> None:
    site.status, site.headers = 429, {"retry_after": "120"}
    with pytest.raises(RateLimited) as caught:
        next_post(streamed(site))
    assert caught.value.reset_at is not None


def test_a_refused_token_is_told_with_its_variable(site: Server) -> None:
    site.status = 401
    with pytest.raises(BadCredentials, match="ESCUCHA_NETWORKS__X__BEARER_TOKEN"):
        next_post(streamed(site))


@pytest.mark.parametrize("how", ["told to stop", "left"])
def test_the_connection_is_closed_at_once(site: Server, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_TICK", 0.05)
    stop = threading.Event()
    posts = streamed(site, stop)
    site.send(data=post("11"))
    next_post(posts)
    reader = next(one for one in threading.enumerate() if one.name == "x stream")
    if how == "left":
        posts.close()  # type: ignore[attr-defined]
    else:
        stop.set()
        assert list(posts) == []
    reader.join(180)
    assert not reader.is_alive()


def test_a_slow_reader_makes_x_wait(site: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_MOST_WAITING", 3)
    posts = streamed(site)
    for number in range(50):
        site.send(data=post(str(number)))
    got: list[Any] = []
    take: Callable[[], None] = lambda: got.append(next_post(posts).raw["post"]["id"])  # noqa: E731
    take()
    time.sleep(0.2)
    for _ in range(49):
        take()
    assert got == [str(number) for number in range(50)]
