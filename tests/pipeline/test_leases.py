"""Leases of passes, on a real store, with processes that are killed for real."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import store
from monitor.pipeline import leases
from monitor.runs import holding
from monitor.settings.loading import Settings
from monitor.settings.loading import Store as StoreSection
from monitor.store import leases as store_leases
from monitor.store.leases import LENGTH, MAIN_LINE, SCHEDULES, Lease, ProcessIdentity
from monitor.store.schedules import standstill as standstills
from monitor.store.schedules.standstill import Standstill
from tests.polling import until

NOW = datetime(2026, 3, 2, 3, 12, tzinfo=UTC)
RHYTHM = timedelta(minutes=15)
_HOLDER = """
import sys, time
from monitor.pipeline import leases
from monitor.settings.loading import load
with leases.hold(load(), sys.argv[1]) as lease:
    print("held" if lease is None else "not held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a store of their own."""
    return Settings(store=StoreSection(url=str(tmp_path / "leases.duckdb")))


@pytest.fixture
def holder(settings: Settings, address_of: Callable[[StoreSection], str]) -> Iterator["subprocess.Popen[str]"]:
    """Another process, which holds the lease of the main line."""
    environment = {**os.environ, "ESCUCHA_STORE__URL": address_of(settings.store)}
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, MAIN_LINE], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def _read(settings: Settings, name: str) -> Lease | None:
    with store.connect(settings.store, read_only=True) as connection:
        return store_leases.read(connection, name)


def _process(**changes: object) -> ProcessIdentity:
    own = store_leases.this_process()
    values = {"host": own.host, "pid": own.pid, "mark": own.mark, **changes}
    return ProcessIdentity(**values)  # type: ignore[arg-type]


def _lease(process: ProcessIdentity, **changes: object) -> Lease:
    times = {"since": NOW, "renewed_at": NOW, "expires_at": NOW + LENGTH, "longest_until": None, "finished_at": None}
    return Lease(MAIN_LINE, "somebody", process, **(times | changes))  # type: ignore[arg-type]


def test_a_living_holder_keeps_others_away_and_a_killed_one_does_not(
    settings: Settings, holder: "subprocess.Popen[str]"
) -> None:
    with leases.hold(settings, MAIN_LINE) as lease:
        assert lease is not None
        assert lease.process.pid == holder.pid
    holder.kill()
    holder.wait()
    with leases.hold(settings, MAIN_LINE) as lease:
        assert lease is None, "what is dead is taken over at once"


def test_each_flow_has_a_lease_of_its_own(settings: Settings, holder: "subprocess.Popen[str]") -> None:
    with leases.hold(settings, "collect") as lease:
        assert lease is None, f"the main line is that of {holder.pid}"


def test_the_end_of_a_pass_is_noted_and_its_failure_is_not(settings: Settings) -> None:
    with pytest.raises(ValueError, match="cut"), leases.hold(settings, MAIN_LINE):
        raise ValueError("cut")
    lease = _read(settings, MAIN_LINE)
    assert lease is not None
    assert (lease.holder, lease.finished_at) == ("", None)
    with leases.hold(settings, MAIN_LINE):
        pass
    lease = _read(settings, MAIN_LINE)
    assert lease is not None
    assert lease.finished_at is not None


@pytest.mark.parametrize(
    ("lease", "is_held"),
    [
        (_lease(_process()), True),
        (_lease(_process(mark="another life 1")), False),
        (_lease(_process(pid=2**22 + 1)), False),
        (_lease(_process(host="elsewhere", pid=1)), True),
        (_lease(_process(host="elsewhere"), expires_at=NOW), False),
        (_lease(_process(), longest_until=NOW), False),
        (_lease(_process(), renewed_at=NOW + timedelta(days=400), expires_at=NOW + timedelta(days=401)), False),
    ],
    ids=["alive", "number of another process", "gone", "elsewhere", "expired", "too long", "wrong clock"],
)
def test_who_holds_a_lease(lease: Lease, is_held: bool) -> None:
    assert lease.is_held(NOW) is is_held


def test_a_store_that_cannot_be_written_stops_no_pass(tmp_path: Path) -> None:
    (tmp_path / "broken.duckdb").write_bytes(b"no database" * 1000)
    with leases.hold(Settings(store=StoreSection(url=str(tmp_path / "broken.duckdb"))), MAIN_LINE) as lease:
        assert lease is None


def _standstill_at(settings: Settings, moment: datetime) -> Standstill | None:
    with store.connect(settings.store, read_only=True) as connection:
        return standstills.read(connection, RHYTHM, moment)


def test_schedules_without_a_finished_pass_are_a_standstill(settings: Settings) -> None:
    assert leases.standstill(settings) is None
    with store.connect(settings.store) as connection:
        store_leases.take(connection, SCHEDULES, "one", NOW)
    assert _standstill_at(settings, NOW + 3 * RHYTHM) is None
    later = NOW + 3 * RHYTHM + timedelta(seconds=1)
    found = _standstill_at(settings, later)
    assert found is not None
    assert (found.since, found.scheduler_lives, found.pass_since) == (NOW, False, None)
    with store.connect(settings.store) as connection:
        store_leases.take(connection, SCHEDULES, "two", later, keeps_since=True)
        store_leases.take(connection, MAIN_LINE, "pass", later)
    found = _standstill_at(settings, later)
    assert found is not None, "starting again is not yet running"
    assert (found.since, found.scheduler_lives, found.pass_since, found.pid) == (NOW, True, later, os.getpid())
    with store.connect(settings.store) as connection:
        store_leases.release(connection, MAIN_LINE, "pass", later)
    assert _standstill_at(settings, later) is None
    with store.connect(settings.store) as connection:
        store_leases.release(connection, SCHEDULES, "two", None)
    assert _standstill_at(settings, later + timedelta(days=7)) is None, "who stopped them does not expect a pass"


def test_a_lease_is_renewed_while_the_work_lasts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "_HEARTBEAT", 0.05)
    with leases.hold(settings, MAIN_LINE):
        first = _read(settings, MAIN_LINE)
        assert first is not None

        def is_renewed() -> bool:
            lease = _read(settings, MAIN_LINE)
            return lease is not None and lease.renewed_at > first.renewed_at

        until(is_renewed)


def test_who_keeps_the_schedules_takes_over_from_a_holder_on_a_host_that_is_gone(settings: Settings) -> None:
    """A container that was killed and made again has another name; its old row looks alive for minutes."""
    with store.connect(settings.store) as connection:
        store_leases.take(connection, SCHEDULES, "gone", datetime.now(UTC))
        connection.execute("UPDATE leases SET host = 'old-container'").fetchall()
    with leases.hold(settings, SCHEDULES) as other:
        assert other is not None, "an ordinary pass waits for it"
    with leases.hold(settings, SCHEDULES, outranks=True) as other:
        assert other is None
        lease = _read(settings, SCHEDULES)
        assert lease is not None
        assert lease.process == store_leases.this_process()
    lease = _read(settings, SCHEDULES)
    assert lease is not None
    assert lease.holder == "", "a clean stop gives it back"
