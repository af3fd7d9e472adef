"""How far a listing has been read: the text of its watermark, and how one page moves it. Pure."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from monitor.errors import SettingsError
from monitor.models.listings import Answer, Hole, Listing

TOO_LATE = "nothing was read for longer than the network reaches back"
CAPPED = "the network ends this listing after about {cap} posts; read it more often"
"""Why there are holes; the dashboard has its own words for these."""


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
class Position:
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


def read(text: str | None) -> Position:
    """A stored position; None gives that of a listing never read. Raises SettingsError for something else."""
    if text is None:
        return Position()
    try:
        told = json.loads(text)
        walk = told["walk"]
        return Position(
            _time(told["reached"]),
            _time(told["read_at"]),
            told["note"],
            walk and Walk(**{**walk, **{name: _time(walk[name]) for name in ("begun_at", "since", "newest")}}),
        )
    except (ValueError, TypeError, KeyError):
        raise SettingsError(
            f"the database holds a watermark that is none ({text[:80]!r}); another version of Escucha may have "
            "written it: use that one"
        ) from None


def _time(value: Any) -> Any:
    return None if value is None else datetime.fromisoformat(value)


def after(position: Position, walk: Walk, answer: Answer, *, enough: int = 0) -> Position:
    """The position once this page is stored.

    The walk ends with the listing, or when a page reaches behind `since` after at least `enough` posts.
    """
    walked = replace(
        walk,
        cursor=answer.cursor,
        newest=max(filter(None, (walk.newest, answer.newest)), default=None),
        seen=walk.seen + len(answer.posts),
    )
    note = answer.note or position.note
    if answer.cursor is not None and not _behind(walked, answer, enough):
        return replace(position, note=note, walk=walked)
    # A time in the future would hide what comes until then, whoever's clock is wrong.
    newest = min(walked.newest, walk.begun_at) if walked.newest else None
    reached = max(filter(None, (position.reached, newest)), default=None)
    return Position(reached, walk.begun_at, note)


def _behind(walk: Walk, answer: Answer, enough: int) -> bool:
    return bool(walk.since and answer.oldest and answer.oldest < walk.since and walk.seen >= enough)


def holes(listing: Listing, position: Position, walk: Walk, answer: Answer) -> list[Hole]:
    """What the network's cap on a listing kept from us: it ended before it came to where the last read had begun."""
    if answer.cursor is not None or not listing.cap or position.reached is None or answer.oldest is None:
        return []
    if walk.seen + len(answer.posts) < 0.9 * listing.cap or answer.oldest <= position.reached:
        return []
    return [Hole(position.reached, answer.oldest, CAPPED.format(cap=listing.cap))]
