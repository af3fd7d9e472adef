"""Who works where several machines share a server: one at a time, and a dead machine keeps nobody for long."""

import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from monitor import store
from monitor.pipeline import leases as holding
from monitor.runs import now
from monitor.settings.loading import Settings, Store
from monitor.store import leases
from tests.polling import until


def test_another_machines_pass_is_waited_for_and_outlived(
    new_store: Callable[[], Store], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = settings.model_copy(update={"store": new_store()})
    monkeypatch.setattr(socket, "gethostname", lambda: "one")
    with store.connect(shared.store) as connection:
        leases.take(connection, leases.MAIN_LINE, "pass of one", now(), length=timedelta(seconds=10))
    monkeypatch.setattr(socket, "gethostname", lambda: "other")
    with holding.hold(shared, leases.MAIN_LINE) as lease:
        assert lease is not None
        assert lease.process.host == "one"

    def is_ours() -> bool:
        with holding.hold(shared, leases.MAIN_LINE) as lease:
            return lease is None

    until(is_ours)


def test_a_living_pass_renews_its_lease_in_time(
    new_store: Callable[[], Store], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = settings.model_copy(update={"store": new_store()})
    monkeypatch.setattr(leases, "LENGTH_ON_SERVER", timedelta(seconds=1))
    with holding.hold(shared, leases.MAIN_LINE):
        with store.connect(shared.store, read_only=True) as connection:
            first = leases.read(connection, leases.MAIN_LINE)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with store.connect(shared.store, read_only=True) as connection:
                later = leases.read(connection, leases.MAIN_LINE)
            if first and later and later.renewed_at > first.renewed_at:
                return
            time.sleep(0.1)
    pytest.fail("the lease was not renewed")


def test_a_living_pass_keeps_its_lease_while_another_writes_for_longer_than_it_lasts(
    new_store: Callable[[], Store], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = settings.model_copy(update={"store": new_store()})
    monkeypatch.setattr(leases, "LENGTH_ON_SERVER", timedelta(seconds=2))
    writing, ended = threading.Event(), threading.Event()

    def write() -> None:
        with store.connect(shared.store):
            writing.set()
            ended.wait(60)

    with holding.hold(shared, leases.MAIN_LINE):
        writer = threading.Thread(target=write)
        writer.start()
        try:
            assert writing.wait(60)
            deadline = time.monotonic() + 6  # three times as long as the lease
            while time.monotonic() < deadline:
                with store.connect(shared.store, read_only=True) as connection:
                    (lease,) = leases.held(connection, now())
                time.sleep(0.2)
        finally:
            ended.set()
            writer.join()
        with holding.hold(shared, leases.MAIN_LINE) as other:
            assert other is not None
            assert (other.holder, other.since) == (lease.holder, lease.since)
