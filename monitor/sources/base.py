"""What a module in `monitor.sources` that reads a network offers; a new network is one more such module.

Module level: `listings`, `connect`, `to_mention` (see `Module`). What `connect` returns is a `Source`; it may also be a
`Follows`, `Rechecks`, `PricedRechecks`, `Streams` or `Estimates` by having their method.
"""

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from monitor.models.listings import Listing, Meter, PageRequest, ReceivedPage, Recheck, StreamMessage, ThreadRoot
from monitor.models.posts import Mention, Post
from monitor.settings.loading import Brand, Settings


class Source(Protocol):
    """An open connection to a network; used by one thread.

    Errors of its client library leave it as those of `monitor.errors`, never with a secret or a post's text.
    """

    def fetch(self, listing: Listing, request: PageRequest) -> ReceivedPage:
        """One page. Raises CursorExpired and SpanTooOld when the read must begin otherwise."""

    def probe(self) -> str:
        """One cheap call. Returns who we are there, in a few words."""


@runtime_checkable
class Follows(Protocol):
    """A network whose conversations are read whole while their first post is younger than `thread_days`."""

    thread_days: float

    def follow(self, threads: Sequence[ThreadRoot]) -> Sequence[Listing]:
        """The listings of those conversations in which something is new."""


@runtime_checkable
class Rechecks(Protocol):
    """A network that tells what became of posts."""

    check_size: int

    def check(self, post_ids: Sequence[str]) -> Recheck:
        """Looks up to `check_size` posts up again."""


@runtime_checkable
class ConfirmedRechecks(Protocol):
    """A network that is asked again, about one post or a few, where its answer about many lacks some."""

    def most_requests(self, count: int) -> int:
        """Requests that looking up so many posts may take."""


@runtime_checkable
class PricedRechecks(Protocol):
    """A network that charges for posts looked up again."""

    def recheck_price(self) -> tuple[float, int]:
        """Dollars that one post usually costs, and how many paid resources come with it at most."""


@runtime_checkable
class Streams(Protocol):
    """A network that sends posts as they appear."""

    def stream(self, listings: Sequence[Listing], stop: threading.Event) -> Iterator[StreamMessage]:
        """Posts and deletions as they come, the first None once it is connected, then one at least every five seconds.

        A post of a whole listing (the brand's own mentions) comes as Heard. Ends when `stop` is set, raises a
        SourceError when cut off (SourceUnavailable, RateLimited) or refused. Never reconnects by itself.
        """


@runtime_checkable
class Estimates(Protocol):
    """A network that says beforehand how many posts there are."""

    def estimate(self, listing: Listing, since: datetime | None, until: datetime | None) -> int:
        """How many posts reading would give."""

    def price(self, listing: Listing) -> tuple[float, float]:
        """Dollars that a post of it costs, and its author, if nothing of either was read today; may be 0."""


class Module(Protocol):
    """The module itself."""

    def listings(self, brand: Brand, settings: Settings) -> Sequence[Listing]:
        """What is read for a brand; empty when the settings name nothing. Pure. Raises QueryRejected."""

    def connect(self, settings: Settings, meter: Meter) -> Source:
        """Opens the client; makes no request. Raises BadCredentials when the settings lack some."""

    def to_mention(self, post: Post) -> Mention:
        """The post, normalised. Pure. Raises RejectedPost with the reason."""
