"""Facebook: comments, visitors' posts and posts that tag the page; Meta's errors and limits, shared with Instagram."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from monitor import store
from monitor.collect import collector, recheck, session
from monitor.errors import (
    BadCredentials,
    CursorExpired,
    Forbidden,
    QueryRejected,
    RateLimited,
    RejectedPost,
    SourceError,
    SourceUnavailable,
    UnexpectedAnswer,
)
from monitor.models.listings import Listing, Meter, PageRequest
from monitor.models.posts import Mention, Post
from monitor.settings.loading import Brand, Settings
from monitor.settings.networks import Networks
from monitor.sources.facebook import source as facebook_source
from monitor.sources.meta.graph import next_cursor
from tests.sources.contract.server import Site
from tests.sources.fakes import Reply, Request
from tests.sources.scripted_server import answering, recorded, settings_of

PAGE = "100200300"
TOKEN = "made-up-secret-token"
FEED = Listing("facebook", "feed", PAGE, "Norvia", whole=True)


def settings(site: Site, folder: Path, *places: str, **section: Any) -> Settings:
    return settings_of("facebook", site, folder, places or (PAGE,), access_token=TOKEN, **section)


def as_recorded(request: Request) -> Reply:
    """The made-up page of tests/sources/facebook/recordings."""
    path, after = request.path.removeprefix("/v24.0/"), request.query.get("after")
    names = {
        (f"{PAGE}/feed", None): "feed",
        (f"{PAGE}/feed", "QVFIfeed1"): "feed_2",
        (f"{PAGE}_500/comments", "QVFI502"): "comments",
        (f"{PAGE}/tagged", None): "tagged",
    }
    return Reply(recorded("facebook", names[path, after]))


def stored(told: Settings, columns: str = "post_id") -> list[tuple[Any, ...]]:
    with store.connect(told.store, read_only=True) as connection:
        return connection.execute(f"SELECT {columns} FROM mentions ORDER BY post_id").fetchall()


def paths(site: Site) -> list[str]:
    return [one.request.path.removeprefix("/v24.0/") for one in site.asked]


def test_comments_visitors_posts_and_tags_are_read(tmp_path: Path) -> None:
    with answering(as_recorded) as site:
        told = settings(site, tmp_path)
        done = collector.collect(told, "facebook")
        assert paths(site) == [f"{PAGE}/feed", f"{PAGE}_500/comments", f"{PAGE}/feed", f"{PAGE}/tagged"]
    assert (done.saved.stored, done.saved.rejected) == (7, 0)
    assert stored(told, "post_id, thread_id, in_reply_to, author, author_id, likes, replies") == [
        ("100200300_600", "100200300_600", None, "Marcos Ejemplo", "7002", None, None),
        ("500_500", "500_500", None, "Lucía Ejemplo", "7001", 0, 0),
        ("500_501", "500_501", None, "Lucía Ejemplo", "7001", 5, 1),
        ("500_502", "500_502", None, None, None, 3, 0),
        ("500_503", "500_501", "500_501", "Lucía Ejemplo", "7001", 0, 0),
        ("600_601", "100200300_600", "100200300_600", "Norvia", "100200300", 0, 0),
        ("8800_42", "8800_42", None, None, None, None, None),
    ]
    assert all(link.startswith("https://www.facebook.com/") for (link,) in stored(told, "permalink"))


def test_the_token_is_in_a_header_and_nowhere_else(tmp_path: Path) -> None:
    with answering(as_recorded) as site:
        told = settings(site, tmp_path)
        collector.collect(told, "facebook")
        assert {one.request.headers["authorization"] for one in site.asked} == {f"Bearer {TOKEN}"}
        assert not [one for one in site.asked if "access_token" in one.request.query]
    with store.connect(told.store, read_only=True) as connection:
        listed = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        for (table,) in connection.execute(listed).fetchall():
            assert TOKEN not in str(connection.execute(f'SELECT * FROM "{table}"').fetchall())


def test_the_version_is_in_the_path(tmp_path: Path) -> None:
    with answering(lambda _: Reply({"data": []})) as site:
        collector.collect(settings(site, tmp_path, version="v25.0"), "facebook")
        assert {one.request.path for one in site.asked} == {f"/v25.0/{PAGE}/feed", f"/v25.0/{PAGE}/tagged"}


def test_the_page_of_the_token_is_read_unless_a_page_is_named() -> None:
    def keys(token: str, *places: str) -> list[str]:
        brand = Brand(name="Norvia", queries=("norvia",), places={"facebook": places} if places else {})
        told = Settings(brands=(brand,), networks=Networks.model_validate({"facebook": {"access_token": token}}))
        return [one.key for one in facebook_source.listings(brand, told)]

    assert keys("t") == ["feed: me", "tagged: me"]
    assert keys("") == []
    assert keys("t", "1", "2/feed", "3/tagged") == ["feed: 1", "tagged: 1", "feed: 2", "tagged: 3"]


def test_without_a_token_nothing_is_asked(tmp_path: Path) -> None:
    with answering(as_recorded) as site:
        with pytest.raises(BadCredentials, match="ESCUCHA_NETWORKS__FACEBOOK__ACCESS_TOKEN"):
            facebook_source.connect(settings_of("facebook", site, tmp_path, (PAGE,)), Meter())
        assert not site.asked


def at(age: timedelta) -> str:
    return (datetime.now(UTC) - age).strftime("%Y-%m-%dT%H:%M:%S+0000")


def feed_of(post_age: timedelta, *comment_ages: timedelta) -> dict[str, Any]:
    """A page of the feed with one post, more comments below it, and a further page."""
    own = {"id": f"{PAGE}_1", "created_time": at(post_age), "from": {"id": PAGE}, "message": "Abrimos"}
    comments = [
        {"id": f"1_{number}", "created_time": at(age), "message": "¿Y Norvia?"}
        for number, age in enumerate(comment_ages)
    ]
    further = {"cursors": {"after": "A"}, "next": "https://graph.facebook.com/?after=A"}
    return {"data": [own | {"comments": {"data": comments, "paging": further}}], "paging": further}


def whole_feed(post_age: timedelta, *comment_ages: timedelta) -> dict[str, Any]:
    """The same without further pages."""
    feed = feed_of(post_age, *comment_ages)
    del feed["paging"], feed["data"][0]["comments"]["paging"]
    return feed


def test_comments_that_were_read_are_not_read_again(tmp_path: Path) -> None:
    want = PageRequest(datetime.now(UTC) - timedelta(hours=2), note=at(timedelta(hours=1)))
    for age, rests in ((timedelta(hours=1), 1), (timedelta(hours=3), 0)):
        with answering(lambda _, age=age: Reply(feed_of(timedelta(days=3), age))) as site:
            answer = facebook_source.connect(settings(site, tmp_path), Meter()).fetch(FEED, want)
        assert answer.cursor is not None
        assert len(json.loads(answer.cursor)["rests"]) == rests


def test_the_first_read_takes_all_comments_of_a_post(tmp_path: Path) -> None:
    with answering(lambda _: Reply(feed_of(timedelta(days=900), timedelta(days=800)))) as site:
        answer = facebook_source.connect(settings(site, tmp_path), Meter()).fetch(FEED, PageRequest(datetime.now(UTC)))
    assert answer.cursor is not None
    assert len(json.loads(answer.cursor)["rests"]) == 1


def test_posts_of_thirty_days_are_looked_through_for_comments(tmp_path: Path) -> None:
    since = datetime.now(UTC) - timedelta(hours=2)
    for days, further in ((29, True), (31, False)):
        post = feed_of(timedelta(days=days))
        with answering(lambda _, post=post: Reply(post)) as site:
            source = facebook_source.connect(settings(site, tmp_path), Meter())
            answer = source.fetch(FEED, PageRequest(since, note=at(timedelta(hours=1))))
            assert answer.oldest is None, "its comments are not read yet"
            rest = source.fetch(FEED, PageRequest(since, cursor=answer.cursor, note=answer.note))
            assert rest.cursor is not None
        assert json.loads(rest.cursor)["rests"]
        with answering(lambda _: Reply({"data": []})) as site:
            source = facebook_source.connect(settings(site, tmp_path), Meter())
            done = source.fetch(FEED, PageRequest(since, cursor=answer.cursor, note=answer.note))
        assert done.oldest is not None
        assert (done.oldest >= since) is further


def test_a_post_whose_author_is_not_told_is_a_visitors_only_where_its_kind_says_so(tmp_path: Path) -> None:
    kinds = {"1": "wall_post", "2": "added_photos", "3": None}
    posts = [
        {"id": f"{PAGE}_{number}", "created_time": at(timedelta()), "message": "Norvia"}
        | ({"status_type": kind} if kind else {})
        for number, kind in kinds.items()
    ]
    with answering(lambda _: Reply({"data": posts})) as site:
        answer = facebook_source.connect(settings(site, tmp_path), Meter()).fetch(FEED, PageRequest())
    assert [post.raw["id"][-1] for post in answer.posts] == ["1", "3"]


def test_a_backfill_ends_at_its_time(tmp_path: Path) -> None:
    until = datetime(2026, 2, 1, tzinfo=UTC)
    with answering(lambda _: Reply({"data": []})) as site:
        facebook_source.connect(settings(site, tmp_path), Meter()).fetch(
            FEED, PageRequest(until - timedelta(days=1), until)
        )
        assert site.asked[0].request.query["until"] == str(int(until.timestamp()))


@pytest.mark.parametrize(
    ("code", "subcode", "status", "error"),
    [
        (190, 463, 400, BadCredentials),
        (102, None, 401, BadCredentials),
        (4, None, 403, RateLimited),
        (17, None, 400, RateLimited),
        (32, None, 200, RateLimited),
        (613, None, 400, RateLimited),
        (80001, None, 400, RateLimited),
        (10, None, 403, Forbidden),
        (200, None, 200, Forbidden),
        (100, 33, 400, QueryRejected),
        (803, None, 404, QueryRejected),
        (100, None, 400, QueryRejected),
        (1, None, 500, SourceUnavailable),
        (2, None, 200, SourceUnavailable),
        (9999, None, 400, QueryRejected),
        (9999, None, 503, SourceUnavailable),
    ],
)
def test_errors(tmp_path: Path, code: int, subcode: int | None, status: int, error: type[SourceError]) -> None:
    told = {"message": f"made-up reason {TOKEN}", "type": "OAuthException", "code": code, "error_subcode": subcode}
    with answering(lambda _: Reply({"error": told}, status)) as site:
        source = facebook_source.connect(settings(site, tmp_path), Meter())
        with pytest.raises(error) as caught:
            source.fetch(FEED, PageRequest())
    assert "facebook" in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_an_expired_token_is_told_with_its_variable(tmp_path: Path) -> None:
    with answering(lambda _: Reply(recorded("facebook", "error_expired"), 400)) as site:
        told = settings(site, tmp_path)
        with pytest.raises(BadCredentials, match=r"expired.*ESCUCHA_NETWORKS__FACEBOOK__ACCESS_TOKEN"):
            collector.collect(told, "facebook")
        assert len(site.asked) == 1


def test_a_permission_that_lacks_is_named_and_stops_only_its_listing(tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        if request.path.endswith("/feed"):
            return Reply(recorded("facebook", "error_permission"), 403)
        return as_recorded(request)

    with answering(answer) as site:
        told = settings(site, tmp_path)
        with pytest.raises(Forbidden, match="pages_read_engagement"):
            collector.collect(told, "facebook")
    assert stored(told) == [("8800_42",)]


def test_a_page_that_meta_no_longer_knows_begins_the_read_anew(tmp_path: Path) -> None:
    with answering(lambda _: Reply({"error": {"code": 100, "message": "(#100) after is wrong"}}, 400)) as site:
        source = facebook_source.connect(settings(site, tmp_path), Meter())
        cursor = json.dumps({"after": "A", "rests": [], "oldest": None, "known": None})
        with pytest.raises(CursorExpired):
            source.fetch(FEED, PageRequest(cursor=cursor))
        with pytest.raises(CursorExpired):
            source.fetch(FEED, PageRequest(cursor="of an older version"))


def test_a_post_deleted_before_its_comments_are_read_stops_nothing(tmp_path: Path) -> None:
    deleted: list[bool] = []

    def answer(request: Request) -> Reply:
        if request.path.endswith("/comments"):
            deleted.append(True)
            return Reply(recorded("facebook", "error_missing"), 400)
        told = as_recorded(request)
        if deleted and request.path.endswith("/feed"):
            told.body["data"] = told.body["data"][:1]
        return told

    with answering(answer) as site:
        done = collector.collect(settings(site, tmp_path), "facebook")
        assert len(deleted) == 1
    assert done.saved.stored == 5


USES: list[tuple[dict[str, Any], int]] = [
    ({"X-App-Usage": {"call_count": 96, "total_time": 3, "total_cputime": 1}}, 15),
    ({"X-Page-Usage": {"call_count": 1, "total_time": 95.4, "total_cputime": 1}}, 15),
    (
        {
            "X-Business-Use-Case-Usage": {
                PAGE: [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 40}]
            }
        },
        40,
    ),
]


@pytest.mark.parametrize(("headers", "minutes"), USES, ids=["app", "page", "business"])
def test_when_the_allowance_is_nearly_spent_the_page_is_kept_and_no_other_asked_for(
    tmp_path: Path, headers: Mapping[str, Any], minutes: int
) -> None:
    told = {name: json.dumps(use) for name, use in headers.items()}
    with answering(lambda one: Reply(as_recorded(one).body, headers=told)) as site:
        made = settings(site, tmp_path)
        done = collector.collect(made, "facebook")
        assert len(site.asked) == 1
    assert done.saved.stored == 4
    assert done.resumes_at is not None
    assert done.resumes_at - datetime.now(UTC) == pytest.approx(timedelta(minutes=minutes), abs=timedelta(minutes=1))


@pytest.mark.parametrize(
    "header",
    ["", "{", "[]", '{"call_count": "96"}', '{"1": [7]}', '{"call_count": 94}', '{"call_count": 1e400}',
     '{"call_count": NaN, "1": [{"estimated_time_to_regain_access": 1e400, "call_count": -1e400}]}'],
)  # fmt: skip
def test_an_odd_or_low_use_stops_nothing(tmp_path: Path, header: str) -> None:
    with answering(lambda one: Reply(as_recorded(one).body, headers={"X-App-Usage": header})) as site:
        assert collector.collect(settings(site, tmp_path), "facebook").resumes_at is None


def test_fewer_posts_are_asked_for_when_they_are_too_many_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_RETRY_WAIT", 0.001)

    def answer(request: Request) -> Reply:
        if int(request.query["limit"]) > 1 and request.path.endswith("/feed"):
            told = {"message": "Please reduce the amount of data you're asking for, then retry", "code": 1}
            return Reply({"error": told}, 500)
        return as_recorded(request)

    with answering(answer) as site:
        done = collector.collect(settings(site, tmp_path), "facebook")
        assert [one.request.query["limit"] for one in site.asked][:3] == ["25", "5", "1"]
    assert done.saved.stored == 7


@pytest.mark.parametrize("body", [{}, {"posts": []}, {"data": {}}, []])
def test_an_answer_that_is_no_list_is_told(tmp_path: Path, body: Any) -> None:
    with answering(lambda _: Reply(body)) as site:
        source = facebook_source.connect(settings(site, tmp_path), Meter())
        with pytest.raises(UnexpectedAnswer):
            source.fetch(FEED, PageRequest())


@pytest.mark.parametrize("comments", [{}, {"count": 2}, None, "2", {"data": None}, {"data": {}}])
def test_a_post_in_an_old_form_does_not_fail_its_page(tmp_path: Path, comments: Any) -> None:
    """Its comments are asked for by themselves."""
    feed = whole_feed(timedelta(hours=2), timedelta(hours=1))
    other = {**feed["data"][0], "id": f"{PAGE}_77", "comments": comments}
    below = {"data": [{"id": "77_1", "message": "Norvia?", "created_time": at(timedelta(hours=1))}]}

    def answer(request: Request) -> Reply:
        path = request.path.removeprefix("/v24.0/")
        if path == f"{PAGE}_77/comments":
            return Reply(below)
        return Reply({"data": [other, *feed["data"]]} if path == f"{PAGE}/feed" else {"data": []})

    with answering(answer) as site:
        told = settings(site, tmp_path)
        assert collector.collect(told, "facebook").saved.rejected == 0
        assert paths(site) == [f"{PAGE}/feed", f"{PAGE}_77/comments", f"{PAGE}/tagged"]
    assert ("77_1",) in stored(told)
    assert len(stored(told)) == 2


@pytest.mark.parametrize("comments", [[], {"count": 0}])
def test_no_comments_in_an_old_form_cost_no_request(tmp_path: Path, comments: Any) -> None:
    other = {**whole_feed(timedelta(hours=2))["data"][0], "comments": comments}
    with answering(lambda request: Reply({"data": [other] if "feed" in request.path else []})) as site:
        collector.collect(settings(site, tmp_path), "facebook")
        assert paths(site) == [f"{PAGE}/feed", f"{PAGE}/tagged"]


def test_a_feed_that_is_paged_by_time_is_read_to_its_end(tmp_path: Path) -> None:
    """As versions of the API up to today page the edges of a page that are in the order of time."""
    query = "access_token=made-up&fields=id&until=1624385168&since&__paging_token=enc_made_up&__previous"
    feeds = [whole_feed(timedelta(hours=1), timedelta(hours=1)), whole_feed(timedelta(hours=5), timedelta(hours=4))]
    for number, feed in enumerate(feeds):
        feed["data"][0]["id"] = f"{PAGE}_{number}"
        feed["data"][0]["comments"]["data"][0]["id"] = f"{number}_1"
    feeds[0]["paging"] = {"next": f"https://graph.facebook.com/v10.0/{PAGE}/feed?{query}"}

    def answer(request: Request) -> Reply:
        if not request.path.endswith("/feed"):
            return Reply({"data": []})
        is_second = request.query.get("until") == "1624385168" and request.query["__paging_token"] == "enc_made_up"
        return Reply(feeds[is_second])

    with answering(answer) as site:
        told = settings(site, tmp_path)
        collector.collect(told, "facebook")
    assert stored(told) == [("0_1",), ("1_1",)]


def test_a_next_page_that_is_nowhere_is_told() -> None:
    with pytest.raises(UnexpectedAnswer, match="next page"):
        next_cursor({"next": "https://graph.facebook.com/v10.0/1/feed?limit=25"})


def test_the_next_page_is_known_by_its_cursor() -> None:
    assert next_cursor({"cursors": {"after": "A"}, "next": "https://x/?after=B"}) == "A"
    assert next_cursor({"next": "https://x/?access_token=t&after=B%3D%3D&limit=5"}) == "B=="
    assert next_cursor({"cursors": {"after": "A"}}) is None, "there is no next page"
    assert next_cursor(None) is None


def batched(
    answer: Callable[[str], tuple[int, Any]], listing: Callable[[Request], Reply]
) -> Callable[[Request], Reply]:
    """Answers batches part by part, and everything else with `listing`."""

    def reply(request: Request) -> Reply:
        if request.method != "POST":
            return listing(request)
        asked = json.loads(parse_qs(request.body.decode())["batch"][0])
        parts = [answer(one["relative_url"].partition("?")[0]) for one in asked]
        return Reply([{"code": code, "body": json.dumps(body)} if code else None for code, body in parts])

    return reply


def looked_up(post_id: str) -> tuple[int, Any]:
    if post_id in ("500_502", "8800_42"):
        return 400, recorded("facebook", "error_missing")
    return 200, {"id": post_id, "message": "Otro texto", "created_time": "2026-03-01T08:00:00+0000"}


def test_posts_are_looked_up_in_one_request(tmp_path: Path) -> None:
    def answer(post_id: str) -> tuple[int, Any]:
        return {"1_3": (0, None), "1_4": (400, recorded("facebook", "error_permission"))}.get(
            post_id, looked_up(post_id)
        )

    with answering(batched(answer, as_recorded)) as site:
        found = facebook_source.connect(settings(site, tmp_path), Meter()).check(["1_1", "1_2", "1_3", "1_4"])
        assert [post.raw["id"] for post in found.posts] == ["1_1", "1_2"]
        assert found.gone == ()
        assert len(site.asked) == 1


def test_what_is_missing_is_gone_unless_it_stands_elsewhere(tmp_path: Path) -> None:
    with answering(batched(looked_up, as_recorded)) as site:
        source = facebook_source.connect(settings(site, tmp_path), Meter())
        assert source.check(["500_501", "500_502", "8800_42"]).gone == ("500_502",)
        assert paths(site) == ["", f"{PAGE}/feed", f"{PAGE}/tagged"]
        source.check(["500_502"])
        assert len(site.asked) == 4, "what stands elsewhere is looked up once"


def test_nothing_is_gone_for_a_token_that_may_no_longer_read_the_page(tmp_path: Path) -> None:
    refused = Reply(recorded("facebook", "error_permission"), 403)
    with answering(batched(looked_up, lambda _: refused)) as site, pytest.raises(Forbidden):
        facebook_source.connect(settings(site, tmp_path), Meter()).check(["500_502"])


def test_a_batch_that_is_refused_as_a_whole(tmp_path: Path) -> None:
    for body, error in (
        (recorded("facebook", "error_expired"), BadCredentials),
        ({"data": []}, UnexpectedAnswer),
        ([], UnexpectedAnswer),
    ):
        with answering(lambda _, body=body: Reply(body)) as site, pytest.raises(error):
            facebook_source.connect(settings(site, tmp_path), Meter()).check(["1_1"])


def test_a_recheck_brings_texts_in_and_buries(tmp_path: Path) -> None:
    with answering(as_recorded) as site:
        collector.collect(settings(site, tmp_path), "facebook")
    with store.connect(settings(site, tmp_path).store) as connection:
        connection.execute("UPDATE mentions SET stored_at = stored_at - INTERVAL '2 days', posted_at = now()")
    with answering(batched(looked_up, as_recorded)) as site:
        told = settings(site, tmp_path)
        found = recheck.recheck(told, "facebook")
    assert (found.checked, found.gone) == (7, 1)
    assert dict(stored(told, "post_id, text"))["500_502"] == ""


def test_a_probe_says_whose_page_it_is(tmp_path: Path) -> None:
    with answering(lambda _: Reply({"id": PAGE, "name": "Norvia"})) as site:
        assert facebook_source.connect(settings(site, tmp_path), Meter()).probe() == f"Norvia (id {PAGE})"
        assert paths(site) == [PAGE]


def mention(**raw: Any) -> Mention:
    told = {"id": "1_2", "message": "Norvia no contesta", "created_time": "2026-03-02T08:30:00+0000"} | raw
    return facebook_source.to_mention(
        Post("facebook", {k: one for k, one in told.items() if one != ""}, datetime.now(UTC))
    )


def test_a_comment_without_a_link_has_that_of_its_post() -> None:
    below = {"post": "1", "link": "https://www.facebook.com/1/posts/1", "kept": False}
    assert mention(escucha_below=below).permalink == "https://www.facebook.com/1/posts/1?comment_id=2"
    below["link"] = "https://www.facebook.com/permalink.php?story_fbid=1"
    assert mention(escucha_below=below).permalink == below["link"] + "&comment_id=2"


def test_a_link_that_runs_something_is_none() -> None:
    assert mention(permalink_url="javascript:alert(1)").permalink is None


def test_odd_fields_do_no_harm() -> None:
    told = mention(**{"from": [], "parent": 7, "like_count": -1, "comment_count": 2**40, "permalink_url": {}})
    assert (told.author, told.in_reply_to, told.likes, told.replies, told.permalink) == (None,) * 5


@pytest.mark.parametrize(
    "raw", [{"id": ""}, {"id": 7}, {"created_time": "soon"}, {"message": "", "escucha_below": {"post": "1"}}]
)
def test_what_cannot_be_read_is_rejected_with_a_reason(raw: dict[str, Any]) -> None:
    with pytest.raises(RejectedPost, match="has no"):
        mention(**raw)
