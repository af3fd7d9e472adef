"""Watermarks: how far a listing has been read, as text, and how one page moves it. Pure."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.errors import SettingsError
from monitor.models.listings import CoverageGap, Listing, PageRequest, ReceivedPage

TOO_LATE = "nothing was read for longer than the network reaches back"
CAPPED = "the network ends this listing after about {cap} posts; read it more often"
OUTLIVED = (
    "reading took so long that the network no longer offers these posts; raise the day's budget or read more often"
)
ENDLESS = "the listing has no end: after {pages} pages its read was ended"
"""Why there are gaps; the dashboard has its own words for these."""
_SLACK = timedelta(minutes=1)  # by which a read that goes as far as it can may fall short of its time bound
_MANY = 10  # posts that show whose clock is wrong
_MOST_WALKS = 10  # of one listing that wait for their end
_TIMES = ("begun_at", "since", "newest", "lowest", "until")


@dataclass(frozen=True, slots=True)
class Walk:
    """A read under way: its next page, its bound, the newest post's time so far, how many posts it has seen.

    `begun_at` is our clock when it began; what is newer is for the next read. `lowest` is how far down it has come.
    `until` is where it goes on from when the network has forgotten its cursor. It took so many `pages`. `resumed`: what
    was posted since it began was read before it went on.
    """

    begun_at: datetime
    since: datetime | None
    cursor: str | None = None
    newest: datetime | None = None
    seen: int = 0
    lowest: datetime | None = None
    until: datetime | None = None
    pages: int = 0
    resumed: bool = False

    def request(self, until: datetime | None, note: str) -> PageRequest:
        """What is asked for next; `until` is the bound of a backfill."""
        return PageRequest(self.since, min(filter(None, (until, self.until)), default=None), self.cursor, note)


@dataclass(frozen=True, slots=True)
class Watermark:
    """All posts up to `reached` (the network's time) are stored; `read_at` is when that was last made sure.

    `walk` is a read that was cut off; it goes on. `older` are reads that go on after it, the newest first: each ends
    where the next one began. `note` is the source's own. `doubted` is a `reached` that lay in the future by our clock:
    all is read anew then, but where the clock was wrong and the read is never ended, nothing older is missing.
    """

    reached: datetime | None = None
    read_at: datetime | None = None
    note: str = ""
    walk: Walk | None = None
    older: tuple[Walk, ...] = ()
    doubted: datetime | None = None

    def text(self) -> str:
        """As it is stored."""
        return json.dumps(asdict(self), default=datetime.isoformat)


def parse(text: str | None) -> Watermark:
    """A stored watermark; None gives that of a listing never read. Raises SettingsError for something else."""
    if text is None:
        return Watermark()
    try:
        fields = json.loads(text)
        return Watermark(
            _time(fields["reached"]),
            _time(fields["read_at"]),
            fields["note"],
            fields["walk"] and _parse_walk(fields["walk"]),
            tuple(map(_parse_walk, fields.get("older", ()))),
            _time(fields.get("doubted")),
        )
    except (ValueError, TypeError, KeyError):
        raise SettingsError(
            f"the database holds a watermark that is none ({text[:80]!r}); another version of Escucha may have "
            "written it: use that one"
        ) from None


def _parse_walk(fields: dict[str, Any]) -> Walk:
    return Walk(**{**fields, **{name: _time(fields.get(name)) for name in _TIMES}})


def _time(value: Any) -> Any:
    return None if value is None else datetime.fromisoformat(value)


def overtake(watermark: Watermark, begun_at: datetime, overlap: timedelta) -> Watermark:
    """The watermark with a new read before the one under way, down to where that one began.

    So many wait for their end at most: the oldest two become one, which reads again what the oldest had read.
    """
    if watermark.walk is None:
        return watermark
    waiting = (watermark.walk, *watermark.older)
    if len(waiting) >= _MOST_WALKS:
        waiting = (*waiting[:-2], replace(waiting[-2], since=waiting[-1].since))
    return replace(watermark, walk=Walk(begun_at, _begin(waiting[0]) - overlap), older=waiting)


def _begin(walk: Walk) -> datetime:
    """The network's time when it began; a time in the future, whoever's clock is wrong, would hide what comes.

    Where every one of many posts lies in the future, our clock is behind, and the network's is right.
    """
    if walk.newest is None:
        return walk.begun_at
    return walk.newest if _was_behind(walk) else min(walk.newest, walk.begun_at)


def _was_behind(walk: Walk) -> bool:
    return walk.lowest is not None and walk.lowest > walk.begun_at + _SLACK and walk.seen >= _MANY


def _bound(walk: Walk) -> datetime | None:
    """Down to where it reads, by the network's time: our clock may have been a year behind when it began."""
    return walk.since + (_begin(walk) - walk.begun_at) if walk.since and _was_behind(walk) else walk.since


def advance(watermark: Watermark, walk: Walk, page: ReceivedPage, *, minimum_posts: int = 0) -> Watermark:
    """The watermark once this page is stored.

    The walk ends with the listing, or when a page reaches behind `since` after at least `minimum_posts` posts. Then the
    older one goes on; when there is none, everything up to the newest post is stored.
    """
    advanced = replace(
        walk,
        cursor=page.cursor,
        newest=max(filter(None, (walk.newest, page.newest)), default=None),
        seen=walk.seen + len(page.posts),
        lowest=_lowest(walk, page),
        pages=walk.pages + 1,
    )
    note = page.note or watermark.note
    if page.cursor is not None and not _reaches_bound(advanced, page, minimum_posts):
        return replace(watermark, note=note, walk=advanced)
    if watermark.older:
        joined = _join(advanced, watermark.older[0])
        return replace(watermark, note=note, walk=joined, older=watermark.older[1:])
    newest = _begin(advanced) if advanced.newest else None
    reached = max(filter(None, (watermark.reached, newest)), default=None)
    return Watermark(reached, max(filter(None, (walk.begun_at, reached))), note)


def _join(newer: Walk, older: Walk) -> Walk:
    """The older walk once all that is newer is read."""
    newest = max(filter(None, (newer.newest, older.newest)), default=None)
    seen = older.seen + newer.seen
    return replace(older, begun_at=newer.begun_at, since=_bound(older), newest=newest, seen=seen, resumed=True)


def _lowest(walk: Walk, page: ReceivedPage) -> datetime | None:
    return min(filter(None, (walk.lowest, page.oldest)), default=None)


def _reaches_bound(walk: Walk, page: ReceivedPage, minimum_posts: int) -> bool:
    return bool(walk.since and page.oldest and page.oldest < walk.since and walk.seen >= minimum_posts)


def floor(watermark: Watermark, walk: Walk) -> datetime | None:
    """Down to where a read has to come for nothing to be missing; None: a first read, which may end anywhere.

    One that goes on after a while is to bring what it would have brought at once.
    """
    bound = _bound(walk)
    if watermark.older:
        start: datetime | None = _begin(watermark.older[0])
    else:
        start = watermark.reached or watermark.doubted or (bound if walk.resumed else None)
    return max(start, bound) if start and bound else start


def cap_gaps(listing: Listing, watermark: Watermark, walk: Walk, page: ReceivedPage) -> list[CoverageGap]:
    """What the network's cap on a listing kept from us: it ended before it came to where the last read had begun."""
    start, lowest = floor(watermark, walk), _lowest(walk, page)
    if page.cursor is not None or not listing.cap or start is None or lowest is None:
        return []
    if walk.seen + len(page.posts) < 0.9 * listing.cap or lowest <= start:
        return []
    return [CoverageGap(start, lowest, CAPPED.format(cap=listing.cap))]


def reach_gaps(
    listing: Listing, watermark: Watermark, walk: Walk, page: ReceivedPage, now: datetime
) -> list[CoverageGap]:
    """What left the network's reach while it was being read: the listing ended, but no longer where it had to."""
    if page.cursor is not None or not listing.reach_days or _reaches_bound(walk, page, 0):
        return []
    bound = _bound(walk)
    start = floor(watermark, walk) or bound
    earliest, lowest = now - timedelta(days=listing.reach_days), _lowest(walk, page)
    end = min(earliest, lowest) if lowest else earliest
    if start is None or end <= start + (_SLACK if start == bound else timedelta()):
        return []
    return [CoverageGap(start, end, OUTLIVED)]


def endless_gap(watermark: Watermark, walk: Walk, page: ReceivedPage, now: datetime) -> CoverageGap:
    """What is given up when a read is ended that has no end."""
    end = _lowest(walk, page) or now
    start = floor(watermark, walk) or _bound(walk) or end
    return CoverageGap(min(start, end), end, ENDLESS.format(pages=walk.pages + 1))
