"""A standstill that Prefect causes is ended by `serve` itself: both start anew, without what Prefect had noted."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import store
from monitor.cli.serving import prefect_state, serve
from monitor.cli.serving.child import Child
from monitor.settings.loading import load
from monitor.store import leases

_LONG_AGO = 3_601.0  # seconds


@pytest.fixture
def home() -> Path:
    """Prefect's folder, with its database, while the schedules have been kept for five hours and nothing has ended."""
    settings = load()
    moment = datetime.now(UTC) - timedelta(hours=5)
    with store.connect(settings.store) as connection:
        leases.take(connection, leases.SCHEDULES, "one", moment)
    folder = settings.store.path.parent / "prefect"
    folder.mkdir()
    (folder / "prefect.db").write_bytes(b"runs of next month")
    return folder


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the children that were ended, in order."""
    names: list[str] = []
    monkeypatch.setattr(Child, "kill", lambda child: names.append(child.name))
    return names


def _watch(started: float) -> None:
    names = ("prefect", "flows", "dashboard")
    serve.watch(load(), [Child(name, ("true",), {}, started=started) for name in names])


def test_prefect_and_the_flows_begin_anew(home: Path, ended: list[str]) -> None:
    """A clock that had been a month ahead: Prefect plans nothing until that month is over."""
    _watch(time.monotonic() - _LONG_AGO)
    assert ended == ["flows", "prefect"]
    assert (home / prefect_state.ASIDE / "prefect.db").read_bytes() == b"runs of next month"


def test_what_has_just_begun_is_left_its_time(home: Path, ended: list[str]) -> None:
    _watch(time.monotonic())
    assert ended == []
    assert (home / "prefect.db").exists()


def test_a_pass_under_way_is_left_alone(home: Path, ended: list[str]) -> None:
    with store.connect(load().store) as connection:
        leases.take(connection, leases.MAIN_LINE, "one", datetime.now(UTC))
    _watch(time.monotonic() - _LONG_AGO)
    assert ended == []
    assert (home / "prefect.db").exists()
