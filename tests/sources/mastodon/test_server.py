"""Mastodon against mastodon_mock with its faults, its streams, and recordings of a real server."""

import json
import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import yaml
from mastodon_mock.config import SeedAccount, SeedConfig
from mastodon_mock.testing import MockServer

from monitor import store
from monitor.collect import collector, recheck, session
from monitor.errors import BadCredentials, QueryRejected, SourceUnavailable
from monitor.models.listings import DeletedPost, ListedPost, Meter, StreamMessage
from monitor.models.posts import Post
from monitor.sources.mastodon import source as mastodon_source
from tests.sources.fakes import Reply, Request
from tests.sources.mastodon.credentials import MENTIONS, SEARCH, TAG, rows, settings
from tests.sources.scripted_server import answering


@pytest.fixture(scope="module")
def running() -> Iterator[MockServer]:
    seed = SeedConfig(
        accounts=[
            SeedAccount(username=name, display_name=name.title(), access_token=f"{name}-token")
            for name in ("norvia", "ana", "luis")
        ]
    )
    with MockServer(seed=seed, shutdown_timeout=0.5) as server:
        yield server


@pytest.fixture
def server(running: MockServer, monkeypatch: pytest.MonkeyPatch) -> MockServer:
    requests.post(f"{running.base_url}/api/v1/_mock/reset", timeout=5).raise_for_status()
    requests.delete(f"{running.base_url}/api/v1/_mock/faults", timeout=5)
    monkeypatch.setattr(session, "_RETRY_WAIT", 0.001)
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


def test_from_the_server_into_the_store(server: MockServer, tmp_path: Path) -> None:
    told = settings(tmp_path, server.base_url, own_accounts=("norvia",))
    first = write(server, "El pedido no llega & nadie contesta #norvia", spoiler_text="Queja", language="es")
    answer = write(server, "@ana ahora mismo lo miramos", author="norvia", in_reply_to_id=first)
    second = write(server, "@norvia gracias, sigo esperando", in_reply_to_id=answer)
    write(server, "Hoy llueve")
    done = collector.collect(told, "mastodon")
    assert (done.saved.stored, done.saved.rejected) == (2, 0)
    found = rows(told, "SELECT post_id, author, text, thread_id, in_reply_to FROM mentions ORDER BY post_id")
    assert found == [
        (first, "ana", "Queja\n\nEl pedido no llega & nadie contesta #norvia", first, None),
        (second, "ana", "@norvia gracias, sigo esperando", answer, answer),
    ]
    again = collector.collect(told, "mastodon")
    assert (again.saved.stored, again.saved.duplicates) == (0, 2)


def test_pages_of_the_server(server: MockServer, tmp_path: Path) -> None:
    told = settings(tmp_path, server.base_url)
    ids = [write(server, f"Pedido {number} perdido #norvia") for number in range(45)]
    assert collector.collect(told, "mastodon").saved.stored == 45
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
    told = settings(tmp_path, server.base_url, timeout=0.5)
    write(server, "El pedido no llega #norvia")
    with server.fault(path="/api/v1/timelines/tag/norvia", count=2, **fault):
        assert collector.collect(told, "mastodon").saved.stored == 1
    assert rows(told, "SELECT sum(requests) FROM ledger") == [(3,)]


def test_a_server_that_is_down(server: MockServer, tmp_path: Path) -> None:
    with server.fault(type="status", status=502), pytest.raises(SourceUnavailable, match="502"):
        collector.collect(settings(tmp_path, server.base_url), "mastodon")


@pytest.mark.parametrize("headers", [{}, {"X-RateLimit-Reset": "nonsense", "Retry-After": "300"}], ids=["", "odd"])
def test_a_server_that_limits(server: MockServer, tmp_path: Path, headers: dict[str, str]) -> None:
    told = settings(tmp_path, server.base_url)
    write(server, "El pedido no llega #norvia")
    with server.fault(type="ratelimit", headers=headers):
        done = collector.collect(told, "mastodon")
    assert done.resumes_at == pytest.approx(datetime.now(UTC) + timedelta(seconds=300), abs=timedelta(seconds=30))
    assert rows(told, "SELECT sum(requests) FROM ledger") == [(1,)]


def test_a_token_that_is_refused(server: MockServer, tmp_path: Path) -> None:
    told = settings(tmp_path, server.base_url, token="wrong-token", own_accounts=("norvia",))
    with pytest.raises(BadCredentials, match="ESCUCHA_NETWORKS__MASTODON__ACCESS_TOKEN") as caught:
        collector.collect(told, "mastodon")
    assert "wrong-token" not in str(caught.value)


