"""Where a search of Bluesky is: pages until it is too deep, then a search of what is older."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.errors import CursorExpired, UnexpectedAnswer
from monitor.models.listings import PageRequest

PAGE = 100
_DEEPEST = 10_000  # hits of one search that can be paged to
_OLD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Leg:
    """Hits before `until` at the server's `cursor`, which it gave at `at` (seconds since 1970) after `seen` of them."""

    until: str = ""
    cursor: str = ""
    seen: int = 0
    at: int = 0

    @classmethod
    def read(cls, request: PageRequest) -> "Leg":
        """From a cursor of ours (`text`), or the beginning."""
        if request.cursor is None:
            return cls(iso(request.until) if request.until else "")
        seen, at, until, cursor = (*request.cursor.split(" ", 3), "", "", "")[:4]
        if not (seen.isdecimal() and at.isdecimal()):
            raise CursorExpired(f"bluesky: a cursor that is none: {request.cursor[:40]!r}")
        return cls(until.removeprefix("-"), cursor, int(seen), int(at))

    def is_old(self, now: datetime) -> bool:
        """Whether the server gave the cursor so long ago that it may have forgotten it."""
        return bool(self.cursor) and now.timestamp() - self.at > _OLD.total_seconds()

    def following(self, cursor: str | None, hits: int, last: datetime | None, now: datetime) -> str | None:
        """The cursor of the next page; where the search ends because it is deep, that of a search from `last` on.

        Raises UnexpectedAnswer when the page names itself as the next one: our cursors count, so that they differ.
        """
        if cursor and cursor == self.cursor:
            raise UnexpectedAnswer("bluesky: a page of a search names itself as the next one")
        seen, at = self.seen + hits, int(now.timestamp())
        depth = max(seen, int(cursor)) if cursor and cursor.isdecimal() and len(cursor) < 9 else seen
        if cursor and depth + PAGE <= _DEEPEST:
            return Leg(self.until, cursor, seen, at).text()
        if last is None or depth + PAGE <= 0.9 * _DEEPEST:
            return None
        until = iso(last + timedelta(milliseconds=1))
        return Leg(until, at=at).text() if not self.until or until < self.until else None

    def text(self) -> str:
        """As it is stored."""
        return f"{self.seen} {self.at} {self.until or '-'} {self.cursor}"


def iso(moment: datetime) -> str:
    """2026-03-02T09:00:00.000Z: a time as the servers write it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
