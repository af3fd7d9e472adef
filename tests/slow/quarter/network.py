"""What the three networks of the quarter have in common."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any, ClassVar

from tests.slow.quarter.weather import Forecast
from tests.slow.quarter.world import Author, Posts, SimulatedPost
from tests.sources.fakes import FakeNetwork, Reply


class QuarterNetwork(FakeNetwork):
    """A network with a clock of its own, which is always right; see `tests.sources.fakes` for what a fake is."""

    name: ClassVar[str]
    full_budget: ClassVar[Mapping[str, float]]
    poor_budget: ClassVar[Mapping[str, float]]
    """Settings of the day's budget, on most days and on poor ones."""
    dearest_answer: ClassVar[float]
    """What one answer may cost, in the budget's unit; that of a killed process is never booked."""

    def __init__(self, chance: Random, forecast: Forecast, now: Callable[[], datetime]) -> None:
        self.chance, self.forecast, self.now = chance, forecast, now
        author = Author(chance)
        self.populate(author)
        self.posts = Posts(author.posts)
        for post in self.posts.all:
            post.post_id = self.identity(post)
        self.posts.index()
        self.spent: dict[object, float] = {}

    def populate(self, author: Author) -> None:
        """Writes what this network holds."""
        raise NotImplementedError

    def identity(self, post: SimulatedPost) -> str:
        """The post's id."""
        raise NotImplementedError

    def shown(self, post: SimulatedPost) -> bool:
        """Whether a look-up gives the post."""
        at = self.now()
        return post.is_visible(at) and not self.forecast.has("all gone", at)

    def listed_at(self, post: SimulatedPost) -> datetime:
        """The post's time by the network's clock, which gaps are told in."""
        return post.made_at

    def spend(self, amount: float) -> None:
        """Notes what was spent of the day's budget."""
        day = self.now().date()
        self.spent[day] = self.spent.get(day, 0.0) + amount

    def error(self, status: int) -> Reply:
        """How it spells a status."""
        return Reply({"error": f"made-up reason for {status}"}, status)


def iso(moment: datetime) -> str:
    """2026-03-02T09:00:00.000Z"""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


JsonObject = dict[str, Any]
