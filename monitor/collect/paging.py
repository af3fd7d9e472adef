"""Reading a listing page by page, from where it was left until its end.

A read that was cut off long ago does not stand in the way of what was posted since: that is read first, and the older
read goes on after it.
"""

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from monitor import store
from monitor.collect import clock
from monitor.collect import watermark as watermarks
from monitor.collect.journal import JournalEntry, watermark_key
from monitor.collect.session import CollectSession
from monitor.collect.watermark import Walk, Watermark
from monitor.errors import CursorExpired, QueryRejected, SpanTooOld, UnexpectedAnswer
from monitor.models.listings import BackfillWindow, CoverageGap, Listing, ReceivedPage
from monitor.runs import now
from monitor.store.posts import collection_state, gaps

logger = logging.getLogger(__name__)

FAIR_PAGES = 10
"""Pages of one listing that are read before the others have had their turn."""
_RESTARTS = 3  # of one listing, when the network forgets its cursor or does not reach back so far
_FIRST_READ = 1_000  # posts; the first read of a listing goes so far even behind its time bound
_MOST_PAGES = 10_000  # of one read
_LONGEST_CURSOR = 1_000_000  # characters; those of a large thread name thousands of comments
_MOST_STALLED = 100  # pages in a row that go no further back, or that had come before
_REACH_MARGIN = timedelta(minutes=1)


def read_listing(session: CollectSession, listing: Listing, window: BackfillWindow | None = None) -> None:
    """Reads what is new in a listing, and what an earlier read left.

    With a `window`: what it holds of that time, unless it was read after that.
    """
    read = _open_read(session, listing, window)
    if window is not None and read.watermark.read_at is not None and read.watermark.read_at >= window.until:
        return
    if read.watermark.walk is None:
        read.watermark = replace(read.watermark, walk=_start_walk(session, read.watermark, window))
    read.go_on()


def read_fresh(session: CollectSession, listing: Listing) -> None:
    """Reads what was posted since the last read, some pages of it at most; what an earlier read left is not touched.

    A listing whose posts are in no order of time is read to its end.
    """
    read = _open_read(session, listing, None)
    walk = read.watermark.walk
    if walk is None:
        read.watermark = replace(read.watermark, walk=_start_walk(session, read.watermark, None))
        read.go_on(most_pages=FAIR_PAGES)
    elif listing.rescanned or walk.lowest is None:
        read.go_on()
    else:
        overlap = timedelta(minutes=session.section.overlap_minutes)
        if now() - walk.begun_at > overlap:
            context = {"network": session.network, "run": session.run.run_id, "listing_kind": listing.kind}
            logger.info("new posts first; an older read goes on after them", extra=context)
            read.watermark = watermarks.overtake(read.watermark, now(), overlap)
        if read.watermark.older:
            read.go_on(most_pages=FAIR_PAGES, until_joined=True)


def waits_since(session: CollectSession, listing: Listing) -> datetime | None:
    """When the read began that has not come to its end; None: all that was posted before the last read is stored."""
    walk = _open_read(session, listing, None).watermark.walk
    return walk.begun_at if walk else None


def _open_read(session: CollectSession, listing: Listing, window: BackfillWindow | None) -> "_Read":
    latest = now() + collection_state.CLOCK_SLACK
    with store.connect(session.settings.store, read_only=True) as connection:
        text = collection_state.watermark(connection, session.network, watermark_key(listing, window))
        doubtful = [] if window else gaps.from_the_future(connection, session.network, listing.key, latest)
        if doubtful and gaps.is_clock_behind(connection, session.network, latest):
            doubtful = []
    if text is not None and doubtful:
        text = _take_back(session, listing, text, doubtful[0].since, latest)
    first = timedelta(days=session.section.first_days)
    return _Read(session, listing, window, text, clock.believable(watermarks.parse(text), now(), first))


def _take_back(session: CollectSession, listing: Listing, text: str, start: datetime, latest: datetime) -> str:
    """Has what a clock that was ahead called a gap read again. Returns the listing's watermark."""
    earlier = clock.go_back(watermarks.parse(text), start).text()
    with session.open_store() as connection:
        gaps.take_back(connection, session.network, listing.key, latest)
        collection_state.move_watermark(connection, session.network, listing.key, earlier, now())
    context = {"network": session.network, "run": session.run.run_id, "listing_kind": listing.kind}
    logger.warning("gap of a wrong clock taken back; it is read again", extra=context)
    return earlier


