"""A quarter with bad weather: posts stored and posts in told gaps are the posts that existed, nothing is told twice.

Every network is lived through with its own rules (`x`, `reddit`, `mastodon`) and with outages, limits, spoilt answers,
small budgets, wrong clocks, an account that vanishes, floods, and passes that are killed.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.slow.quarter import balance
from tests.slow.quarter.balance import Balance
from tests.slow.quarter.mastodon import MastodonNetwork
from tests.slow.quarter.network import QuarterNetwork
from tests.slow.quarter.reddit import RedditNetwork
from tests.slow.quarter.simulation import Quarter, quarter
from tests.slow.quarter.weather import Forecast
from tests.slow.quarter.world import DAYS, START
from tests.slow.quarter.x import XNetwork

pytestmark = pytest.mark.slow
NETWORKS: list[type[QuarterNetwork]] = [XNetwork, RedditNetwork, MastodonNetwork]
SEEDS = [1]
LOOKED_UP = timedelta(days=20)
"""Of what is edited or deleted so soon after it was written, Escucha has learned before the quarter has settled."""


UNSEEN = 2
"""A thread of Reddit in which as many comments were deleted as written does not show that it has new ones."""


@pytest.fixture(scope="module", params=[(network, seed) for network in NETWORKS for seed in SEEDS])
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quarter]:
    """A network after its quarter."""
    network, seed = request.param
    folder = tmp_path_factory.mktemp(network.name)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(folder)
        with quarter(network, seed, folder, monkeypatch) as after:
            yield after


@pytest.fixture(scope="module")
def books(lived: Quarter) -> Balance:
    """What is left."""
    return balance.take(lived.network, lived.settings(lived.now()), lived.network.posts.all)


def days(forecast: Forecast) -> list[int]:
    """Days of the quarter in which the host's clock knew which day it was."""
    midnights = [START + timedelta(days=number) for number in range(DAYS)]
    wrong = [spell for spell in forecast.spells if spell.clock]
    return [
        number
        for number, midnight in enumerate(midnights)
        if not any(spell.since < midnight + timedelta(days=1) and spell.until > midnight for spell in wrong)
    ]


def test_every_post_is_stored_or_in_a_gap_that_is_told(books: Balance) -> None:
    assert [(post.kind, post.made_at) for post in books.lost] == []


def test_no_gap_is_told_where_nothing_is_missing(books: Balance) -> None:
    assert books.false_gaps == []


def test_gaps_hold_little_that_was_read(books: Balance) -> None:
    assert books.stored_in_gaps <= len(books.existed) / 20


def test_nothing_is_stored_twice_and_nothing_else(lived: Quarter, books: Balance) -> None:
    wanted = {post.post_id for post in lived.network.posts.all if post.wanted}
    assert books.rows == len(books.kept)
    assert books.kept.keys() <= wanted


def test_deletions_are_honoured_and_nothing_that_lives_is_erased(books: Balance) -> None:
    assert [(post.kind, post.made_at, post.gone_at) for post in books.deletions_missed(LOOKED_UP.days)] == []
    assert books.wrongly_deleted == []


def test_edits_are_shown(books: Balance) -> None:
    assert [(post.kind, post.made_at) for post in books.edits_missed(LOOKED_UP.days)] == []


def test_no_budget_is_exceeded_by_more_than_the_last_answer_and_one_that_was_killed(lived: Quarter) -> None:
    network = lived.network
    excess = {}
    for number in days(lived.forecast):
        midnight = START + timedelta(days=number)
        (budget,) = (network.poor_budget if lived.forecast.has("poor", midnight) else network.full_budget).values()
        spent = network.spent.get(midnight.date(), 0.0)
        if spent > budget + 2 * network.dearest_answer:
            excess[number] = (spent, budget)
    assert excess == {}


def test_what_is_new_is_read_first(lived: Quarter) -> None:
    assert len(lived.behind) > 10
    assert {at: count for at, count in lived.behind.items() if count > UNSEEN} == {}


def test_passes_were_killed(lived: Quarter) -> None:
    assert lived.kills >= 5
