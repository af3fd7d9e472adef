"""What every step shares: the clock, progress, and the record of the run in the store."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, Protocol

from monitor import store
from monitor.errors import EscuchaError, LeaseLost, RateLimited, fault_name, fault_place
from monitor.models.posts import IngestCounts
from monitor.settings import text_files
from monitor.settings.loading import Settings
from monitor.store import Connection, runs
from monitor.store.audit import settings_seen

logger = logging.getLogger(__name__)


class Progress(Protocol):
    """Told how far a step is: its name, what is done and the total, in units of the step's own."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """`done` of `total` are done."""


def no_progress(step: str, done: int, total: int) -> None:
    """A Progress that tells nobody."""


def now() -> datetime:
    """The current time in UTC: read here, at the edge, and handed to the logic as an argument."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Run:
    """A run under way: its id in the store and its counts so far."""

    run_id: int
    received: int = 0
    saved: IngestCounts = field(default_factory=IngestCounts)

    def add(self, connection: Connection, received: int, saved: IngestCounts) -> None:
        """Adds to the counts, in the transaction that stores what is counted."""
        self.received += received
        self.saved += saved
        runs.progress(connection, self.run_id, self.received, self.saved)


@contextmanager
def record_run(settings: Settings, step: str, subject: str, *, network: str = "", path_name: str = "") -> Iterator[Run]:
    """Records the body as a run: `done`, `partial` or `failed`, with what went wrong.

    `partial` when a network asks to wait, or another process has taken the work over. The log names the network and
    the file that the run is about, where there is one.
    """
    context = {"network": network, "path_name": path_name}
    started = time.monotonic()
    with store.connect(settings.store) as connection:
        settings_seen.note(connection, text_files.digest(), now())
        run = Run(runs.start(connection, step, subject, now()))
    logger.info("run started", extra={**context, "run": run.run_id, "step": step})
    try:
        yield run
    except BaseException as error:
        status: Literal["partial", "failed"] = "partial" if isinstance(error, RateLimited | LeaseLost) else "failed"
        reason = _reason(error)
        with store.connect(settings.store) as connection:
            runs.finish(connection, run.run_id, status, reason, now())
        level = logging.WARNING if status == "partial" else logging.ERROR
        _log_end(level, run, step, status, started, {**context, "reason": fault_name(error)})
        raise
    with store.connect(settings.store) as connection:
        runs.finish(connection, run.run_id, "done", "", now())
    _log_end(logging.INFO, run, step, "done", started, context)


def _reason(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "stopped by Ctrl-C; what was stored until then is kept"
    return str(error) if isinstance(error, EscuchaError) else fault_place(error)


def _log_end(level: int, run: Run, step: str, status: str, started: float, context: Mapping[str, str]) -> None:
    counts = {"count": run.received, "rejects": run.saved.rejected, "seconds": round(time.monotonic() - started, 3)}
    logger.log(level, "run ended", extra={**context, "run": run.run_id, "step": step, "status": status, **counts})
