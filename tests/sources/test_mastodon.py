"""Mastodon: what is asked for, how pages follow each other, and all of it against mastodon_mock with its faults."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import yaml
from mastodon_mock.config import SeedAccount, SeedConfig
from mastodon_mock.testing import MockServer

from monitor import collecting, rechecking, store, visiting
from monitor.errors import BadCredentials, Forbidden, QueryRejected, SourceUnavailable, UnexpectedAnswer
from monitor.listings import Answer, Gone, Heard, Listing, Meter, Sent, Want
from monitor.models import Post
from monitor.networks import Mastodon as Section
from monitor.networks import Networks
from monitor.settings import Brand, Settings
from monitor.settings import Store as StoreSection
from monitor.sources import _mastodon_ids, mastodon
from monitor.sources._mastodon_stream import events

RECORDINGS = Path(__file__).parent.parent / "recordings" / "mastodon"
TAG = Listing("mastodon", "tag", "norvia", "Norvia", "#norvia")
SEARCH = Listing("mastodon", "search", "norvia", "Norvia", "norvia", cap=40)
MENTIONS = Listing("mastodon", "mentions", "account", "Norvia", whole=True)
NOON = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)


def settings(
    folder: Path, url: str = "", token: str = "norvia-token", queries: tuple[str, ...] = ("#norvia",), **brand: Any
) -> Settings:
    section = Section(base_url=url, access_token=token, timeout=2.0)
    return Settings(
        store=StoreSection(url=str(folder / "store.duckdb")),
        brands=(Brand(name="Norvia", queries=queries, **brand),),
        networks=Networks(mastodon=section),
    )


def asked_of(told: Settings) -> list[str]:
    return [one.key for one in mastodon.listings(told.brands[0], told)]


@pytest.mark.parametrize(
    ("query", "tags"),
    [
        ("#Norvia", ["tag: norvia"]),
        ("#norvia OR #norviaayuda", ["tag: norvia", "tag: norviaayuda"]),
        ("#norvia (#retraso OR maleta) -empleo lang:es", ["tag: norvia"]),
        ("#wi-fi", ["tag: wi"]),
        ("(#a OR #b) #c", ["tag: c"]),
    ],
)
def test_hashtags_need_no_search(tmp_path: Path, query: str, tags: list[str]) -> None:
    for token in ("", "made-up"):
        assert asked_of(settings(tmp_path, token=token, queries=(query,))) == tags


def test_words_are_searched(tmp_path: Path) -> None:
    assert asked_of(settings(tmp_path, queries=("norvia",))) == ["search: norvia"]


def test_words_beside_hashtags_are_searched_with_a_token(tmp_path: Path) -> None:
    queries = ("norvia OR #norvia",)
    found = asked_of(settings(tmp_path, queries=queries))
    assert found[0] == "tag: norvia"
    assert any(one.startswith("search: ") for one in found)
    assert asked_of(settings(tmp_path, token="", queries=queries)) == ["tag: norvia"]


def test_a_number_is_no_hashtag(tmp_path: Path) -> None:
    assert not [one for one in asked_of(settings(tmp_path, queries=("#2026",))) if one.startswith("tag")]


def test_mentions_are_about_the_brand_that_names_its_accounts(tmp_path: Path) -> None:
    told = settings(tmp_path, own_accounts=("norvia",))
    assert mastodon.listings(told.brands[0], told)[-1] == MENTIONS
    told = settings(tmp_path, queries=("#norvia OR @norvia",))
    (found,) = [one for one in mastodon.listings(told.brands[0], told) if one.kind == "mentions"]
    assert not found.whole
    assert not [one for one in asked_of(settings(tmp_path, token="", own_accounts=("norvia",))) if "mentions" in one]


def test_neither_a_token_nor_a_hashtag(tmp_path: Path) -> None:
    with pytest.raises(BadCredentials, match="ESCUCHA_NETWORKS__MASTODON__ACCESS_TOKEN"):
        mastodon.connect(settings(tmp_path, token="", queries=("norvia",)), Meter())


def test_search_without_a_token_is_not_tried(tmp_path: Path) -> None:
    meter = Meter()
    source = mastodon.connect(settings(tmp_path, token=""), meter)
    with pytest.raises(Forbidden, match="ESCUCHA_NETWORKS__MASTODON__ACCESS_TOKEN"):
        source.fetch(SEARCH, Want())
    assert meter.requests == 0


def test_connecting_asks_for_nothing(tmp_path: Path) -> None:
    meter = Meter()
    assert mastodon.connect(settings(tmp_path), meter).server.address == "https://mastodon.social"
    assert meter.requests == 0


# Pages, on a server that answers with what it is given.

Answering = Callable[[str, dict[str, list[str]]], tuple[int, dict[str, str], bytes]]


@contextmanager
def answering(answer: Answering) -> Iterator[str]:
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


def fetched(folder: Path, listing: Listing, want: Want, body: Any, headers: dict[str, str] | None = None) -> Answer:
    with answering(lambda *_: (200, headers or {}, json.dumps(body).encode())) as url:
        return mastodon.connect(settings(folder, url), Meter()).fetch(listing, want)


def status(post_id: str, at: datetime = NOON) -> dict[str, Any]:
    return {"id": post_id, "created_at": at.isoformat(), "content": "<p>Norvia no contesta #norvia</p>"}


def snowflake(at: datetime) -> str:
    return str((int(at.timestamp() * 1000) << 16) + 701)


def test_the_link_names_the_next_page(tmp_path: Path) -> None:
    page = [status("20"), status("19")]
    link = '<http://x/api/v1/timelines/tag/norvia?max_id=15&limit=40>; rel="next", <http://x/?min_id=20>; rel="prev"'
    assert fetched(tmp_path, TAG, Want(), page, {"Link": link}).cursor == "15"
    assert fetched(tmp_path, TAG, Want(), page, {"Link": '<http://x/?min_id=20>; rel="prev"'}).cursor is None
    assert fetched(tmp_path, TAG, Want(), page).cursor == "19"


def test_an_empty_page_is_the_last(tmp_path: Path) -> None:
    link = '<http://x/?max_id=15>; rel="next"'
    assert fetched(tmp_path, TAG, Want(cursor="20"), [], {"Link": link}) == Answer(())


@pytest.mark.parametrize("listing", [TAG, SEARCH, MENTIONS], ids=lambda one: one.kind)
def test_a_server_that_gives_the_same_page_again_is_asked_no_further(tmp_path: Path, listing: Listing) -> None:
    page: Any = [status("20"), status("19")]
    page = {"statuses": page} if listing.kind == "search" else page
    answer = fetched(tmp_path, listing, Want(cursor="19"), page)
    assert answer.cursor is None
    assert answer.oldest == NOON


def test_ids_tell_the_time_that_authors_cannot_change(tmp_path: Path) -> None:
    page = [status(snowflake(NOON), NOON + timedelta(days=90)), status(snowflake(NOON - timedelta(hours=1)), NOON)]
    answer = fetched(tmp_path, TAG, Want(), page)
    assert (answer.newest, answer.oldest) == (NOON, NOON - timedelta(hours=1))


def test_ids_of_pleroma_tell_the_time() -> None:
    assert _mastodon_ids.time_of("9umDrYheeY451cQnEe") == datetime(2020, 5, 8, 15, 23, 32, 58000, tzinfo=UTC)
    for other in ("1001", "", "01F8MH75CBF9JFX4ZAD54N0W0R", "9" * 40, "ñ" * 18, "0" * 18):
        assert _mastodon_ids.time_of(other) is None


def test_searching_goes_on_within_the_second(tmp_path: Path) -> None:
    """Mastodon turns `max_id` into "before this second", so others of the second would be lost."""
    times = [NOON + timedelta(seconds=2), NOON + timedelta(milliseconds=700)]
    answer = fetched(tmp_path, SEARCH, Want(), {"statuses": [status(snowflake(at), at) for at in times]})
    assert answer.cursor == str(int((NOON.timestamp() + 1) * 1000) << 16)
    times = [NOON + timedelta(milliseconds=800), NOON + timedelta(milliseconds=700)]
    answer = fetched(tmp_path, SEARCH, Want(), {"statuses": [status(snowflake(at), at) for at in times]})
    assert answer.cursor == snowflake(times[1])


def test_a_backfill_skips_what_is_newer(tmp_path: Path) -> None:
    page = [status(snowflake(NOON), NOON)]
    until = NOON - timedelta(days=300)
    assert fetched(tmp_path, TAG, Want(until=until), page).cursor == str(int(until.timestamp() * 1000) << 16)
    assert fetched(tmp_path, TAG, Want(until=NOON + timedelta(days=1)), page).cursor == snowflake(NOON)
    assert fetched(tmp_path, TAG, Want(until=until), [status("1001")]).cursor == "1001"


def test_notifications(tmp_path: Path) -> None:
    """Times are the server's; a deleted status and another kind of notification are no posts."""
    page = json.loads((RECORDINGS / "mentions.json").read_text(encoding="utf-8"))
    answer = fetched(tmp_path, MENTIONS, Want(), page)
    assert [mastodon.to_mention(one).post_id for one in answer.posts] == ["117020577157693549"]
    assert answer.oldest == datetime(2026, 8, 1, 13, 30, tzinfo=UTC)
    assert answer.cursor == "19"


