"""Runs that a Prefect server of one's own plans: when one of each kind last ended, and by when more of them are due.

They are noted among the leases, as held by nobody: it is Prefect's workers that do them, whichever live.
"""

from dataclasses import dataclass
from datetime import datetime

from monitor.store import leases
from monitor.store.connection import Connection

_PREFIX = "planned "
_REPLACED_BY = {
    leases.MAIN_LINE: "open-cases", "classify": leases.MAIN_LINE, "open-cases": leases.MAIN_LINE,
    "hand-over": leases.MAIN_LINE,
}  # fmt: skip
"""What does the same work where a team goes from one run for everything to runs by role, or back."""


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """A flow that has run by itself: its name, when a run last ended, and by when `leases.PASSES` more are due."""

    flow: str
    ended_at: datetime
    due_at: datetime


def note(connection: Connection, flow: str, due_at: datetime | None, now: datetime) -> None:
    """Notes that a run ended. `due_at` None: no more are planned, so that none is missed."""
    if due_at is None:
        leases.forget(connection, _PREFIX + flow, "")
    else:
        leases.take(connection, _PREFIX + flow, "", now, length=due_at - now)


def read(connection: Connection) -> list[PlannedWork]:
    """What has run by itself and was not put in the place of something else since, by name.

    Nothing that ended before the schedules were last kept here, by `escucha serve`: that does all of it.
    """
    kept = leases.read(connection, leases.SCHEDULES)
    kept_until = max(filter(None, (kept.renewed_at, kept.finished_at))) if kept else None
    found = [
        PlannedWork(lease.name.removeprefix(_PREFIX), lease.renewed_at, lease.expires_at)
        for lease in leases.read_beginning(connection, _PREFIX)
        if kept_until is None or lease.renewed_at > kept_until
    ]
    ended = {work.flow: work.ended_at for work in found}
    return [work for work in found if ended.get(_REPLACED_BY.get(work.flow, ""), work.ended_at) <= work.ended_at]
