"""Whole threads of Reddit: trees, what is left out of them, and that none is read again before it has grown."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor import store
from monitor.collect import collector
from monitor.errors import UnexpectedAnswer
from monitor.models.listings import Listing, ReceivedPage, ThreadRoot, PageRequest
from monitor.sources.reddit import source as reddit_source
from tests.sources.fakes import Reply
from tests.sources.reddit.script import Bench, comment, form, listing, recorded, scripted, shelf, stub, submission

TREE, MORE, INFO = "/comments/abc/", "/api/morechildren/", "/api/info/"
THREAD = listing("thread", "t3_abc (Norvia)", whole=True)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with scripted(tmp_path) as made:
        yield made


def more(*things: Any) -> dict[str, Any]:
    return {"json": {"errors": [], "data": {"things": list(things)}}}


def names(answer: ReceivedPage) -> list[str]:
    return [one.raw["data"]["name"] for one in answer.posts]


def read(source: reddit_source.RedditSource, wanted: Listing = THREAD, note: str = "") -> list[ReceivedPage]:
    """All pages; a page's cursor is all that the next one knows."""
    pages = [source.fetch(wanted, PageRequest(note=note))]
    while pages[-1].cursor is not None:
        pages.append(source.fetch(wanted, PageRequest(cursor=pages[-1].cursor, note=note)))
    return pages


def test_a_recorded_tree(bench: Bench) -> None:
    told = recorded("thread.json")
    name = told[0]["data"]["children"][0]["data"]["name"]
    bench.script.replies[f"/comments/{name[3:]}/"] = [told]
    answer = bench.source().fetch(listing("thread", f"{name} (Norvia)"), PageRequest())
    posts = {one.raw["data"]["name"]: reddit_source.to_mention(one) for one in answer.posts}
    assert list(posts) == ["t3_zz013", "t1_zz014", "t1_zz017", "t1_zz019", "t1_zz021", "t1_zz020"]
    assert answer.gone == ("t1_zz015",)
    assert {one.thread_id for one in posts.values()} == {name}
    assert posts["t1_zz014"].in_reply_to == "t1_zz015"
    assert posts["t1_zz019"].edited_at is not None
    assert posts["t1_zz021"].author is None
    assert answer.oldest is None, "a tree is not in the order of time"
    assert answer.newest == max(one.posted_at for one in posts.values())
    assert answer.cursor is not None
    assert answer.note == str(told[0]["data"]["children"][0]["data"]["num_comments"])
    assert not any(isinstance(one.raw["data"].get("replies"), dict) for one in answer.posts)


def test_comments_left_out_are_asked_for_by_the_hundred(bench: Bench) -> None:
    left = [f"c{number}" for number in range(150)]
    bench.script.replies[TREE] = [[shelf(submission("abc", num_comments=150)), shelf(stub("t3_abc", *left))]]
    bench.script.replies[MORE] = [more(*map(comment, left[:100])), more(*map(comment, left[100:]))]
    pages = read(bench.source())
    assert [name for page in pages for name in names(page)] == ["t3_abc", *(f"t1_{one}" for one in left)]
    first, second = (form(one) for one in bench.asked[1:])
    assert (first["link_id"], first["children"].split(",")) == ("t3_abc", left[:100])
    assert second["children"].split(",") == left[100:]
    assert [page.note for page in pages] == ["150", "", ""]


def test_threads_that_go_on_elsewhere(bench: Bench) -> None:
    deep = comment("d", replies=shelf(stub("t1_d")))
    again = comment("d", replies=shelf(comment("e", parent_id="t1_d", replies=shelf(stub("t1_e", "f")))))
    bench.script.replies[TREE] = [[shelf(submission("abc")), shelf(deep)]]
    bench.script.replies["/comments/abc/_/d"] = [[shelf(submission("abc")), shelf(again)]]
    bench.script.replies[MORE] = [more(comment("f", parent_id="t1_e"), stub("t1_f"))]
    bench.script.replies["/comments/abc/_/f"] = [[shelf(submission("abc")), shelf(comment("f"))]]
    assert [names(page) for page in read(bench.source())] == [["t3_abc", "t1_d"], ["t1_d", "t1_e"], ["t1_f"], ["t1_f"]]


