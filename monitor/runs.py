"""What every step shares: the clock, progress, and the record of the run in the store."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from monitor import store
from monitor.errors import EscuchaError, RateLimited
from monitor.models.posts import Saved
from monitor.settings.loading import Settings
from monitor.store import Connection, runs


class Progress(Protocol):
    """Told how far a step is: its name, what is done and the total, in units of the step's own."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """`done` of `total` are done."""


def silent(step: str, done: int, total: int) -> None:
    """A Progress that tells nobody."""


def now() -> datetime:
    """The current time in UTC: read here, at the edge, and handed to the logic as an argument."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Run:
    """A run under way: its id in the store and its counts so far."""

    run_id: int
    asked: int = 0
    saved: Saved = field(default_factory=Saved)

    def add(self, connection: Connection, asked: int, saved: Saved) -> None:
        """Adds to the counts, in the transaction that stores what is counted."""
        self.asked += asked
        self.saved += saved
        runs.progress(connection, self.run_id, self.asked, self.saved)


@contextmanager
def recorded(settings: Settings, step: str, subject: str) -> Iterator[Run]:
    """Records the body as a run: `done`; `partial` when a network asks to wait; or `failed`, with what went wrong."""
    with store.connect(settings.store) as connection:
        run = Run(runs.start(connection, step, subject, now()))
    try:
        yield run
    except BaseException as error:
        told = str(error) if isinstance(error, EscuchaError) else type(error).__name__
        with store.connect(settings.store) as connection:
            runs.finish(connection, run.run_id, "partial" if isinstance(error, RateLimited) else "failed", told, now())
        raise
    with store.connect(settings.store) as connection:
        runs.finish(connection, run.run_id, "done", "", now())
