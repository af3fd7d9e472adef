"""Posts that classifiers have set aside for themselves: each holds a lease, and in it the batch that it works at.

A lease that is not held any more sets nothing aside, and is deleted by whoever claims next; so its posts are free.
"""

from datetime import datetime, timedelta

from monitor.store import leases
from monitor.store.connection import Connection
from monitor.store.posts import classifications

KIND = "classify"
"""The work whose leases these are."""


def claim(
    connection: Connection,
    name: str,
    holder: str,
    limit: int,
    now: datetime,
    *,
    length: timedelta,
    longest: timedelta,
) -> list[int]:
    """Sets aside up to `limit` posts that wait and that no living classifier has, and takes the lease for them.

    In place of what it had set aside before. Returns them, the last stored first; for none there is no lease.
    """
    ids = classifications.next_ids(connection, limit, _taken(connection, name, now))
    if not ids:
        leases.forget(connection, name, holder)
        return []
    leases.take(connection, name, holder, now, longest=longest, keeps_since=True, length=length)
    connection.execute("UPDATE leases SET claimed = ? WHERE name = ?", [ids, name])
    return ids


def _taken(connection: Connection, own: str, now: datetime) -> set[int]:
    """What other living classifiers have set aside; the leases of dead ones are deleted."""
    taken: set[int] = set()
    for lease in leases.read_beginning(connection, leases.numbered(KIND, "")):
        if lease.name == own:
            continue
        if not lease.is_held(now):
            leases.forget(connection, lease.name, lease.holder)
            continue
        [(claimed,)] = connection.execute("SELECT claimed FROM leases WHERE name = ?", [lease.name]).fetchall()
        taken.update(claimed or ())
    return taken
