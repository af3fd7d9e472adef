"""Mastodon: what is read for a query, how pages follow each other, how posts are looked up again."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from monitor.errors import BadCredentials, Forbidden, QueryRejected, UnexpectedAnswer
from monitor.models.listings import Listing, Meter, PageRequest, ReceivedPage
from monitor.settings.loading import Settings
from monitor.sources import stream_limits
from monitor.sources.mastodon import ids as mastodon_ids
from monitor.sources.mastodon import source as mastodon_source
from monitor.sources.mastodon.stream import events
from tests.sources.fakes import Reply, Request
from tests.sources.mastodon.credentials import MENTIONS, SEARCH, TAG, settings
from tests.sources.scripted_server import answering

RECORDINGS = Path(__file__).parent / "recordings"
NOON = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)


def asked_of(told: Settings) -> list[str]:
    return [one.key for one in mastodon_source.listings(told.brands[0], told)]


@pytest.mark.parametrize(
    ("query", "tags"),
    [
        ("#Norvia", ["tag: norvia"]),
        ("#norvia OR #norviaayuda", ["tag: norvia", "tag: norviaayuda"]),
        ("#norvia (#retraso OR maleta) -empleo lang:es", ["tag: norvia"]),
        ("#wi-fi", ["tag: wi"]),
        ("(#a OR #b) #c", ["tag: c"]),
    ],
)
def test_hashtags_need_no_search(tmp_path: Path, query: str, tags: list[str]) -> None:
    for token in ("", "made-up"):
        assert asked_of(settings(tmp_path, token=token, queries=(query,))) == tags


def test_words_are_searched(tmp_path: Path) -> None:
    assert asked_of(settings(tmp_path, queries=("norvia",))) == ["search: norvia"]


def test_words_beside_hashtags_are_searched_with_a_token(tmp_path: Path) -> None:
    queries = ("norvia OR #norvia",)
    found = asked_of(settings(tmp_path, queries=queries))
    assert found[0] == "tag: norvia"
    assert any(one.startswith("search: ") for one in found)
    assert asked_of(settings(tmp_path, token="", queries=queries)) == ["tag: norvia"]


def test_a_number_is_no_hashtag(tmp_path: Path) -> None:
    assert not [one for one in asked_of(settings(tmp_path, queries=("#2026",))) if one.startswith("tag")]


def test_mentions_are_about_the_brand_that_names_its_accounts(tmp_path: Path) -> None:
    told = settings(tmp_path, own_accounts=("norvia",))
    assert mastodon_source.listings(told.brands[0], told)[-1] == MENTIONS
    told = settings(tmp_path, queries=("#norvia OR @norvia",))
    (found,) = [one for one in mastodon_source.listings(told.brands[0], told) if one.kind == "mentions"]
    assert not found.whole
    assert not [one for one in asked_of(settings(tmp_path, token="", own_accounts=("norvia",))) if "mentions" in one]


def test_neither_a_token_nor_a_hashtag(tmp_path: Path) -> None:
    with pytest.raises(BadCredentials, match="ESCUCHA_NETWORKS__MASTODON__ACCESS_TOKEN"):
        mastodon_source.connect(settings(tmp_path, token="", queries=("norvia",)), Meter())


def test_search_without_a_token_is_not_tried(tmp_path: Path) -> None:
    meter = Meter()
    source = mastodon_source.connect(settings(tmp_path, token=""), meter)
    with pytest.raises(Forbidden, match="ESCUCHA_NETWORKS__MASTODON__ACCESS_TOKEN"):
        source.fetch(SEARCH, PageRequest())
    assert meter.requests == 0


def test_connecting_asks_for_nothing(tmp_path: Path) -> None:
    meter = Meter()
    assert mastodon_source.connect(settings(tmp_path), meter).server.address == "https://mastodon.social"
    assert meter.requests == 0


def fetched(
    folder: Path, listing: Listing, want: PageRequest, body: Any, headers: dict[str, str] | None = None
) -> ReceivedPage:
    with answering(lambda _: Reply(json.dumps(body), headers=headers or {})) as site:
        return mastodon_source.connect(settings(folder, site.url), Meter()).fetch(listing, want)


def status(post_id: str, at: datetime = NOON) -> dict[str, Any]:
    return {"id": post_id, "created_at": at.isoformat(), "content": "<p>Norvia no contesta #norvia</p>"}


def snowflake(at: datetime) -> str:
    return str((int(at.timestamp() * 1000) << 16) + 701)


def test_the_link_names_the_next_page(tmp_path: Path) -> None:
    page = [status("20"), status("19")]
    link = '<http://x/api/v1/timelines/tag/norvia?max_id=15&limit=40>; rel="next", <http://x/?min_id=20>; rel="prev"'
    assert fetched(tmp_path, TAG, PageRequest(), page, {"Link": link}).cursor == "15"
    assert fetched(tmp_path, TAG, PageRequest(), page, {"Link": '<http://x/?min_id=20>; rel="prev"'}).cursor is None
    assert fetched(tmp_path, TAG, PageRequest(), page).cursor == "19"


def test_an_empty_page_is_the_last(tmp_path: Path) -> None:
    link = '<http://x/?max_id=15>; rel="next"'
    assert fetched(tmp_path, TAG, PageRequest(cursor="20"), [], {"Link": link}) == ReceivedPage(())


@pytest.mark.parametrize("listing", [TAG, SEARCH, MENTIONS], ids=lambda one: one.kind)
def test_a_server_that_gives_the_same_page_again_is_asked_no_further(tmp_path: Path, listing: Listing) -> None:
    page: Any = [status("20"), status("19")]
    page = {"statuses": page} if listing.kind == "search" else page
    answer = fetched(tmp_path, listing, PageRequest(cursor="19"), page)
    assert answer.cursor is None
    assert answer.oldest == NOON


def test_ids_tell_the_time_that_authors_cannot_change(tmp_path: Path) -> None:
    page = [status(snowflake(NOON), NOON + timedelta(days=90)), status(snowflake(NOON - timedelta(hours=1)), NOON)]
    answer = fetched(tmp_path, TAG, PageRequest(), page)
    assert (answer.newest, answer.oldest) == (NOON, NOON - timedelta(hours=1))


def test_ids_of_pleroma_tell_the_time() -> None:
    assert mastodon_ids.time_of("9umDrYheeY451cQnEe") == datetime(2020, 5, 6, 17, 31, 39, 262000, tzinfo=UTC)
    for other in ("1001", "", "01F8MH75CBF9JFX4ZAD54N0W0R", "9" * 40, "ñ" * 18, "0" * 18):
        assert mastodon_ids.time_of(other) is None


def test_searching_goes_on_within_the_second(tmp_path: Path) -> None:
    """Mastodon turns `max_id` into "before this second", so others of the second would be lost."""
    times = [NOON + timedelta(seconds=2), NOON + timedelta(milliseconds=700)]
    answer = fetched(tmp_path, SEARCH, PageRequest(), {"statuses": [status(snowflake(at), at) for at in times]})
    assert answer.cursor == str(int((NOON.timestamp() + 1) * 1000) << 16)
    times = [NOON + timedelta(milliseconds=800), NOON + timedelta(milliseconds=700)]
    answer = fetched(tmp_path, SEARCH, PageRequest(), {"statuses": [status(snowflake(at), at) for at in times]})
    assert answer.cursor == snowflake(times[1])


def test_a_backfill_skips_what_is_newer(tmp_path: Path) -> None:
    page = [status(snowflake(NOON), NOON)]
    until = NOON - timedelta(days=300)
    assert fetched(tmp_path, TAG, PageRequest(until=until), page).cursor == str(int(until.timestamp() * 1000) << 16)
    assert fetched(tmp_path, TAG, PageRequest(until=NOON + timedelta(days=1)), page).cursor == snowflake(NOON)
    assert fetched(tmp_path, TAG, PageRequest(until=until), [status("1001")]).cursor == "1001"


def test_notifications(tmp_path: Path) -> None:
    """Times are the server's; a deleted status and another kind of notification are no posts."""
    page = json.loads((RECORDINGS / "mentions.json").read_text(encoding="utf-8"))
    answer = fetched(tmp_path, MENTIONS, PageRequest(), page)
    assert [mastodon_source.to_mention(one).post_id for one in answer.posts] == ["117020577157808140"]
    assert answer.oldest == datetime(2026, 8, 1, 13, 30, tzinfo=UTC)
    assert answer.cursor == "19"


