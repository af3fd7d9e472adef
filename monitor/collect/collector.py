"""Collecting: what the networks hold about the brands is read page by page, completely, politely and once.

A page and the watermark after it are stored in one transaction, so a process killed anywhere goes on where it was.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from monitor import store
from monitor.collect import conversations, paging
from monitor.collect.rate_limits import is_paused, pause_after
from monitor.collect.session import CollectSession, open_session, sole_reader
from monitor.errors import (
    BadCredentials,
    BudgetSpent,
    EscuchaError,
    PartLimited,
    Permanent,
    RateLimited,
    SettingsError,
    SourceError,
    SourceUnavailable,
    UnexpectedAnswer,
    fault_place,
)
from monitor.models.listings import BackfillWindow, Listing
from monitor.models.posts import IngestCounts
from monitor.runs import Progress, no_progress, now, record_run
from monitor.settings.loading import Brand, Settings
from monitor.sources import registry
from monitor.store.posts import collection_state

logger = logging.getLogger(__name__)

_ListingRead: TypeAlias = tuple[Listing, BackfillWindow | None]
_Reader: TypeAlias = Callable[[CollectSession, Listing, BackfillWindow | None], None]
_NO_BRAND = "no brand in escucha.toml yet: name yours with its queries, as escucha.example.toml does"


@dataclass(frozen=True, slots=True)
class CollectResult:
    """What one read of a network gave; `resumes_at` (UTC) is when the rest can be read, None: nothing is left."""

    network: str
    saved: IngestCounts
    resumes_at: datetime | None = None


def configured_networks(settings: Settings) -> list[str]:
    """The networks that the settings say anything about."""
    return [network for network in registry.networks() if settings.networks.of(network).is_set]


def select_brands(settings: Settings, name: str | None) -> list[Brand]:
    """The brand of that name, or all. Raises SettingsError when there is none."""
    brands = [brand for brand in settings.brands if name is None or brand.name.casefold() == name.casefold()]
    if not brands:
        names = ", ".join(brand.name for brand in settings.brands)
        raise SettingsError(f"no brand {name!r}; there are: {names}" if names else _NO_BRAND)
    return brands


def listings(settings: Settings, network: str, brands: Sequence[Brand]) -> list[Listing]:
    """What is read of a network; a listing that several brands need, once. Raises SettingsError when it is nothing."""
    module = registry.module(network)
    by_key = {
        listing.key: listing for brand in reversed(brands) for listing in reversed(module.listings(brand, settings))
    }
    if not by_key:
        names = ", ".join(brand.name for brand in brands)
        raise SettingsError(f"{network}: nothing to read for {names}; see [networks.{network}] and brands.places")
    return list(reversed(by_key.values()))


def collect(
    settings: Settings,
    network: str,
    brand: str | None = None,
    window: BackfillWindow | None = None,
    progress: Progress = no_progress,
) -> CollectResult:
    """Reads what is new on a network, for all brands or one; with a `window`, what was posted in that time.

    A listing that fails does not stop the others; their errors are raised together at the end. Raises SettingsError,
    BadCredentials, other SourceErrors, and BeingDone while another process reads the network. One that asks to wait is
    no error: see `CollectResult.resumes_at`.
    """
    brands = select_brands(settings, brand)
    network_listings = listings(settings, network, brands)
    subject = f"{network}: {window.since:%Y-%m-%d} - {window.until:%Y-%m-%d}" if window else network
    try:
        with (
            sole_reader(settings, network) as own,
            record_run(settings, "collect", subject, network=network) as run,
            open_session(settings, network, run, own) as session,
        ):
            reading = _Reading(session, progress)
            if window is None:
                _read_new(reading, network_listings, brands)
            else:
                reading.read(_daily_windows(network_listings, window), paging.read_listing)
            faults = reading.faults()
            if not faults and run.saved.rejected and run.received == run.saved.rejected:
                faults.append(
                    UnexpectedAnswer(f"{network}: none of {run.received} posts could be read; see the rejects")
                )
            _raise_faults(faults, run.saved.stored)
    except RateLimited as limited:
        return CollectResult(network, run.saved, limited.reset_at)
    context = {"network": network, "run": run.run_id, "rejects": run.saved.rejected}
    logger.info("network read", extra={**context, "count": run.saved.stored})
    return CollectResult(network, run.saved)


def _read_new(reading: "_Reading", network_listings: Sequence[Listing], brands: Sequence[Brand]) -> None:
    """What is new in every listing first, those never read last; then conversations; then what earlier reads left."""
    session = reading.session
    with store.connect(session.settings.store, read_only=True) as connection:
        known = collection_state.watermark_keys(connection, session.network)
    by_turn = sorted(network_listings, key=lambda listing: listing.key not in known)
    reading.read(_without_window(by_turn), lambda session, listing, _: paging.read_fresh(session, listing))
    _read_threads(reading, brands)
    waiting = [(paging.waits_since(session, listing), listing) for listing in network_listings]
    longest_first = sorted(
        ((since, listing) for since, listing in waiting if since is not None), key=lambda wait: wait[0]
    )
    reading.read(_without_window([listing for _, listing in longest_first]), paging.read_listing)


@dataclass(slots=True)
class _Reading:
    """The reading of a network's listings, some of them in several turns, and the errors of those that failed."""

    session: CollectSession
    progress: Progress
    _faults: list[SourceError] = field(default_factory=list)
    _limited: list[PartLimited] = field(default_factory=list)
    _failed: set[str] = field(default_factory=set)

    def read(self, reads: Sequence[_ListingRead], reader: _Reader) -> None:
        """Reads one after the other, without those that failed. Raises what concerns the whole network."""
        for done, (listing, window) in enumerate(reads):
            self.progress(listing.network, done, len(reads))
            if window is None and listing.key in self._failed:
                continue
            try:
                if listing.apart:
                    _read_with_own_pause(self.session, listing, window, reader)
                else:
                    reader(self.session, listing, window)
            except PartLimited as error:
                self._limited.append(error)
                self._failed.add(listing.key)
            except (RateLimited, BadCredentials):
                raise
            except SourceError as error:
                self._faults.append(error)
                self._failed.add(listing.key)
                context = {"network": self.session.network, "run": self.session.run.run_id}
                context |= {"listing_kind": listing.kind, "reason": type(error).__name__}
                logger.error("listing failed", extra=context)  # noqa: TRY400 (a traceback may quote a query)
            except EscuchaError:
                raise
            except Exception as error:
                reason = f"a fault in Escucha itself: {fault_place(error)}; please report it"
                self._faults.append(UnexpectedAnswer(f"{self.session.network}: {listing.kind}: {reason}"))
                self._failed.add(listing.key)
                context = {"network": self.session.network, "run": self.session.run.run_id}
                logger.exception("listing failed unforeseen", extra={**context, "listing_kind": listing.kind})
        self.session.flush()
        self.progress(self.session.network, len(reads), len(reads))

    @property
    def fault_count(self) -> int:
        """How many listings failed so far."""
        return len(self._failed)

    def faults(self) -> list[SourceError]:
        """The errors of single listings. Raises PartLimited, with all of them, where the server of one asks to wait."""
        if self._limited:
            resumes_at = min(error.reset_at for error in self._limited if error.reset_at)
            raise PartLimited(_joined_messages((*self._limited, *self._faults)), resumes_at)
        return self._faults


