"""Every source reads a listing completely and once, whatever its pages look like."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.collect import collector
from monitor.errors import SourceUnavailable, UnexpectedAnswer
from monitor.models.listings import BackfillWindow
from monitor.sources.http import USER_AGENT
from tests.sources.contract.conftest import Bench
from tests.sources.fakes import Reply


def test_a_full_page(bench: Bench) -> None:
    posts = bench.add(bench.fake.page_size)
    done = bench.collect()
    assert (done.saved.stored, done.saved.rejected, done.resumes_at) == (len(posts), 0, None)
    assert bench.stored() == bench.ids(posts)
    assert bench.last_run() == ("done", "")
    for number, text, at in bench.rows("SELECT post_id, text, posted_at FROM mentions"):
        (post,) = [one for one in posts if bench.fake.post_id(one) == number]
        assert post.text in text
        assert at == post.posted_at


def test_several_pages_by_requests_that_are_counted_and_say_who_asks(bench: Bench) -> None:
    size = bench.fake.page_size
    posts = bench.add(2 * size + 1)
    bench.collect()
    assert bench.stored() == bench.ids(posts)
    assert bench.site.firsts()[:3] == [0, size, 2 * size]
    assert len(bench.site.firsts()) <= 4, "after the last page at most an empty one"
    assert {one.request.headers["user-agent"] for one in bench.site.asked} == {USER_AGENT}
    assert bench.ledger() == len(bench.site.asked)


def test_nothing(bench: Bench) -> None:
    done = bench.collect()
    assert done.saved == type(done.saved)()
    assert bench.last_run() == ("done", "")


def test_posts_that_stand_on_two_pages(bench: Bench) -> None:
    posts = bench.add(2 * bench.fake.page_size + 1)
    bench.site.posts.overlap = 1
    bench.collect()
    assert bench.stored() == bench.ids(posts)
    assert bench.rows("SELECT count(*) FROM posts") == [(len(posts),)]


def test_posts_that_appear_between_two_pages(bench: Bench) -> None:
    posts = bench.add(2 * bench.fake.page_size)

    def another(reply: Reply) -> Reply:
        posts.extend(bench.add(1))
        return reply

    bench.site.pages[1] = another
    bench.collect()
    bench.collect()
    assert bench.stored() == bench.ids(posts)


def test_the_next_read_goes_only_as_far_as_the_last_one_came(bench: Bench) -> None:
    size = bench.fake.page_size
    posts = bench.add(4 * size)
    for hours, post in enumerate(reversed(posts)):
        post.posted_at -= timedelta(hours=hours)
    bench.collect()
    bench.site.forget()
    posts += bench.add(1)
    done = bench.collect()
    assert bench.stored() == bench.ids(posts)
    assert done.saved.stored == 1
    assert len(bench.site.firsts()) <= 2


def test_a_read_that_was_cut_off_goes_on_where_it_was(bench: Bench) -> None:
    size = bench.fake.page_size
    posts = bench.add(4 * size)
    bench.site.pages |= {number: lambda _: bench.fake.error(500) for number in range(3, 7)}
    with pytest.raises(SourceUnavailable):
        bench.collect()
    assert len(bench.stored()) == 2 * size
    assert bench.last_run()[0] == "failed"
    bench.site.pages.clear()
    bench.collect()
    assert bench.stored() == bench.ids(posts)
    assert bench.site.firsts()[:4] == [0, size, 2 * size, 3 * size]
    assert len(bench.site.firsts()) <= 5


def test_a_backfill_keeps_what_was_posted_in_its_time(bench: Bench) -> None:
    posts = bench.add(2 * bench.fake.page_size + 1)
    for hours, post in enumerate(reversed(posts)):
        post.posted_at -= timedelta(hours=hours)
    now = datetime.now(UTC)
    window = BackfillWindow(now - timedelta(hours=3, minutes=30), now - timedelta(minutes=30))
    for _ in range(2):
        collector.collect(bench.settings, bench.network, window=window)
    assert bench.stored() == bench.ids(posts[-4:-1])


def test_one_bad_post_among_good_ones(bench: Bench) -> None:
    posts = bench.add(3)
    posts[1].broken = True
    done = bench.collect()
    assert bench.stored() == bench.ids([posts[0], posts[2]])
    assert done.saved.rejected == 1
    ((network, place, reason, raw),) = bench.rows("SELECT network, place, reason, raw FROM rejects")
    assert network == bench.network
    assert place
    assert reason
    assert "{" in raw


def test_a_whole_page_of_bad_posts(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.fake, "page_size", 12, raising=False)
    posts = bench.add(13, broken=True)
    with pytest.raises(UnexpectedAnswer):
        bench.collect()
    assert bench.last_run()[0] == "failed"
    assert bench.rows("SELECT count(*) >= 10 FROM rejects") == [(True,)]
    # Conversations of which none is stored yet were all followed.
    assert bench.rows("SELECT query FROM watermarks WHERE query <> 'threads'") == []
    for post in posts:
        post.broken = False
    bench.collect()
    assert bench.stored() == bench.ids(posts)
