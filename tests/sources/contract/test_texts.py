"""Every source brings texts, authors and times through as they are, however odd."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.sources.contract.conftest import Bench

EMOJI = "Norvia no responde 😡👩🏽‍✈️🇨🇴 #norvia"
RIGHT_TO_LEFT = "طلبي من Norvia لم يصل \u202eبعد\u202c #norvia"
LONG = "Norvia #norvia " + "nadie contesta y el pedido sigue sin llegar " * 400


def test_odd_texts(bench: Bench) -> None:
    posts = [bench.add(1, text=text.strip())[0] for text in (EMOJI, RIGHT_TO_LEFT, LONG)]
    bench.collect()
    stored = dict(bench.rows("SELECT post_id, text FROM mentions"))
    for post in posts:
        assert post.text in stored[bench.fake.post_id(post)]


def test_characters_that_are_none(bench: Bench) -> None:
    """Half a character, and NUL."""
    posts = [bench.add(1, text=f"Norvia antes{odd}después #norvia")[0] for odd in ("\ud83d", "\0")]
    posts += bench.add(1)
    bench.collect()
    assert bench.stored() == bench.ids(posts)
    assert bench.rows("SELECT count(*) FROM mentions WHERE text LIKE '%antes%después%'") == [(2,)]


def test_an_author_whose_account_is_gone(bench: Bench) -> None:
    posts = bench.add(3)
    posts[1].author = None
    bench.collect()
    authors = dict(bench.rows("SELECT post_id, coalesce(author, author_name) FROM mentions"))
    assert authors.pop(bench.fake.post_id(posts[1])) is None
    assert all("ana" in author for author in authors.values())
    assert len(authors) == 2


def test_a_reply_stands_in_the_thread_of_its_post(bench: Bench) -> None:
    (first,) = bench.add(1)
    (reply,) = bench.add(1, reply_to=first.number)
    bench.collect()
    told = dict(bench.rows("SELECT post_id, thread_id FROM mentions"))
    assert set(told) == {bench.fake.post_id(first), bench.fake.post_id(reply)}
    assert len(set(told.values())) == 1
    ((answers,),) = bench.rows("SELECT in_reply_to FROM mentions WHERE post_id = ?", bench.fake.post_id(reply))
    assert answers is not None


@pytest.mark.parametrize("hours", [5, -5], ids=["ahead", "behind"])
def test_a_wrong_clock(bench: Bench, hours: int) -> None:
    off = timedelta(hours=hours)
    bench.site.clock = off
    posts = bench.add(bench.fake.page_size)
    for post in posts:
        post.posted_at += off
    bench.collect()
    assert bench.stored() == bench.ids(posts)
    for right in (off, timedelta(0)):
        new = bench.add(2)
        for post in new:
            post.posted_at += right
        bench.site.clock = right
        posts += new
        bench.collect()
        assert bench.stored() == bench.ids(posts)


def test_one_time_far_ahead_hides_nothing(bench: Bench) -> None:
    ahead = datetime.now(UTC).replace(microsecond=0) + timedelta(days=400)
    posts = [*bench.add(1), *bench.add(1, posted_at=ahead)]
    bench.collect()
    posts += bench.add(1)
    bench.collect()
    assert bench.stored() == bench.ids(posts)
