"""What is read of Reddit, by which login, and how its listings are paged; posts are looked up again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import praw.config
import pytest

from monitor.errors import BadCredentials, QueryRejected, UnexpectedAnswer
from monitor.models.listings import Meter, PageRequest
from monitor.settings.loading import Brand
from monitor.sources.reddit import source as reddit_source
from tests.sources.reddit.script import Bench, comment, form, listing, scripted, shelf, sleepless, submission

SEARCH, NEW, COMMENTS, INFO = "/r/all/search/", "/r/ciudad/new", "/r/ciudad/comments/", "/api/info/"
AT = 1_700_000_000.0


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with scripted(tmp_path) as made:
        sleepless(monkeypatch)
        yield made


def names(posts: Any) -> list[str]:
    return [one.raw["data"]["name"] for one in posts]


def test_searches_and_subreddits(bench: Bench) -> None:
    settings = bench.settings(subreddits=("r/ciudad", "/r/otra_ciudad/"))
    found = reddit_source.listings(settings.brands[0], settings)
    assert [one.kind for one in found] == ["search", *["submissions"] * 2, *["comments"] * 2]
    assert [one.target for one in found[1:]] == ["ciudad", "otra_ciudad"] * 2
    assert not any(one.whole or one.dated for one in found)
    assert {one.kind: one.cap for one in found} == {"search": 250, "submissions": 1000, "comments": 1000}


def test_the_brands_own_subreddit_is_about_it(bench: Bench) -> None:
    brand = Brand(name="Norvia", queries=("norvia",), places={"reddit": ("Norvia",)})
    settings = bench.settings((brand,), subreddits=("norvia", "ciudad"))
    found = {one.key: one.whole for one in reddit_source.listings(brand, settings) if one.kind != "search"}
    assert found == {
        "own submissions: Norvia": True,
        "submissions: ciudad": False,
        "own comments: Norvia": True,
        "comments: ciudad": False,
    }


@pytest.mark.parametrize("login", [{"password": "made-up-password"}, {"refresh_token": "made-up-refresh"}])
def test_the_inbox_of_an_own_account_is_about_its_brand(bench: Bench, login: dict[str, str]) -> None:
    brands = tuple(Brand(name=name, queries=(name,), own_accounts=(f"{name}_ayuda",)) for name in ("otra", "norvia"))
    settings = bench.settings(brands, username="Norvia_Ayuda", **login)
    assert {one.kind for one in reddit_source.listings(brands[0], settings)} == {"search"}
    found = [one for one in reddit_source.listings(brands[1], settings) if one.kind != "search"]
    assert [(one.kind, one.whole) for one in found] == [("mentions", True), ("replies", True), ("answers", True)]


def test_the_inbox_of_another_user_is_matched(bench: Bench) -> None:
    settings = bench.settings(username="ana", password="made-up-password")
    assert [one.whole for one in reddit_source.listings(settings.brands[0], settings)] == [False] * 4


def test_an_application_has_no_inbox(bench: Bench) -> None:
    settings = bench.settings(username="norvia_ayuda")
    assert [one.kind for one in reddit_source.listings(settings.brands[0], settings)] == ["search"]


@pytest.mark.parametrize("name", ["a/../b", "", "dos palabras", "x"])
def test_what_is_no_subreddit(bench: Bench, name: str) -> None:
    settings = bench.settings(subreddits=(name,))
    with pytest.raises(QueryRejected, match="is no subreddit"):
        reddit_source.listings(settings.brands[0], settings)


@pytest.mark.parametrize(
    ("section", "named"),
    [
        ({"client_id": "", "client_secret": ""}, "CLIENT_ID and ESCUCHA_NETWORKS__REDDIT__CLIENT_SECRET"),
        ({"client_secret": ""}, "REDDIT__CLIENT_SECRET"),
        ({"password": "made-up-password"}, "REDDIT__USERNAME"),
    ],
)
def test_missing_credentials(bench: Bench, section: dict[str, str], named: str) -> None:
    with pytest.raises(BadCredentials, match=named):
        bench.source(**section)
    assert not bench.site.asked


@pytest.mark.parametrize(
    ("section", "sent"),
    [
        ({}, {"grant_type": "client_credentials"}),
        ({"refresh_token": "made-up-1"}, {"grant_type": "refresh_token", "refresh_token": "made-up-1"}),
        (
            {"username": "ana", "password": "made-up-2"},
            {"grant_type": "password", "username": "ana", "password": "made-up-2"},
        ),
    ],
    ids=["application", "refresh token", "password"],
)
def test_logins(bench: Bench, section: dict[str, str], sent: dict[str, str]) -> None:
    bench.script.replies[SEARCH] = [shelf()]
    meter = Meter()
    source = reddit_source.connect(bench.settings(**section), meter)
    assert not bench.site.asked
    source.fetch(listing("search", "norvia"), PageRequest())
    source.fetch(listing("search", "norvia"), PageRequest())
    (login,) = bench.logins
    assert form(login) == sent
    assert meter.requests == len(bench.site.asked) == 3


def test_the_user_is_named_as_reddit_asks(bench: Bench) -> None:
    bench.script.replies[SEARCH] = [shelf()]
    bench.source(username="ana").fetch(listing("search", "norvia"), PageRequest())
    for one in bench.site.asked:
        agent = one.request.headers["user-agent"]
        assert agent.startswith("python:escucha:")
        assert agent.endswith("by /u/ana)")


def test_a_praw_ini_is_not_read(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("praw.ini").write_text("[DEFAULT]\noauth_url=http://127.0.0.1:1\npassword=other\nusername=other\n")
    monkeypatch.setattr(praw.config.Config, "CONFIG", None)
    monkeypatch.setenv("praw_refresh_token", "other")
    bench.script.replies[SEARCH] = [shelf()]
    bench.source().fetch(listing("search", "norvia"), PageRequest())
    assert form(bench.logins[0]) == {"grant_type": "client_credentials"}


def test_a_probe(bench: Bench) -> None:
    bench.script.replies["/api/v1/me"] = [{"name": "norvia_ayuda"}]
    assert bench.source().probe() == "an application without a user"
    assert not bench.asked
    assert bench.source(username="norvia_ayuda", password="made-up").probe() == "u/norvia_ayuda"


def test_a_page_of_a_search(bench: Bench) -> None:
    page = shelf(submission("b", AT + 9), submission("a", AT), after="t3_a")
    bench.script.replies[SEARCH] = [page, shelf(submission("9", AT - 5))]
    source = bench.source()
    first = source.fetch(listing("search", '"norvia"'), PageRequest())
    assert names(first.posts) == ["t3_b", "t3_a"]
    assert first.newest == datetime.fromtimestamp(AT + 9, UTC)
    assert first.oldest == datetime.fromtimestamp(AT, UTC)
    last = source.fetch(listing("search", '"norvia"'), PageRequest(cursor=first.cursor))
    assert last.cursor is None
    sent = bench.asked[0].query
    assert (sent["q"], sent["sort"], sent["limit"], sent["raw_json"]) == ('"norvia"', "new", "100", "1")
    assert "after" not in sent
    assert bench.asked[1].query["after"] == "t3_a"


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("submissions", NEW),
        ("comments", COMMENTS),
        ("own comments", COMMENTS),
        ("mentions", "/message/mentions"),
        ("replies", "/message/comments/"),
        ("answers", "/message/selfreply/"),
    ],
)
def test_where_a_listing_is(bench: Bench, kind: str, path: str) -> None:
    bench.script.replies[path] = [shelf(comment("d"))]
    assert names(bench.source().fetch(listing(kind, "ciudad"), PageRequest()).posts) == ["t1_d"]


def test_the_post_before_is_tried_when_the_cursors_was_deleted(bench: Bench) -> None:
    page = shelf(*[submission(one, AT) for one in "cba"], after="t3_a")
    bench.script.replies[NEW] = [page, shelf(), shelf(submission("9", AT - 7))]
    source = bench.source()
    cursor = source.fetch(listing("submissions", "ciudad"), PageRequest()).cursor
    empty = source.fetch(listing("submissions", "ciudad"), PageRequest(cursor=cursor))
    assert empty.cursor not in (None, cursor)
    found = source.fetch(listing("submissions", "ciudad"), PageRequest(cursor=empty.cursor))
    assert names(found.posts) == ["t3_9"]
    assert [one.query.get("after") for one in bench.asked] == [None, "t3_a", "t3_b"]


def test_an_empty_last_page_says_how_far_the_listing_went(bench: Bench) -> None:
    bench.script.replies[NEW] = [shelf(submission("b", AT + 5), submission("a", AT), after="t3_a"), shelf()]
    source, wanted = bench.source(), listing("submissions", "ciudad")
    answer = source.fetch(wanted, PageRequest())
    while answer.cursor is not None:
        answer = source.fetch(wanted, PageRequest(cursor=answer.cursor))
    assert answer.oldest == datetime.fromtimestamp(AT, UTC)
    assert len(bench.asked) == 3


def test_what_was_deleted_is_no_post(bench: Bench) -> None:
    bench.script.replies[NEW] = [
        shelf(
            submission("a", selftext="[deleted]", author="[deleted]"),
            submission("b", selftext="[removed]"),
            submission("c", selftext="[ Removed by Reddit ]"),
            submission("d", selftext="", removed_by_category="deleted"),
            submission("e", author="[deleted]"),
        )
    ]
    found = bench.source().fetch(listing("submissions", "ciudad"), PageRequest())
    assert found.gone == ("t3_a", "t3_b", "t3_c", "t3_d")
    assert names(found.posts) == ["t3_e"]


@pytest.mark.parametrize("odd", [None, "text", 5, [], {}, {"kind": "t3"}, {"kind": "LiveUpdate", "data": {"id": "x"}}])
def test_one_odd_thing_is_among_the_posts(bench: Bench, odd: object) -> None:
    bench.script.replies[NEW] = [shelf(submission("a"), odd)]
    found = bench.source().fetch(listing("submissions", "ciudad"), PageRequest())
    assert len(found.posts) == 2
    assert found.posts[1].place == "reddit submissions: ciudad, post 1"


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {"kind": "Listing"},
        {"data": {"things": []}},
        {"data": {"children": {}}},
        {"data": {"children": [], "dist": 25}},
    ],
)
def test_an_answer_that_is_no_listing(bench: Bench, answer: object) -> None:
    bench.script.replies[NEW] = [answer]
    with pytest.raises(UnexpectedAnswer):
        bench.source().fetch(listing("submissions", "ciudad"), PageRequest())


def test_a_recheck(bench: Bench) -> None:
    bench.script.replies[INFO] = [shelf(submission("a"), submission("b", selftext="[removed]"), comment("d"))]
    found = bench.source().check(["t3_a", "t3_b", "t1_d", "t1_e", "fila-7"])
    assert bench.asked[0].query["id"] == "t3_a,t3_b,t1_d,t1_e"
    assert names(found.posts) == ["t3_a", "t1_d"]
    assert sorted(found.gone) == ["t1_e", "t3_b"]


def test_nothing_is_concluded_when_no_post_at_all_is_answered(bench: Bench) -> None:
    bench.script.replies[INFO] = [shelf()]
    source = bench.source()
    assert source.check([f"t3_{number}" for number in range(50)]).gone == ()
    assert source.check(["t3_a"]).gone == ("t3_a",)


def test_a_look_up_that_is_not_understood_buries_nothing(bench: Bench) -> None:
    bench.script.replies[INFO] = [shelf({"kind": "t3", "data": {"identifier": "a"}})]
    with pytest.raises(UnexpectedAnswer):
        bench.source().check(["t3_a", "t3_b"])


def test_ids_of_other_kinds_are_not_asked_for(bench: Bench) -> None:
    assert bench.source().check(["fila-7"]).gone == ()
    assert not bench.site.asked
