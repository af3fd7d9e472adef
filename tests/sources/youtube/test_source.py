"""YouTube: comments and replies, what they cost, and what Google says when it gives none."""

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import store
from monitor.collect import collector, recheck
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
from monitor.sources.youtube import source as youtube_source
from monitor.sources.youtube.client import quota_reset_time
from tests.sources.contract.server import Site
from tests.sources.fakes import Reply, Request
from tests.sources.scripted_server import answering, recorded, settings_of

CHANNEL = "UCnorviamadeup0000000001"
FIRST = "UgwMadeUpAAAAAAAAAAAA4AaABAg"
KEY = "made-up-youtube-key"


def settings(site: Site, folder: Path, *places: str, **section: Any) -> Settings:
    return settings_of("youtube", site, folder, places or (CHANNEL,), api_key=KEY, **section)


def as_recorded(request: Request) -> Reply:
    """The made-up channel of tests/sources/youtube/recordings: two pages of threads, two of one thread's replies."""
    if request.path == "/youtube/v3/commentThreads":
        name = "threads_2" if request.query.get("pageToken") == "QURT_made_up==" else "threads"
    else:
        assert request.query["parentId"] == FIRST
        name = "replies_2" if request.query.get("pageToken") == "R0FJ_made_up==" else "replies_1"
    return Reply(recorded("youtube", name))


def stored(told: Settings, columns: str = "post_id") -> list[tuple[Any, ...]]:
    with store.connect(told.store, read_only=True) as connection:
        return connection.execute(f"SELECT {columns} FROM mentions ORDER BY post_id").fetchall()


def asked(site: Site) -> list[tuple[str, Mapping[str, str]]]:
    return [(one.request.path.rpartition("/")[2], one.request.query) for one in site.asked]


def test_threads_and_all_their_replies_are_read(tmp_path: Path) -> None:
    with answering(as_recorded) as site:
        told = settings(site, tmp_path)
        done = collector.collect(told, "youtube")
    assert (done.saved.stored, done.saved.rejected) == (6, 0)
    assert [path for path, _ in asked(site)] == ["commentThreads", "comments", "comments", "commentThreads"]
    rows = stored(told, "post_id, thread_id, in_reply_to, author, author_id, likes, replies")
    assert rows[0] == (FIRST, FIRST, None, "lucia.ejemplo", "UCluciamadeup00000000001", 12, 3)
    assert rows[1][:4] == (f"{FIRST}.9madeupReply1", FIRST, FIRST, "lucia.ejemplo")
    assert rows[5] == ("UgyMadeUpCCCCCCCCCCCC4AaABAg",) * 2 + (None, None, None, 0, 0)


def test_the_channel_is_asked_for_by_time_and_as_plain_text(tmp_path: Path) -> None:
    with answering(as_recorded) as site:
        collector.collect(settings(site, tmp_path), "youtube")
    query = dict(asked(site)[0][1])
    assert query == {
        "allThreadsRelatedToChannelId": CHANNEL,
        "part": "snippet,replies",
        "order": "time",
        "maxResults": "100",
        "textFormat": "plainText",
        "alt": "json",
        "key": KEY,
    }


def test_a_unit_is_charged_for_every_list(tmp_path: Path) -> None:
    with answering(as_recorded) as site:
        told = settings(site, tmp_path)
        collector.collect(told, "youtube")
        with store.connect(told.store, read_only=True) as connection:
            ledger = connection.execute("SELECT requests, reads FROM ledger").fetchall()
    assert ledger == [(4, 4)]


def test_replies_are_read_again_only_when_there_are_more(tmp_path: Path) -> None:
    more = recorded("youtube", "threads")
    with answering(as_recorded) as site:
        told = settings(site, tmp_path)
        collector.collect(told, "youtube")
        site.asked.clear()
        collector.collect(told, "youtube")
        assert "comments" not in [path for path, _ in asked(site)]
    more["items"][0]["snippet"]["totalReplyCount"] = 4
    with answering(lambda one: Reply(more) if "Threads" in one.path else as_recorded(one)) as site:
        collector.collect(settings(site, tmp_path), "youtube")
        assert [path for path, _ in asked(site)][:3] == ["commentThreads", "comments", "comments"]


