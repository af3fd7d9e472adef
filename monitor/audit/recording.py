"""Recording for whoever has settings and no open connection."""

import atexit
import logging
import time
from datetime import datetime, timedelta
from threading import Lock, Thread
from typing import Final

from monitor import runs, store
from monitor.audit.pending import Pending
from monitor.errors import StoreBusy, StoreError
from monitor.models.audit import AuditEntry, NewEntry
from monitor.settings import text_files
from monitor.settings.loading import Settings, Store
from monitor.store.audit import entries, settings_seen

logger = logging.getLogger(__name__)

PAUSE: Final = 1.0
"""Seconds between two writes of what was noted."""
LONGEST_WAIT: Final = timedelta(minutes=10)
"""For so long people go on while what they look at cannot be recorded."""
MOST_WAITING: Final = 5_000
"""So many entries may wait at most."""


def record(settings: Settings, *new_entries: NewEntry, now: datetime) -> list[AuditEntry]:
    """Records in a transaction of its own what is about to be done. Raises StoreError: it may not be done then."""
    with store.connect(settings.store) as connection:
        settings_seen.note(connection, text_files.digest(), now)
        return entries.record(connection, *new_entries, now=now)


def note(settings: Settings, entry: NewEntry, now: datetime) -> None:
    """Takes in what comes often (reads, searches, failed logins), to be written within seconds; nobody waits for it.

    Of the same, one entry stands for many: see `monitor.audit.pending`. Raises StoreBusy where entries could not be
    written for so long, or so many, that nothing more may be looked at.
    """
    _recorder(settings.store).note(entry, now)


def flush(settings: Settings) -> None:
    """Writes what was noted by this process and waits, before a page of the log is shown. Raises StoreError."""
    _recorder(settings.store).write(all_of_it=False)


class Recorder:
    """What this process noted for one store, and the thread that writes it while there is any. For many threads."""

    def __init__(self, place: Store) -> None:
        self._place = place
        self._pending = Pending()
        self._changing, self._writing = Lock(), Lock()
        self._thread: Thread | None = None

    def note(self, entry: NewEntry, now: datetime) -> None:
        """Takes an entry in. Raises StoreBusy where too much waits, or for too long."""
        with self._changing:
            since = self._pending.since
            if len(self._pending) >= MOST_WAITING or (since is not None and now - since > LONGEST_WAIT):
                logger.error("audit log cannot be written", extra={"count": len(self._pending)})
                raise StoreBusy(
                    "what is looked at cannot be recorded in the audit log for some minutes now, so it is not shown; "
                    "look at escucha status, and try again"
                )
            self._pending.add(entry, now)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="audit", daemon=True)
                self._thread.start()

    def write(self, *, all_of_it: bool) -> None:
        """Writes what waits, after what is being written. Raises StoreError, and keeps it then."""
        with self._writing:
            with self._changing:
                taken = self._pending.take(runs.now(), all_of_it=all_of_it)
            if not taken:
                return
            try:
                with store.connect(self._place) as connection:
                    settings_seen.note(connection, text_files.digest(), runs.now())
                    entries.record_at(connection, taken)
            except BaseException:
                with self._changing:
                    self._pending.put_back(taken)
                raise

    def _run(self) -> None:
        while True:
            time.sleep(PAUSE)
            try:
                self.write(all_of_it=False)
            except StoreError as error:
                logger.warning("audit entries wait", extra={"reason": type(error).__name__})
            with self._changing:
                if not len(self._pending):
                    self._thread = None
                    return


_recorders: dict[str, Recorder] = {}
_opening = Lock()


def _recorder(place: Store) -> Recorder:
    with _opening:
        if place.url not in _recorders:
            _recorders[place.url] = Recorder(place)
        return _recorders[place.url]


@atexit.register
def write_all() -> None:
    """Writes what this process noted last, before it ends."""
    for recorder in list(_recorders.values()):
        try:
            recorder.write(all_of_it=True)
        except StoreError as error:
            logger.error("audit entries lost", extra={"reason": type(error).__name__})  # noqa: TRY400 (no traceback)
