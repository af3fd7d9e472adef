"""New posts of Reddit come once each, within its limits."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import SourceUnavailable
from monitor.models.listings import DeletedPost, ListedPost, Listing
from monitor.models.posts import Post
from monitor.sources.reddit import stream
from tests.sources.fakes import Reply
from tests.sources.reddit.script import Bench, comment, listing, scripted, shelf, sleepless, submission

NEW, COMMENTS = "/r/ciudad/new", "/r/ciudad/comments/"


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with scripted(tmp_path) as made:
        sleepless(monkeypatch)
        yield made


def sent(bench: Bench, wanted: list[Listing], enough: int, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What a stream of `enough` answers sends; it asks without a pause."""
    monkeypatch.setattr(stream, "PACE", 0.0)
    monkeypatch.setattr(stream, "ROUND", 0.0)
    stop = threading.Event()
    found: list[Any] = []
    for one in bench.source().stream(wanted, stop):
        found.append(one)
        if len(bench.asked) >= enough and one is None:
            stop.set()
    return found


def told(found: list[Any]) -> list[str]:
    return [one.raw["data"]["name"] for one in found if isinstance(one, Post)]


def test_a_stream_sends_each_post_once_the_old_ones_first(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.script.replies[NEW] = [
        shelf(submission("b"), submission("a")),
        shelf(submission("d"), submission("c"), submission("b"), submission("a")),
    ]
    found = sent(bench, [listing("submissions", "ciudad")], 4, monkeypatch)
    assert told(found) == ["t3_a", "t3_b", "t3_c", "t3_d"]
    assert found.index(None) == 2, "as soon as it is connected"


def test_a_stream_goes_back_to_where_it_knows_the_posts(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.script.replies[COMMENTS] = [
        shelf(comment("a"), after="t1_a"),
        shelf(comment("c"), after="t1_c"),
        shelf(comment("b"), comment("a"), after="t1_a"),
        shelf(comment("c"), after="t1_c"),
    ]
    found = sent(bench, [listing("comments", "ciudad")], 4, monkeypatch)
    assert told(found) == ["t1_a", "t1_c", "t1_b"]
    assert [one.query.get("after") for one in bench.asked] == [None, None, "t1_c", None]


def test_a_stream_says_what_is_the_brands_own_and_what_is_gone(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.script.replies["/message/mentions"] = [shelf(comment("d"), comment("e", body="[deleted]"))]
    wanted = listing("mentions", "norvia_ayuda", whole=True)
    found = [one for one in sent(bench, [wanted], 2, monkeypatch) if one is not None]
    assert [type(one) for one in found] == [ListedPost, DeletedPost]
    assert (found[0].listing, found[1].post_id) == (wanted, "t1_e")


def test_a_stream_that_is_cut_off_says_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.script.replies[NEW] = [shelf(), Reply("", 503)]
    with pytest.raises(SourceUnavailable):
        sent(bench, [listing("submissions", "ciudad")], 9, monkeypatch)


def test_a_stream_remembers_a_bounded_number_of_posts() -> None:
    seen = stream.RecentIds(3)
    assert [seen.is_new(one) for one in "abcabc"] == [True] * 3 + [False] * 3
    assert seen.is_new("d")
    assert seen.is_new("a"), "the one not met for longest is forgotten"


def test_a_stream_keeps_within_a_hundred_requests_a_minute() -> None:
    assert 60 / stream.PACE <= 80
    assert stream.ROUND <= 5
