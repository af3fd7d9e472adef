"""Following conversations: threads of a brand are read while they are young, and once more when they no longer are.

Without that last read, what was said before an outage ended, in a thread that grew too old in it, would be lost untold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from monitor import store
from monitor.collect import watermark as watermarks
from monitor.collect.session import CollectSession
from monitor.collect.watermark import Watermark
from monitor.models.listings import Listing
from monitor.runs import now
from monitor.settings.loading import Brand
from monitor.sources.base import Follows
from monitor.store.posts import collection_state

_KEY = "threads"
"""Names the watermark: conversations that began before it were read for the last time."""
_LONGEST_OUTAGE = timedelta(days=90)  # after which conversations that have grown too old are not looked at again


@dataclass(frozen=True, slots=True)
class GrownThreads:
    """Listings of conversations in which something may be new; what began before `since` is then followed no longer."""

    listings: Sequence[Listing]
    since: datetime


def follow(session: CollectSession, brands: Sequence[Brand]) -> GrownThreads | None:
    """Asks which conversations have grown; None where the network's are not followed. Raises SourceErrors."""
    if not isinstance(session.source, Follows):
        return None
    since = now() - timedelta(days=session.source.thread_days)
    with store.connect(session.settings.store, read_only=True) as connection:
        text = collection_state.watermark(connection, session.network, _KEY)
        followed = watermarks.parse(text).reached or since
        start = max(min(since, followed), since - _LONGEST_OUTAGE)
        threads = [
            thread
            for brand in brands
            for thread in collection_state.threads(connection, session.network, brand.name, start)
        ]
    return GrownThreads(session.ask(partial(session.source.follow, threads)) if threads else (), since)


def note_end(session: CollectSession, growth: GrownThreads) -> None:
    """All of them were read."""
    at = now()
    with session.open_store() as connection:
        position = Watermark(reached=growth.since, read_at=at).text()
        collection_state.move_watermark(connection, session.network, _KEY, position, at)
