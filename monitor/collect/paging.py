"""Reading a listing page by page, from where it was left until its end."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from monitor import store
from monitor.collect import watermark as watermarks
from monitor.collect.journal import JournalEntry, watermark_key
from monitor.collect.session import CollectSession
from monitor.collect.watermark import Walk, Watermark
from monitor.errors import CursorExpired, QueryRejected, SpanTooOld, UnexpectedAnswer
from monitor.models.listings import BackfillWindow, CoverageGap, Listing, PageRequest, ReceivedPage
from monitor.runs import now
from monitor.store.posts import collection_state

logger = logging.getLogger(__name__)

_RESTARTS = 3  # of one listing, when the network forgets its cursor or does not reach back so far
_FIRST_READ = 1_000  # posts; the first read of a listing goes so far even behind its time bound


def read_listing(session: CollectSession, listing: Listing, window: BackfillWindow | None = None) -> None:
    """Reads what is new in a listing; with a `window`, what it holds of that time, unless it was read after that."""
    with store.connect(session.settings.store, read_only=True) as connection:
        text = collection_state.watermark(connection, session.network, watermark_key(listing, window))
    watermark = watermarks.parse(text)
    if window is not None and watermark.read_at is not None and watermark.read_at >= window.until:
        return
    minimum_posts = _FIRST_READ if watermark.reached is None and window is None else 0
    walk: Walk | None = watermark.walk or _start_walk(session, watermark, window)
    gaps: list[CoverageGap] = []
    restarts, cursors = 0, {walk and walk.cursor}
    while walk is not None:
        request = PageRequest(walk.since, window.until if window else None, walk.cursor, watermark.note)
        try:
            page = session.ask(partial(session.source.fetch, listing, request))
        except (CursorExpired, SpanTooOld) as error:
            restarts += 1
            if restarts > _RESTARTS:
                raise UnexpectedAnswer(f"{session.network}: {listing.kind}: {error}, again and again") from None
            context = {"network": session.network, "run": session.run.run_id, "listing_kind": listing.kind}
            is_expired = isinstance(error, CursorExpired)
            logger.warning("read begun anew", extra={**context, "cursor_expired": is_expired, "attempt": restarts})
            walk, missed_gaps = _restart_walk(walk, watermark, error, window)
            gaps, cursors = gaps + missed_gaps, {None}
            continue
        if page.cursor is not None and page.cursor in cursors:
            raise UnexpectedAnswer(
                f"{session.network}: {listing.kind}: a page names itself or an earlier one as the next"
            )
        cursors.add(page.cursor)
        gaps = [*gaps, *page.gaps, *watermarks.cap_gaps(listing, watermark, walk, page)]
        watermark = watermarks.advance(watermark, walk, page, minimum_posts=minimum_posts)
        before, text = text, watermark.text()
        _log_page(session, listing, page, gaps)
        session.receive(JournalEntry(listing, window, before, text, page, tuple(gaps), session.meter.take()))
        walk, gaps = watermark.walk, []


def _log_page(session: CollectSession, listing: Listing, page: ReceivedPage, gaps: Sequence[CoverageGap]) -> None:
    context = {"network": session.network, "run": session.run.run_id, "listing_kind": listing.kind}
    logger.debug("page received", extra={**context, "count": len(page.posts)})
    if gaps:
        logger.warning("gap in a listing", extra={**context, "count": len(gaps)})


def _start_walk(session: CollectSession, watermark: Watermark, window: BackfillWindow | None) -> Walk:
    earliest = window.since if window else now() - timedelta(days=session.section.first_days)
    if watermark.reached is None:
        return Walk(now(), earliest)
    overlap = watermark.reached - timedelta(minutes=session.section.overlap_minutes)
    return Walk(now(), max(earliest, overlap) if window else overlap)


def _restart_walk(
    walk: Walk, watermark: Watermark, error: CursorExpired | SpanTooOld, window: BackfillWindow | None
) -> tuple[Walk, list[CoverageGap]]:
    """The walk from its beginning, as far back as the network reaches, and what is missed_gaps by that."""
    if isinstance(error, CursorExpired):
        return replace(walk, cursor=None), []
    if window is not None or (walk.since and walk.since >= error.earliest):
        raise QueryRejected(str(error))
    is_late = watermark.read_at and watermark.read_at < error.earliest
    gaps = (
        [CoverageGap(watermark.read_at, error.earliest, watermarks.TOO_LATE)] if watermark.read_at and is_late else []
    )
    return replace(walk, since=error.earliest, cursor=None), gaps
