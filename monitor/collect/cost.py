"""What reading would cost, said before it is done: some networks count posts for nothing, most cost nothing."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from monitor import store
from monitor.collect import rhythm, watermark
from monitor.collect.collector import listings, select_brands
from monitor.collect.journal import watermark_key
from monitor.collect.session import CollectSession, open_session, sole_reader
from monitor.errors import SourceError
from monitor.models.listings import BackfillWindow, Listing
from monitor.runs import now, record_run
from monitor.settings.loading import Settings
from monitor.settings.network import NetworkSettings
from monitor.sources.base import Estimates, PricedRechecks
from monitor.store.posts import collection_state
from monitor.store.posts.collection_state import Spending

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ListingEstimate:
    """A listing, and what its posts and their authors would cost in dollars, quoted posts apart.

    `posts` is None where the network does not say how many there are; `fault` is why not, where it should.
    """

    listing: Listing
    posts: int | None = None
    dollars: float = 0.0
    author_dollars: float = 0.0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class RecheckEstimate:
    """What looking posts up again costs later: so many looks a post, their dollars, and a day's at most (None: no end).

    A look on the day on which a post was paid for costs nothing, so that these are the most it can be.
    """

    looks: float
    dollars: float
    most_a_day: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What reading a network's listings would cost, and what the day (UTC) has cost so far.

    `recheck` is what comes later; None where looking up costs nothing, or cannot be done.
    """

    network: str
    listings: tuple[ListingEstimate, ...]
    spent: Spending
    section: NetworkSettings
    recheck: RecheckEstimate | None = None

    @property
    def exceeds(self) -> bool:
        """Whether it may cost more than is left of the day's budget of dollars."""
        budget = self.section.daily_dollars
        maximum = sum(listing.dollars + listing.author_dollars for listing in self.listings)
        return budget is not None and self.spent.dollars + maximum > budget


def estimate(settings: Settings, network: str, brand: str | None, window: BackfillWindow | None) -> Estimate:
    """Asks for counts alone and reads no post. Raises SettingsError, BadCredentials and RateLimited."""
    network_listings = listings(settings, network, select_brands(settings, brand))
    with (
        sole_reader(settings, network, wait=settings.store.busy_timeout) as own,
        record_run(settings, "estimate", network, network=network) as run,
        open_session(settings, network, run, own) as session,
    ):
        estimates = tuple(_estimate_listing(session, listing, window) for listing in network_listings)
        session.settle()
        logger.info("cost estimated", extra={"network": network, "run": run.run_id, "count": len(estimates)})
        return Estimate(network, estimates, session.spent, session.section, _estimate_rechecks(session))


def _estimate_rechecks(session: CollectSession) -> RecheckEstimate | None:
    source, section = session.source, session.section
    if not isinstance(source, PricedRechecks):
        return None
    looks = rhythm.looks(timedelta(hours=session.settings.schedule.recheck_hours), section.recheck_days)
    price, _ = source.recheck_price()
    budget = section.daily_dollars
    return RecheckEstimate(looks, looks * price, None if budget is None else section.recheck_share * budget)


def _estimate_listing(session: CollectSession, listing: Listing, window: BackfillWindow | None) -> ListingEstimate:
    source = session.source
    if not isinstance(source, Estimates):
        return ListingEstimate(listing)
    since, until = _bounds(session, listing, window)
    try:
        posts = session.ask(partial(source.estimate, listing, since, until))
    except SourceError as error:
        context = {"network": session.network, "listing_kind": listing.kind, "reason": type(error).__name__}
        logger.warning("listing cannot be estimated", extra=context)
        return ListingEstimate(listing, fault=str(error))
    post_dollars, author_dollars = source.price(listing)
    return ListingEstimate(listing, posts, posts * post_dollars, posts * author_dollars)


def _bounds(
    session: CollectSession, listing: Listing, window: BackfillWindow | None
) -> tuple[datetime, datetime | None]:
    """The time that would be read now."""
    if window is not None:
        return window.since, window.until
    with store.connect(session.settings.store, read_only=True) as connection:
        reached = watermark.parse(
            collection_state.watermark(connection, session.network, watermark_key(listing, None))
        ).reached
    return reached or now() - timedelta(days=session.section.first_days), None


def total(estimates: Sequence[ListingEstimate]) -> ListingEstimate | None:
    """All of them as one; None where there is no count to add up."""
    estimates = [estimate for estimate in estimates if estimate.posts is not None]
    if not estimates:
        return None
    posts = sum(estimate.posts or 0 for estimate in estimates)
    dollars = sum(estimate.dollars for estimate in estimates)
    author_dollars = sum(estimate.author_dollars for estimate in estimates)
    return ListingEstimate(estimates[0].listing, posts, dollars, author_dollars)