@pytest.mark.parametrize("body", [{"posts": []}, {"error": "nada"}, "nada", None, {"statuses": None}])
def test_an_answer_without_its_list(tmp_path: Path, body: Any) -> None:
    for listing in (TAG, SEARCH):
        with pytest.raises(UnexpectedAnswer):
            fetched(tmp_path, listing, Want(), body)


def test_what_is_no_status_is_kept_to_be_rejected(tmp_path: Path) -> None:
    answer = fetched(tmp_path, TAG, Want(), [None, status("7"), [1]])
    assert [dict(one.raw) for one in answer.posts][::2] == [{"unreadable": None}, {"unreadable": [1]}]
    assert [one.place for one in answer.posts] == [
        "mastodon tag: norvia, post number 1 of its page",
        "mastodon tag: norvia, post 7",
        "mastodon tag: norvia, post number 3 of its page",
    ]


def test_what_is_asked(tmp_path: Path) -> None:
    seen = []

    def answer(path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
        seen.append((path, query))
        return 200, {}, b'{"statuses": []}' if "search" in path else b"[]"

    meter = Meter()
    with answering(answer) as url:
        source = mastodon.connect(settings(tmp_path, url), meter)
        for listing in (TAG, SEARCH, MENTIONS):
            source.fetch(listing, Want(since=NOON, until=NOON, cursor="99"))
    paging = {"limit": ["40"], "max_id": ["99"]}
    assert seen == [
        ("/api/v1/timelines/tag/norvia", paging),
        ("/api/v2/search", {"q": ["norvia"], "type": ["statuses"], **paging}),
        ("/api/v1/notifications", {"types[]": ["mention"], **paging}),
    ]
    assert meter.requests == 3


# Looking posts up again.


def looked_up(folder: Path, ids: list[str], answers: dict[str, tuple[int, Any]]) -> tuple[Any, list[str]]:
    seen = []

    def answer(path: str, _: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
        seen.append(path.removeprefix("/api/v1/statuses"))
        code, body = answers.get(path, (404, {"error": "Record not found"}))
        return code, {}, body if isinstance(body, bytes) else json.dumps(body).encode()

    with answering(answer) as url:
        return mastodon.connect(settings(folder, url), Meter()).check(ids), seen


def test_many_posts_are_looked_up_at_once(tmp_path: Path) -> None:
    answers = {"/api/v1/statuses": (200, [status("1"), status("2")])}
    checked, seen = looked_up(tmp_path, ["1", "2", "3"], answers)
    assert ([one.raw["id"] for one in checked.posts], checked.gone) == (["1", "2"], ("3",))
    assert seen == ["", "/3"]


@pytest.mark.parametrize(
    "together", [(404, b"<html>not here</html>"), (200, []), (200, {"id": "9"})], ids=["unknown", "ignored", "other"]
)
def test_a_server_that_cannot_look_up_many(tmp_path: Path, together: tuple[int, Any]) -> None:
    answers = {"/api/v1/statuses": together, "/api/v1/statuses/1": (200, status("1"))}
    checked, seen = looked_up(tmp_path, ["1", "2"], answers)
    assert ([one.raw["id"] for one in checked.posts], checked.gone) == (["1"], ("2",))
    assert seen == ["", "/1", "/2"]


def test_a_page_that_is_not_the_api_buries_nothing(tmp_path: Path) -> None:
    answers = {f"/api/v1/statuses{one}": (404, b"<html>moved</html>") for one in ("", "/1")}
    with pytest.raises(QueryRejected):
        looked_up(tmp_path, ["1"], answers)


def test_events_of_a_stream() -> None:
    text = b":thump\n\nevent: update\ndata: {\ndata: }\n\nevent: delete\r\ndata: 7\r\n\r\nevent: update\ndata: half"
    for size in (1, 7, 1000):
        cut = [text[first : first + size] for first in range(0, len(text), size)]
        assert list(events(cut)) == [("update", "{\n}"), ("delete", "7")]


# Against mastodon_mock.


@pytest.fixture(scope="module")
def running() -> Iterator[MockServer]:
    seed = SeedConfig(
        accounts=[
            SeedAccount(username=name, display_name=name.title(), access_token=f"{name}-token")
            for name in ("norvia", "ana", "luis")
        ]
    )
    with MockServer(seed=seed) as server:
        yield server


@pytest.fixture
def server(running: MockServer, monkeypatch: pytest.MonkeyPatch) -> MockServer:
    requests.post(f"{running.base_url}/api/v1/_mock/reset", timeout=5).raise_for_status()
    requests.delete(f"{running.base_url}/api/v1/_mock/faults", timeout=5)
    monkeypatch.setattr(visiting, "_RETRY_WAIT", 0.001)
    return running


def write(server: MockServer, text: str, author: str = "ana", **more: Any) -> str:
    reply = requests.post(
        f"{server.base_url}/api/v1/statuses",
        data={"status": text, **more},
        headers={"Authorization": f"Bearer {author}-token"},
        timeout=5,
    )
    reply.raise_for_status()
    return str(reply.json()["id"])


def rows(told: Settings, sql: str) -> list[tuple[Any, ...]]:
    with store.connect(told.store, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_from_the_server_into_the_store(server: MockServer, tmp_path: Path) -> None:
    told = settings(tmp_path, server.base_url, own_accounts=("norvia",))
    first = write(server, "El pedido no llega & nadie contesta #norvia", spoiler_text="Queja", language="es")
    answer = write(server, "@ana ahora mismo lo miramos", author="norvia", in_reply_to_id=first)
    second = write(server, "@norvia gracias, sigo esperando", in_reply_to_id=answer)
    write(server, "Hoy llueve")
    done = collecting.collect(told, "mastodon")
    assert (done.saved.stored, done.saved.rejected) == (2, 0)
    found = rows(told, "SELECT post_id, author, text, thread_id, in_reply_to FROM mentions ORDER BY post_id")
    assert found == [
        (first, "ana", "Queja\n\nEl pedido no llega & nadie contesta #norvia", first, None),
        (second, "ana", "@norvia gracias, sigo esperando", answer, answer),
    ]
    again = collecting.collect(told, "mastodon")
    assert (again.saved.stored, again.saved.duplicates) == (0, 2)


def test_pages_of_the_server(server: MockServer, tmp_path: Path) -> None:
    told = settings(tmp_path, server.base_url)
    ids = [write(server, f"Pedido {number} perdido #norvia") for number in range(45)]
    assert collecting.collect(told, "mastodon").saved.stored == 45
    assert [row[0] for row in rows(told, "SELECT post_id FROM mentions ORDER BY post_id")] == sorted(ids)
    assert rows(told, "SELECT sum(requests) FROM ledger") == [(2,)]


@pytest.mark.parametrize(
    "fault",
    [
        {"type": "status", "status": 500},
        {"type": "status", "status": 503},
        {"type": "malformed"},
        {"type": "malformed", "truncate": False},
        {"type": "timeout"},
    ],
    ids=["500", "503", "cut JSON", "no JSON", "timeout"],
)
def test_a_passing_fault_of_the_server(server: MockServer, tmp_path: Path, fault: dict[str, Any]) -> None:
    told = settings(tmp_path, server.base_url)
    told = told.model_copy(
        update={"networks": Networks(mastodon=told.networks.mastodon.model_copy(update={"timeout": 0.5}))}
    )
    write(server, "El pedido no llega #norvia")
    with server.fault(path="/api/v1/timelines/tag/norvia", count=2, **fault):
        assert collecting.collect(told, "mastodon").saved.stored == 1
    assert rows(told, "SELECT sum(requests) FROM ledger") == [(3,)]


def test_a_server_that_is_down(server: MockServer, tmp_path: Path) -> None:
    with server.fault(type="status", status=502), pytest.raises(SourceUnavailable, match="502"):
        collecting.collect(settings(tmp_path, server.base_url), "mastodon")


@pytest.mark.parametrize("headers", [{}, {"X-RateLimit-Reset": "nonsense", "Retry-After": "300"}], ids=["", "odd"])
def test_a_server_that_limits(server: MockServer, tmp_path: Path, headers: dict[str, str]) -> None:
    told = settings(tmp_path, server.base_url)
    write(server, "El pedido no llega #norvia")
    with server.fault(type="ratelimit", headers=headers):
        done = collecting.collect(told, "mastodon")
    assert done.resumes_at == pytest.approx(datetime.now(UTC) + timedelta(seconds=300), abs=timedelta(seconds=30))
    assert rows(told, "SELECT sum(requests) FROM ledger") == [(1,)]


def test_a_token_that_is_refused(server: MockServer, tmp_path: Path) -> None:
    told = settings(tmp_path, server.base_url, token="wrong-token", own_accounts=("norvia",))
    with pytest.raises(BadCredentials, match="ESCUCHA_NETWORKS__MASTODON__ACCESS_TOKEN") as caught:
        collecting.collect(told, "mastodon")
    assert "wrong-token" not in str(caught.value)


def test_deletions_and_edits_of_the_server(server: MockServer, tmp_path: Path) -> None:
    told = settings(tmp_path, server.base_url)
    ids = [write(server, f"Pedido {number} perdido #norvia") for number in range(3)]
    collecting.collect(told, "mastodon")
    with store.connect(told.store) as connection:
        connection.execute("UPDATE mentions SET stored_at = stored_at - INTERVAL 2 DAY")
    own = {"headers": {"Authorization": "Bearer ana-token"}, "timeout": 5}
    requests.delete(f"{server.base_url}/api/v1/statuses/{ids[0]}", **own)  # type: ignore[arg-type]
    edited = {"status": "Ya apareció #norvia"}
    requests.put(f"{server.base_url}/api/v1/statuses/{ids[1]}", data=edited, **own)  # type: ignore[arg-type]
    found = rechecking.recheck(told, "mastodon")
    assert (found.checked, found.edited, found.gone) == (3, 1, 1)
    assert rows(told, f"SELECT text FROM mentions WHERE post_id = '{ids[1]}'") == [("Ya apareció #norvia",)]


def test_who_we_are(server: MockServer, tmp_path: Path) -> None:
    host = urlsplit(server.base_url).netloc
    assert mastodon.connect(settings(tmp_path, server.base_url), Meter()).probe() == f"@norvia on {host}"
    assert (
        mastodon.connect(settings(tmp_path, server.base_url, token=""), Meter()).probe().startswith(f"{host}, version ")
    )


# Streams.


def next_sent(sent: Iterator[Sent]) -> Sent:
    return next(one for one in sent if one is not None)


def test_a_stream_tells_of_posts_edits_and_deletions(server: MockServer, tmp_path: Path) -> None:
    source, stop = mastodon.connect(settings(tmp_path, server.base_url), Meter()), threading.Event()
    sent = source.stream([TAG, SEARCH], stop)
    assert next(sent) is None
    post_id = write(server, "Otra maleta perdida #norvia")
    post = next_sent(sent)
    assert isinstance(post, Post)
    assert json.loads(json.dumps(post.raw)) == post.raw
    assert mastodon.to_mention(post).text == "Otra maleta perdida #norvia"
    own = {"Authorization": "Bearer ana-token"}
    address = f"{server.base_url}/api/v1/statuses/{post_id}"
    requests.put(address, data={"status": "Apareció #norvia"}, headers=own, timeout=5)
    edited = next_sent(sent)
    assert isinstance(edited, Post)
    assert mastodon.to_mention(edited).text == "Apareció #norvia"
    requests.delete(address, headers=own, timeout=5)
    assert next_sent(sent) == Gone("mastodon", post_id)
    stop.set()
    assert [one for one in sent if one is not None] == []
    assert not [one for one in threading.enumerate() if one.name.startswith("mastodon ")]


def test_a_stream_of_mentions_is_about_the_brand(server: MockServer, tmp_path: Path) -> None:
    source, stop = mastodon.connect(settings(tmp_path, server.base_url), Meter()), threading.Event()
    sent = source.stream([MENTIONS], stop)
    assert next(sent) is None
    write(server, "@norvia ¿hay alguien?")
    heard = next_sent(sent)
    assert isinstance(heard, Heard)
    assert heard.listing == MENTIONS
    assert mastodon.to_mention(heard.post).author == "ana"
    stop.set()
    assert list(sent) == []


@pytest.mark.parametrize(("code", "error"), [(401, BadCredentials), (404, QueryRejected), (503, SourceUnavailable)])
def test_a_stream_that_is_refused(server: MockServer, tmp_path: Path, code: int, error: type[Exception]) -> None:
    source = mastodon.connect(settings(tmp_path, server.base_url), Meter())
    with server.fault(path="/api/v1/streaming/hashtag", status=code), pytest.raises(error):
        list(source.stream([TAG], threading.Event()))


def test_a_stream_that_is_cut_off(tmp_path: Path) -> None:
    def answer(path: str, _: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
        if path.endswith("/instance"):
            return 200, {}, b"{}"
        return 200, {"Content-Type": "text/event-stream", "Content-Length": "400", "Connection": "close"}, b":thump\n"

    with answering(answer) as url:
        source = mastodon.connect(settings(tmp_path, url), Meter())
        with pytest.raises(SourceUnavailable):
            list(source.stream([TAG], threading.Event()))


def test_searches_have_no_stream(tmp_path: Path) -> None:
    with pytest.raises(QueryRejected, match="#tag"):
        next(mastodon.connect(settings(tmp_path), Meter()).stream([SEARCH], threading.Event()))


# Recordings that stay outside the repository.


def cassettes() -> dict[str, list[tuple[dict[str, str], bytes]]]:
    """Path -> answers of the GET requests in the cassettes."""
    folder = os.environ.get("ESCUCHA_RECORDINGS")
    if not folder:
        pytest.skip("ESCUCHA_RECORDINGS names no folder of recordings")
    found: dict[str, list[tuple[dict[str, str], bytes]]] = {}
    for file in sorted((Path(folder) / "mastodon").glob("*.yaml")):
        for one in yaml.safe_load(file.read_text(encoding="utf-8"))["interactions"]:
            if one["request"]["method"] == "GET":
                headers = {"Link": link[0]} if (link := one["response"]["headers"].get("link")) else {}
                body = one["response"]["body"]["string"].encode()
                found.setdefault(urlsplit(one["request"]["uri"]).path, []).append((headers, body))
    return found


def test_real_answers(tmp_path: Path) -> None:
    recorded = cassettes()

    def answer(path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
        if "max_id" in query:
            return 200, {}, b"[]"
        headers, body = recorded[path][0] if path in recorded else ({}, b"[]")
        return 200, headers, body

    tags = {path.rsplit("/", 1)[-1] for path in recorded if "/timelines/tag/" in path}
    with answering(answer) as url:
        told = settings(tmp_path, url, queries=tuple(f"#{one}" for one in tags), own_accounts=("norvia",))
        done = collecting.collect(told, "mastodon")
    assert (done.saved.stored, done.saved.rejected) == (2, 0)
    for values in rows(
        told, "SELECT author, author_id, posted_at, permalink, thread_id, likes, replies, reposts FROM mentions"
    ):
        assert None not in values
