"""Instagram: comments and replies on own media, media that tag the account. What it shares with Facebook: there."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from monitor import store
from monitor.collect import collector
from monitor.errors import BadCredentials, RejectedPost
from monitor.models.listings import Listing, Meter, PageRequest
from monitor.models.posts import Mention, Post
from monitor.settings.loading import Settings
from monitor.sources.instagram import source as instagram_source
from tests.sources.contract.server import Site
from tests.sources.fakes import Reply, Request
from tests.sources.scripted_server import answering, recorded, settings_of

ACCOUNT = "17841400000000001"
MEDIA = Listing("instagram", "media", ACCOUNT, "Norvia", whole=True)


def settings(site: Site, folder: Path, *places: str, **section: Any) -> Settings:
    token = {"access_token": "made-up-token"} | section
    return settings_of("instagram", site, folder, places or (ACCOUNT,), **token)


def as_recorded(request: Request) -> Reply:
    """The made-up account of tests/sources/instagram/recordings."""
    names = {
        (f"{ACCOUNT}/media", None): "media",
        ("179003/replies", "QVFIr1"): "replies",
        ("178001/comments", "QVFI179002"): "comments",
        (f"{ACCOUNT}/tags", None): "tags",
    }
    name = names[request.path.removeprefix("/v24.0/"), request.query.get("after")]
    return Reply(recorded("instagram", name))


def test_comments_replies_and_tags_are_read(tmp_path: Path) -> None:
    with answering(as_recorded) as site:
        told = settings(site, tmp_path)
        done = collector.collect(told, "instagram")
        asked = [one.request.path.removeprefix("/v24.0/") for one in site.asked]
    assert asked == [f"{ACCOUNT}/media", "179003/replies", "178001/comments", f"{ACCOUNT}/tags"]
    assert (done.saved.stored, done.saved.rejected) == (6, 0)
    columns = "post_id, thread_id, in_reply_to, author, author_id, likes, permalink"
    with store.connect(told.store, read_only=True) as connection:
        rows = connection.execute(f"SELECT {columns} FROM mentions ORDER BY post_id").fetchall()
    one, tag = "https://www.instagram.com/p/MadeUpOne/", "https://www.instagram.com/p/MadeUpTag/"
    assert rows == [
        ("178900", "178900", None, "marcos.ejemplo", None, 9, tag),
        ("179001", "179001", None, "marcos.ejemplo", "7001", 0, one),
        ("179002", "179002", None, None, None, 0, one),
        ("179003", "179003", None, "lucia.ejemplo", "7001", 2, one),
        ("179004", "179003", "179003", "norvia", "7001", 0, one),
        ("179005", "179003", "179003", "lucia.ejemplo", "7001", 0, one),
    ]


def test_places_may_name_one_edge(tmp_path: Path) -> None:
    with answering(as_recorded) as site:
        told = settings(site, tmp_path, f"{ACCOUNT}/tags")
    assert [one.key for one in instagram_source.listings(told.brands[0], told)] == [f"tags: {ACCOUNT}"]


def test_without_a_token_nothing_is_asked(tmp_path: Path) -> None:
    with answering(as_recorded) as site:
        with pytest.raises(BadCredentials, match="ESCUCHA_NETWORKS__INSTAGRAM__ACCESS_TOKEN"):
            instagram_source.connect(settings(site, tmp_path, access_token=""), Meter())
        assert not site.asked


@pytest.mark.parametrize(("hours", "rests"), [(1, 0), (4, 1)])
def test_comments_of_a_week_are_read_again_for_replies_every_three_hours(
    tmp_path: Path, hours: int, rests: int
) -> None:
    now = datetime.now(UTC)
    media = recorded("instagram", "media")
    for comment in media["data"][0]["comments"]["data"]:
        comment["timestamp"] = (now - timedelta(days=3)).isoformat()
        comment.pop("replies", None)
    note = (now - timedelta(hours=hours)).isoformat()
    with answering(lambda _: Reply(media)) as site:
        source = instagram_source.connect(settings(site, tmp_path), Meter())
        answer = source.fetch(MEDIA, PageRequest(now - timedelta(hours=1), note=note))
    assert len(json.loads(answer.cursor)["rests"] if answer.cursor else []) == rests
    assert (answer.note == note) is (rests == 0)


def announcing(count: int) -> Callable[[Request], Reply]:
    """The made-up account with a medium that says it has so many comments; five come."""

    def answer(request: Request) -> Reply:
        reply = as_recorded(request)
        if request.path.endswith("/media"):
            reply.body["data"][0] |= {"comments_count": count, "timestamp": "2026-02-28T09:00:00+0000"}
        return reply

    return answer


def told_gaps(told: Settings) -> list[tuple[datetime, str]]:
    with store.connect(told.store, read_only=True) as connection:
        return connection.execute("SELECT since, reason FROM gaps").fetchall()


def test_comments_that_are_counted_and_never_come_are_a_gap_after_three_reads(tmp_path: Path) -> None:
    with answering(announcing(7)) as site:
        told = settings(site, tmp_path, f"{ACCOUNT}/media")
        for _ in range(2):
            collector.collect(told, "instagram")
            assert told_gaps(told) == [], "a count may be ahead of the listing"
        for _ in range(3):
            collector.collect(told, "instagram")
            ((since, reason),) = told_gaps(told)
    assert since == datetime(2026, 2, 28, 9, 0, tzinfo=UTC)
    assert "7 posts" in reason
    assert "5 of them" in reason


def test_comments_that_all_came_are_no_gap(tmp_path: Path) -> None:
    with answering(announcing(5)) as site:
        told = settings(site, tmp_path, f"{ACCOUNT}/media")
        for _ in range(4):
            collector.collect(told, "instagram")
    assert told_gaps(told) == []


def test_a_medium_of_others_that_cannot_be_looked_up_is_not_gone(tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        if request.method != "POST":
            return as_recorded(request)
        missing = {"error": {"code": 100, "error_subcode": 33, "message": "does not exist"}}
        wrong = {"error": {"code": 100, "message": "(#100) Tried accessing nonexisting field (text)"}}
        asked = json.loads(parse_qs(request.body.decode())["batch"][0])
        bodies = [wrong if one["relative_url"].startswith("178001") else missing for one in asked]
        return Reply([{"code": 400, "body": json.dumps(one)} for one in bodies])

    with answering(answer) as site:
        found = instagram_source.connect(settings(site, tmp_path), Meter()).check(["178001", "178900", "179001"])
    assert (found.posts, found.gone) == ((), ("179001",))


def test_a_probe_says_whose_account_it_is(tmp_path: Path) -> None:
    with answering(lambda _: Reply({"id": ACCOUNT, "username": "norvia"})) as site:
        assert instagram_source.connect(settings(site, tmp_path), Meter()).probe() == f"norvia (id {ACCOUNT})"


def mention(**raw: Any) -> Mention:
    told = {"id": "179001", "text": "Norvia no contesta", "timestamp": "2026-03-02T08:30:00+0000"} | raw
    return instagram_source.to_mention(Post("instagram", told, datetime.now(UTC)))


def test_an_author_who_is_only_in_from_is_known() -> None:
    assert mention(**{"from": {"id": "7", "username": "ana.ejemplo"}}).author == "ana.ejemplo"


@pytest.mark.parametrize("raw", [{"id": None}, {"timestamp": 1}, {"text": None}])
def test_what_cannot_be_read_is_rejected_with_a_reason(raw: dict[str, Any]) -> None:
    with pytest.raises(RejectedPost, match="has no"):
        mention(**raw)