def test_stubs_that_lead_nowhere_end(bench: Bench) -> None:
    bench.script.replies[TREE] = [[shelf(submission("abc")), shelf(stub("t3_abc", "d"), stub("t3_abc"), stub("t1_x"))]]
    bench.script.replies[MORE] = [more(stub("t3_abc", "d"))]
    bench.script.replies["/comments/abc/_/x"] = [[shelf(submission("abc")), shelf(stub("t1_x"))]]
    assert len(read(bench.source())) == 3


@pytest.mark.parametrize("odd", [[], {}, [{}, {}], [shelf(submission("abc"))]])
def test_an_answer_that_is_no_tree(bench: Bench, odd: object) -> None:
    bench.script.replies[TREE] = [odd]
    with pytest.raises(UnexpectedAnswer):
        bench.source().fetch(THREAD, PageRequest())


@pytest.mark.parametrize("odd", [{}, [], {"json": {"errors": ["x"]}}, {"json": None}, more() | {"json": []}])
def test_an_answer_that_is_not_more_comments(bench: Bench, odd: object) -> None:
    bench.script.replies[MORE] = [odd]
    with pytest.raises(UnexpectedAnswer):
        bench.source().fetch(THREAD, PageRequest(cursor='{"more": "d", "below": ""}'))


def test_threads_are_looked_up_by_the_hundred(bench: Bench) -> None:
    bench.script.replies[INFO] = [shelf(submission("a0", num_comments=2), submission("a1")), shelf()]
    threads = [ThreadRoot(f"t3_a{number}", "Norvia") for number in range(101)] + [ThreadRoot("t1_d", "Norvia")]
    found = bench.source().follow(threads)
    assert [(one.key, one.whole, one.brand) for one in found] == [("thread: t3_a0 (Norvia)", True, "Norvia")]
    assert [len(one.query["id"].split(",")) for one in bench.asked] == [100, 1]


def test_a_thread_is_read_again_only_when_it_has_grown(bench: Bench) -> None:
    three, four = (submission("abc", num_comments=count) for count in (3, 4))
    bench.script.replies[INFO] = [shelf(three), shelf(four)]
    bench.script.replies[TREE] = [[shelf(four), shelf(comment("d"))]]
    source = bench.source()
    (wanted,) = source.follow([ThreadRoot("t3_abc", "Norvia")])
    assert read(source, wanted, note="3") == [ReceivedPage((), note="3")]
    (wanted,) = source.follow([ThreadRoot("t3_abc", "Norvia")])
    (page,) = read(source, wanted, note="3")
    assert (names(page), page.note) == (["t3_abc", "t1_d"], "4")


def test_from_the_search_to_the_store(bench: Bench) -> None:
    settings = bench.settings(thread_days=36500, first_days=36500)
    found = submission("abc", num_comments=3)
    tree = [
        shelf(found),
        shelf(comment("d", body="A mí tampoco."), comment("e", body="[removed]"), stub("t3_abc", "f")),
    ]
    bench.script.replies |= {
        "/r/all/search/": [shelf(found)],
        INFO: [shelf(found)],
        TREE: [tree],
        MORE: [Reply("", 200), more(comment("f", body="Ni a mí."))],
    }
    assert collector.collect(settings, "reddit").saved.stored == 3
    collector.collect(settings, "reddit")
    paths = [one.path for one in bench.asked]
    assert paths == ["/r/all/search/", INFO, TREE, MORE, MORE, "/r/all/search/", INFO]
    with store.connect(settings.store, read_only=True) as connection:
        rows = connection.execute("SELECT post_id, thread_id, brand FROM mentions JOIN matches USING (mention_id)")
        assert sorted(set(rows.fetchall())) == [(name, "t3_abc", "Norvia") for name in ("t1_d", "t1_f", "t3_abc")]
        assert connection.execute("SELECT count(*) FROM rejects").fetchall() == [(0,)]
