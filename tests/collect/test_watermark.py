"""How a page moves a position: forward only, over the whole of a read at once, and never past our own clock."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect import watermark
from monitor.collect.watermark import Walk, Watermark
from monitor.errors import SettingsError
from monitor.models.listings import Listing, ReceivedPage
from monitor.models.posts import Post
from tests.conftest import NOW

CAPPED = Listing("reddit", "comments", "sur", "Norvia", cap=10)
MINUTES = st.integers(-10_000, 10_000).map(lambda minutes: NOW + timedelta(minutes=minutes))
MAYBE = st.none() | MINUTES
WALKS = st.builds(Walk, MINUTES, MAYBE, st.none() | st.text(), MAYBE, st.integers(0, 10**6))


def page(newest: float, oldest: float, cursor: str | None = None, posts: int = 5, note: str = "") -> ReceivedPage:
    """A page of posts so many minutes old."""
    posts_of_page = tuple(Post("x", {}, NOW) for _ in range(posts))
    return ReceivedPage(
        posts_of_page, cursor, NOW - timedelta(minutes=newest), NOW - timedelta(minutes=oldest), note=note
    )


@given(st.builds(Watermark, MAYBE, MAYBE, st.text(), st.none() | WALKS, doubted=MAYBE))
def test_what_is_stored_comes_back(place: Watermark) -> None:
    assert watermark.parse(place.text()) == place


def test_a_listing_never_read_has_no_position() -> None:
    assert watermark.parse(None) == Watermark()


@pytest.mark.parametrize("text", ["", "[]", "{}", "12", '{"reached": 1, "read_at": null, "note": "", "walk": null}'])
def test_what_is_no_position_is_told(text: str) -> None:
    with pytest.raises(SettingsError, match="watermark"):
        watermark.parse(text)


def test_between_two_pages_only_the_walk_moves() -> None:
    before = Watermark(NOW - timedelta(hours=5), NOW - timedelta(hours=5), "old note")
    walk = Walk(NOW, NOW - timedelta(hours=6))
    after = watermark.advance(before, walk, page(1, 9, "p2"))
    assert (after.reached, after.read_at, after.note) == (before.reached, before.read_at, before.note)
    lowest = NOW - timedelta(minutes=9)
    assert after.walk == Walk(NOW, walk.since, "p2", NOW - timedelta(minutes=1), 5, lowest, pages=1)


def test_the_last_page_moves_it_to_the_newest_post_of_the_first() -> None:
    walk = Walk(NOW, None)
    middle = watermark.advance(Watermark(), walk, page(1, 9, "p2", note="etag"))
    assert middle.walk is not None
    assert watermark.advance(middle, middle.walk, page(10, 20)) == Watermark(NOW - timedelta(minutes=1), NOW, "etag")


def test_a_read_ends_behind_where_the_last_one_came() -> None:
    walk = Walk(NOW, NOW - timedelta(minutes=15))
    assert watermark.advance(Watermark(), walk, page(1, 14, "p2")).walk is not None
    assert watermark.advance(Watermark(), walk, page(1, 16, "p2")).walk is None
    assert watermark.advance(Watermark(), walk, page(1, 16, "p2"), minimum_posts=6).walk is not None
    assert watermark.advance(Watermark(), walk, page(1, 16, "p2"), minimum_posts=5).walk is None


def test_a_time_in_the_future_hides_nothing() -> None:
    after = watermark.advance(Watermark(), Walk(NOW, None), page(-600, 5))
    assert after.reached == NOW


def test_it_never_goes_back() -> None:
    before = Watermark(NOW - timedelta(minutes=1), NOW - timedelta(minutes=1))
    assert watermark.advance(before, Walk(NOW, None), page(30, 60)).reached == before.reached
    assert watermark.advance(before, Walk(NOW, None), ReceivedPage(())).reached == before.reached


def test_a_capped_listing_that_ends_early_leaves_a_hole() -> None:
    place = Watermark(NOW - timedelta(hours=5), NOW - timedelta(hours=5))
    walk = Walk(NOW, NOW - timedelta(hours=6), "p2", NOW, 5)
    (hole,) = watermark.cap_gaps(CAPPED, place, walk, page(1, 60))
    assert (hole.since, hole.until) == (place.reached, NOW - timedelta(minutes=60))
    assert "10 posts" in hole.reason


@pytest.mark.parametrize(
    ("place", "seen", "answer"),
    [
        (Watermark(), 5, page(1, 60)),
        (Watermark(NOW - timedelta(hours=5)), 5, page(1, 60, "p3")),
        (Watermark(NOW - timedelta(hours=5)), 0, page(1, 60)),
        (Watermark(NOW - timedelta(minutes=60)), 5, page(1, 60)),
        (Watermark(NOW - timedelta(hours=5)), 5, ReceivedPage(())),
    ],
    ids=["first read", "not the end", "far from the cap", "came to where it was", "no times"],
)
def test_no_hole_where_nothing_is_known_to_be_missing(place: Watermark, seen: int, answer: ReceivedPage) -> None:
    assert watermark.cap_gaps(CAPPED, place, Walk(NOW, None, None, None, seen), answer) == []
