"""What a killed worker was doing: others have Prefect run it at once, once."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import ObjectAlreadyExists
from prefect.settings import PREFECT_API_URL
from prefect.states import Scheduled
from prefect.types import DateTime

from flows.collect import collect
from monitor.cli.serving import takeover
from monitor.cli.serving.takeover import looking_out
from monitor.settings.loading import Settings, load
from tests.polling import until
from tests.ports import free_ports
from tests.postgres_server import PostgresServer

_LENGTH = 2  # seconds
_HOLDER = f"""
import datetime, signal, socket
from monitor.runs import holding
from monitor.settings.loading import load
from monitor.store import leases
socket.gethostname = lambda: "gone"
leases.LENGTH_ON_SERVER = datetime.timedelta(seconds={_LENGTH})
with holding.hold(load(), "collect x"):
    print("held", flush=True)
    signal.pause()
"""


@pytest.fixture
def shared(postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a database of their own on a server; whoever looks out does so often."""
    monkeypatch.setenv("ESCUCHA_STORE__URL", postgres_server.create_database(f"left_{os.urandom(4).hex()}"))
    monkeypatch.setattr(takeover, "_EVERY", 0.2)
    return load()


@pytest.fixture
def holder(shared: Settings) -> Iterator["subprocess.Popen[str]"]:
    """A process as on another machine, which reads a network."""
    assert shared.store.is_server
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen([sys.executable, "-c", _HOLDER], env=environment, stdout=subprocess.PIPE, text=True) as made:
        assert made.stdout is not None
        assert made.stdout.readline() == "held\n"
        yield made
        made.kill()


@pytest.fixture
def runs() -> Iterator[Callable[[], list[FlowRun]]]:
    """The runs of the deployment for which it makes one, without any yet; both are gone at the end."""
    deployment_id = asyncio.run(_deploy())

    async def read() -> list[FlowRun]:
        async with get_client() as client:
            return [run for run in await client.read_flow_runs() if run.deployment_id == deployment_id]

    async def remove() -> None:
        async with get_client() as client:
            for run in await read():
                await client.delete_flow_run(run.id)
            await client.delete_deployment(deployment_id)

    yield lambda: asyncio.run(read())
    asyncio.run(remove())


async def _deploy() -> UUID:
    async with get_client() as client:
        with suppress(ObjectAlreadyExists):
            await client.create_work_pool(WorkPoolCreate(name="collect", type="process"))
        flow_id = await client.create_flow(collect)
        for old in await client.read_deployments():
            if old.flow_id == flow_id:
                await client.delete_deployment(old.id)
        return await client.create_deployment(flow_id, "escucha", work_pool_name="collect")


def _environment() -> dict[str, str]:
    return {"PREFECT_API_URL": str(PREFECT_API_URL.value())}


def _plan(at: timedelta, *, count: int = 1, tags: tuple[str, ...] = ()) -> None:
    async def create() -> None:
        async with get_client() as client:
            (deployment,) = [one for one in await client.read_deployments() if one.work_pool_name == "collect"]
            for _ in range(count):
                state = Scheduled(scheduled_time=DateTime.now(UTC) + at)
                await client.create_flow_run_from_deployment(deployment.id, state=state, tags=tags)

    asyncio.run(create())


def test_of_all_that_look_out_one_has_a_killed_workers_work_gone_on_with(
    shared: Settings, holder: "subprocess.Popen[str]", runs: Callable[[], list[FlowRun]]
) -> None:
    with looking_out(shared, ["collect"], _environment()), looking_out(shared, ["collect", "desk"], _environment()):
        time.sleep(2 * _LENGTH)
        assert runs() == [], "it lives"
        holder.kill()
        holder.wait()
        until(runs)
        time.sleep(2)
    (run,) = runs()
    assert run.state is not None
    assert run.state.is_scheduled()
    assert run.tags == ["takeover"]


@pytest.mark.parametrize(
    ("at", "count", "tags", "pool"),
    [
        (timedelta(seconds=5), 1, (), "collect"),
        (-timedelta(minutes=10), 5, ("takeover",), "collect"),
        (-timedelta(minutes=10), 4, ("takeover",), "classify"),
    ],
    ids=["a run comes anyway", "too many came", "it is another role's"],
)
def test_nobody_asks_for_a_run(
    shared: Settings,
    holder: "subprocess.Popen[str]",
    runs: Callable[[], list[FlowRun]],
    at: timedelta,
    count: int,
    tags: tuple[str, ...],
    pool: str,
) -> None:
    holder.kill()
    holder.wait()
    _plan(at, count=count, tags=tags)
    with looking_out(shared, [pool], _environment()):
        time.sleep(2 * _LENGTH)
    assert len(runs()) == count


def test_a_prefect_server_that_does_not_answer_is_told_once_and_asked_again(
    shared: Settings,
    holder: "subprocess.Popen[str]",
    runs: Callable[[], list[FlowRun]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    holder.kill()
    holder.wait()
    (port,) = free_ports(1)
    environment = {"PREFECT_API_URL": f"http://127.0.0.1:{port}/api"}
    with looking_out(shared, ["collect"], environment):
        time.sleep(_LENGTH + 2)
        environment |= _environment()
        until(runs)
    said = " ".join(capsys.readouterr().out.split())
    assert said.count("what dead workers left waits for the next runs on schedule: the Prefect server at") == 1
    assert "collect: a run goes on with what a dead worker on gone left" in said