def test_replies_that_were_announced_and_do_not_come_are_a_gap(tmp_path: Path) -> None:
    more = recorded("youtube", "threads")
    more["items"][0]["snippet"]["totalReplyCount"] = 9
    del more["nextPageToken"]
    with answering(lambda one: Reply(more) if "Threads" in one.path else as_recorded(one)) as site:
        told = settings(site, tmp_path)
        for _ in range(2):
            collector.collect(told, "youtube")
    with store.connect(told.store, read_only=True) as connection:
        gaps = connection.execute("SELECT query, reason FROM gaps").fetchall()
    assert gaps == [(f"channel: {CHANNEL}", "the network counts 9 posts there and gave 3 of them")]


def page_of(*ages: timedelta, further: str = "more") -> Callable[[Request], Reply]:
    """Threads so old, on every page."""
    now = datetime.now(UTC)
    threads = [
        {
            "id": f"Ug{number}",
            "snippet": {
                "topLevelComment": {
                    "id": f"Ug{number}",
                    "snippet": {"textOriginal": "Norvia", "publishedAt": (now - age).isoformat()},
                }
            },
        }
        for number, age in enumerate(ages)
    ]
    return lambda request: Reply({"items": threads, "nextPageToken": f"{request.query.get('pageToken', '')}{further}"})


def listing() -> Listing:
    return Listing("youtube", "channel", CHANNEL, "Norvia", whole=True)


@pytest.mark.parametrize(("hours", "deep"), [(1, False), (4, True), (-1, False), (-4, True)])
def test_older_threads_are_looked_through_for_replies_every_three_hours(tmp_path: Path, hours: int, deep: bool) -> None:
    note = json.dumps({"deep_at": (datetime.now(UTC) - timedelta(hours=hours)).isoformat(), "replies": {}})
    with answering(page_of(timedelta(days=2))) as site:
        source = youtube_source.connect(settings(site, tmp_path), Meter())
        answer = source.fetch(listing(), PageRequest(datetime.now(UTC) - timedelta(hours=1), note=note))
    assert answer.oldest is not None
    assert answer.newest is not None
    assert answer.oldest - answer.newest == (timedelta(days=7) if deep else timedelta(0))
    assert (answer.note == note) is not deep