def _read_with_own_pause(
    session: CollectSession, listing: Listing, window: BackfillWindow | None, reader: _Reader
) -> None:
    """Reads a listing whose server has a pause of its own. Raises PartLimited; its `reset_at` is never None here."""
    name = f"{listing.network}: {listing.target}"
    with store.connect(session.settings.store, read_only=True) as connection:
        previous = collection_state.pause(connection, name)
    if previous and is_paused(previous, listing.network):
        raise PartLimited(previous.reason, previous.until)
    answers = session.answers
    try:
        reader(session, listing, window)
    except BudgetSpent:
        raise
    except RateLimited as limited:
        pause = pause_after(limited, previous if session.answers == answers else None)
        with store.connect(session.settings.store) as connection:
            collection_state.set_pause(connection, name, pause, now())
        context = {"network": session.network, "run": session.run.run_id, "listing_kind": listing.kind}
        reason, until = type(limited).__name__, pause.until.isoformat()
        logger.warning("listing paused", extra={**context, "reason": reason, "until": until})
        raise PartLimited(pause.reason, pause.until) from None
    if previous:
        with session.open_store() as connection:
            collection_state.end_pause(connection, name)


def _read_threads(reading: _Reading, brands: Sequence[Brand]) -> None:
    """Conversations; the next read need not look at older ones only when none failed."""
    growth, before = conversations.follow(reading.session, brands), reading.fault_count
    if growth is not None:
        reading.read(_without_window(growth.listings), paging.read_listing)
        if reading.fault_count == before:
            conversations.note_end(reading.session, growth)


def _without_window(network_listings: Sequence[Listing]) -> list[_ListingRead]:
    return [(listing, None) for listing in network_listings]


def _daily_windows(network_listings: Sequence[Listing], window: BackfillWindow) -> list[_ListingRead]:
    """Days of UTC where the network keeps to times, so that the next call finds what is done; newest first."""
    reads: list[_ListingRead] = []
    for listing in network_listings:
        until = window.until
        while listing.dated and (midnight := _midnight_before(until)) > window.since:
            reads.append((listing, BackfillWindow(midnight, until)))
            until = midnight
        reads.append((listing, BackfillWindow(window.since, until)))
    return reads


def _midnight_before(moment: datetime) -> datetime:
    return (moment.astimezone(UTC) - timedelta(microseconds=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def _raise_faults(faults: Sequence[SourceError], stored: int) -> None:
    """Raises the faults as one, which says how many posts were stored all the same; a single one keeps its type."""
    if not faults:
        return
    is_passing = all(isinstance(fault, SourceUnavailable) for fault in faults)
    joined = (SourceUnavailable if is_passing else Permanent)(_joined_messages(faults))
    fault = faults[0] if len(faults) == 1 else joined
    if stored:
        fault.args = (f"{fault}; new posts that were stored all the same: {stored:,}",)
    raise fault


def _joined_messages(faults: Sequence[SourceError]) -> str:
    return "; ".join(dict.fromkeys(str(fault) for fault in faults))
