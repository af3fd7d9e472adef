"""Whole threads of Reddit: trees, what is left out of them, and that none is read again before it has grown."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from monitor import store
from monitor.collect import collector
from monitor.errors import CursorExpired, UnexpectedAnswer
from monitor.models.listings import Listing, PageRequest, ReceivedPage, ThreadRoot
from monitor.settings.loading import Settings
from monitor.sources.reddit import source as reddit_source
from monitor.sources.reddit import thread_walk
from monitor.sources.reddit.nodes import CommentTree
from tests.sources.contract.server import Site, serving
from tests.sources.fakes import FakeNetwork, Posts, Reply, Request
from tests.sources.reddit.script import (
    LOGIN,
    TOKEN,
    Bench,
    comment,
    form,
    listing,
    recorded,
    scripted,
    shelf,
    stub,
    submission,
    unscripted,
)
from tests.sources.scripted_server import Script

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


def read(source: reddit_source.RedditConnection, wanted: Listing = THREAD, note: str = "") -> list[ReceivedPage]:
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
    assert answer.note == "", "no read of it has ended"
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
    assert [page.note for page in pages] == ["", "", "150"]
    assert not any(page.gaps for page in pages)


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
    pages = read(bench.source())
    assert len(pages) == 3
    ((gap,),) = [page.gaps for page in pages if page.gaps]
    assert "counts 2 posts there and gave 0" in gap.reason, "two were named and never given"


@dataclass
class Served(FakeNetwork):
    """A thread as the real `morechildren` serves it: so many comments with their answers, the others named in stubs."""

    parents: dict[str, str] = field(default_factory=dict)
    room: int = 100
    announced: int | None = None
    requests: int = 0
    age: timedelta = timedelta(hours=1)

    def answer(self, request: Request, posts: Posts) -> Reply:
        """The login, the search, the look-up, the tree or more of it."""
        if request.path == LOGIN:
            return Reply(TOKEN)
        self.requests += 1
        count = len(self.parents) if self.announced is None else self.announced
        top = submission("abc", (datetime.now(UTC) - self.age).timestamp(), num_comments=count)
        if request.path in ("/r/all/search/", INFO):
            return Reply(shelf(top))
        if request.path == TREE:
            return Reply([shelf(top), shelf(*self.unfold(self.below("abc"), self.room))])
        children = [child for child in form(request)["children"].split(",") if child in self.parents]
        return Reply(more(*self.unfold(children, self.room)))

    def below(self, parent: str) -> list[str]:
        """The comments that answer this one."""
        return [child for child, above in self.parents.items() if above == parent]

    def unfold(self, children: list[str], room: int) -> list[dict[str, Any]]:
        """Depth first and flat; what does not fit is in a stub of its parent, whether it was asked for or not."""
        things: list[dict[str, Any]] = []
        left: dict[str, list[str]] = {}
        stack = list(reversed(children))
        while stack:
            child = stack.pop()
            parent = self.parents[child]
            above = "t3_abc" if parent == "abc" else f"t1_{parent}"
            if len(things) < room:
                things.append(comment(child, parent_id=above))
                stack.extend(reversed(self.below(child)))
            else:
                left.setdefault(above, []).append(child)
        return things + [stub(above, *named) for above, named in left.items()]


@dataclass
class Repeating(Served):
    """It always gives the same comment and always names others."""

    def unfold(self, children: list[str], room: int) -> list[dict[str, Any]]:
        """One comment, and a stub of hundred that were never heard of."""
        named = [f"r{self.requests}x{number}" for number in range(100)]
        self.parents |= dict.fromkeys(named, "abc")
        return [comment("d"), stub("t3_abc", *named)]


def large_thread(count: int) -> dict[str, str]:
    """Comments of which every third is answered by the next two."""
    return {
        f"c{number}": "abc" if number % 3 == 0 else f"c{number - number % 3}" if number % 3 == 1 else f"c{number - 1}"
        for number in range(count)
    }


@contextmanager
def served(folder: Path, fake: Served) -> Iterator[tuple[Settings, Site]]:
    with serving(fake) as site:
        bench = Bench(site, Script(unscripted), folder)
        yield bench.settings(thread_days=7), site


def stored(settings: Settings) -> list[str]:
    with store.connect(settings.store, read_only=True) as connection:
        return [row[0] for row in connection.execute("SELECT post_id FROM mentions ORDER BY 1").fetchall()]


def gaps(settings: Settings) -> list[tuple[str, str]]:
    with store.connect(settings.store, read_only=True) as connection:
        return connection.execute("SELECT query, reason FROM gaps ORDER BY 1, 2").fetchall()


def test_a_large_thread_is_stored_whole(tmp_path: Path) -> None:
    fake = Served(parents=large_thread(1403))
    with served(tmp_path, fake) as (settings, _):
        collector.collect(settings, "reddit")
        assert stored(settings) == sorted(["t3_abc", *(f"t1_{child}" for child in fake.parents)])
        assert gaps(settings) == []
        assert fake.requests < 60
        fake.requests = 0
        collector.collect(settings, "reddit")
        assert fake.requests == 2, "it was read whole, and is not read again"


@pytest.mark.parametrize("room", [2, 7])
def test_what_did_not_fit_is_asked_for_again_though_it_was_just_asked_for(tmp_path: Path, room: int) -> None:
    fake = Served(parents=large_thread(40), room=room)
    with served(tmp_path, fake) as (settings, _):
        collector.collect(settings, "reddit")
        assert len(stored(settings)) == 41
        assert gaps(settings) == []


def test_comments_that_were_announced_and_do_not_come_are_asked_for_again_and_become_a_gap(tmp_path: Path) -> None:
    fake = Served(parents=large_thread(30), announced=42)
    with served(tmp_path, fake) as (settings, _):
        for _ in range(2):
            collector.collect(settings, "reddit")
            assert gaps(settings) == []
        collector.collect(settings, "reddit")
        told = [("thread: t3_abc (Norvia)", "the network counts 42 posts there and gave 30 of them")]
        assert gaps(settings) == told
        fake.requests = 0
        collector.collect(settings, "reddit")
        assert fake.requests == 2, "it was read often enough"
        fake.announced = 43
        fake.parents["late"] = "abc"
        collector.collect(settings, "reddit")
        assert "t1_late" in stored(settings)
        assert gaps(settings) == told, "twelve are missing as before"


def test_comments_that_come_late_leave_no_gap(tmp_path: Path) -> None:
    fake = Served(parents=large_thread(10), announced=12)
    with served(tmp_path, fake) as (settings, _):
        collector.collect(settings, "reddit")
        fake.parents |= {"late": "abc", "later": "late"}
        collector.collect(settings, "reddit")
        assert len(stored(settings)) == 13
        assert gaps(settings) == []


def test_what_was_said_in_a_thread_that_grew_too_old_in_an_outage_is_read(tmp_path: Path) -> None:
    fake = Served(parents=large_thread(10))
    begin = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    with served(tmp_path, fake) as (settings, _), time_machine.travel(begin) as traveller:
        collector.collect(settings, "reddit")
        fake.parents |= {"late": "abc", "later": "late"}
        traveller.move_to(begin + timedelta(days=9))
        fake.age += timedelta(days=9)
        collector.collect(settings, "reddit")
        assert len(stored(settings)) == 13
        fake.parents["last"] = "abc"
        fake.requests = 0
        collector.collect(settings, "reddit")
        assert fake.requests == 1, "it is followed no longer"


def test_a_thread_of_which_as_much_was_deleted_as_written_is_read_before_it_is_left(tmp_path: Path) -> None:
    fake = Served(parents=large_thread(9))
    begin = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    with served(tmp_path, fake) as (settings, _), time_machine.travel(begin) as traveller:
        collector.collect(settings, "reddit")
        del fake.parents["c8"]
        fake.parents["late"] = "abc"
        for days in (6, 8):
            traveller.move_to(begin + timedelta(days=days))
            fake.age = timedelta(days=days, hours=1)
            collector.collect(settings, "reddit")
        assert "t1_late" in stored(settings)


def test_a_server_that_repeats_itself_comes_to_an_end_that_is_told(tmp_path: Path) -> None:
    fake = Repeating(parents={"d": "abc"}, announced=1403)
    with served(tmp_path, fake) as (settings, _):
        collector.collect(settings, "reddit")
        assert fake.requests < 40
        ((query, reason),) = gaps(settings)
        assert query == "thread: t3_abc (Norvia)"
        assert "counts 1403 posts" in reason
        fake.requests = 0
        collector.collect(settings, "reddit")
        assert fake.requests == 2


def test_a_thread_that_always_brings_one_more_has_a_bound() -> None:
    cursor = thread_walk.ThreadCursor(left_out=("c0",), announced=100)
    for number in range(1, 10_000):
        answer = CommentTree([comment(f"c{number}")], [f"d{number}"])
        cursor = cursor.following(cursor.next_request, answer, set())
        if cursor.is_at_bound:
            break
    assert number == 50 + 100 // 4 - 1
    assert (cursor.read, cursor.given_up().missing) == (number, 100 - number)


@pytest.mark.parametrize("cursor", ["", "7", "[]", "{}", '{"more": 7, "below": ""}', '{"more": "d"}'])
def test_a_cursor_that_is_none_begins_the_read_anew(bench: Bench, cursor: str) -> None:
    with pytest.raises(CursorExpired):
        bench.source().fetch(THREAD, PageRequest(cursor=cursor))


@pytest.mark.parametrize(
    ("note", "count", "settled"),
    [("", 3, False), ("3", 3, True), ("3", 4, False), ("3 1 2", 3, False), ("3 1 3", 3, True), ("x", 3, False)],
)
def test_notes(note: str, count: int, settled: bool) -> None:
    read_note = thread_walk.read_note(note)
    assert read_note.is_settled(count) == settled
    assert read_note.text == ("" if note == "x" else note)


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
    young = datetime.now(UTC).timestamp()
    three, four = (submission("abc", young, num_comments=count) for count in (3, 4))
    bench.script.replies[INFO] = [shelf(three), shelf(four)]
    bench.script.replies[TREE] = [[shelf(four), shelf(*map(comment, "defg"))]]
    source = bench.source()
    (wanted,) = source.follow([ThreadRoot("t3_abc", "Norvia")])
    assert read(source, wanted, note="3") == [ReceivedPage((), note="3")]
    (wanted,) = source.follow([ThreadRoot("t3_abc", "Norvia")])
    (page,) = read(source, wanted, note="3")
    assert (names(page), page.note) == (["t3_abc", "t1_d", "t1_e", "t1_f", "t1_g"], "4")


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
