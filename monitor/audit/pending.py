"""What waits to be written to the audit log: of what comes often, one entry stands for many.

What somebody looks at is told once in some minutes. Failed logins of one account from one address are counted by the
minute, and where addresses or accounts change all the time, those of all of them: strangers cannot fill the disk.
"""

import ipaddress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from monitor.models.audit import AuditKind, NewEntry

AGAIN_AFTER: Final = timedelta(minutes=10)
"""For so long a person who looks at the same thing again is told once."""
MOST_GROUPS: Final = 200
"""So many accounts and addresses are told apart in an hour; failed logins of further ones are counted together."""
_COUNTED: Final[frozenset[AuditKind]] = frozenset({"login_failed", "refused"})
_MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class _Group:
    """Entries of one kind within a minute: how many were not written yet, and when the first and last of them came."""

    minute: datetime
    first: datetime
    last: datetime
    count: int
    is_told: bool = False  # that there are any


class Pending:
    """Entries on their way; one thread at a time may use it."""

    def __init__(self) -> None:
        self._ready: list[tuple[datetime, NewEntry]] = []
        self._groups: dict[NewEntry, _Group] = {}
        self._seen: dict[NewEntry, datetime] = {}
        self._hour: datetime | None = None
        self._told_apart: set[tuple[str, str]] = set()

    def __len__(self) -> int:
        return len(self._ready) + len(self._groups)

    @property
    def since(self) -> datetime | None:
        """When the first of what could not be written so far happened."""
        return min((at for at, _ in self._ready), default=None)

    def add(self, entry: NewEntry, now: datetime) -> None:
        """Takes an entry in, or counts it with others."""
        if entry.kind in _COUNTED:
            self._count(entry, now)
            return
        key = replace(entry, count=1)
        if (seen := self._seen.get(key)) is not None and now - seen < AGAIN_AFTER:
            return
        self._seen = {key: at for key, at in self._seen.items() if now - at < AGAIN_AFTER}
        self._seen[key] = now
        self._ready.append((now, entry))

    def _count(self, entry: NewEntry, now: datetime) -> None:
        key = self._told_apart_key(replace(entry, origin=network_of(entry.origin), count=1), now)
        minute = now.replace(second=0, microsecond=0)
        group = self._groups.get(key)
        if group is not None and group.minute != minute:
            self._close(key, group)
            group = None
        if group is None:
            self._groups[key] = _Group(minute, now, now, entry.count)
        else:
            group.first = group.first if group.count else now
            group.last = now
            group.count += entry.count

    def _told_apart_key(self, key: NewEntry, now: datetime) -> NewEntry:
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour != self._hour:
            self._hour, self._told_apart = hour, set()
        who = (key.actor, key.origin)
        if who not in self._told_apart and len(self._told_apart) >= MOST_GROUPS:
            return NewEntry(key.kind, "", "*", outcome=key.outcome)
        self._told_apart.add(who)
        return key

    def take(self, now: datetime, *, all_of_it: bool = False) -> list[tuple[datetime, NewEntry]]:
        """Takes out what is to be written now. A group is told at once, and once more when its minute is over."""
        for key, group in list(self._groups.items()):
            if all_of_it or now - group.minute >= _MINUTE:
                self._close(key, group)
            elif not group.is_told:
                self._tell(key, group)
        taken, self._ready = self._ready, []
        return taken

    def put_back(self, taken: list[tuple[datetime, NewEntry]]) -> None:
        """Takes in again what could not be written."""
        self._ready = taken + self._ready

    def _close(self, key: NewEntry, group: _Group) -> None:
        if group.count:
            self._tell(key, group)
        del self._groups[key]

    def _tell(self, key: NewEntry, group: _Group) -> None:
        until = group.last if group.count > 1 else None
        self._ready.append((group.first, replace(key, count=group.count, until=until)))
        group.count, group.is_told = 0, True


def network_of(origin: str) -> str:
    """An address as failed logins are counted by it: of IPv6 the network of 64 bits, of which one machine has all."""
    try:
        address = ipaddress.ip_address(origin)
    except ValueError:
        return origin
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else origin
