"""A status becomes a mention: text, author, times, thread, counts."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import RejectedPost
from monitor.models.posts import Mention, Post
from monitor.sources.mastodon.source import to_mention

RECORDINGS = Path(__file__).parent / "recordings"
AT = datetime(2026, 8, 1, 15, 0, tzinfo=UTC)


def recorded(name: str) -> list[Any]:
    found: list[Any] = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def mention(**changes: Any) -> Mention:
    """Of the second status of the recording, changed."""
    return to_mention(Post("mastodon", recorded("hashtag")[1] | {"quote": None} | changes, AT))


def test_a_status_with_a_content_warning() -> None:
    raw = recorded("hashtag")[0]
    assert to_mention(Post("mastodon", raw, AT)) == Mention(
        network="mastodon",
        post_id="117020593741299723",
        text="Queja larga :enfado:\n\n@norvia tercer aviso:\nel pedido & la factura no llegan\n\n"
        "Más en https://www.ejemplo.example/avisos/tercero #norvia\n\n#reclamacion",
        posted_at=datetime(2026, 8, 1, 13, 55, 55, 867000, tzinfo=UTC),
        thread_id="117020593741299723",
        raw=raw,
        author="lucia",
        author_id="109900000000000001",
        author_name="Lucía :sol:",
        permalink="https://social.example/@lucia/117020593741299723",
        language="es",
        likes=5,
        replies=2,
        reposts=1,
        edited_at=datetime(2026, 8, 1, 14, 2, 10, 120000, tzinfo=UTC),
    )


def test_a_reply_from_another_server_that_quotes() -> None:
    found = to_mention(Post("mastodon", recorded("hashtag")[1], AT))
    assert found.text == "Y sigue igual, #Norvia"
    assert (found.author, found.author_name, found.language) == ("bruno@otro.example", None, None)
    assert (found.in_reply_to, found.thread_id) == ("117020570000000001", "117020570000000001")
    assert found.quotes == "117020550000000002"
    assert not found.is_repost


def test_a_notification_is_the_status_in_it() -> None:
    found = to_mention(Post("mastodon", recorded("mentions")[0], AT))
    assert (found.post_id, found.author, found.text) == ("117020577157808140", "carmen", "@norvia ¿alguien ahí?")


def test_a_boost_has_the_text_of_what_is_boosted() -> None:
    boosted = recorded("hashtag")[0]
    found = mention(reblog=boosted, content="", url=None, uri="https://otro.example/users/bruno/statuses/88/activity")
    assert found.is_repost
    assert found.text.startswith("Queja larga")
    assert (found.post_id, found.author) == ("117020577157808140", "bruno@otro.example")
    assert found.permalink == "https://otro.example/users/bruno/statuses/88/activity"


def test_the_conversation_where_the_server_names_it() -> None:
    assert mention(pleroma={"conversation_id": 4711}).thread_id == "4711"


@pytest.mark.parametrize(
    "changes",
    [
        {"quote": {"state": "accepted", "quoted_status_id": "7"}},
        {"quote": {"id": "7", "content": "<p>Nada</p>"}},
        {"quote_id": 7},
        {"pleroma": {"quote_id": "7"}},
    ],
    ids=["by id", "bare", "Fedibird", "Pleroma"],
)
def test_what_is_quoted(changes: dict[str, Any]) -> None:
    assert mention(**changes).quotes == "7"


def test_a_quote_that_was_taken_back() -> None:
    assert mention(quote={"state": "revoked", "quoted_status": None}).quotes is None


def test_what_may_be_missing() -> None:
    bare = {"id": 12, "created_at": "2026-08-01T13:51:42+02:00", "content": "Sin marcas &lt;3"}
    found = to_mention(Post("mastodon", bare, AT))
    assert (found.post_id, found.text) == ("12", "Sin marcas <3")
    assert found.posted_at == datetime(2026, 8, 1, 11, 51, 42, tzinfo=UTC)
    assert (found.author, found.author_id, found.permalink, found.likes, found.edited_at) == (None,) * 5


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": None}, "without an id"),
        ({"id": True}, "without an id"),
        ({"created_at": "ayer"}, "no time"),
        ({"created_at": "0001-01-01T00:00:00+14:00"}, "no time"),
        ({"content": None}, "without content"),
        ({"reblog": {"id": "1"}}, "without content"),
    ],
)
def test_what_cannot_be_read(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(RejectedPost, match=reason):
        mention(**changes)


def test_a_notification_whose_status_is_missing() -> None:
    with pytest.raises(RejectedPost):
        to_mention(
            Post("mastodon", {"id": "1", "type": "mention", "created_at": "2026-08-01T00:00:00Z", "status": []}, AT)
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"account": "nadie", "tags": "ninguna", "quote": [], "pleroma": 3, "mentions": None},
        {"account": None, "tags": [None, {"name": 3}, {"name": "a b"}], "favourites_count": 2**40, "reblogs_count": -1},
        {"url": "javascript:alert(1)", "uri": "tag:nada", "language": ["es"], "edited_at": 5, "replies_count": True},
    ],
)
def test_odd_answers_are_no_reason_to_lose_a_post(changes: dict[str, Any]) -> None:
    found = mention(**changes)
    assert found.text == "RE: https://otro.example/@bruno/80\n\nY sigue igual, #Norvia"
    assert None in (found.author, found.permalink)


def test_hostile_markup() -> None:
    text = mention(
        content="<p>Hola<script>alert(1)</script> &lt;b&gt; <b onclick=x>Norvia</p><!-- x --> \ud83d\x00"
    ).text
    assert text.startswith("Hola <b> Norvia")
    assert "alert" not in text
    text.encode()
