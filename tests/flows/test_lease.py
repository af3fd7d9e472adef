"""One run of a flow at a time, whatever Prefect believes."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from prefect.client.orchestration import get_client

from flows.__main__ import deployments
from flows.main_line import main_line
from monitor.pipeline import leases
from monitor.settings.loading import Schedule, Store, load

_HOLDER = """
import signal
from monitor.pipeline import leases
from monitor.settings.loading import load
with leases.hold(load(), "main-line") as lease:
    print(lease, flush=True)
    signal.pause()
"""


@pytest.fixture
def other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address_of: Callable[[Store], str]
) -> Iterator["subprocess.Popen[str]"]:
    """A process that runs the main line."""
    monkeypatch.setenv("ESCUCHA_STORE__URL", address_of(Store(url=str(tmp_path / "alone.duckdb"))))
    process = subprocess.Popen([sys.executable, "-c", _HOLDER], env=os.environ, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "None\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_run_ends_at_once_and_one_after_a_power_cut_runs(other: "subprocess.Popen[str]") -> None:
    state = main_line(return_state=True)
    assert state.is_completed()
    assert (state.message or "").startswith("another run is under way since ")
    assert f"(pid {other.pid} at {socket.gethostname()})" in (state.message or "")
    other.send_signal(signal.SIGKILL)
    other.wait()
    state = main_line(return_state=True)
    assert state.is_completed()
    assert "hand-over: cases: 0 handed over" in (state.message or "")
    assert leases.standstill(load()) is None


def test_prefect_keeps_no_slot_that_could_outlive_a_run() -> None:
    found = asyncio.run(deployments(Schedule(listen=("mastodon",))))
    assert [deployment.concurrency_limit for deployment in found] == [None] * len(found)
    plan = yaml.safe_load((Path(__file__).parents[2] / "prefect.yaml").read_text())
    assert not [deployment for deployment in plan["deployments"] if "concurrency_limit" in deployment]


def test_a_slot_that_an_earlier_version_kept_in_prefect_is_gone() -> None:
    async def limits() -> list[object]:
        found = (await deployments(Schedule()))[0]
        kept = []
        for limit in (1, None):
            found.concurrency_limit = limit
            deployment_id = await found.aapply()
            async with get_client() as client:
                kept.append((await client.read_deployment(deployment_id)).global_concurrency_limit)
        return kept

    before, after = asyncio.run(limits())
    assert before is not None
    assert after is None
