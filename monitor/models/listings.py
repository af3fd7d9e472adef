"""What is read on a network: listings, what is wanted of them, and what was answered. All times are UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from monitor.models.posts import Post


@dataclass(frozen=True, slots=True)
class Listing:
    """Posts that a network hands out page by page, newest first: the hits of a search, the comments of a channel.

    `kind` and `target` say what to ask for, in the source's own words (`search`, `"aerosur" lang:es`), and name its
    watermark. `written` is the query it was translated from. `whole` listings are about the brand whatever their posts
    say (its mentions, its own page); of others only posts that match a query are kept. `dated`: the network itself
    keeps to `since` and `until`. `cap`: after so many posts it ends the listing though there are older ones (0: never).
    `reach_days`: it gives no older posts than that (0: all). `apart`: it has a server of its own; when that asks to
    wait, the other listings can still be read. `rescanned`: new posts stand anywhere in it, so that every read goes
    through all of it again, and a new one cannot go before one that was cut off.
    """

    network: str
    kind: str
    target: str
    brand: str
    written: str = ""
    whole: bool = False
    dated: bool = False
    cap: int = 0
    apart: bool = False
    reach_days: float = 0.0
    rescanned: bool = False

    @property
    def key(self) -> str:
        """The name of its watermark; it does not depend on the brand."""
        return f"{self.kind}: {self.target}"


@dataclass(frozen=True, slots=True)
class BackfillWindow:
    """The posts a backfill is for: from `since` until before `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One page: posts since `since` and before `until` (None: no bound), at `cursor` (None: the first).

    `note` is what the source last answered to be reminded of (an ETag, an account's id).
    """

    since: datetime | None = None
    until: datetime | None = None
    cursor: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """What an answer cost: a resource that is free for the rest of the UTC day ("" never is), dollars, quota units."""

    resource: str = ""
    dollars: float = 0.0
    units: int = 1


@dataclass(frozen=True, slots=True)
class CoverageGap:
    """A time of a listing that could not be read and never will be; `reason` is a sentence."""

    since: datetime
    until: datetime
    reason: str


WITHHELD = "the network counts {announced} posts there and gave {given} of them"
"""Why there is a gap: what was announced never came. The dashboard has its own words for it."""


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    """A page as the network gave it. `cursor` None: the listing ends here.

    `newest` and `oldest` are times by the network's clock, not by what authors claim: of the newest post, and of the
    last in the listing's order. `gone` are ids of posts the network says were deleted. `gaps` are times of which the
    network announced posts that it does not give.
    """

    posts: tuple[Post, ...]
    cursor: str | None = None
    newest: datetime | None = None
    oldest: datetime | None = None
    gone: tuple[str, ...] = ()
    note: str = ""
    charges: tuple[Charge, ...] = ()
    gaps: tuple[CoverageGap, ...] = ()


@dataclass(frozen=True, slots=True)
class Recheck:
    """Posts looked at again: as they are now, and the ids of those that are gone. An id in neither was not answered."""

    posts: tuple[Post, ...] = ()
    gone: tuple[str, ...] = ()
    charges: tuple[Charge, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadRoot:
    """A conversation to be read whole: its first post, and the brand it is about."""

    post_id: str
    brand: str


@dataclass(frozen=True, slots=True)
class ListedPost:
    """A post of a stream, with the whole listing it belongs to: it is about its brand whatever it says."""

    post: Post
    listing: Listing


@dataclass(frozen=True, slots=True)
class DeletedPost:
    """A stream's word that a post was deleted."""

    network: str
    post_id: str


StreamMessage: TypeAlias = Post | ListedPost | DeletedPost | Charge | None
"""What a stream sends: a post, kept when it matches a query; one kept in any case; a deletion; what a post cost;
None: nothing for now."""


@dataclass(slots=True)
class Meter:
    """Counts requests as they leave, retries and logins among them; each source's transport adds to it."""

    requests: int = 0
    booked: int = 0

    @property
    def pending(self) -> int:
        """Requests that were not taken yet."""
        return self.requests - self.booked

    def take(self) -> int:
        """Requests since the last call."""
        requests, self.booked = self.pending, self.requests
        return requests
