"""X: what is asked for, what is made of the answers, and what of its refusals."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import store
from monitor.collect import collector
from monitor.errors import (
    BadCredentials,
    CursorExpired,
    Forbidden,
    QueryRejected,
    RateLimited,
    RejectedPost,
    SourceUnavailable,
    SpanTooOld,
    UnexpectedAnswer,
)
from monitor.models.listings import Charge, Listing, Meter, PageRequest
from monitor.models.posts import Mention, Post
from monitor.settings.loading import Brand, Settings
from monitor.settings.networks import Networks
from monitor.sources.x import source
from tests.sources.contract.server import Site, serving
from tests.sources.fakes import FakeNetwork, FakePost, Posts, Reply, Request, of

EXCERPTS = Path(__file__).parent / "recordings"
SEARCH = Listing("x", "search", "norvia -is:nullcast", "Norvia", "norvia", dated=True)
MENTIONS = Listing("x", "mentions", "norvia_ayuda", "Norvia", whole=True, dated=True, cap=800)
PROBLEMS = "https://api.twitter.com/2/problems/"
EMPTY = {"meta": {"result_count": 0}}


class Scripted(FakeNetwork):
    """Answers by path; the last answer of a path is repeated."""

    def __init__(self) -> None:
        self.script: dict[str, list[Any]] = {}

    def answer(self, request: Request, posts: Posts) -> Reply:
        told = self.script[request.path]
        one = told.pop(0) if len(told) > 1 else told[0]
        return one if isinstance(one, Reply) else Reply(one)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Scripted()) as made:
        yield made


Opened = Callable[..., source.XConnection]


@pytest.fixture
def connected(site: Site) -> Opened:
    """Opens a connection to the site, which answers the paths as told."""

    def opened(**script: Any) -> source.XConnection:
        paths = {
            "search": "/2/tweets/search/recent",
            "mentions": "/2/users/2100000009/mentions",
            "account": "/2/users/by/username/norvia_ayuda",
            "posts": "/2/tweets",
            "counts": "/2/tweets/counts/recent",
            "usage": "/2/usage/tweets",
        }
        assert isinstance(site.fake, Scripted)
        site.fake.script = {paths[name]: told if isinstance(told, list) else [told] for name, told in script.items()}
        return source.connect(settings(site.url), Meter())

    return opened


def settings(url: str, **section: Any) -> Settings:
    told = {"bearer_token": "made-up-token", "base_url": url, "timeout": 5.0, **section}
    return Settings(networks=Networks.model_validate({"x": told}))


def excerpt(name: str) -> Any:
    return json.loads((EXCERPTS / f"{name}.json").read_text(encoding="utf-8"))


def mentions(connection: source.XConnection, listing: Listing = SEARCH) -> list[Mention]:
    return [source.to_mention(one) for one in connection.fetch(listing, PageRequest()).posts]


def refusal(status: int, *messages: str, parameter: str = "", **headers: str) -> Reply:
    errors = [{"message": one, "parameters": {parameter: ["made up"]} if parameter else {}} for one in messages]
    body = {"errors": errors, "title": "Invalid Request", "detail": "One or more parameters were invalid."}
    return Reply(body, status, headers)


def test_each_request_of_a_query_and_each_account_is_a_listing() -> None:
    brand = Brand(name="Norvia", queries=("norvia", "#norvia"), own_accounts=("Norvia_Ayuda", "norvia.bsky.social"))
    found = source.listings(brand, Settings())
    assert [(one.kind, one.whole, one.dated, one.cap) for one in found] == [
        ("search", False, True, 0),
        ("search", False, True, 0),
        ("mentions", True, True, 800),
    ]
    assert [one.target for one in found if one.kind == "mentions"] == ["norvia_ayuda"]
    assert [one.written for one in found] == ["norvia", "#norvia", ""]


def test_accounts_named_for_x_outrank_those_of_all_networks() -> None:
    brand = Brand(name="Norvia", queries=("norvia",), own_accounts=("norvia",), places={"x": ("@Norvia_Ayuda",)})
    assert [one.target for one in source.listings(brand, Settings()) if one.kind == "mentions"] == ["norvia_ayuda"]


def test_a_missing_token_is_told_with_its_variable() -> None:
    with pytest.raises(BadCredentials, match="ESCUCHA_NETWORKS__X__BEARER_TOKEN"):
        source.connect(Settings(), Meter())


def test_a_search_asks_for_everything_a_mention_needs(connected: Opened, site: Site) -> None:
    connected(search=EMPTY).fetch(SEARCH, PageRequest(cursor="b26v"))
    (asked,) = site.asked
    query = asked.request.query
    assert (query["query"], query["next_token"]) == ("norvia -is:nullcast", "b26v")
    assert (query["max_results"], query["sort_order"]) == ("100", "recency")
    assert query["expansions"] == "author_id,referenced_tweets.id"
    assert {"note_tweet", "edit_history_tweet_ids", "conversation_id"} <= set(query["tweet.fields"].split(","))
    assert asked.request.headers["authorization"] == "Bearer made-up-token"
    assert asked.request.headers["user-agent"].startswith("escucha/")


def test_a_recorded_search_is_read(connected: Opened) -> None:
    repost, reply, plain, both = mentions(connected(search=excerpt("search")))
    assert repost.is_repost
    assert repost.permalink == f"https://x.com/i/status/{repost.post_id}"
    assert repost.posted_at == datetime(2020, 6, 24, 17, 19, 7, tzinfo=UTC)
    assert (reply.in_reply_to, reply.author_id, reply.is_repost) == ("1275781448854405171", "2100000002", False)
    assert plain.text == "Compré dos pares & llegó uno. Norvia <3 no, la verdad."
    assert (plain.thread_id, plain.language) == (plain.post_id, "en")
    assert both.is_repost
    assert both.quotes is not None


def test_a_recorded_answer_with_authors_is_read(connected: Opened) -> None:
    repost, reply = mentions(connected(search=excerpt("quotes")))
    assert (repost.author, repost.author_name, repost.author_id) == ("ana_ejemplo", "Ana Ejemplo", "2100000001")
    assert (repost.is_repost, repost.reposts) == (True, 160)
    assert reply.permalink == f"https://x.com/luis_ejemplo/status/{reply.post_id}"
    assert reply.thread_id == "1422610092569657421"
    assert (reply.likes, reply.replies, reply.reposts, reply.author_name) == (2, 2, 0, "Luis Ejemplo 🎈")


def test_recorded_mentions_are_read(connected: Opened) -> None:
    connection = connected(mentions=excerpt("mentions"), account={"data": {"id": "2100000009"}})
    first, _ = mentions(connection, MENTIONS)
    assert first.posted_at == datetime(2021, 2, 24, 2, 13, 43, tzinfo=UTC)
    assert (first.likes, first.replies, first.reposts, first.edited_at) == (0, 0, 0, None)


def test_the_new_names_are_read(connected: Opened) -> None:
    connection = connected(search=excerpt("new_names"))
    answer = connection.fetch(SEARCH, PageRequest())
    repost, edited = map(source.to_mention, answer.posts)
    assert repost.is_repost
    assert repost.text.startswith("Norvia me cobró dos veces")
    assert repost.text.endswith("un mensaje automático & un cupón.")
    assert repost.reposts == 41
    assert edited.text.endswith("primero dicen que el pedido salió > luego que no salió > luego que nunca existió.")
    assert (edited.in_reply_to, edited.quotes) == ("2059000000000000102", "2058000000000000104")
    assert (edited.author, edited.author_id, edited.language) == (None, "2100000003", "und")
    assert answer.gone == ("2058000000000000104",)


def test_an_edited_post_keeps_the_id_and_the_time_of_its_first_version(connected: Opened) -> None:
    _, edited = mentions(connected(search=excerpt("new_names")))
    assert edited.post_id == "2059996000000000100"
    assert edited.posted_at == datetime(2026, 5, 28, 13, 51, 33, tzinfo=UTC)
    assert edited.edited_at == datetime(2026, 5, 28, 14, 3, 29, tzinfo=UTC)
    assert edited.permalink == "https://x.com/i/status/2059999000000000103"
    assert edited.thread_id == "2059000000000000102"


def read(**told: Any) -> Mention:
    post = {"id": "2059996000000000100", "text": "Norvia", "created_at": "2026-05-28T13:51:33.000Z"} | told
    return source.to_mention(Post("x", {"post": post}, datetime.now(UTC)))


def test_a_former_version_is_not_taken_for_an_edit_of_later() -> None:
    both = ["2059996000000000100", "2059999000000000103"]
    former = read(edit_history_tweet_ids=both)
    assert former.edited_at == former.posted_at
    assert former.permalink is not None
    assert former.permalink.endswith(both[1])


@pytest.mark.parametrize(
    ("fields", "thread"),
    [
        ({"referenced_tweets": [{"type": "replied_to", "id": "77"}]}, "77"),
        ({"referenced_tweets": [{"type": "replied_to", "id": "77"}], "conversation_id": "55"}, "55"),
        ({"referenced_tweets": [{"type": "quoted", "id": "77"}]}, "2042"),
        ({}, "2042"),
    ],
)
def test_an_answer_stands_in_the_thread_of_what_it_answers(fields: dict[str, Any], thread: str) -> None:
    tweet = {"id": "2042", "text": "Norvia?", "created_at": "2026-03-01T12:00:00.000Z", **fields}
    assert source.to_mention(Post("x", {"post": tweet}, ago())).thread_id == thread


def test_short_ids_say_nothing_about_time() -> None:
    edited = read(id="12", edit_history_tweet_ids=["11", "12"], conversation_id="12")
    assert (edited.post_id, edited.thread_id) == ("11", "11")
    assert edited.posted_at == edited.edited_at == datetime(2026, 5, 28, 13, 51, 33, tzinfo=UTC)


def test_the_id_tells_the_time_where_the_answer_does_not() -> None:
    assert read(created_at=None).posted_at == datetime(2026, 5, 28, 13, 51, 33, tzinfo=UTC)


@pytest.mark.parametrize(
    "told",
    [{"id": None}, {"text": None}, {"text": ["Norvia"]}, {"id": "7", "created_at": "ayer"}, {"id": True}],
    ids=["no id", "no text", "text that is none", "time that is none", "id that is none"],
)
def test_a_post_that_cannot_be_read_is_rejected(told: dict[str, Any]) -> None:
    with pytest.raises(RejectedPost, match="without"):
        read(**told)


def test_what_is_no_post_is_rejected_where_it_stood(connected: Opened) -> None:
    (post,) = connected(search={"data": ["Norvia"], "meta": {"result_count": 1}}).fetch(SEARCH, PageRequest()).posts
    assert post.place == "x search: norvia -is:nullcast, post number 1"
    with pytest.raises(RejectedPost, match="no post but str"):
        source.to_mention(post)


def test_values_of_other_kinds_are_left_out() -> None:
    odd = read(
        public_metrics={"like_count": -1, "reply_count": "tres", "retweet_count": 2**31},
        referenced_tweets=[None, {"type": "quoted"}, {"type": 3, "id": "4"}],
        entities=None,
        lang=7,
        note_tweet=[],
        author_id=2100000001,
        edit_history_tweet_ids=None,
    )
    assert (odd.likes, odd.replies, odd.reposts, odd.quotes, odd.language) == (None, None, None, None, None)
    assert odd.author_id == "2100000001"


def test_a_handle_that_is_none_is_not_put_into_a_link() -> None:
    post = {"id": "2059996000000000100", "text": "Norvia"}
    raw = {"post": post, "author": {"username": "../login?to=evil", "name": "A"}}
    assert (
        source.to_mention(Post("x", raw, datetime.now(UTC))).permalink == "https://x.com/i/status/2059996000000000100"
    )


def test_the_post_that_is_answered_is_not_kept_with_the_answer(connected: Opened) -> None:
    told = {
        "data": [{"id": "12", "text": "Norvia", "referenced_tweets": [{"type": "replied_to", "id": "11"}]}],
        "includes": {"tweets": [{"id": "11", "text": "otra persona"}]},
        "meta": {"result_count": 1},
    }
    (post,) = connected(search=told).fetch(SEARCH, PageRequest()).posts
    assert "otra persona" not in json.dumps(post.raw)


def test_a_page_tells_its_bounds_by_the_clock_of_x(connected: Opened) -> None:
    answer = connected(search=excerpt("search")).fetch(SEARCH, PageRequest())
    assert answer.newest == datetime(2020, 6, 24, 17, 19, 7, tzinfo=UTC)
    assert answer.oldest == datetime(2020, 6, 24, 17, 19, 3, tzinfo=UTC)
    assert answer.cursor == "b26v89c19zqg8o3fo7made0up0token"


def test_everything_in_an_answer_is_charged(connected: Opened) -> None:
    charges = connected(search=excerpt("new_names")).fetch(SEARCH, PageRequest()).charges
    assert charges == (
        Charge("post:2059000000000000102", 0.005),
        Charge("user:2100000001", 0.010),
        Charge("post:2060000000000000101", 0.005),
        Charge("post:2059999000000000103", 0.005),
    )


def test_an_account_is_looked_up_once(connected: Opened, site: Site) -> None:
    connection = connected(mentions=excerpt("mentions"), account={"data": {"id": "2100000009", "name": "Norvia"}})
    first = connection.fetch(MENTIONS, PageRequest())
    assert first.note == "2100000009"
    assert first.charges[0] == Charge("user:2100000009", 0.010)
    assert first.charges[1].dollars == 0.001
    again = connected(mentions=excerpt("mentions")).fetch(MENTIONS, PageRequest(note=first.note, cursor=first.cursor))
    assert [one.request.path.split("/")[3] for one in site.asked] == ["by", "2100000009", "2100000009"]
    assert site.asked[-1].request.query["pagination_token"] == first.cursor
    assert len(again.charges) == 2


def test_an_account_that_does_not_exist_is_named(connected: Opened) -> None:
    error = {
        "detail": "Could not find user with username: [norvia_ayuda].",
        "resource_type": "user",
        "resource_id": "norvia_ayuda",
        "type": PROBLEMS + "resource-not-found",
    }
    with pytest.raises(QueryRejected, match=r"no account @norvia_ayuda .*brands\.places\.x"):
        connected(account={"errors": [error]}).fetch(MENTIONS, PageRequest())


def ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


def asked_for(site: Site, *names: str) -> list[str | None]:
    return [site.asked[-1].request.query.get(name) for name in names]


def test_a_time_within_reach_is_asked_for_in_whole_seconds(connected: Opened, site: Site) -> None:
    since, until = ago(days=2), ago(days=1).replace(microsecond=5)
    connected(search=EMPTY).fetch(SEARCH, PageRequest(since, until))
    after = until.replace(microsecond=0) + timedelta(seconds=1)
    assert asked_for(site, "start_time", "end_time") == [f"{since:%Y-%m-%dT%H:%M:%SZ}", f"{after:%Y-%m-%dT%H:%M:%SZ}"]


def test_no_bound_is_sent_near_the_limits_of_x(connected: Opened, site: Site) -> None:
    connected(search=EMPTY).fetch(SEARCH, PageRequest(ago(days=7, seconds=20), ago(seconds=5)))
    assert asked_for(site, "start_time", "end_time") == [None, None]


def test_a_time_out_of_reach_is_not_asked_for(connected: Opened, site: Site) -> None:
    with pytest.raises(SpanTooOld) as caught:
        connected(search=EMPTY).fetch(SEARCH, PageRequest(ago(days=9)))
    assert abs(caught.value.earliest - ago(days=7)) < timedelta(seconds=10)
    assert site.asked == []


def test_a_read_under_way_goes_on_though_its_bound_is_too_old_by_now(connected: Opened, site: Site) -> None:
    connected(search=EMPTY).fetch(SEARCH, PageRequest(ago(days=7, hours=2), cursor="b26v"))
    assert asked_for(site, "start_time", "next_token") == [None, "b26v"]


def test_mentions_reach_further_back(connected: Opened, site: Site) -> None:
    connected(mentions=EMPTY).fetch(MENTIONS, PageRequest(datetime(2025, 1, 2, tzinfo=UTC), note="2100000009"))
    assert asked_for(site, "start_time") == ["2025-01-02T00:00:00Z"]


@pytest.mark.parametrize(
    "message",
    [
        "Invalid 'start_time':'2026-05-20T09:14Z'. 'start_time' must be on or after 2026-05-22T04:35Z.",
        "'since_id' must be a tweet id created after [2026-05-22T04:35Z]. Please use a larger one",
        "'since_id' must be a tweet id created after 2026-05-22T04:35Z. Please use a larger one",
    ],
)
def test_what_x_calls_too_old_is_too_old_by_its_clock(connected: Opened, message: str) -> None:
    with pytest.raises(SpanTooOld) as caught:
        connected(search=refusal(400, message, parameter="start_time")).fetch(SEARCH, PageRequest(ago(days=6)))
    assert caught.value.earliest == datetime(2026, 5, 22, 4, 36, tzinfo=UTC)


@pytest.mark.parametrize("name", ["next_token", "pagination_token"])
def test_a_cursor_that_x_refuses_has_expired(connected: Opened, name: str) -> None:
    refused = refusal(400, f"The `{name}` query parameter value [b26v] is not valid", parameter=name)
    with pytest.raises(CursorExpired):
        connected(search=refused).fetch(SEARCH, PageRequest(cursor="b26v"))


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (400, QueryRejected, "missing EOF"),
        (401, BadCredentials, "ESCUCHA_NETWORKS__X__BEARER_TOKEN"),
        (402, Forbidden, "missing EOF"),
        (403, Forbidden, "missing EOF"),
        (404, QueryRejected, "missing EOF"),
        (503, SourceUnavailable, "missing EOF"),
    ],
)
def test_refusals(connected: Opened, status: int, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        connected(search=refusal(status, "missing EOF at ')'", parameter="query")).fetch(SEARCH, PageRequest())
    assert "made-up-token" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    ["<html>no</html>", "[1, 2]", '{"errors": null}', '{"errors": [{"message": 5}]}', '{"errors": {"a": 1}}', "null"],
)
def test_a_refusal_may_look_like_anything(connected: Opened, body: str) -> None:
    with pytest.raises(SourceUnavailable):
        connected(search=Reply(body, 503)).fetch(SEARCH, PageRequest())


def test_a_limit_ends_when_x_says(connected: Opened) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=9)
    limited = refusal(429, "Too Many Requests", **{"x-rate-limit-reset": str(int(until.timestamp()))})
    with pytest.raises(RateLimited) as caught:
        connected(search=limited).fetch(SEARCH, PageRequest())
    assert caught.value.reset_at == until


@pytest.mark.parametrize("headers", [{}, {"x-rate-limit-reset": "soon"}])
def test_a_limit_without_an_end(connected: Opened, site: Site, headers: dict[str, str]) -> None:
    with pytest.raises(RateLimited) as caught:
        connected(search=Reply({"title": "Too Many Requests"}, 429, headers)).fetch(SEARCH, PageRequest())
    assert caught.value.reset_at is None
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"meta": {"result_count": 2}},
        {"posts": [{"id": "1"}], "meta": {"result_count": 1}},
        {"data": {"id": "1"}, "meta": {"result_count": 1}},
        {},
        Reply("[]"),
    ],
    ids=["no posts", "another name", "another kind", "nothing", "no object"],
)
def test_posts_that_are_not_where_they_should_be_are_an_error(connected: Opened, answer: Any) -> None:
    with pytest.raises(UnexpectedAnswer):
        connected(search=answer).fetch(SEARCH, PageRequest())


def test_posts_that_are_counted_and_not_there_are_a_gap(connected: Opened) -> None:
    tweets = [
        {"id": str(number), "text": "Norvia?", "created_at": f"2026-03-01T12:0{number}:00.000Z"} for number in (3, 2, 1)
    ]
    answer = connected(search={"data": tweets, "meta": {"result_count": 5}}).fetch(SEARCH, PageRequest())
    (gap,) = answer.gaps
    assert (gap.since, gap.until) == (answer.oldest, answer.newest)
    assert "counts 5 posts there and gave 3" in gap.reason
    assert connected(search={"data": tweets, "meta": {"result_count": 3}}).fetch(SEARCH, PageRequest()).gaps == ()


def test_an_empty_page_may_have_a_next_one(connected: Opened) -> None:
    answer = connected(search={"meta": {"result_count": 0, "next_token": "b26w"}}).fetch(SEARCH, PageRequest())
    assert (answer.posts, answer.cursor, answer.oldest) == ((), "b26w", None)


@pytest.mark.parametrize(
    ("problem", "error"),
    [
        ({"title": "Service Unavailable", "status": 503}, SourceUnavailable),
        ({"title": "Who knows", "detail": "made up"}, SourceUnavailable),
        ({"title": "Client Forbidden", "type": PROBLEMS + "client-forbidden"}, Forbidden),
        ({"title": "UsageCapExceeded", "type": PROBLEMS + "usage-capped"}, RateLimited),
        ({"title": "Invalid Request", "type": PROBLEMS + "invalid-request"}, QueryRejected),
    ],
)
def test_an_answer_that_is_not_whole_is_an_error(
    connected: Opened, problem: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        connected(search={**excerpt("quotes"), "errors": [problem]}).fetch(SEARCH, PageRequest())


def test_an_answer_of_errors_alone_is_one(connected: Opened) -> None:
    gone = {"detail": "Could not find user with id: [2100000009].", "type": PROBLEMS + "resource-not-found"}
    with pytest.raises(QueryRejected, match="Could not find user"):
        connected(mentions={"errors": [gone]}).fetch(MENTIONS, PageRequest(note="2100000009"))


def about(kind: str, post_id: str) -> dict[str, str]:
    return {"resource_type": "tweet", "resource_id": post_id, "parameter": "ids", "type": PROBLEMS + kind}


def test_posts_looked_up_again_are_there_changed_or_gone(connected: Opened, site: Site) -> None:
    first = {
        "data": [
            {"id": "11", "text": "Norvia", "created_at": "2026-05-28T13:51:33Z"},
            {"id": "12", "text": "Norvia", "edit_history_tweet_ids": ["12", "22"]},
        ],
        "errors": [about("resource-not-found", "13"), about("not-authorized-for-resource", "14")],
    }
    second = {
        "data": [{"id": "22", "text": "Ya llegó", "created_at": "2026-05-28T14:00:00Z"}],
        "errors": [about("not-authorized-for-resource", "99")],
    }
    second["data"][0]["edit_history_tweet_ids"] = ["12", "22"]  # type: ignore[index]
    found = connected(posts=[first, second]).check(["11", "12", "13", "14", "of a file"])
    assert [(one.post_id, one.text) for one in map(source.to_mention, found.posts)] == [
        ("11", "Norvia"),
        ("12", "Ya llegó"),
    ]
    assert found.gone == ("13", "14")
    assert [one.request.query["ids"] for one in site.asked] == ["11,12,13,14", "22"]
    assert site.asked[0].request.query["expansions"] == "referenced_tweets.id"
    assert [one.resource for one in found.charges] == ["post:11", "post:12", "post:22"]


def test_posts_that_are_all_gone_are_no_error(connected: Opened) -> None:
    found = connected(posts={"errors": [about("resource-not-found", "13")]}).check(["13"])
    assert (found.posts, found.gone) == ((), ("13",))


def test_ids_that_x_does_not_have_are_not_asked_for(connected: Opened, site: Site) -> None:
    found = connected(posts={}).check(["of a file"])
    assert (found.posts, found.gone, site.asked) == ((), (), [])


def test_an_estimate_adds_up_the_pages_of_the_counts(connected: Opened, site: Site) -> None:
    counts = [
        {"data": [], "meta": {"total_tweet_count": 40, "next_token": "b26x"}},
        {"data": [], "meta": {"total_post_count": 2}},
    ]
    assert connected(counts=counts).estimate(MENTIONS, ago(days=30), None) == 42
    assert asked_for(site, "query", "granularity", "next_token") == ["@norvia_ayuda", "day", "b26x"]


def test_the_probe_costs_one_request_and_no_post(connected: Opened, site: Site) -> None:
    usage = {"data": {"project_id": "77", "project_usage": 4000, "project_cap": 10000}}
    assert connected(usage=usage).probe() == "project 77, 4000 of 10000 posts read this month"
    assert len(site.asked) == 1


def test_the_token_is_never_logged(connected: Opened, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        connected(search=EMPTY).fetch(SEARCH, PageRequest())
    assert "made-up-token" not in caplog.text


def test_a_time_that_nobody_read_in_is_a_gap(site: Site, tmp_path: Path) -> None:
    fake = of("x")
    site.fake = fake
    found = fake.settings("x", site.url, tmp_path)
    site.posts.every = [FakePost(1, "Norvia no contesta", ago(hours=1))]
    collector.collect(found, "x")
    with store.connect(found.store) as connection:
        ((told,),) = connection.execute("SELECT position FROM watermarks").fetchall()
        long_ago = {name: f"{ago(days=9).isoformat()}" for name in ("reached", "read_at")}
        connection.execute("UPDATE watermarks SET position = ?", [json.dumps({**json.loads(told), **long_ago})])
    assert collector.collect(found, "x").saved.duplicates == 1
    with store.connect(found.store, read_only=True) as connection:
        ((began, ended),) = connection.execute("SELECT since, until FROM gaps").fetchall()
    assert abs(began - ago(days=9)) < timedelta(minutes=1)
    assert abs(ended - ago(days=7)) < timedelta(minutes=1)
    assert len(site.asked) == 2
