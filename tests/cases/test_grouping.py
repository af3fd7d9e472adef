"""Which posts belong to one case, in whatever order they come."""

from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from monitor.cases import grouping
from monitor.models.grouping import CandidatePost, CaseSpan, Conversation
from tests.conftest import NOW

WINDOW = timedelta(days=7)
ANA = Conversation("Norvia", "x", "1", "ana")


def post(mention_id: int, days: float = 0, *, complaint: bool = True, who: Conversation = ANA) -> CandidatePost:
    return CandidatePost(mention_id, who, NOW + timedelta(days=days), "es", complaint)


def test_a_post_without_an_author_opens_a_case_of_its_own() -> None:
    unknown = Conversation("Norvia", "x", "1", None)
    placed = grouping.group_posts([post(1, who=unknown), post(2, who=unknown)], [], WINDOW)
    assert [len(case.posts) for case in placed.opened] == [1, 1]


def test_what_is_no_complaint_opens_nothing() -> None:
    assert grouping.group_posts([post(1, complaint=False)], [], WINDOW) == grouping.Grouping((), ())


def test_a_post_joins_an_open_case_however_long_after_the_last() -> None:
    case = CaseSpan(7, ANA, NOW)
    assert grouping.group_posts([post(1, days=300)], [case], WINDOW).joined == ((7, post(1, days=300)),)


def test_a_post_joins_a_closed_case_until_its_time_is_over() -> None:
    case = CaseSpan(7, ANA, NOW, NOW + timedelta(days=30))
    placed = grouping.group_posts([post(1, days=30), post(2, days=30.01)], [case], WINDOW)
    assert placed.joined == ((7, post(1, days=30)),)
    assert [one.mention_id for new in placed.opened for one in new.posts] == [2]


def test_each_post_of_a_new_case_widens_its_window() -> None:
    (case,) = grouping.group_posts([post(1), post(2, days=6), post(3, days=12)], [], WINDOW).opened
    assert len(case.posts) == 3


def test_posts_before_the_complaint_join_its_case_in_time_order() -> None:
    (case,) = grouping.group_posts([post(2, days=2), post(1, days=1, complaint=False)], [], WINDOW).opened
    assert [one.mention_id for one in case.posts] == [1, 2]


@given(st.lists(st.tuples(st.floats(0, 40), st.booleans()), max_size=12), st.randoms())
def test_every_complaint_gets_exactly_one_case_whatever_the_order(
    told: list[tuple[float, bool]], random: Random
) -> None:
    posts = [post(number, days, complaint=complaint) for number, (days, complaint) in enumerate(told)]
    placed = grouping.group_posts(posts, [], WINDOW)
    ids = [one.mention_id for case in placed.opened for one in case.posts]
    assert len(ids) == len(set(ids))
    assert {one.mention_id for one in posts if one.complaint} <= set(ids)
    random.shuffle(posts)
    assert grouping.group_posts(posts, [], WINDOW) == placed
