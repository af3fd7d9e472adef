"""Bluesky's posts as mentions."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.errors import RejectedPost
from monitor.models.posts import Mention
from monitor.sources.bluesky import source
from tests.sources.bluesky.script import ANA, LEO, NORVIA, RECORDINGS, post, recorded, uri, view

INDEXED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def found() -> list[Mention]:
    return [source.to_mention(post(one)) for one in recorded("search.json")["posts"]]


def made(**fields: Any) -> Mention:
    """The mention of a post with another record or view."""
    record = fields.pop("record", {})
    whole = view("3kaaaaaaaaa50") | fields
    return source.to_mention(post(whole | {"record": whole["record"] | record}))


def test_everything_a_view_tells() -> None:
    one = found()[0]
    assert (one.network, one.post_id, one.thread_id) == ("bluesky", uri("3kaaaaaaaaa25"), uri("3kaaaaaaaaa25"))
    assert one.text.endswith("nadie contesta 😡")
    assert one.posted_at == datetime(2026, 3, 2, 8, 59, 58, 120_000, UTC)
    assert (one.author, one.author_id, one.author_name) == ("ana.example", ANA, "Ana Ejemplo")
    assert one.permalink == "https://bsky.app/profile/ana.example/post/3kaaaaaaaaa25"
    assert (one.likes, one.replies, one.reposts, one.language) == (5, 2, 1, "es")
    assert (one.in_reply_to, one.quotes, one.edited_at, one.is_repost) == (None, None, None, False)


def test_a_reply_stands_in_its_thread() -> None:
    one = found()[1]
    assert (one.thread_id, one.in_reply_to) == (uri("3kaaaaaaaaa20", NORVIA), uri("3kaaaaaaaaa21"))
    assert one.posted_at == datetime(2026, 3, 2, 7, 40, 11, 2_000, UTC)
    assert (one.language, one.author_name) == ("es-MX", None)


def test_a_quote_with_a_picture_by_an_author_without_a_handle() -> None:
    one = found()[2]
    assert one.quotes == uri("3kaaaaaaaaa20", NORVIA)
    assert one.author == one.author_id == ANA
    assert one.permalink == f"https://bsky.app/profile/{ANA}/post/3kaaaaaaaaa23"
    assert (one.text, one.language) == ("Miren lo que contesta Norvia", None)


def test_a_plain_quote() -> None:
    quoted = {"$type": "app.bsky.embed.record", "record": {"uri": uri("1", LEO), "cid": "bafyreimadeup"}}
    assert made(record={"embed": quoted}).quotes == uri("1", LEO)
    quoted["record"] = {"uri": f"at://{LEO}/app.bsky.feed.generator/1"}
    assert made(record={"embed": quoted}).quotes is None


def test_a_picture_without_words_is_what_its_author_says_that_it_shows() -> None:
    assert found()[3].text == "una caja de Norvia rota"


def test_a_video_without_words() -> None:
    assert made(record={"text": " ", "embed": {"$type": "app.bsky.embed.video", "alt": "la caja"}}).text == "la caja"


def test_a_post_without_words_or_descriptions_has_an_empty_text() -> None:
    assert made(record={"text": "", "embed": {"images": [None, {"alt": 5}]}}).text == ""


@pytest.mark.parametrize(
    ("claimed", "posted"),
    [
        ("2026-03-02T08:59:59.000Z", "2026-03-02T08:59:59+00:00"),
        ("2026-03-02T08:59:59.123456789Z", "2026-03-02T08:59:59.123456+00:00"),
        ("2026-02-25T09:00:00.000Z", "2026-02-25T09:00:00+00:00"),
        ("2026-03-02T08:30:00", "2026-03-02T08:30:00+00:00"),
        ("2012-05-01T00:00:00.000Z", "2026-03-02T09:00:00+00:00"),
        ("1970-01-01T00:00:00Z", "2026-03-02T09:00:00+00:00"),
        ("0001-01-01T00:00:00+14:00", "2026-03-02T09:00:00+00:00"),
        ("2031-01-01T00:00:00Z", "2026-03-02T09:00:00+00:00"),
        ("ayer", "2026-03-02T09:00:00+00:00"),
        (None, "2026-03-02T09:00:00+00:00"),
        (5, "2026-03-02T09:00:00+00:00"),
    ],
)
def test_a_claimed_time_is_believed_within_a_week(claimed: object, posted: str) -> None:
    assert made(record={"createdAt": claimed}).posted_at == datetime.fromisoformat(posted)


@pytest.mark.parametrize(
    "fields",
    [
        {"uri": None},
        {"uri": "https://bsky.app/profile/ana.example/post/1"},
        {"uri": f"at://{ANA}/app.bsky.feed.like/1"},
        {"uri": "at://ana.example/app.bsky.feed.post/1"},
        {"record": {"text": None}},
        {"record": {"text": 5}},
        {"indexedAt": None},
        {"indexedAt": "ayer"},
        {"indexedAt": 5},
    ],
)
def test_a_post_that_cannot_be_read(fields: dict[str, Any]) -> None:
    with pytest.raises(RejectedPost):
        made(**fields)


@pytest.mark.parametrize("raw", [{}, {"unreadable": None}, {"message": "x"}, {"commit": {}}, {"commit": None}])
def test_something_that_is_no_post(raw: dict[str, Any]) -> None:
    with pytest.raises(RejectedPost):
        source.to_mention(post(raw))


@pytest.mark.parametrize("author", [None, "ana", [], {}, {"did": None, "handle": 5, "displayName": []}])
def test_an_author_who_is_gone(author: object) -> None:
    one = made(author=author)
    assert (one.author, one.author_id, one.author_name) == (None, None, None)
    assert one.permalink == f"https://bsky.app/profile/{ANA}/post/3kaaaaaaaaa50"


def test_a_handle_that_is_none_gets_into_no_link() -> None:
    one = made(author={"did": ANA, "handle": "ana.example/../evil?x"})
    assert one.author == ANA
    assert one.permalink == f"https://bsky.app/profile/{ANA}/post/3kaaaaaaaaa50"


@pytest.mark.parametrize("count", [-1, 2**31, 1.5, "tres", True, None, [], 10**400])
def test_a_count_that_is_none(count: object) -> None:
    assert made(likeCount=count).likes is None


@pytest.mark.parametrize("tags", [None, [], "es", [None, 3], [""], {"es": 1}])
def test_a_language_that_is_none(tags: object) -> None:
    assert made(record={"langs": tags}).language is None


@pytest.mark.parametrize("reply", [None, "x", [], {"root": None, "parent": 5}, {"root": {"uri": "x"}}])
def test_a_reply_to_nothing_begins_its_own_thread(reply: object) -> None:
    one = made(record={"reply": reply})
    assert (one.thread_id, one.in_reply_to) == (one.post_id, None)


def test_half_an_emoji_is_replaced_everywhere() -> None:
    one = made(
        author={"did": "did:\ud83d", "handle": "\ud83d", "displayName": "Ana \ud83d"}, record={"text": "a\ud83d"}
    )
    assert (one.text, one.author_name, one.author_id) == ("a�", "Ana �", "did:�")


def test_an_event_of_the_stream() -> None:
    lines = (RECORDINGS / "jetstream.jsonl").read_text(encoding="utf-8").splitlines()
    one, reply = (source.to_mention(post(json.loads(lines[place]))) for place in (0, 2))
    assert (one.post_id, one.text, one.language) == (uri("3kaaaaaaaaa41"), "Norvia no contesta", "es")
    assert (one.author_id, one.author_name, one.likes) == (ANA, None, None)
    assert one.posted_at == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert one.permalink == f"https://bsky.app/profile/{ANA}/post/3kaaaaaaaaa41"
    assert reply.in_reply_to == uri("3kaaaaaaaaa20", NORVIA)
