"""Holding a lease while a pass runs: taken at its beginning, renewed meanwhile, given back at its end."""

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor import store
from monitor.logs import setup
from monitor.runs import now
from monitor.store import leases

if TYPE_CHECKING:
    from monitor.settings.loading import Settings
    from monitor.store.leases import Lease, Standstill

logger = logging.getLogger(__name__)

LONGEST_PASS = timedelta(hours=6)  # after which the next one no longer waits for it
_NO_SCHEDULES = "nobody keeps any now (escucha serve does)"
_HEARTBEAT = 60.0  # seconds between two renewals; never more than a quarter of a lease


@contextmanager
def hold(
    settings: "Settings", name: str, *, longest: timedelta | None = None, outranks: bool = False
) -> "Iterator[Lease | None]":
    """Holds the lease during the body, which gets None; or the lease of a living holder, and then holds nothing.

    What a dead holder left is taken at once, from a living one after `longest`, and `outranks` takes it in any case and
    goes on where that one left off. While the store cannot be written, the
    body runs without: work done twice does no harm, work not done does.
    """
    holder = uuid.uuid4().hex
    try:
        other = _take(settings, name, holder, longest, outranks=outranks)
    except Exception as error:  # whatever it is, the work is done
        logger.warning("lease not taken", extra={"step": name, "reason": type(error).__name__})
        other, holder = None, ""
    if other is not None or not holder:
        yield other
        return
    ended = threading.Event()
    heart = threading.Thread(target=_renew, args=(settings, name, holder, ended), daemon=True)
    heart.start()
    finished_at: datetime | None = None
    try:
        yield None
        finished_at = now()
    finally:
        ended.set()
        heart.join()
        _release(settings, name, holder, finished_at)


def standstill(settings: "Settings") -> "Standstill | None":
    """Whether the schedules were started and nothing finishes; None too where there is no store yet."""
    if not store.exists(settings.store):
        return None
    rhythm = timedelta(minutes=settings.schedule.pipeline_minutes)
    with store.connect(settings.store, read_only=True) as connection:
        return leases.standstill(connection, rhythm, now())


def describe_schedules(settings: "Settings") -> str:
    """Whether anybody keeps the schedules, and when a pass last came to its end."""
    if not store.exists(settings.store):
        return _NO_SCHEDULES
    with store.connect(settings.store, read_only=True) as connection:
        schedules, main_line = leases.read(connection, leases.SCHEDULES), leases.read(connection, leases.MAIN_LINE)
    if schedules is None or not schedules.is_held(now()):
        return _NO_SCHEDULES
    since = f"kept since {schedules.since.astimezone(settings.zone):%Y-%m-%d %H:%M %Z} (pid {schedules.process.pid})"
    if main_line is None or main_line.finished_at is None:
        return f"{since}, no pass has finished yet"
    return f"{since}, the last pass finished at {main_line.finished_at.astimezone(settings.zone):%Y-%m-%d %H:%M %Z}"


def describe(standstill: "Standstill", settings: "Settings") -> tuple[str, str]:
    """What is wrong, and what to do."""
    since = standstill.since.astimezone(settings.zone)
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


def _take(settings: "Settings", name: str, holder: str, longest: timedelta | None, *, outranks: bool) -> "Lease | None":
    with store.connect(settings.store) as connection:
        moment = now()
        lease = leases.read(connection, name)
        if lease is not None and lease.is_held(moment) and not outranks:
            return lease
        leases.take(connection, name, holder, moment, longest=longest, keeps_since=outranks, length=_length(settings))
    if lease is not None and lease.holder:
        logger.warning("lease taken over", extra={"step": name, "pid": lease.process.pid})
    return None


def _length(settings: "Settings") -> timedelta:
    return leases.LENGTH_ON_SERVER if settings.store.is_server else leases.LENGTH


def _renew(settings: "Settings", name: str, holder: str, ended: threading.Event) -> None:
    length = _length(settings)
    while not ended.wait(min(_HEARTBEAT, length.total_seconds() / 4)):
        try:
            with store.connect(settings.store) as connection:
                is_ours = leases.renew(connection, name, holder, now(), length=length)
        except Exception as error:  # whatever it is, the work goes on
            logger.warning("lease not renewed", extra={"step": name, "reason": type(error).__name__})
            continue
        if not is_ours:
            logger.warning("lease lost", extra={"step": name})
            return


def _release(settings: "Settings", name: str, holder: str, finished_at: datetime | None) -> None:
    try:
        with store.connect(settings.store) as connection:
            leases.release(connection, name, holder, finished_at)
    except Exception as error:  # it is taken over as that of a dead process
        logger.warning("lease not released", extra={"step": name, "reason": type(error).__name__})
