"""Submissions and comments become mentions, whatever they lack."""

from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.errors import RejectedPost
from monitor.models.posts import Mention, Post
from monitor.sources.reddit.source import to_mention
from tests.sources.reddit.script import comment, recorded, submission

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def mention(thing: Any) -> Mention:
    return to_mention(Post("reddit", thing, NOW, "reddit search: norvia, t3_abc"))


def from_file(name: str, number: int) -> Mention:
    return mention(recorded(name)["data"]["children"][number])


def test_a_submission() -> None:
    thing = recorded("search.json")["data"]["children"][1]
    found = mention(thing)
    fields = thing["data"]
    assert (found.post_id, found.thread_id, found.in_reply_to) == (fields["name"], fields["name"], None)
    assert found.text == "Una pregunta sobre Norvia\n\nEn Norvia me cobraron dos veces."
    assert found.author == fields["author"]
    assert found.posted_at == datetime.fromtimestamp(fields["created_utc"], UTC)
    assert found.permalink == "https://www.reddit.com" + fields["permalink"]
    assert (found.likes, found.replies) == (fields["score"], fields["num_comments"])
    assert (found.edited_at, found.language, found.is_repost) == (None, None, False)


def test_an_edited_submission_with_entities() -> None:
    found = from_file("search.json", 0)
    assert found.edited_at is not None
    assert found.edited_at > found.posted_at
    assert "llega & nadie" in found.text


def test_an_old_comment_gets_its_permalink_from_its_ids() -> None:
    found = from_file("comments.json", 0)
    link, short = found.thread_id[3:], found.post_id[3:]
    assert found.permalink == f"https://www.reddit.com/r/ciudadinventada/comments/{link}/_/{short}/"
    assert found.thread_id.startswith("t3_")
    assert found.in_reply_to is not None


def test_a_comment_of_the_inbox() -> None:
    found = from_file("inbox.json", 0)
    assert found.thread_id == "t3_zz009"
    assert found.permalink == "https://www.reddit.com/r/ciudadinventada/comments/zz009/una_pregunta/zz007/"
    assert (found.in_reply_to, found.author_id) == ("t1_zz008", "t2_brun")
    assert found.replies is None, "num_comments is the thread's"


@pytest.mark.parametrize("author", ["[deleted]", None])
def test_an_author_whose_account_is_gone(author: str | None) -> None:
    assert mention(comment("d", author=author)).author is None


@pytest.mark.parametrize("edited", [False, True, None, "soon", 1e300])
def test_an_edit_without_a_time(edited: object) -> None:
    assert mention(comment("d", edited=edited)).edited_at is None


@pytest.mark.parametrize(("score", "likes"), [(7, 7), (0, 0), (-4, None), (2**40, None), ("7", None), (True, None)])
def test_scores(score: object, likes: int | None) -> None:
    assert mention(comment("d", score=score)).likes == likes


def test_a_crosspost_quotes_the_original() -> None:
    assert mention(submission("abc", crosspost_parent="t3_xyz")).quotes == "t3_xyz"


def test_a_link_without_text_is_its_title() -> None:
    assert mention(submission("abc", selftext="", title="Norvia &gt; todos")).text == "Norvia > todos"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Norvia&#x200B; ya &lt;3", "Norvia\u200b ya <3"),
        ("https://norvia.example/?a=1&copy=2", "https://norvia.example/?a=1&copy=2"),
        ("Norvia \ud83d\ude42 \ud83d", "Norvia 🙂 \ufffd"),
        ("Norvia\x00", "Norvia"),
    ],
)
def test_odd_characters(written: str, text: str) -> None:
    assert mention(comment("d", body=written)).text == text


@pytest.mark.parametrize("path", ["//evil.example/x", "javascript:alert(1)", 5])
def test_a_permalink_leads_to_reddit(path: object) -> None:
    found = mention(comment("d", permalink=path, subreddit="<b>"))
    assert found.permalink == "https://www.reddit.com/comments/abc/_/d/"


@pytest.mark.parametrize(
    ("thing", "reason"),
    [
        ({}, "name is missing"),
        ({"kind": "t1", "data": None}, "name is missing"),
        ({"kind": "t4", "data": {"id": "abc", "name": "t4_abc", "created_utc": 1.0}}, "name is missing"),
        (comment("d", created_utc="soon"), "created_utc"),
        (comment("d", created_utc=None), "created_utc"),
        (comment("d", created_utc=float("nan")), "created_utc"),
        (comment("d", body=None), "without a body"),
        (submission("abc", title=None), "without a title"),
        (comment("d", link_id=None, parent_id="t1_x"), "does not name its submission"),
        (comment("d", body="[deleted]"), "deleted"),
    ],
)
def test_what_cannot_be_read(thing: dict[str, Any], reason: str) -> None:
    with pytest.raises(RejectedPost, match=reason):
        mention(thing)