@pytest.mark.parametrize("body", [{"posts": []}, {"error": "nada"}, "nada", None, {"statuses": None}])
def test_an_answer_without_its_list(tmp_path: Path, body: Any) -> None:
    for listing in (TAG, SEARCH):
        with pytest.raises(UnexpectedAnswer):
            fetched(tmp_path, listing, PageRequest(), body)


def test_what_is_no_status_is_kept_to_be_rejected(tmp_path: Path) -> None:
    answer = fetched(tmp_path, TAG, PageRequest(), [None, status("7"), [1]])
    assert [dict(one.raw) for one in answer.posts][::2] == [{"unreadable": None}, {"unreadable": [1]}]
    assert [one.place for one in answer.posts] == [
        "mastodon tag: norvia, post number 1 of its page",
        "mastodon tag: norvia, post 7",
        "mastodon tag: norvia, post number 3 of its page",
    ]


def test_what_is_asked(tmp_path: Path) -> None:
    meter = Meter()
    with answering(lambda request: Reply({"statuses": []} if "search" in request.path else [])) as site:
        source = mastodon_source.connect(settings(tmp_path, site.url), meter)
        for listing in (TAG, SEARCH, MENTIONS):
            source.fetch(listing, PageRequest(since=NOON, until=NOON, cursor="99"))
    paging = {"limit": "40", "max_id": "99"}
    assert [(one.request.path, one.request.query) for one in site.asked] == [
        ("/api/v1/timelines/tag/norvia", paging),
        ("/api/v2/search", {"q": "norvia", "type": "statuses", **paging}),
        ("/api/v1/notifications", {"types[]": "mention", **paging}),
    ]
    assert meter.requests == 3


