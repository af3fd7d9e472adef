"""What a killed worker leaves in Prefect's database."""

import asyncio

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.states import Completed, Running

from flows.dead_runs import end_dead_runs


@flow
def listening() -> None:
    """Never run: only its runs are made."""


async def _runs_after_a_kill() -> list[FlowRun]:
    async with get_client() as client:
        under_way = await client.create_flow_run(listening, state=Running())
        finished = await client.create_flow_run(listening, state=Completed())
        assert await end_dead_runs() >= 1
        return [await client.read_flow_run(run.id) for run in (under_way, finished)]


def test_a_run_that_its_worker_left_is_no_longer_shown_as_running() -> None:
    dead, finished = asyncio.run(_runs_after_a_kill())
    assert dead.state is not None
    assert finished.state is not None
    assert dead.state.is_crashed()
    assert "its worker was killed" in (dead.state.message or "")
    assert finished.state.is_completed()
