"""Reading a listing page by page, from where it was left until its end."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from monitor import store
from monitor.collect import watermark
from monitor.collect.journal import Received, watermark_key
from monitor.collect.session import Visit
from monitor.collect.watermark import Position, Walk
from monitor.errors import CursorExpired, QueryRejected, SpanTooOld, UnexpectedAnswer
from monitor.models.listings import Hole, Listing, Want, Window
from monitor.runs import now
from monitor.store.posts import mentions

_RESTARTS = 3  # of one listing, when the network forgets its cursor or does not reach back so far
_ENOUGH = 1_000  # posts; the first read of a listing goes so far even behind its time bound


def read(visit: Visit, listing: Listing, window: Window | None = None) -> None:
    """Reads what is new in a listing; with a `window`, what it holds of that time, unless it was read after that."""
    with store.connect(visit.settings.store, read_only=True) as connection:
        stored = mentions.watermark(connection, visit.network, watermark_key(listing, window))
    place = watermark.read(stored)
    if window is not None and place.read_at is not None and place.read_at >= window.until:
        return
    enough = _ENOUGH if place.reached is None and window is None else 0
    walk: Walk | None = place.walk or _begun(visit, place, window)
    holes: list[Hole] = []
    restarts, asked = 0, {walk and walk.cursor}
    while walk is not None:
        want = Want(walk.since, window.until if window else None, walk.cursor, place.note)
        try:
            answer = visit.ask(partial(visit.source.fetch, listing, want))
        except (CursorExpired, SpanTooOld) as error:
            restarts += 1
            if restarts > _RESTARTS:
                raise UnexpectedAnswer(f"{visit.network}: {listing.kind}: {error}, again and again") from None
            walk, missed = _restarted(walk, place, error, window)
            holes, asked = holes + missed, {None}
            continue
        if answer.cursor is not None and answer.cursor in asked:
            raise UnexpectedAnswer(
                f"{visit.network}: {listing.kind}: a page names itself or an earlier one as the next"
            )
        asked.add(answer.cursor)
        holes += watermark.holes(listing, place, walk, answer)
        place = watermark.after(place, walk, answer, enough=enough)
        before, stored = stored, place.text()
        visit.receive(Received(listing, window, before, stored, answer, tuple(holes), visit.meter.take()))
        walk, holes = place.walk, []


def _begun(visit: Visit, place: Position, window: Window | None) -> Walk:
    first = window.since if window else now() - timedelta(days=visit.section.first_days)
    if place.reached is None:
        return Walk(now(), first)
    again = place.reached - timedelta(minutes=visit.section.overlap_minutes)
    return Walk(now(), max(first, again) if window else again)


def _restarted(
    walk: Walk, place: Position, error: CursorExpired | SpanTooOld, window: Window | None
) -> tuple[Walk, list[Hole]]:
    """The walk from its beginning, as far back as the network reaches, and what is lost by that."""
    if isinstance(error, CursorExpired):
        return replace(walk, cursor=None), []
    if window is not None or (walk.since and walk.since >= error.earliest):
        raise QueryRejected(str(error))
    missed = place.read_at and place.read_at < error.earliest
    holes = [Hole(place.read_at, error.earliest, watermark.TOO_LATE)] if place.read_at and missed else []
    return replace(walk, since=error.earliest, cursor=None), holes
