"""Watermarks: how far a listing has been read, as text, and how one page moves it. Pure."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from monitor.errors import SettingsError
from monitor.models.listings import CoverageGap, Listing, ReceivedPage

TOO_LATE = "nothing was read for longer than the network reaches back"
CAPPED = "the network ends this listing after about {cap} posts; read it more often"
"""Why there are gaps; the dashboard has its own words for these."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A read under way: its next page, its bound, the newest post's time so far, how many posts it has seen.

    `begun_at` is our clock when it began; what is newer is for the next read.
    """

    begun_at: datetime
    since: datetime | None
    cursor: str | None = None
    newest: datetime | None = None
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Watermark:
    """All posts up to `reached` (the network's time) are stored; `read_at` is when that was last made sure.

    `walk` is a read that was cut off; it goes on. `note` is the source's own.
    """

    reached: datetime | None = None
    read_at: datetime | None = None
    note: str = ""
    walk: Walk | None = None

    def text(self) -> str:
        """As it is stored."""
        return json.dumps(asdict(self), default=datetime.isoformat)


def parse(text: str | None) -> Watermark:
    """A stored watermark; None gives that of a listing never read. Raises SettingsError for something else."""
    if text is None:
        return Watermark()
    try:
        fields = json.loads(text)
        walk = fields["walk"]
        return Watermark(
            _time(fields["reached"]),
            _time(fields["read_at"]),
            fields["note"],
            walk and Walk(**{**walk, **{name: _time(walk[name]) for name in ("begun_at", "since", "newest")}}),
        )
    except (ValueError, TypeError, KeyError):
        raise SettingsError(
            f"the database holds a watermark that is none ({text[:80]!r}); another version of Escucha may have "
            "written it: use that one"
        ) from None


def _time(value: Any) -> Any:
    return None if value is None else datetime.fromisoformat(value)


def advance(watermark: Watermark, walk: Walk, page: ReceivedPage, *, minimum_posts: int = 0) -> Watermark:
    """The watermark once this page is stored.

    The walk ends with the listing, or when a page reaches behind `since` after at least `minimum_posts` posts.
    """
    advanced = replace(
        walk,
        cursor=page.cursor,
        newest=max(filter(None, (walk.newest, page.newest)), default=None),
        seen=walk.seen + len(page.posts),
    )
    note = page.note or watermark.note
    if page.cursor is not None and not _reaches_bound(advanced, page, minimum_posts):
        return replace(watermark, note=note, walk=advanced)
    # A time in the future would hide what comes until then, whoever's clock is wrong.
    newest = min(advanced.newest, walk.begun_at) if advanced.newest else None
    reached = max(filter(None, (watermark.reached, newest)), default=None)
    return Watermark(reached, walk.begun_at, note)


def _reaches_bound(walk: Walk, page: ReceivedPage, minimum_posts: int) -> bool:
    return bool(walk.since and page.oldest and page.oldest < walk.since and walk.seen >= minimum_posts)


def cap_gaps(listing: Listing, watermark: Watermark, walk: Walk, page: ReceivedPage) -> list[CoverageGap]:
    """What the network's cap on a listing kept from us: it ended before it came to where the last read had begun."""
    if page.cursor is not None or not listing.cap or watermark.reached is None or page.oldest is None:
        return []
    if walk.seen + len(page.posts) < 0.9 * listing.cap or page.oldest <= watermark.reached:
        return []
    return [CoverageGap(watermark.reached, page.oldest, CAPPED.format(cap=listing.cap))]
