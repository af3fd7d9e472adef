"""What leases tell of the schedules: who keeps them, and whether anything comes to its end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor import store
from monitor.logs import setup
from monitor.runs import now
from monitor.runs.holding import LONGEST_PASS, hold
from monitor.store import leases
from monitor.store.schedules import planned
from monitor.store.schedules import standstill as standstills

if TYPE_CHECKING:
    from monitor.settings.loading import Settings
    from monitor.store.leases import Lease
    from monitor.store.schedules.standstill import Standstill

__all__ = [
    "LONGEST_PASS", "at_work", "describe", "describe_schedules", "describe_work", "hold", "note_planned", "standstill",
]  # fmt: skip

_NO_SCHEDULES = "nobody keeps any now (escucha serve does)"


def standstill(settings: "Settings") -> "Standstill | None":
    """Whether the schedules were started and nothing finishes; None too where there is no store yet."""
    if not store.exists(settings.store):
        return None
    rhythm = timedelta(minutes=settings.schedule.pipeline_minutes)
    with store.connect(settings.store, read_only=True) as connection:
        return standstills.read(connection, rhythm, leases.clock(connection, now()))


def note_planned(settings: "Settings", flow: str, next_runs: Sequence[datetime]) -> None:
    """Notes that a run of the flow ended which a Prefect server planned, and for when it has planned the next ones.

    Raises StoreErrors when the store cannot be written.
    """
    with store.connect(settings.store) as connection:
        moment = leases.clock(connection, now())
        further = next_runs[: leases.PASSES]
        rhythm = (further[-1] - moment) / len(further) if further else None
        planned.note(connection, flow, moment + leases.PASSES * rhythm if rhythm else None, moment)


def at_work(settings: "Settings") -> "list[Lease]":
    """What is being done at the moment, by whom; nothing where there is no store yet."""
    if not store.exists(settings.store):
        return []
    with store.connect(settings.store, read_only=True) as connection:
        return leases.held(connection, now())


def describe_work(settings: "Settings") -> list[str]:
    """The same in words: what, on which machine, since when."""
    return [
        f"{lease.work}, done by {lease.process.host} since {lease.since.astimezone(settings.zone):%H:%M}"
        for lease in at_work(settings)
    ]


def describe_schedules(settings: "Settings") -> str:
    """Whether anybody keeps the schedules, and when a pass last came to its end."""
    if not store.exists(settings.store):
        return _NO_SCHEDULES
    with store.connect(settings.store, read_only=True) as connection:
        schedules, main_line = leases.read(connection, leases.SCHEDULES), leases.read(connection, leases.MAIN_LINE)
        moment, work = leases.clock(connection, now()), planned.read(connection)
    if schedules is None or not schedules.is_held(moment):
        ended = max((run.ended_at for run in work), default=None)
        if ended is None:
            return _NO_SCHEDULES
        names = ", ".join(run.flow for run in work)
        return f"Prefect plans {names}; the last run ended at {ended.astimezone(settings.zone):%Y-%m-%d %H:%M %Z}"
    since = f"kept since {schedules.since.astimezone(settings.zone):%Y-%m-%d %H:%M %Z} (pid {schedules.process.pid})"
    if main_line is None or main_line.finished_at is None:
        return f"{since}, no pass has finished yet"
    return f"{since}, the last pass finished at {main_line.finished_at.astimezone(settings.zone):%Y-%m-%d %H:%M %Z}"


def describe(standstill: "Standstill", settings: "Settings") -> tuple[str, str]:
    """What is wrong, and what to do."""
    since = standstill.since.astimezone(settings.zone)
    if standstill.planned:
        names = ", ".join(standstill.planned)
        return f"no run of {names} has ended since {since:%Y-%m-%d %H:%M %Z}, though Prefect planned some", (
            "see that the Prefect server and a worker run (escucha worker) or, if they were ended on purpose, wait "
            f"{standstills.TOLD.days} days"
        )
    words = f"nothing has run to its end since {since:%Y-%m-%d %H:%M %Z}"
    words += f", though a pass is due every {settings.schedule.pipeline_minutes:g} minutes"
    if standstill.pass_since is not None:
        began = standstill.pass_since.astimezone(settings.zone)
        words += f"; one is under way since {began:%Y-%m-%d %H:%M %Z} (pid {standstill.pid})"
        hours = LONGEST_PASS / timedelta(hours=1)
        return words, f"wait for it; the next one takes over after {hours:g} hours (log: {setup.log_file(settings)})"
    if not standstill.scheduler_lives:
        return f"{words}; whoever kept the schedules is gone", "escucha serve"
    return words, f"look into {setup.log_file(settings)}, then stop `escucha serve` and start it again"
