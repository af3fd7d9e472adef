"""Collecting: what the networks hold about the brands is read page by page, completely, politely and once.

A page and the position after it are stored in one transaction, so a process killed anywhere goes on where it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from monitor import store
from monitor.collect import paging
from monitor.collect.rate_limits import pause_after
from monitor.collect.session import Visit, visiting
from monitor.errors import (
    BadCredentials,
    BudgetSpent,
    PartLimited,
    Permanent,
    RateLimited,
    SettingsError,
    SourceError,
    SourceUnavailable,
    UnexpectedAnswer,
)
from monitor.models.listings import Listing, Window
from monitor.models.posts import Saved
from monitor.runs import Progress, now, recorded, silent
from monitor.settings.loading import Brand, Settings
from monitor.sources import registry
from monitor.sources.base import Follows
from monitor.store.posts import collection_state

_NO_BRAND = "no brand in escucha.toml yet: name yours with its queries, as escucha.example.toml does"


@dataclass(frozen=True, slots=True)
class Collected:
    """What one read of a network gave; `resumes_at` (UTC) is when the rest can be read, None: nothing is left."""

    network: str
    saved: Saved
    resumes_at: datetime | None = None


def configured(settings: Settings) -> list[str]:
    """The networks that the settings say anything about."""
    return [network for network in registry.networks() if settings.networks.of(network).is_set]


def brands_named(settings: Settings, name: str | None) -> list[Brand]:
    """The brand of that name, or all. Raises SettingsError when there is none."""
    found = [one for one in settings.brands if name is None or one.name.casefold() == name.casefold()]
    if not found:
        known = ", ".join(one.name for one in settings.brands)
        raise SettingsError(f"no brand {name!r}; there are: {known}" if known else _NO_BRAND)
    return found


def listings(settings: Settings, network: str, brands: Sequence[Brand]) -> list[Listing]:
    """What is read of a network; a listing that several brands need, once. Raises SettingsError when it is nothing."""
    module = registry.module(network)
    found = {one.key: one for brand in reversed(brands) for one in reversed(module.listings(brand, settings))}
    if not found:
        named = ", ".join(one.name for one in brands)
        raise SettingsError(f"{network}: nothing to read for {named}; see [networks.{network}] and brands.places")
    return list(reversed(found.values()))


def collect(
    settings: Settings,
    network: str,
    brand: str | None = None,
    window: Window | None = None,
    progress: Progress = silent,
) -> Collected:
    """Reads what is new on a network, for all brands or one; with a `window`, what was posted in that time.

    A listing that fails does not stop the others; their errors are raised together at the end. Raises SettingsError,
    BadCredentials, other SourceErrors. A network that asks to wait is no error: see `Collected.resumes_at`.
    """
    brands = brands_named(settings, brand)
    wanted = listings(settings, network, brands)
    subject = f"{network}: {window.since:%Y-%m-%d} - {window.until:%Y-%m-%d}" if window else network
    try:
        with recorded(settings, "collect", subject) as run, visiting(settings, network, run) as visit:
            if window is None:
                faults = _read(visit, [(one, None) for one in wanted], progress)
                faults += _read(visit, [(one, None) for one in _threads(visit, brands)], progress)
            else:
                faults = _read(visit, _chunks(wanted, window), progress)
            if not faults and run.saved.rejected and run.asked == run.saved.rejected:
                faults.append(UnexpectedAnswer(f"{network}: none of {run.asked} posts could be read; see the rejects"))
            _tell(faults)
    except RateLimited as limited:
        return Collected(network, run.saved, limited.reset_at)
    return Collected(network, run.saved)


def _read(visit: Visit, wanted: Sequence[tuple[Listing, Window | None]], progress: Progress) -> list[SourceError]:
    """Reads one after the other. What concerns the whole network is raised, what concerns one listing returned."""
    faults: list[SourceError] = []
    limited: list[PartLimited] = []
    for done, (listing, window) in enumerate(wanted):
        progress(listing.network, done, len(wanted))
        try:
            (_read_apart if listing.apart else paging.read)(visit, listing, window)
        except PartLimited as error:
            limited.append(error)
        except (RateLimited, BadCredentials):
            raise
        except SourceError as error:
            faults.append(error)
    visit.flush()
    progress(visit.network, len(wanted), len(wanted))
    if limited:
        told = "; ".join(dict.fromkeys(str(one) for one in (*limited, *faults)))
        raise PartLimited(told, min(one.reset_at for one in limited if one.reset_at))
    return faults


def _read_apart(visit: Visit, listing: Listing, window: Window | None) -> None:
    """Reads a listing whose server has a pause of its own. Raises PartLimited; its `reset_at` is never None here."""
    name = f"{listing.network}: {listing.target}"
    with store.connect(visit.settings.store, read_only=True) as connection:
        before = collection_state.pause(connection, name)
    if before and before.until > now():
        raise PartLimited(before.reason, before.until)
    answers = visit.answers
    try:
        paging.read(visit, listing, window)
    except BudgetSpent:
        raise
    except RateLimited as limited:
        pause = pause_after(limited, before if visit.answers == answers else None)
        with store.connect(visit.settings.store) as connection:
            collection_state.set_pause(connection, name, pause)
        raise PartLimited(pause.reason, pause.until) from None
    if before:
        with store.connect(visit.settings.store) as connection:
            collection_state.end_pause(connection, name)


def _threads(visit: Visit, brands: Sequence[Brand]) -> Sequence[Listing]:
    if not isinstance(visit.source, Follows):
        return ()
    since = now() - timedelta(days=visit.source.thread_days)
    with store.connect(visit.settings.store, read_only=True) as connection:
        found = [
            thread for one in brands for thread in collection_state.threads(connection, visit.network, one.name, since)
        ]
    return visit.ask(partial(visit.source.follow, found)) if found else ()


def _chunks(wanted: Sequence[Listing], window: Window) -> list[tuple[Listing, Window | None]]:
    """Days of UTC where the network keeps to times, so that the next call finds what is done; newest first."""
    parts: list[tuple[Listing, Window | None]] = []
    for listing in wanted:
        until = window.until
        while listing.dated and (midnight := _midnight_before(until)) > window.since:
            parts.append((listing, Window(midnight, until)))
            until = midnight
        parts.append((listing, Window(window.since, until)))
    return parts


def _midnight_before(moment: datetime) -> datetime:
    before = moment.astimezone(UTC) - timedelta(microseconds=1)
    return before.replace(hour=0, minute=0, second=0, microsecond=0)


def _tell(faults: Sequence[SourceError]) -> None:
    if not faults:
        return
    told = "; ".join(dict.fromkeys(str(one) for one in faults))
    passing = all(isinstance(one, SourceUnavailable) for one in faults)
    raise faults[0] if len(faults) == 1 else (SourceUnavailable(told) if passing else Permanent(told))
