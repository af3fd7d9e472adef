"""Reddit's refusals and faults are told as what they are, after one request and without sleeping."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.errors import BadCredentials, Forbidden, QueryRejected, RateLimited, SourceUnavailable, UnexpectedAnswer
from monitor.models.listings import PageRequest
from monitor.sources.reddit import client
from tests.sources.fakes import Reply
from tests.sources.reddit.script import LOGIN, Bench, listing, scripted, shelf, sleepless, submission

NEW, SEARCH = "/r/ciudad/new", "/r/all/search/"


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with scripted(tmp_path) as made:
        sleepless(monkeypatch)
        yield made


@pytest.mark.parametrize(
    ("reply", "error", "told"),
    [
        (Reply({"reason": "private", "error": 403}, 403), Forbidden, "submissions: ciudad.*private"),
        (Reply({"reason": "banned", "error": 404}, 404), QueryRejected, "submissions: ciudad.*banned"),
        (Reply("", 302, {"location": "/subreddits/search?q=ciudad"}), QueryRejected, "no such subreddit"),
        (Reply({"message": "Bad Request", "error": 400}, 400), QueryRejected, "400: Bad Request"),
        (Reply({"message": "Unauthorized", "error": 401}, 401), BadCredentials, "REDDIT__CLIENT_ID"),
        (Reply("<html>", 500), SourceUnavailable, "500"),
        (Reply("<html>", 503), SourceUnavailable, "503"),
        (Reply("<html>", 520), SourceUnavailable, "520"),
        (Reply("<html>", 200, content_type="text/html"), SourceUnavailable, "no JSON"),
        (Reply('{"kind": "Lis'), SourceUnavailable, "no JSON"),
        (Reply({}, 429), RateLimited, "429"),
        (
            Reply({}, 403, {"www-authenticate": 'Bearer realm="reddit", error="insufficient_scope"'}),
            Forbidden,
            "lacks the scope",
        ),
    ],
)
def test_refusals_and_faults(bench: Bench, reply: Reply, error: type[Exception], told: str) -> None:
    bench.script.replies[NEW] = [reply]
    with pytest.raises(error, match=told):
        bench.source().fetch(listing("submissions", "ciudad"), PageRequest())
    assert len(bench.asked) == 1, "trying again is not the source's"


@pytest.mark.parametrize(
    "reply",
    [
        Reply({"error": "invalid_grant"}),
        Reply({"message": "Unauthorized", "error": 401}, 401),
        Reply({"message": "Bad Request", "error": 400}, 400),
    ],
)
def test_a_refused_login(bench: Bench, reply: Reply) -> None:
    bench.script.replies[LOGIN] = [reply]
    with pytest.raises(BadCredentials, match="REDDIT__CLIENT_ID or .*REDDIT__REFRESH_TOKEN") as caught:
        bench.source(username="ana", password="made-up-password").probe()
    assert "made-up" not in str(caught.value)
    assert len(bench.site.asked) == 1


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply({"token": "x"}), UnexpectedAnswer),
        (Reply([]), UnexpectedAnswer),
        (Reply("<html>"), SourceUnavailable),
        (Reply("", 503), SourceUnavailable),
        (Reply("", 429, {"retry-after": "120"}), RateLimited),
    ],
)
def test_a_login_that_fails(bench: Bench, reply: Reply, error: type[Exception]) -> None:
    bench.script.replies[LOGIN] = [reply]
    with pytest.raises(error):
        bench.source().probe()
    assert len(bench.site.asked) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "200"}, 200),
        ({"x-ratelimit-reset": "300"}, 300),
        ({"x-ratelimit-reset": "odd"}, None),
        ({}, None),
    ],
)
def test_told_to_wait(bench: Bench, headers: dict[str, str], seconds: int | None) -> None:
    bench.script.replies[NEW] = [Reply({}, 429, headers)]
    with pytest.raises(RateLimited) as caught:
        bench.source().fetch(listing("submissions", "ciudad"), PageRequest())
    at = caught.value.reset_at
    assert (at is None) == (seconds is None)
    if at is not None and seconds is not None:
        assert at == pytest.approx(datetime.now(UTC) + timedelta(seconds=seconds), abs=timedelta(seconds=5))


@pytest.mark.parametrize("used", ["600", "600.0", "odd"])
def test_the_last_request_of_a_window_is_used_and_no_more(bench: Bench, used: str) -> None:
    headers = {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": used, "x-ratelimit-reset": "300"}
    bench.script.replies[NEW] = [Reply(shelf(submission("a")), headers=headers)]
    source = bench.source()
    assert source.fetch(listing("submissions", "ciudad"), PageRequest()).posts
    with pytest.raises(RateLimited) as caught:
        source.fetch(listing("submissions", "ciudad"), PageRequest())
    assert caught.value.reset_at is not None
    assert len(bench.asked) == 1


def test_few_requests_left_are_not_slept_over(bench: Bench) -> None:
    headers = {"x-ratelimit-remaining": "1.0", "x-ratelimit-used": "599", "x-ratelimit-reset": "500"}
    bench.script.replies[NEW] = [Reply(shelf(), headers=headers)]
    source = bench.source()
    for _ in range(2):
        source.fetch(listing("submissions", "ciudad"), PageRequest())


def test_a_token_that_ran_out_is_renewed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.script.replies[SEARCH] = [Reply({"message": "Unauthorized", "error": 401}, 401), shelf()]
    source = bench.source()
    monkeypatch.setattr(client, "_TOKEN_TRIAL", 0.0)
    with pytest.raises(SourceUnavailable, match="token"):
        source.fetch(listing("search", "norvia"), PageRequest())
    source.fetch(listing("search", "norvia"), PageRequest())
    assert len(bench.logins) == 2
