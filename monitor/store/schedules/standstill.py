"""Whether what is planned comes to its end, whoever plans it: `escucha serve`, or a Prefect server of one's own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.store import leases
from monitor.store.connection import Connection
from monitor.store.leases import Lease
from monitor.store.schedules import planned

TOLD = timedelta(days=14)
"""For so long it is told that runs are missing that Prefect planned: it may be on purpose."""


@dataclass(frozen=True, slots=True)
class Standstill:
    """Something is planned, and none of it has finished since `since`.

    `pass_since` is when the pass under way began, `pid` its process; `scheduler_lives` says whether anybody keeps the
    schedules still. `planned` are the flows of a Prefect server of one's own that do not run any more; without any,
    the schedules are those of `escucha serve`.
    """

    since: datetime
    scheduler_lives: bool
    pass_since: datetime | None
    pid: int | None
    planned: tuple[str, ...] = ()


def read(connection: Connection, rhythm: timedelta, now: datetime) -> Standstill | None:
    """Whether passes are due every `rhythm` and none has finished for `leases.PASSES` times that.

    None where nobody plans any: where the schedules were stopped, or people run what they want to be run.
    """
    schedules, work = leases.read(connection, leases.SCHEDULES), planned.read(connection)
    if schedules is not None and schedules.holder and (schedules.is_held(now) or not work):
        return _of_passes(connection, schedules, rhythm, now)
    late = [run for run in work if _is_late(run, rhythm, now)]
    if not late:
        return None
    since = max(run.ended_at for run in late)
    return Standstill(since, False, None, None, tuple(run.flow for run in late))


def _is_late(work: planned.PlannedWork, rhythm: timedelta, now: datetime) -> bool:
    expected = max(work.due_at, work.ended_at + leases.PASSES * rhythm)
    return expected < now <= expected + TOLD


def _of_passes(connection: Connection, schedules: Lease, rhythm: timedelta, now: datetime) -> Standstill | None:
    main_line = leases.read(connection, leases.MAIN_LINE)
    finished_at = main_line.finished_at if main_line else None
    times = [time for time in (schedules.since, finished_at) if time is not None and time <= now]
    since = max(times, default=now - leases.PASSES * rhythm)
    if now - since <= leases.PASSES * rhythm:
        return None
    under_way = main_line if main_line and main_line.is_held(now) else None
    return Standstill(
        since,
        schedules.is_held(now),
        under_way.since if under_way else None,
        under_way.process.pid if under_way else None,
    )
