"""Every recorded answer of Reddit in RECORDINGS is collected without a reject, with all that it holds."""

import base64
import gzip
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from monitor import store
from monitor.collect import collector
from monitor.models.listings import Meter
from monitor.settings.loading import Brand, Settings, Store
from monitor.settings.networks import Networks
from monitor.sources.reddit import source
from monitor.sources.reddit.nodes import fullname, is_deleted
from tests.sources.contract.server import serving
from tests.sources.fakes import FakeNetwork, Posts, Reply, Request
from tests.sources.reddit.script import CREDENTIALS, LOGIN, TOKEN, shelf

FOLDER = os.environ.get("RECORDINGS", "")
CASSETTES = sorted(Path(FOLDER, "reddit").glob("*.json")) if FOLDER else []

pytestmark = pytest.mark.skipif(not CASSETTES, reason="RECORDINGS names no folder with reddit/*.json")


def answers(cassette: Path) -> Iterator[tuple[str, dict[str, str], Any]]:
    """Path without slashes around it, query and parsed body of every recorded GET."""
    told = json.loads(cassette.read_text(encoding="utf-8"))
    for one in told.get("interactions") or told["http_interactions"]:
        parts, body = urlsplit(one["request"]["uri"]), one["response"]["body"]
        raw = base64.b64decode(body["base64_string"]) if "base64_string" in body else body["string"].encode()
        if one["request"]["method"] == "GET":
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            yield parts.path.strip("/"), query, json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)


def things(told: Any) -> Iterator[Any]:
    """Every submission and comment of an answer, those in trees too."""
    for one in told if isinstance(told, list) else [told]:
        for thing in one["data"]["children"]:
            if thing["kind"] != "more":
                yield thing
                if thing["data"].get("replies"):
                    yield from things(thing["data"]["replies"])


@dataclass
class Replay(FakeNetwork):
    """Recorded answers by path, each once; then empty listings."""

    replies: dict[str, list[Any]] = field(default_factory=dict)

    def answer(self, request: Request, posts: Posts) -> Reply:
        """The next recorded answer of this path."""
        if request.path == LOGIN:
            return Reply(TOKEN)
        if request.path == "/api/morechildren/":
            return Reply({"json": {"data": {"things": []}}})
        if "/_/" in request.path:
            return Reply([shelf(), shelf()])
        left = self.replies.get(request.path.strip("/"), [])
        return Reply(left.pop(0) if left else shelf())


def script(cassette: Path) -> tuple[Replay, set[str], str]:
    """What is replayed, the subreddits it needs, and the words of the recorded search.

    Of a recorded thread, the listing of its subreddit and the look-up hold the submission.
    """
    replay, subreddits, words = Replay(), set(), ""
    for path, query, told in answers(cassette):
        replay.replies.setdefault(path, []).append(told)
        words = query.get("q", words)
        if isinstance(told, list):
            first = told[0]["data"]["children"][0]
            replay.replies |= {
                f"r/{first['data']['subreddit']}/new": [shelf(first)],
                "api/info": [shelf(first)],
                f"comments/{first['data']['id']}": [told],
            }
            subreddits.add(first["data"]["subreddit"])
        if found := re.match(r"r/(\w+)/(?:new|comments)$", path):
            subreddits.add(found[1])
    return replay, subreddits, words


def check(row: tuple[Any, ...], fields: dict[str, Any]) -> None:
    """The stored mention holds what the answer does."""
    author, author_id, posted_at, permalink, thread_id, reply, likes, replies = row
    assert author == (None if fields["author"] in (None, "[deleted]") else fields["author"])
    assert author_id == fields.get("author_fullname")
    assert posted_at == datetime.fromtimestamp(fields["created_utc"], UTC)
    path = fields.get("permalink") or fields.get("context", "").split("?")[0]
    assert permalink == f"https://www.reddit.com{path}" if path else fields["id"] in permalink
    assert thread_id == fields.get("link_id", fields["name"]) or fields["name"].startswith("t1_")
    assert thread_id.startswith("t3_")
    assert reply == fields.get("parent_id")
    assert likes == fields["score"]
    assert replies == (fields["num_comments"] if fields["name"].startswith("t3_") else None)


@pytest.mark.parametrize("cassette", CASSETTES, ids=lambda file: file.stem)
def test_a_recording(cassette: Path, tmp_path: Path) -> None:
    replay, subreddits, words = script(cassette)
    query = " OR ".join(words.split()) or "norvia"
    brand = Brand(name="N", queries=(query,), own_accounts=("n",), places={"reddit": tuple(subreddits)})
    login = {"username": "n", "password": "made-up-password", "thread_days": 36500, "first_days": 36500}
    expected = {str(fullname(one)): one["data"] for _, _, told in answers(cassette) for one in things(told)}
    gone = {str(fullname(one)) for _, _, told in answers(cassette) for one in things(told) if is_deleted(one)}
    with serving(replay) as site:
        networks = Networks.model_validate({"reddit": {**CREDENTIALS, **login, "base_url": site.url}})
        settings = Settings(store=Store(url=str(tmp_path / "store.duckdb")), brands=(brand,), networks=networks)
        saved = collector.collect(settings, "reddit").saved
        checked = source.connect(settings, Meter()).check(sorted(gone)[:100]) if gone else None
    assert saved.rejected == 0
    with store.connect(settings.store, read_only=True) as connection:
        columns = "author, author_id, posted_at, permalink, thread_id, in_reply_to, likes, replies"
        rows = {row[0]: row[1:] for row in connection.execute(f"SELECT post_id, {columns} FROM mentions").fetchall()}
        assert connection.execute("SELECT count(*) FROM rejects").fetchall() == [(0,)]
    assert rows
    assert set(rows) <= set(expected) - gone
    assert words or set(rows) == set(expected) - gone
    for name, row in rows.items():
        check(row, expected[name])
    assert checked is None or set(checked.gone) == gone