@dataclass(slots=True)
class _Read:
    """The reading of one listing. `text` is its watermark as it was last handed on to be stored."""

    session: CollectSession
    listing: Listing
    window: BackfillWindow | None
    text: str | None
    watermark: Watermark
    _gaps: list[CoverageGap] = field(default_factory=list)
    _restarts: int = 0
    _stalled: int = 0
    _seen: set[int] = field(default_factory=set)  # cursors and pages of the walk

    def go_on(self, *, most_pages: int = _MOST_PAGES, until_joined: bool = False) -> None:
        """Reads pages until nothing is left, so many at most; or until the first walk has come to an older one."""
        waiting = len(self.watermark.older)
        walk, pages = self.watermark.walk, 0
        self._seen = {hash(walk.cursor if walk else None)}
        while walk is not None and pages < most_pages:
            page = self._page(walk)
            if page is None:
                walk = self.watermark.walk
                continue
            pages += 1
            self._take(walk, page)
            walk = self.watermark.walk
            if len(self.watermark.older) < waiting:
                waiting, self._seen, self._stalled = (
                    len(self.watermark.older),
                    {hash(walk.cursor if walk else None)},
                    0,
                )
                if until_joined:
                    return

    def _page(self, walk: Walk) -> ReceivedPage | None:
        """The next page; None: the walk has to begin otherwise."""
        if self._is_out_of_reach(walk):
            return ReceivedPage(())
        request = walk.request(self.window.until if self.window else None, self.watermark.note)
        try:
            page = self.session.ask(partial(self.session.source.fetch, self.listing, request))
        except (CursorExpired, SpanTooOld) as error:
            self._restart(walk, error)
            return None
        place = f"{self.session.network}: {self.listing.kind}"
        if len(page.cursor or "") > _LONGEST_CURSOR or len(page.note) > _LONGEST_CURSOR:
            raise UnexpectedAnswer(f"{place}: a page names the next by more than {_LONGEST_CURSOR:,} characters")
        if page.cursor is not None and hash(page.cursor) in self._seen:
            raise UnexpectedAnswer(f"{place}: a page names itself or an earlier one as the next")
        self._seen.add(hash(page.cursor))
        return page

    def _is_out_of_reach(self, walk: Walk) -> bool:
        """Whether all that is left of a walk is older than what the network gives."""
        if walk.cursor is not None or walk.until is None or not self.listing.reach_days:
            return False
        return walk.until <= now() + _REACH_MARGIN - timedelta(days=self.listing.reach_days)

    def _is_endless(self, walk: Walk, page: ReceivedPage) -> bool:
        """Whether a walk goes on and on, or gets nowhere."""
        if page.cursor is None:
            return False
        is_stalled = walk.lowest is not None and page.oldest is not None and page.oldest >= walk.lowest
        self._stalled = self._stalled + 1 if self._is_repeated(page) or is_stalled else 0
        return self._stalled >= _MOST_STALLED or walk.pages + 1 >= _MOST_PAGES

    def _is_repeated(self, page: ReceivedPage) -> bool:
        """Whether an earlier page held the same posts: a cursor that counts as it goes tells of no circle."""
        if not page.posts:
            return False
        content = hash((len(page.posts), repr(page.posts[0].raw), repr(page.posts[-1].raw)))
        was_seen = content in self._seen
        self._seen.add(content)
        return was_seen

    def _take(self, walk: Walk, page: ReceivedPage) -> None:
        at = now() + _REACH_MARGIN if self._is_out_of_reach(walk) else now()
        found = [
            *self._gaps,
            *page.gaps,
            *watermarks.reach_gaps(self.listing, self.watermark, walk, page, at),
            *watermarks.cap_gaps(self.listing, self.watermark, walk, page),
        ]
        if self._is_endless(walk, page):
            logger.error("read ended that has no end", extra={**self._context, "count": walk.pages + 1})
            found.append(watermarks.endless_gap(self.watermark, walk, page, at))
            page = replace(page, cursor=None)
        is_first = self.watermark.reached is None and not self.watermark.older and self.window is None
        before = self.text
        self.watermark = watermarks.advance(self.watermark, walk, page, minimum_posts=_FIRST_READ if is_first else 0)
        self.text = self.watermark.text()
        logger.debug("page received", extra={**self._context, "count": len(page.posts)})
        if found:
            logger.warning("gap in a listing", extra={**self._context, "count": len(found)})
        requests = self.session.meter.take()
        self.session.receive(JournalEntry(self.listing, self.window, before, self.text, page, tuple(found), requests))
        self._gaps = []

    def _restart(self, walk: Walk, error: CursorExpired | SpanTooOld) -> None:
        """Begins the walk anew: where it was if the network keeps to times, as far back as the network reaches."""
        self._restarts += 1
        if self._restarts > _RESTARTS:
            raise UnexpectedAnswer(f"{self.session.network}: {self.listing.kind}: {error}, again and again") from None
        is_expired = isinstance(error, CursorExpired)
        context = {**self._context, "cursor_expired": is_expired, "attempt": self._restarts}
        logger.warning("read begun anew", extra=context)
        if isinstance(error, SpanTooOld):
            walk = self._within_reach(walk, error)
        elif self.listing.dated and walk.lowest is not None:
            until = walk.lowest + timedelta(seconds=1)
            if walk.until is None or until < walk.until:
                self._restarts = 0
            walk = replace(walk, cursor=None, until=until)
        else:
            walk = replace(walk, cursor=None, seen=0)
        self.watermark, self._seen = replace(self.watermark, walk=walk), {hash(None)}

    def _within_reach(self, walk: Walk, error: SpanTooOld) -> Walk:
        if (self.window is not None and not walk.seen) or (walk.since and walk.since >= error.earliest):
            raise QueryRejected(str(error)) from None
        start = watermarks.floor(self.watermark, walk) or (walk.since if walk.seen else None)
        if not self.watermark.older and self.watermark.reached is not None:
            start = self.watermark.read_at
        if start and start < error.earliest:
            self._gaps.append(CoverageGap(start, error.earliest, watermarks.TOO_LATE))
        return replace(walk, since=error.earliest, cursor=None)

    @property
    def _context(self) -> dict[str, object]:
        run = self.session.run.run_id
        return {"network": self.session.network, "run": run, "listing_kind": self.listing.kind}


def _start_walk(session: CollectSession, watermark: Watermark, window: BackfillWindow | None) -> Walk:
    earliest = window.since if window else now() - timedelta(days=session.section.first_days)
    if watermark.reached is None:
        return Walk(now(), earliest)
    overlap = watermark.reached - timedelta(minutes=session.section.overlap_minutes)
    return Walk(now(), max(earliest, overlap) if window else overlap)
