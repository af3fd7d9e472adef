"""What reading would cost, said before it is done: some networks count posts for nothing, most cost nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from monitor import store
from monitor.collect import watermark
from monitor.collect.collector import brands_named, listings
from monitor.collect.journal import watermark_key
from monitor.collect.session import Visit, visiting
from monitor.errors import SourceError
from monitor.models.listings import Listing, Window
from monitor.runs import now, recorded
from monitor.settings.loading import Settings
from monitor.settings.networks import Network
from monitor.sources.base import Estimates
from monitor.store.posts import mentions
from monitor.store.posts.collection_state import Spent


@dataclass(frozen=True, slots=True)
class Expected:
    """A listing, and what its posts and their authors would cost in dollars, quoted posts apart.

    `posts` is None where the network does not say how many there are; `fault` is why not, where it should.
    """

    listing: Listing
    posts: int | None = None
    dollars: float = 0.0
    author_dollars: float = 0.0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What reading a network's listings would cost, and what the day (UTC) has cost so far."""

    network: str
    listings: tuple[Expected, ...]
    spent: Spent
    section: Network

    @property
    def exceeds(self) -> bool:
        """Whether it may cost more than is left of the day's budget of dollars."""
        budget = self.section.daily_dollars
        most = sum(one.dollars + one.author_dollars for one in self.listings)
        return budget is not None and self.spent.dollars + most > budget


def estimate(settings: Settings, network: str, brand: str | None, window: Window | None) -> Estimate:
    """Asks for counts alone and reads no post. Raises SettingsError, BadCredentials and RateLimited."""
    wanted = listings(settings, network, brands_named(settings, brand))
    with recorded(settings, "estimate", network) as run, visiting(settings, network, run) as visit:
        found = tuple(_expected(visit, one, window) for one in wanted)
        visit.settle()
        return Estimate(network, found, visit.spent, visit.section)


def _expected(visit: Visit, listing: Listing, window: Window | None) -> Expected:
    source = visit.source
    if not isinstance(source, Estimates):
        return Expected(listing)
    since, until = _bounds(visit, listing, window)
    try:
        posts = visit.ask(partial(source.estimate, listing, since, until))
    except SourceError as error:
        return Expected(listing, fault=str(error))
    each, author = source.price(listing)
    return Expected(listing, posts, posts * each, posts * author)


def _bounds(visit: Visit, listing: Listing, window: Window | None) -> tuple[datetime, datetime | None]:
    """The time that would be read now."""
    if window is not None:
        return window.since, window.until
    with store.connect(visit.settings.store, read_only=True) as connection:
        reached = watermark.read(mentions.watermark(connection, visit.network, watermark_key(listing, None))).reached
    return reached or now() - timedelta(days=visit.section.first_days), None


def total(expected: Sequence[Expected]) -> Expected | None:
    """All of them as one; None where there is no count to add up."""
    counted = [one for one in expected if one.posts is not None]
    if not counted:
        return None
    posts = sum(one.posts or 0 for one in counted)
    dollars, authors = sum(one.dollars for one in counted), sum(one.author_dollars for one in counted)
    return Expected(counted[0].listing, posts, dollars, authors)