def test_a_thread_deleted_before_its_replies_are_read_is_gone(tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        gone = {"error": {"code": 404, "message": "not there", "errors": [{"reason": "commentNotFound"}]}}
        return Reply(gone, 404) if request.path.endswith("comments") else as_recorded(request)

    with answering(answer) as site:
        told = settings(site, tmp_path)
        collector.collect(told, "youtube")
    assert stored(told, "post_id, deleted_at IS NOT NULL")[0] == (FIRST, True)
    assert len(stored(told)) == 4


@pytest.mark.parametrize(
    ("name", "status", "error"),
    [
        ("error_quota", 403, RateLimited),
        ("error_disabled", 403, Forbidden),
        ("error_key", 400, BadCredentials),
        ("error_not_enabled", 403, BadCredentials),
    ],
)
def test_what_google_says(tmp_path: Path, name: str, status: int, error: type[SourceError]) -> None:
    with answering(lambda _: Reply(recorded("youtube", name), status)) as site:
        source = youtube_source.connect(settings(site, tmp_path), Meter())
        with pytest.raises(error) as caught:
            source.fetch(listing(), PageRequest())
    assert type(caught.value) is error
    assert "<" not in str(caught.value)
    if error is BadCredentials:
        assert "ESCUCHA_NETWORKS__YOUTUBE__API_KEY" in str(caught.value)
    if error is Forbidden:
        assert CHANNEL in str(caught.value)
    if isinstance(caught.value, RateLimited):
        assert caught.value.reset_at == quota_reset_time(datetime.now(UTC))


@pytest.mark.parametrize(
    ("reason", "status", "error"),
    [
        ("rateLimitExceeded", 403, RateLimited),
        ("channelNotFound", 404, QueryRejected),
        ("processingFailure", 400, SourceUnavailable),
        ("backendError", 500, SourceUnavailable),
        ("forbidden", 403, Forbidden),
        ("invalidPageToken", 400, CursorExpired),
    ],
)
def test_reasons(tmp_path: Path, reason: str, status: int, error: type[SourceError]) -> None:
    body = {"error": {"code": status, "message": f"no: {KEY}", "errors": [{"reason": reason}]}}
    with answering(lambda _: Reply(body, status)) as site:
        source = youtube_source.connect(settings(site, tmp_path), Meter())
        with pytest.raises(error) as caught:
            source.fetch(listing(), PageRequest())
    assert KEY not in str(caught.value)
    assert getattr(caught.value, "reset_at", None) is None


def test_the_quota_begins_anew_at_midnight_in_california() -> None:
    winter = datetime(2026, 1, 15, 7, 30, tzinfo=UTC)
    assert quota_reset_time(winter) == datetime(2026, 1, 15, 8, 0, tzinfo=UTC)
    assert quota_reset_time(winter + timedelta(hours=1)) == datetime(2026, 1, 16, 8, 0, tzinfo=UTC)
    assert quota_reset_time(datetime(2026, 7, 15, 12, 0, tzinfo=UTC)) == datetime(2026, 7, 16, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize("body", [{}, {"comments": [{}], "pageInfo": {"totalResults": 1}}, {"items": {}}, [], "text"])
def test_an_answer_that_is_no_list_is_told(tmp_path: Path, body: Any) -> None:
    with answering(lambda _: Reply(body if isinstance(body, dict | list) else json.dumps(body))) as site:
        source = youtube_source.connect(settings(site, tmp_path), Meter())
        with pytest.raises(UnexpectedAnswer):
            source.fetch(listing(), PageRequest())


def test_a_page_that_names_itself_ends_the_read(tmp_path: Path) -> None:
    with answering(lambda _: Reply({"items": [], "nextPageToken": "same"})) as site:
        with pytest.raises(UnexpectedAnswer):
            collector.collect(settings(site, tmp_path), "youtube")
        assert len(site.asked) == 2


def test_without_a_key_nothing_is_asked(tmp_path: Path) -> None:
    with answering(as_recorded) as site:
        with pytest.raises(BadCredentials, match="ESCUCHA_NETWORKS__YOUTUBE__API_KEY"):
            youtube_source.connect(settings_of("youtube", site, tmp_path, (CHANNEL,)), Meter())
        assert not site.asked


def test_own_places_are_read_whole_and_others_matched() -> None:
    brand = Brand(name="Norvia", queries=("norvia",), places={"youtube": (CHANNEL, "madeupvid01")})
    section = {"channels": (CHANNEL, "UCothermadeup0000000001"), "videos": ("UCvideo_id1",)}
    told = Settings(brands=(brand,), networks=Networks.model_validate({"youtube": section}))
    assert [(one.key, one.whole) for one in youtube_source.listings(brand, told)] == [
        (f"channel: {CHANNEL}", True),
        ("video: madeupvid01", True),
        ("channel: UCothermadeup0000000001", False),
        ("video: UCvideo_id1", False),
    ]


def test_comments_that_are_no_longer_there_are_gone(tmp_path: Path) -> None:
    with answering(as_recorded) as site:
        collector.collect(settings(site, tmp_path), "youtube")

    def answer(request: Request) -> Reply:
        wanted = request.query["id"].split(",")
        every = [recorded("youtube", name)["items"] for name in ("replies_1", "replies_2")]
        found = [one for page in every for one in page if one["id"] in wanted and not one["id"].endswith("3")]
        return Reply({"items": found} if found else {"error": {"code": 404, "message": "no"}}, 200 if found else 404)

    with answering(answer) as site:
        told = settings(site, tmp_path)
        found = youtube_source.connect(told, Meter()).check([f"{FIRST}.9madeupReply{number}" for number in (1, 2, 3)])
        assert [post.raw["id"][-1] for post in found.posts] == ["2", "1"]
        assert found.gone == (f"{FIRST}.9madeupReply3",)
        assert youtube_source.connect(told, Meter()).check(["Ug1", "Ug2"]).gone == ("Ug1", "Ug2")
        assert max(len(one.request.path) + len(str(one.request.query)) for one in site.asked) < 2000


def test_a_look_up_that_is_not_understood_buries_nothing(tmp_path: Path) -> None:
    with answering(lambda _: Reply({"items": [{"commentId": "Ug1", "snippet": {}}]})) as site:
        source = youtube_source.connect(settings(site, tmp_path), Meter())
        with pytest.raises(UnexpectedAnswer):
            source.check(["Ug1", "Ug2"])


def test_another_web_servers_page_buries_nothing(tmp_path: Path) -> None:
    with answering(lambda _: Reply("<html>not here</html>", 404, content_type="text/html")) as site:
        source = youtube_source.connect(settings(site, tmp_path), Meter())
        with pytest.raises(QueryRejected):
            source.check(["Ug1", "Ug2"])
        assert len(site.asked) == 1


def test_a_full_check_is_a_get(tmp_path: Path) -> None:
    with answering(lambda _: Reply({"items": []})) as site:
        source = youtube_source.connect(settings(site, tmp_path), Meter())
        source.check([f"{FIRST}.9madeupReplyMadeUpABCD{number:02}" for number in range(source.check_size)])
        assert [one.request.method for one in site.asked] == ["GET"]


def test_a_recheck_asks_thirty_at_a_time(tmp_path: Path) -> None:
    with answering(page_of(*[timedelta(minutes=n) for n in range(40)], further="")) as site:
        collector.collect(settings(site, tmp_path), "youtube")
    with store.connect(settings(site, tmp_path).store) as connection:
        connection.execute("UPDATE mentions SET stored_at = stored_at - INTERVAL '2 days'")
    with answering(lambda request: Reply({"items": [{"id": request.query["id"].split(",")[0]}]})) as site:
        found = recheck.recheck(settings(site, tmp_path), "youtube", believe=True)
        assert (found.checked, found.gone, len(site.asked)) == (40, 38, 2)


def test_a_probe_reads_the_first_place(tmp_path: Path) -> None:
    with answering(as_recorded) as site:
        told = youtube_source.connect(settings(site, tmp_path), Meter()).probe()
    assert CHANNEL in told
    assert len(site.asked) == 1


def mention(comment: dict[str, Any], **outer: Any) -> Mention:
    return youtube_source.to_mention(Post("youtube", outer | comment, datetime.now(UTC)))


def comment(**snippet: Any) -> dict[str, Any]:
    told = {"textOriginal": "Norvia no contesta", "publishedAt": "2026-02-27T10:00:00Z"} | snippet
    return {"id": "Ug1", "snippet": {key: one for key, one in told.items() if one is not None}}


def test_links_lead_to_the_comment() -> None:
    posts = recorded("youtube", "threads")["items"]
    first, second = (mention(one) for one in posts)
    assert first.permalink == f"https://www.youtube.com/watch?v=madeupvid01&lc={FIRST}"
    assert second.permalink == f"https://www.youtube.com/channel/{CHANNEL}/community?lc={second.post_id}"


def test_an_edit_is_an_update_later_than_the_comment() -> None:
    first, second = (mention(one) for one in recorded("youtube", "threads")["items"])
    assert first.edited_at == datetime(2026, 2, 27, 10, 5, tzinfo=UTC)
    assert second.edited_at is None


def test_markup_becomes_text_where_only_that_is_told() -> None:
    told = 'No llega<br>&quot;nunca&quot; &amp; <a href="https://www.youtube.com/watch?v=x">1:02</a>'
    assert mention(comment(textOriginal=None, textDisplay=told)).text == 'No llega\n"nunca" & 1:02'
    assert mention(comment(textOriginal=None, textDisplay="2 < 3 > 1 & más")).text == "2 < 3 > 1 & más"


def test_counts_that_are_none_are_unknown() -> None:
    assert [mention(comment(likeCount=one)).likes for one in (-1, 2**31, "7", True, "x")] == [None, None, 7, None, None]


def test_odd_fields_do_no_harm() -> None:
    told = mention(comment(authorDisplayName=7, authorChannelId="x", videoId=[], channelId={}, updatedAt="x"))
    assert (told.author, told.author_id, told.permalink, told.edited_at) == (None, None, None, None)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"id": "Ug1"},
        {"id": None, "snippet": comment()["snippet"]},
        comment(publishedAt="yesterday"),
        comment(textOriginal=None),
        {"id": "Ug1", "snippet": {"topLevelComment": None}},
        {"thread": "no object"},
    ],
)
def test_what_cannot_be_read_is_rejected_with_a_reason(raw: dict[str, Any]) -> None:
    with pytest.raises(RejectedPost, match="comment has no"):
        mention(raw)