def looked_up(folder: Path, ids: list[str], answers: dict[str, tuple[int, Any]]) -> tuple[Any, list[str]]:
    def answer(request: Request) -> Reply:
        code, body = answers.get(request.path, (404, {"error": "Record not found"}))
        return Reply(body, code)

    with answering(answer) as site:
        checked = mastodon_source.connect(settings(folder, site.url), Meter()).check(ids)
    return checked, [one.request.path.removeprefix("/api/v1/statuses") for one in site.asked]


def test_many_posts_are_looked_up_at_once(tmp_path: Path) -> None:
    answers = {"/api/v1/statuses": (200, [status("1"), status("2")])}
    checked, seen = looked_up(tmp_path, ["1", "2", "3"], answers)
    assert ([one.raw["id"] for one in checked.posts], checked.gone) == (["1", "2"], ("3",))
    assert seen == ["", "/3"]


@pytest.mark.parametrize(
    "together", [(404, b"<html>not here</html>"), (200, []), (200, {"id": "9"})], ids=["unknown", "ignored", "other"]
)
def test_a_server_that_cannot_look_up_many(tmp_path: Path, together: tuple[int, Any]) -> None:
    answers = {"/api/v1/statuses": together, "/api/v1/statuses/1": (200, status("1"))}
    checked, seen = looked_up(tmp_path, ["1", "2"], answers)
    assert ([one.raw["id"] for one in checked.posts], checked.gone) == (["1"], ("2",))
    assert seen == ["", "/1", "/2"]


def test_a_page_that_is_not_the_api_buries_nothing(tmp_path: Path) -> None:
    answers = {f"/api/v1/statuses{one}": (404, b"<html>moved</html>") for one in ("", "/1")}
    with pytest.raises(QueryRejected):
        looked_up(tmp_path, ["1"], answers)


def test_events_of_a_stream() -> None:
    text = b":thump\n\nevent: update\ndata: {\ndata: }\n\nevent: delete\r\ndata: 7\r\n\r\nevent: update\ndata: half"
    for size in (1, 7, 1000):
        cut = iter([text[first : first + size] for first in range(0, len(text), size)])
        answer = SimpleNamespace(read1=lambda _, cut=cut, **__: next(cut, b""))
        lines = stream_limits.lines("mastodon", answer, silence=60)
        assert list(events(lines)) == [("update", "{\n}"), ("delete", "7")]
