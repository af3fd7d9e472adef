"""Bluesky: what is asked for, what is made of the answers, and what of refusals."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import (
    BadCredentials,
    CursorExpired,
    Forbidden,
    QueryRejected,
    RateLimited,
    SourceUnavailable,
    UnexpectedAnswer,
)
from monitor.models.listings import Meter, PageRequest, Recheck
from monitor.settings.loading import Brand, Settings
from monitor.sources.bluesky import source as bluesky_source
from monitor.sources.bluesky.client import home_of
from tests.sources.bluesky.script import (
    ANA,
    CREATE,
    EXPIRED,
    GONE,
    HANDLE,
    LEO,
    NOTIFICATIONS,
    POSTS,
    RECORD,
    REFRESH,
    RESOLVE,
    SEARCH,
    Bench,
    listing,
    recorded,
    scripted,
    uri,
    view,
)
from tests.sources.fakes import Reply

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with scripted(tmp_path) as made:
        yield made


def kinds(settings: Settings) -> list[tuple[str, str, bool, bool]]:
    found = bluesky_source.listings(settings.brands[0], settings)
    return [(one.kind, one.target, one.whole, one.dated) for one in found]


def test_listings_of_a_brand(bench: Bench) -> None:
    accounts = (HANDLE, "norvia", "tienda.norvia.example", "norvia@a.server")
    assert kinds(bench.settings((Brand(name="Norvia", queries=("norvia",), own_accounts=accounts),))) == [
        ("search", "norvia", False, True),
        ("notifications", HANDLE, True, False),
        ("mentions", "tienda.norvia.example", True, True),
    ]


def test_notifications_belong_to_the_only_brand_that_names_no_account(bench: Bench) -> None:
    one, other = Brand(name="Norvia", queries=("norvia",)), Brand(name="Otra", queries=("otra",))
    assert [kind for kind, *_ in kinds(bench.settings((one,)))] == ["search", "notifications"]
    assert [kind for kind, *_ in kinds(bench.settings((one, other)))] == ["search"]


def test_listings_without_a_login_name_no_account(bench: Bench) -> None:
    assert [kind for kind, *_ in kinds(bench.settings(handle="", app_password=""))] == ["search", "mentions"]


def test_credentials_that_are_not_set_are_named(bench: Bench) -> None:
    with pytest.raises(BadCredentials, match="ESCUCHA_NETWORKS__BLUESKY__APP_PASSWORD"):
        bench.source(app_password="")
    with pytest.raises(BadCredentials, match="ESCUCHA_NETWORKS__BLUESKY__HANDLE"):
        bench.source(handle="")


def test_connecting_asks_for_nothing(bench: Bench) -> None:
    bench.source()
    assert bench.asked() == []


def test_a_page_of_hits(bench: Bench) -> None:
    bench.answers(SEARCH, recorded("search.json"))
    meter = Meter()
    answer = bench.source(meter).fetch(listing(), PageRequest(NINE - timedelta(hours=1), NINE + timedelta(hours=1)))
    (asked,) = bench.asked(SEARCH)
    assert asked.query == {
        "q": "norvia",
        "sort": "latest",
        "limit": "100",
        "since": "2026-03-02T08:00:00.000Z",
        "until": "2026-03-02T10:00:00.000Z",
    }
    assert asked.headers["authorization"] == "Bearer access-1"
    assert asked.headers["user-agent"].startswith("escucha/")
    assert [bluesky_source.to_mention(one).post_id[-2:] for one in answer.posts] == ["25", "24", "23", "22", "19"]
    assert answer.newest == datetime(2026, 3, 2, 8, 59, 58, 120_000, UTC)
    assert answer.oldest == datetime(2026, 3, 2, 8, 10, tzinfo=UTC)
    assert meter.requests == len(bench.asked()) == 2


def test_the_next_page_keeps_the_bound_of_time(bench: Bench) -> None:
    bench.answers(SEARCH, recorded("search.json"), {"posts": []})
    source = bench.source()
    first = source.fetch(listing(), PageRequest(until=NINE))
    last = source.fetch(listing(), PageRequest(until=NINE, cursor=first.cursor))
    assert bench.asked(SEARCH)[1].query["cursor"] == "5"
    assert bench.asked(SEARCH)[1].query["until"] == "2026-03-02T09:00:00.000Z"
    assert (last.posts, last.cursor, last.newest, last.oldest) == ((), None, None, None)


def test_a_page_without_posts_that_has_a_cursor_is_not_the_last(bench: Bench) -> None:
    bench.answers(SEARCH, {"posts": [], "cursor": "100"})
    assert bench.source().fetch(listing(), PageRequest()).cursor is not None


@pytest.mark.parametrize("cursor", ["10000", "9950", None])
def test_a_search_that_is_deep_goes_on_from_the_time_of_the_last_post(bench: Bench, cursor: str | None) -> None:
    page = {"posts": [view("2", "2026-03-02T09:00:00.000Z"), view("1", "2026-03-02T08:00:00.500Z")]}
    bench.answers(SEARCH, page | ({"cursor": cursor} if cursor else {}))
    source = bench.source()
    after = source.fetch(listing(), PageRequest(cursor="9900 1 - 9900")).cursor
    assert after is not None
    source.fetch(listing(), PageRequest(cursor=after))
    query = bench.asked(SEARCH)[1].query
    assert query["until"] == "2026-03-02T08:00:00.501Z"
    assert "cursor" not in query


def test_a_deep_search_in_which_nothing_is_older_ends(bench: Bench) -> None:
    bench.answers(SEARCH, {"posts": [view("1", "2026-03-02T08:00:00.500Z")]})
    assert bench.source().fetch(listing(), PageRequest(cursor="9950 1 2026-03-02T08:00:00.501Z 9950")).cursor is None


def naming(key: str, did: str) -> dict[str, Any]:
    """A post that mentions an account."""
    found = view(key)
    found["record"]["facets"] = [{"features": [{"$type": "app.bsky.richtext.facet#mention", "did": did}]}]
    return found


def test_mentions_of_another_own_account(bench: Bench) -> None:
    bench.answers(RESOLVE, {"did": LEO})
    bench.answers(SEARCH, {"posts": [naming("3", LEO), naming("2", ANA), view("1")], "cursor": "3"}, {"posts": []})
    source = bench.source()
    answer = source.fetch(listing("mentions", "tienda.norvia.example"), PageRequest())
    query = bench.asked(SEARCH)[0].query
    assert (query["q"], query["mentions"]) == ("@tienda.norvia.example", LEO)
    assert [one.raw["uri"] for one in answer.posts] == [uri("3")]
    source.fetch(listing("mentions", "tienda.norvia.example"), PageRequest(cursor=answer.cursor, note=answer.note))
    assert len(bench.asked(RESOLVE)) == 1, "its DID is remembered"


def test_an_own_account_of_another_network_is_not_searched_for(bench: Bench) -> None:
    bench.answers(RESOLVE, Reply({"error": "InvalidRequest", "message": "Unable to resolve handle"}, 400))
    answer = bench.source().fetch(listing("mentions", "tienda.norvia"), PageRequest())
    assert (answer.posts, answer.cursor) == ((), None)
    assert bench.asked(SEARCH) == []


def test_a_server_that_ignores_whose_mentions_are_wanted(bench: Bench) -> None:
    bench.answers(RESOLVE, {"did": LEO})
    bench.answers(SEARCH, {"posts": [view(str(number)) for number in range(10)], "cursor": "10"})
    with pytest.raises(UnexpectedAnswer, match="none of 10 posts mentions"):
        bench.source().fetch(listing("mentions", "tienda.norvia.example"), PageRequest())


def test_notifications(bench: Bench) -> None:
    bench.answers(NOTIFICATIONS, recorded("notifications.json"))
    answer = bench.source().fetch(listing("notifications", HANDLE), PageRequest(cursor="2026-03-02T09:30:00.000Z"))
    query = bench.asked(NOTIFICATIONS)[0].query
    assert (query["priority"], query["reasons"], query["cursor"]) == ("false", "quote", "2026-03-02T09:30:00.000Z")
    mentions = [bluesky_source.to_mention(one) for one in answer.posts]
    assert [one.post_id[-2:] for one in mentions] == ["25", "24", "23"], "a like is none"
    assert mentions[1].in_reply_to == uri("3kaaaaaaaaa21")
    assert mentions[0].likes is None
    assert answer.cursor == "2026-03-02T08:30:01.000Z"
    assert (answer.newest, answer.oldest) == (
        datetime(2026, 3, 2, 8, 59, 58, 741_000, UTC),
        datetime(2026, 3, 2, 8, 30, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize("answer", [{"items": []}, {"posts": None}, {"posts": {}}, [], '"posts"', 5, None])
def test_an_answer_that_is_another(bench: Bench, answer: Any) -> None:
    bench.answers(SEARCH, answer)
    with pytest.raises(UnexpectedAnswer):
        bench.source().fetch(listing(), PageRequest())


def test_posts_that_are_none_are_handed_on(bench: Bench) -> None:
    bench.answers(SEARCH, {"posts": [view("1"), None, 7, {"uri": 3}, view("2", indexedAt="ayer")]})
    answer = bench.source().fetch(listing(), PageRequest())
    assert len(answer.posts) == 5
    assert [one.place for one in answer.posts][:2] == [
        f"bluesky search: norvia, {uri('1')}",
        "bluesky search: norvia, post 2 of the page",
    ]


def test_half_an_emoji_does_not_lose_the_page(bench: Bench) -> None:
    body = json.dumps({"posts": [view("1", text="Norvia \ud83d no"), view("2")]})
    bench.answers(SEARCH, Reply(body))
    assert [bluesky_source.to_mention(one).text for one in bench.source().fetch(listing(), PageRequest()).posts] == [
        "Norvia � no",
        "Norvia no contesta",
    ]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply({"error": "InvalidRequest", "message": "q is too long"}, 400), QueryRejected),
        (Reply({"error": "Forbidden", "message": "no"}, 403), Forbidden),
        (Reply({"error": "AuthMissing", "message": "no"}, 401), BadCredentials),
        (Reply({"error": "AccountTakedown", "message": "no"}, 400), BadCredentials),
        (Reply({"error": "UpstreamFailure", "message": "no"}, 502), SourceUnavailable),
        (Reply(["no"], 500), SourceUnavailable),
        (Reply("<html>", 404, content_type="text/html"), QueryRejected),
        (Reply({"error": "MethodNotImplemented", "message": "no"}, 501), QueryRejected),
        (Reply("", 302, {"Location": "http://127.0.0.1:1/"}), QueryRejected),
        (Reply("<html>Back soon</html>", content_type="text/html"), SourceUnavailable),
        (Reply('{"posts": [', content_type="application/json"), SourceUnavailable),
        (Reply("[" * 100_000, content_type="application/json"), SourceUnavailable),
    ],
)
def test_refusals(bench: Bench, reply: Reply, error: type[Exception]) -> None:
    bench.answers(SEARCH, reply)
    with pytest.raises(error, match="bluesky"):
        bench.source().fetch(listing(), PageRequest())


def test_a_limit_says_until_when(bench: Bench) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=4)
    headers = {"ratelimit-reset": str(int(until.timestamp()))}
    bench.answers(SEARCH, Reply({"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}, 429, headers))
    with pytest.raises(RateLimited) as caught:
        bench.source().fetch(listing(), PageRequest())
    assert caught.value.reset_at == until


@pytest.mark.parametrize("said", ["Invalid cursor format", "Malformed cursor"])
def test_a_cursor_that_has_expired(bench: Bench, said: str) -> None:
    bench.answers(SEARCH, Reply({"error": "InvalidRequest", "message": said}, 400))
    with pytest.raises(CursorExpired):
        bench.source().fetch(listing(), PageRequest(cursor="100 1 - 100"))


@pytest.mark.parametrize(("minutes", "error"), [(70, CursorExpired), (10, SourceUnavailable)])
def test_an_old_cursor_at_which_the_server_fails_has_expired(
    bench: Bench, minutes: int, error: type[Exception]
) -> None:
    bench.answers(SEARCH, Reply({"error": "InternalServerError", "message": "Internal Server Error"}, 502))
    at = int((datetime.now(UTC) - timedelta(minutes=minutes)).timestamp())
    with pytest.raises(error):
        bench.source().fetch(listing(), PageRequest(cursor=f"100 {at} - zzz"))


def test_a_cursor_that_is_not_ours_has_expired(bench: Bench) -> None:
    with pytest.raises(CursorExpired):
        bench.source().fetch(listing(), PageRequest(cursor="zzz"))


def test_looking_posts_up_again(bench: Bench) -> None:
    bench.answers(POSTS, {"posts": [view("1", likeCount=4)]})
    bench.answers(RECORD, {"uri": uri("2"), "value": {"text": "sigue ahí"}}, GONE)
    found = bench.source().check([uri("1"), uri("2"), uri("3"), "18"])
    assert [bluesky_source.to_mention(one).likes for one in found.posts] == [4]
    assert found.gone == (uri("3"),), "the second is hidden from us by its author, the fourth is of a file"
    assert [one.query["rkey"] for one in bench.asked(RECORD)] == ["2", "3"]
    assert bench.asked(RECORD)[0].query["repo"] == ANA


def test_looking_up_nothing_asks_nothing(bench: Bench) -> None:
    assert bench.source().check(["18"]) == Recheck()
    assert bench.asked() == []


def test_a_look_up_that_is_not_understood_buries_nothing(bench: Bench) -> None:
    bench.answers(POSTS, {"posts": [{"id": "1"}]})
    with pytest.raises(UnexpectedAnswer):
        bench.source().check([uri("1")])


def test_a_page_that_names_itself_as_the_next_is_no_page(bench: Bench) -> None:
    bench.answers(SEARCH, {"posts": [view("1")], "cursor": "again"})
    source = bench.source()
    first = source.fetch(listing(), PageRequest())
    with pytest.raises(UnexpectedAnswer, match="names itself"):
        source.fetch(listing(), PageRequest(cursor=first.cursor))


@pytest.mark.parametrize(
    ("record", "error"),
    [
        (Reply({"error": "MethodNotImplemented", "message": "no"}, 501), QueryRejected),
        (Reply({"error": "XRPCNotSupported", "message": "no"}, 404), QueryRejected),
        (Reply("<html>not here</html>", 404, content_type="text/html"), QueryRejected),
        ({"uri": uri("1"), "record": {"text": "otro nombre"}}, UnexpectedAnswer),
    ],
)
def test_a_server_that_tells_nothing_about_records_buries_nothing(bench: Bench, record: Any, error: type) -> None:
    bench.answers(POSTS, {"posts": []})
    bench.answers(RECORD, record)
    with pytest.raises(error):
        bench.source().check([uri("1")])


def test_a_probe_says_who_we_are(bench: Bench) -> None:
    bench.answers("com.atproto.server.getSession", {"handle": HANDLE, "did": ANA})
    assert bench.source().probe() == f"@{HANDLE} at {bench.site.url}"


def test_wrong_credentials_name_the_variables_and_no_secret(bench: Bench) -> None:
    bench.answers(CREATE, Reply({"error": "AuthenticationRequired", "message": "Invalid identifier or password"}, 401))
    with pytest.raises(BadCredentials) as caught:
        bench.source().probe()
    assert "ESCUCHA_NETWORKS__BLUESKY__HANDLE" in str(caught.value)
    assert "ESCUCHA_NETWORKS__BLUESKY__APP_PASSWORD" in str(caught.value)
    assert "made-up-app-password" not in str(caught.value)


def test_a_login_keeps_its_session(bench: Bench) -> None:
    bench.answers(SEARCH, {"posts": []})
    bench.source().fetch(listing(), PageRequest())
    assert bench.kept.stat().st_mode & 0o777 == 0o600
    assert bench.kept.parent.stat().st_mode & 0o777 == 0o700
    bench.source().fetch(listing(), PageRequest())
    assert bench.methods() == ["createSession", "searchPosts", "searchPosts"]
    assert [file.name for file in bench.kept.parent.iterdir()] == [bench.kept.name]


def test_a_session_that_has_expired_is_refreshed(bench: Bench) -> None:
    bench.answers(SEARCH, {"posts": []}, EXPIRED, {"posts": []})
    bench.answers(REFRESH, {"did": ANA, "handle": HANDLE, "accessJwt": "access-2", "refreshJwt": "refresh-2"})
    for _ in range(3):
        bench.source().fetch(listing(), PageRequest())
    assert bench.methods() == ["createSession", *["searchPosts"] * 2, "refreshSession", *["searchPosts"] * 2]
    assert bench.asked(REFRESH)[0].headers["authorization"] == "Bearer refresh-1"
    assert [one.headers["authorization"][-1] for one in bench.asked(SEARCH)] == ["1", "1", "2", "2"]


def test_a_session_that_cannot_be_refreshed_is_begun_anew(bench: Bench) -> None:
    bench.answers(SEARCH, EXPIRED, {"posts": []})
    bench.answers(REFRESH, EXPIRED)
    bench.source().fetch(listing(), PageRequest())
    assert bench.methods() == ["createSession", "searchPosts", "refreshSession", "createSession", "searchPosts"]


def test_a_session_that_another_process_has_renewed_is_taken_over(bench: Bench) -> None:
    bench.answers(SEARCH, {"posts": []}, EXPIRED, {"posts": []})
    source = bench.source()
    source.fetch(listing(), PageRequest())
    bench.kept.write_text(bench.kept.read_text().replace("access-1", "access-5"))
    source.fetch(listing(), PageRequest())
    assert bench.methods() == ["createSession", *["searchPosts"] * 3]
    assert bench.asked(SEARCH)[2].headers["authorization"] == "Bearer access-5"


def test_a_server_that_takes_no_token_is_not_asked_for_ever(bench: Bench) -> None:
    bench.answers(SEARCH, EXPIRED)
    bench.answers(REFRESH, EXPIRED)
    with pytest.raises(BadCredentials):
        bench.source().fetch(listing(), PageRequest())
    assert len(bench.asked(SEARCH)) == 3
    assert not bench.kept.exists()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"server": 1}', "\x00"])
def test_a_kept_session_that_is_damaged_is_begun_anew(bench: Bench, content: str) -> None:
    bench.kept.parent.mkdir()
    bench.kept.write_text(content)
    bench.answers(SEARCH, {"posts": []})
    bench.source().fetch(listing(), PageRequest())
    assert bench.methods() == ["createSession", "searchPosts"]


def test_a_session_goes_to_no_other_server(bench: Bench) -> None:
    bench.answers(SEARCH, {"posts": []})
    bench.source().fetch(listing(), PageRequest())
    bench.kept.write_text(bench.kept.read_text().replace(bench.site.url, "https://other.example"))
    bench.source().fetch(listing(), PageRequest())
    assert bench.methods() == ["createSession", "searchPosts"] * 2


def test_an_address_in_the_login_is_not_followed_when_the_settings_name_one(bench: Bench) -> None:
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": "https://other.example"}
    login = {"did": ANA, "handle": HANDLE, "accessJwt": "a", "refreshJwt": "r", "didDoc": {"service": [service]}}
    bench.answers(CREATE, login)
    bench.answers(SEARCH, {"posts": []})
    bench.source().fetch(listing(), PageRequest())
    assert bench.methods() == ["createSession", "searchPosts"]


def test_a_login_that_answers_no_session(bench: Bench) -> None:
    bench.answers(CREATE, {"did": ANA, "handle": HANDLE, "accessJwt": None})
    with pytest.raises(UnexpectedAnswer, match="no session"):
        bench.source().fetch(listing(), PageRequest())


@pytest.mark.parametrize(
    ("document", "home"),
    [
        ({"service": [{"id": "#atproto_pds", "serviceEndpoint": "https://pds.example/"}]}, "https://pds.example"),
        ({"service": [{"id": f"{ANA}#atproto_pds", "serviceEndpoint": "https://pds.example"}]}, "https://pds.example"),
        ({"service": [{"id": "#atproto_pds", "serviceEndpoint": "http://pds.example"}]}, None),
        ({"service": [{"id": "#atproto_labeler", "serviceEndpoint": "https://labels.example"}, 5]}, None),
        ({"service": {}}, None),
        (None, None),
    ],
)
def test_where_an_account_lives(document: object, home: str | None) -> None:
    assert home_of(document) == home
