"""What looking posts up again may take: batches as large as what is left pays for, few of them when they are small."""

import pytest

from monitor.collect.allowance import Allowance
from monitor.errors import BudgetSpent
from monitor.store.posts.collection_state import Spending


def allowed(dollars: float) -> Allowance:
    """So many dollars, of which a post costs half a cent."""
    return Allowance("x", 0.25, (None, None, dollars), Spending(), (0.005, 1))


def test_a_batch_is_as_large_as_what_is_left_pays_for() -> None:
    assert allowed(9.0).posts(100) == 100
    assert allowed(0.02).posts(100) == 4
    with pytest.raises(BudgetSpent):
        allowed(0.004).posts(100)


def test_what_costs_nothing_is_not_asked_for_one_by_one_without_end() -> None:
    left = allowed(0.005)
    assert [left.posts(100) for _ in range(3)] == [1, 1, 1]
    with pytest.raises(BudgetSpent, match="recheck_share"):
        left.posts(100)


def test_whole_batches_that_cost_nothing_go_on() -> None:
    left = allowed(9.0)
    assert {left.posts(100) for _ in range(50)} == {100}


@pytest.mark.parametrize(("requests", "posts"), [(30.0, 20), (21.0, 20), (20.0, 19), (2.0, 1), (1.0, 1)])
def test_a_batch_whose_posts_may_be_asked_for_one_by_one_is_as_large_as_the_requests_left(
    requests: float, posts: int
) -> None:
    left = Allowance("x", 0.25, (requests, None, None), Spending(), most_requests=lambda count: 1 + count)
    assert left.posts(20) == posts
