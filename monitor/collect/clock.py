"""What a wrong clock has left in a watermark: times that lie in the future are not believed. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.collect.watermark import Walk, Watermark
from monitor.store.posts.collection_state import CLOCK_SLACK


def believable(watermark: Watermark, now: datetime, first: timedelta) -> Watermark:
    """The watermark without what lies in the future; so that nothing is missed, a listing is read anew then.

    `first` is how far a first read goes back.
    """
    latest = now + CLOCK_SLACK
    reached, doubted = watermark.reached, watermark.doubted
    if reached is not None and reached > latest:
        reached, doubted = None, max(filter(None, (reached, doubted)))
    read_at = watermark.read_at
    if read_at is not None and read_at > latest:
        read_at = reached
    walk = watermark.walk and _believable_walk(watermark.walk, latest, now - first)
    older = tuple(_believable_walk(walk, latest, now - first) for walk in watermark.older)
    return replace(watermark, reached=reached, read_at=read_at, walk=walk, older=older, doubted=doubted)


def _believable_walk(walk: Walk, latest: datetime, first: datetime) -> Walk:
    """What was posted after the newest post that a walk has seen is for the next one."""
    since = first if walk.since is not None and walk.since > latest else walk.since
    if walk.begun_at <= latest:
        return replace(walk, since=since)
    begun_at = walk.newest if walk.newest is not None and walk.newest <= latest else (since or first)
    return replace(walk, since=since, begun_at=begun_at)


def go_back(watermark: Watermark, start: datetime) -> Watermark:
    """The watermark from which everything since `start` is read again."""
    earlier = replace(
        watermark,
        reached=min(watermark.reached, start) if watermark.reached else None,
        read_at=min(watermark.read_at, start) if watermark.read_at else None,
    )
    if watermark.walk is None:
        return earlier
    *newer, oldest = (watermark.walk, *watermark.older)
    oldest = replace(oldest, since=min(oldest.since, start) if oldest.since else None)
    walk, *older = (*newer, oldest)
    return replace(earlier, walk=walk, older=tuple(older))