def test_deletions_and_edits_of_the_server(server: MockServer, tmp_path: Path) -> None:
    told = settings(tmp_path, server.base_url)
    ids = [write(server, f"Pedido {number} perdido #norvia") for number in range(3)]
    collector.collect(told, "mastodon")
    with store.connect(told.store) as connection:
        connection.execute("UPDATE mentions SET stored_at = stored_at - INTERVAL '2 days'")
    own = {"headers": {"Authorization": "Bearer ana-token"}, "timeout": 5}
    requests.delete(f"{server.base_url}/api/v1/statuses/{ids[0]}", **own)  # type: ignore[arg-type]
    edited = {"status": "Ya apareció #norvia"}
    requests.put(f"{server.base_url}/api/v1/statuses/{ids[1]}", data=edited, **own)  # type: ignore[arg-type]
    found = recheck.recheck(told, "mastodon")
    assert (found.checked, found.edited, found.gone) == (3, 1, 1)
    assert rows(told, f"SELECT text FROM mentions WHERE post_id = '{ids[1]}'") == [("Ya apareció #norvia",)]


def test_who_we_are(server: MockServer, tmp_path: Path) -> None:
    host = urlsplit(server.base_url).netloc
    assert mastodon_source.connect(settings(tmp_path, server.base_url), Meter()).probe() == f"@norvia on {host}"
    assert (
        mastodon_source.connect(settings(tmp_path, server.base_url, token=""), Meter())
        .probe()
        .startswith(f"{host}, version ")
    )


def next_sent(sent: Iterator[StreamMessage]) -> StreamMessage:
    deadline = time.monotonic() + 20
    return next(one for one in sent if one is not None or time.monotonic() > deadline)


def test_a_stream_tells_of_posts_edits_and_deletions(server: MockServer, tmp_path: Path) -> None:
    source, stop = mastodon_source.connect(settings(tmp_path, server.base_url), Meter()), threading.Event()
    sent = source.stream([TAG, SEARCH], stop)
    assert next(sent) is None
    post_id = write(server, "Otra maleta perdida #norvia")
    post = next_sent(sent)
    assert isinstance(post, Post)
    assert json.loads(json.dumps(post.raw)) == post.raw
    assert mastodon_source.to_mention(post).text == "Otra maleta perdida #norvia"
    own = {"Authorization": "Bearer ana-token"}
    address = f"{server.base_url}/api/v1/statuses/{post_id}"
    requests.put(address, data={"status": "Apareció #norvia"}, headers=own, timeout=5)
    edited = next_sent(sent)
    assert isinstance(edited, Post)
    assert mastodon_source.to_mention(edited).text == "Apareció #norvia"
    requests.delete(address, headers=own, timeout=5)
    assert next_sent(sent) == DeletedPost("mastodon", post_id)
    stop.set()
    assert [one for one in sent if one is not None] == []
    assert not [one for one in threading.enumerate() if one.name.startswith("mastodon ")]


def test_a_stream_of_mentions_is_about_the_brand(server: MockServer, tmp_path: Path) -> None:
    source, stop = mastodon_source.connect(settings(tmp_path, server.base_url), Meter()), threading.Event()
    sent = source.stream([MENTIONS], stop)
    assert next(sent) is None
    write(server, "@norvia ¿hay alguien?")
    heard = next_sent(sent)
    assert isinstance(heard, ListedPost)
    assert heard.listing == MENTIONS
    assert mastodon_source.to_mention(heard.post).author == "ana"
    stop.set()
    assert list(sent) == []


@pytest.mark.parametrize(("code", "error"), [(401, BadCredentials), (404, QueryRejected), (503, SourceUnavailable)])
def test_a_stream_that_is_refused(server: MockServer, tmp_path: Path, code: int, error: type[Exception]) -> None:
    source = mastodon_source.connect(settings(tmp_path, server.base_url), Meter())
    with server.fault(path="/api/v1/streaming/hashtag", status=code), pytest.raises(error):
        list(source.stream([TAG], threading.Event()))


def test_a_stream_that_is_cut_off(tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        if request.path.endswith("/instance"):
            return Reply({})
        return Reply(":thump\n" * 40, content_type="text/event-stream")

    with answering(answer) as site:
        site.others[2] = "short"
        source = mastodon_source.connect(settings(tmp_path, site.url), Meter())
        with pytest.raises(SourceUnavailable):
            list(source.stream([TAG], threading.Event()))


def test_searches_have_no_stream(tmp_path: Path) -> None:
    with pytest.raises(QueryRejected, match="#tag"):
        next(mastodon_source.connect(settings(tmp_path), Meter()).stream([SEARCH], threading.Event()))


def cassettes() -> dict[str, list[tuple[dict[str, str], bytes]]]:
    """Path -> answers of the GET requests in the cassettes."""
    folder = os.environ.get("RECORDINGS")
    if not folder:
        pytest.skip("RECORDINGS names no folder of recordings")
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

    def answer(request: Request) -> Reply:
        if "max_id" in request.query or request.path not in recorded:
            return Reply([])
        headers, body = recorded[request.path][0]
        return Reply(body, headers=headers)

    tags = {path.rsplit("/", 1)[-1] for path in recorded if "/timelines/tag/" in path}
    with answering(answer) as site:
        told = settings(tmp_path, site.url, queries=tuple(f"#{one}" for one in tags), own_accounts=("norvia",))
        done = collector.collect(told, "mastodon")
    assert (done.saved.stored, done.saved.rejected) == (2, 0)
    for values in rows(
        told, "SELECT author, author_id, posted_at, permalink, thread_id, likes, replies, reposts FROM mentions"
    ):
        assert None not in values
