"""Whole recorded answers of X, served on loopback and collected into a database."""

import gzip
import json
import os
from pathlib import Path
from typing import Any, ClassVar

import pytest

from monitor import store
from monitor.collect import collector
from monitor.sources.x.ids import time_of_id
from tests.sources.contract.server import serving
from tests.sources.fakes import FakeNetwork, Posts, Reply, Request

NAMES = (
    "search_tweets_for_nyc.json",
    "timeline_mentions.json",
    "tweet_quote_tweets_resp.json",
    "test_asyncclient_get_users_mentions.yaml",
    "test_asyncclient_search_recent_tweets.yaml",
    "test_client_get_list_tweets.yaml",
    "test_client_get_quote_tweets.yaml",
)


class Recorded(FakeNetwork):
    """Gives the recorded answer as the first page of an account's mentions, and nothing else."""

    section: ClassVar[dict[str, str]] = {"bearer_token": "made-up-token"}
    own_accounts = ("norvia",)

    def __init__(self, body: bytes) -> None:
        self.body = body

    def answer(self, request: Request, posts: Posts) -> Reply:
        if request.path == "/2/users/by/username/norvia":
            return Reply({"data": {"id": "1"}})
        first = request.path == "/2/users/1/mentions" and "pagination_token" not in request.query
        return Reply(self.body if first else {"meta": {"result_count": 0}})


def body_of(name: str) -> bytes:
    folder = os.environ.get("RECORDINGS")
    if not folder:
        pytest.skip("RECORDINGS does not name the folder of the recordings")
    file = Path(folder) / "x" / name
    if file.suffix == ".json":
        return file.read_bytes()
    yaml = pytest.importorskip("yaml")
    told = yaml.safe_load(file.read_text(encoding="utf-8"))["interactions"][0]["response"]["body"]["string"]
    if isinstance(told, str):
        return told.encode()
    return gzip.decompress(told) if told.startswith(b"\x1f\x8b") else told


@pytest.mark.parametrize("name", NAMES)
def test_every_recorded_post_is_stored_with_all_that_is_told_of_it(name: str, tmp_path: Path) -> None:
    body = body_of(name)
    told = json.loads(body)
    with serving(Recorded(body)) as site:
        settings = site.fake.settings("x", site.url, tmp_path)
        done = collector.collect(settings, "x")
    posts = {one["id"]: one for one in told["data"]}
    assert (done.saved.stored, done.saved.rejected) == (len(posts), 0)
    with store.connect(settings.store, read_only=True) as connection:
        rows = connection.execute(
            """
            SELECT post_id, text, posted_at, permalink, thread_id, author, author_id, author_name, likes, replies,
                   reposts, in_reply_to, quotes, language, is_repost FROM mentions
            """
        ).fetchall()
    users = {one["id"]: one for one in told.get("includes", {}).get("users", [])}
    for row in rows:
        check(row, posts[row[0]], users.get(posts[row[0]].get("author_id"), {}))


def check(row: tuple[Any, ...], post: dict[str, Any], user: dict[str, Any]) -> None:
    """A stored mention against the post it was made of."""
    post_id, text, posted_at, permalink, thread_id, author, author_id, author_name, *rest = row
    likes, replies, reposts, in_reply_to, quotes, language, is_repost = rest
    assert text
    assert "&amp;" not in text
    if "created_at" in post:
        assert f"{posted_at:%Y-%m-%dT%H:%M:%S.000Z}" == post["created_at"]
    else:
        assert posted_at == time_of_id(post_id)
    assert permalink == f"https://x.com/{user.get('username', 'i')}/status/{post_id}"
    assert thread_id == post.get("conversation_id", post_id)
    assert (author, author_id, author_name) == (user.get("username"), post.get("author_id"), user.get("name"))
    counts = post.get("public_metrics", {})
    assert (likes, replies, reposts) == tuple(counts.get(f"{one}_count") for one in ("like", "reply", "retweet"))
    to = {one["type"]: one["id"] for one in post.get("referenced_tweets", [])}
    assert (in_reply_to, quotes, language) == (to.get("replied_to"), to.get("quoted"), post.get("lang"))
    assert is_repost == ("retweeted" in to or text.startswith("RT @"))
