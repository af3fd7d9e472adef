"""What looking posts up again may take of a day's budget: a share of it, and never what reading needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from monitor.collect.rate_limits import midnight_after
from monitor.errors import BudgetSpent
from monitor.runs import now
from monitor.settings.network import NetworkSettings
from monitor.store.connection import Connection
from monitor.store.posts import collection_state
from monitor.store.posts.collection_state import Spending

_DAYS = 7  # whose reading says what the next day's will cost
_FLOOR = 0.2  # of the share, which reading leaves even where it takes the whole budget
_SMALL_BATCHES = 3  # of a pass: what is gone costs nothing, and would be asked for one by one without end
_ROUNDING = 1e-9
_NAMES = ("requests", "reads", "dollars")


@dataclass(slots=True)
class Allowance:
    """What is allowed today (None: no limit) and used, in requests, reads and dollars; what one batch has taken so far.

    `price` is what a post costs in dollars, and how many paid resources come with one at most (0: no post is paid for).
    `most_requests` says how many requests a batch may take by its posts; None: one.
    """

    network: str
    share: float
    limits: tuple[float | None, ...]
    used: Spending
    price: tuple[float, int] = (0.0, 0)
    most_requests: Callable[[int], int] | None = None
    _small_batches: int = 0
    _most: list[float] = field(default_factory=lambda: [1.0, 1.0, 0.0])

    def posts(self, check_size: int) -> int:
        """How many posts the next batch may have. Raises BudgetSpent when it may have none."""
        dollars, resources = self.price
        size = check_size
        for place, each in enumerate((0.0, float(resources), dollars * resources)):
            limit, used = self.limits[place], _amounts(self.used)[place]
            if limit is None:
                continue
            left = limit - used + _ROUNDING
            if place == 0 and self.most_requests is not None:
                fitting = _fitting(self.most_requests, left, check_size)
            else:
                fitting = int(left / each) if each else check_size if left >= self._most[place] else 0
            if fitting < 1 or (fitting < check_size and self._small_batches >= _SMALL_BATCHES):
                raise self._spent(place, used, limit)
            size = min(size, fitting)
        self._small_batches += size < check_size
        return size

    def take(self, before: Spending, after: Spending) -> None:
        """A batch has brought the day's sum of looking up from `before` to `after`."""
        self.used = after
        for place, (old, new) in enumerate(zip(_amounts(before), _amounts(after), strict=True)):
            if not self.price[1] or not place:
                self._most[place] = max(self._most[place], new - old)

    def _spent(self, place: int, used: float, limit: float) -> BudgetSpent:
        name = _NAMES[place]
        sentence = (
            f"{self.network}: looking posts up again has taken {used:g} of the {limit:g} {name} it may have today; "
            f"reading goes first. networks.{self.network}.recheck_share ({self.share:g}) and daily_{name} set it"
        )
        return BudgetSpent(sentence, midnight_after(now()))


def allowance(
    connection: Connection,
    network: str,
    section: NetworkSettings,
    price: tuple[float, int],
    most_requests: Callable[[int], int] | None = None,
    *,
    whole: bool = False,
) -> Allowance:
    """What is allowed today; with `whole`, all that is left of the budget."""
    at = now()
    used = collection_state.recheck_spending(connection, network, at)
    reading = [_amounts(day) for day in collection_state.reading_spending(connection, network, at, _DAYS)]
    today = _amounts(collection_state.spending(connection, network, at))
    budgets = (section.daily_requests, section.daily_reads, section.daily_dollars)
    limits = tuple(
        _limit(place, budget, section.recheck_share, today[place], _amounts(used)[place], reading, whole=whole)
        for place, budget in enumerate(budgets)
    )
    return Allowance(network, section.recheck_share, limits, used, price, most_requests)


def _limit(
    place: int,
    budget: float | None,
    share: float,
    today: float,
    used: float,
    reading: Sequence[tuple[float, ...]],
    *,
    whole: bool,
) -> float | None:
    if budget is None:
        return None
    left = budget - (today - used)  # what reading has left so far
    if whole:
        return left
    costs = sorted((day[place] for day in reading), reverse=True)
    usual = costs[1] if len(costs) > 1 else 0.0  # one day of an exceptional read is no rule
    allowed = max(min(share * budget, budget - usual), _FLOOR * share * budget)
    return max(0.0, min(allowed if place == 2 else max(1.0, float(int(allowed))), left))


def _fitting(most_requests: Callable[[int], int], left: float, check_size: int) -> int:
    """The posts of the largest batch that so many requests suffice for; one while there are any left."""
    sizes = (size for size in range(check_size, 1, -1) if most_requests(size) <= left)
    return next(sizes, 1 if left >= 1 else 0)


def _amounts(spending: Spending) -> tuple[float, float, float]:
    return float(spending.requests), float(spending.reads), spending.dollars
