"""What is noted is written soon, whatever holds the store meanwhile, and nobody waits for it."""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from monitor import audit, runs, store
from monitor.audit import recording
from monitor.errors import StoreBusy
from monitor.models.audit import NewEntry
from monitor.settings.loading import Settings, Store
from monitor.store.audit import chain
from tests.polling import until

READ = NewEntry("read", "ana", "10.0.0.7", "customer", "C-77")


def kinds(settings: Settings) -> list[str]:
    """The kinds of the entries that are kept, in their order; the chain is sound."""
    with store.connect(settings.store, read_only=True) as connection:
        assert chain.verify(connection).is_sound
        return [row[0] for row in connection.execute("SELECT kind FROM audit_entries ORDER BY entry_id").fetchall()]


def test_what_is_noted_is_there_soon(settings: Settings) -> None:
    with store.connect(settings.store):
        pass
    audit.note(settings, READ, runs.now())
    until(lambda: kinds(settings) == ["read"])


def test_a_store_that_is_busy_holds_nobody_up_and_loses_nothing(settings: Settings) -> None:
    impatient = settings.model_copy(update={"store": Store(url=settings.store.url, busy_timeout=4)})
    with store.connect(settings.store):
        begun = time.monotonic()
        audit.note(impatient, READ, runs.now())
        assert time.monotonic() - begun < 2
        time.sleep(4.0)
    until(lambda: kinds(settings) == ["read"])


def test_nothing_more_is_looked_at_once_it_cannot_be_recorded_for_minutes(settings: Settings) -> None:
    recorder, at = recording.Recorder(settings.store), runs.now()
    recorder._pending.put_back([(at, READ)])
    with pytest.raises(StoreBusy, match="audit log"):
        recorder.note(READ, at + recording.LONGEST_WAIT + timedelta(seconds=1))


def test_what_was_noted_last_is_written_when_the_process_ends(
    settings: Settings, address_of: Callable[[Store], str]
) -> None:
    script = f"""
from monitor import audit, runs
from monitor.models.audit import NewEntry
from monitor.settings.loading import Settings, Store
settings = Settings(store=Store(url={address_of(settings.store)!r}))
for _ in range(3):
    audit.note(settings, NewEntry("login_failed", "ana", "10.0.0.7"), runs.now())
"""
    subprocess.run([sys.executable, "-c", script], check=True)
    assert set(kinds(settings)) == {"login_failed"}
    with store.connect(settings.store, read_only=True) as connection:
        assert connection.execute("SELECT sum(count)::BIGINT FROM audit_entries").fetchall() == [(3,)]