def real(name: str) -> Any:
    folder = os.environ.get("RECORDINGS")
    if not folder:
        pytest.skip("RECORDINGS does not name the folder of the recordings")
    return json.loads((Path(folder) / "youtube" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["comment_threads_by_channel", "comment_threads_with_search"])
def test_recorded_threads(tmp_path: Path, name: str) -> None:
    told = real(name)
    with answering(lambda _: Reply(told)) as site:
        made = settings(site, tmp_path)
        done = collector.collect(made, "youtube")
    assert (done.saved.stored, done.saved.rejected) == (len(told["items"]), 0)
    for row in stored(made, "post_id, thread_id, author, author_id, permalink, likes, replies, posted_at"):
        (thread,) = [one for one in told["items"] if one["id"] == row[0]]
        snippet = thread["snippet"]["topLevelComment"]["snippet"]
        assert row[1:4] == (row[0], snippet["authorDisplayName"], snippet["authorChannelId"]["value"])
        assert row[0] in row[4]
        assert row[5:] == (0, 0, datetime.fromisoformat(snippet["publishedAt"]))


def test_recorded_replies(tmp_path: Path) -> None:
    pages = [real(f"comments_by_parent_paged_{number}") for number in (1, 2)]
    replies = [one for page in pages for one in page["items"]]
    thread = real("comment_threads_by_channel")["items"][0]
    parent = replies[0]["snippet"]["parentId"]
    thread["id"] = thread["snippet"]["topLevelComment"]["id"] = parent
    thread["snippet"]["totalReplyCount"] = len(replies)

    def answer(request: Request) -> Reply:
        if request.path.endswith("commentThreads"):
            return Reply({"items": [thread], "pageInfo": {"totalResults": 1}})
        assert request.query["parentId"] == parent
        return Reply(pages[request.query.get("pageToken") == pages[0]["nextPageToken"]])

    with answering(answer) as site:
        made = settings(site, tmp_path)
        assert collector.collect(made, "youtube").saved.stored == 4
    rows = stored(made, "post_id, thread_id, in_reply_to, author, permalink, posted_at")
    for row in rows[1:]:
        (reply,) = [one for one in replies if one["id"] == row[0]]
        assert row[1:4] == (parent, parent, reply["snippet"]["authorDisplayName"])
        assert row[0] in row[4]
        assert row[5] == datetime.fromisoformat(reply["snippet"]["publishedAt"])
