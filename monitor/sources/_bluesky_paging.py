"""Where a search of Bluesky is: pages until it is too deep, then a search of what is older."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor.errors import CursorExpired
from monitor.listings import Want

PAGE = 100
_DEEPEST = 10_000  # hits of one search that can be paged to


@dataclass(frozen=True, slots=True)
class Leg:
    """Where a search is: hits before `until` at the server's `cursor`, `seen` of them already."""

    until: str = ""
    cursor: str = ""
    seen: int = 0

    @classmethod
    def read(cls, want: Want) -> "Leg":
        if want.cursor is None:
            return cls(iso(want.until) if want.until else "")
        seen, _, rest = want.cursor.partition(" ")
        until, _, cursor = rest.partition(" ")
        if not seen.isdecimal():
            raise CursorExpired(f"bluesky: a cursor that is none: {want.cursor[:40]!r}")
        return cls(until.removeprefix("-"), cursor, int(seen))

    def following(self, cursor: str | None, hits: int, last: datetime | None) -> str | None:
        """The cursor of the next page; where the search ends because it is deep, that of a search from `last` on."""
        seen = self.seen + hits
        depth = max(seen, int(cursor)) if cursor and cursor.isdecimal() and len(cursor) < 9 else seen
        if cursor and depth + PAGE <= _DEEPEST:
            return replace(self, cursor=cursor, seen=seen).text()
        if last is None or depth + PAGE <= 0.9 * _DEEPEST:
            return None
        until = iso(last + timedelta(milliseconds=1))
        return Leg(until).text() if not self.until or until < self.until else None

    def text(self) -> str:
        return f"{self.seen} {self.until or '-'} {self.cursor}"


def iso(moment: datetime) -> str:
    """2026-03-02T09:00:00.000Z: a time as the servers write it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
