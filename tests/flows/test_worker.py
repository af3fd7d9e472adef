"""What a worker leaves out of a pool that nobody took runs of."""

import asyncio
from collections import Counter
from datetime import UTC, timedelta

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.filters import WorkPoolFilter, WorkPoolFilterName
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.types import DateTime

from flows.worker import skip_missed

NOW = DateTime.now(UTC)
POOL = WorkPoolFilter(name=WorkPoolFilterName(any_=["night"]))


@flow
def reading() -> None:
    """Never run: only its runs are planned."""


async def _runs_after_a_night() -> tuple[list[FlowRun], FlowRun]:
    """Those that two schedules planned, and one that somebody asked for."""
    async with get_client() as client:
        await client.create_work_pool(WorkPoolCreate(name="night", type="process"))
        every_quarter = DeploymentScheduleCreate(schedule=IntervalSchedule(interval=timedelta(minutes=15)))
        flow_id = await client.create_flow(reading)
        for name in ("one", "other"):
            deployment_id = await client.create_deployment(
                flow_id, name, work_pool_name="night", schedules=[every_quarter]
            )
            begin, end = NOW - timedelta(hours=10), NOW + timedelta(hours=1)
            await client.request(
                "POST", "/deployments/{id}/schedule", path_params={"id": deployment_id},
                json={"start_time": begin.isoformat(), "end_time": end.isoformat(), "min_runs": 44, "max_runs": 44},
            )  # fmt: skip
        asked_for = await client.create_flow_run_from_deployment(deployment_id)
        await skip_missed("night", NOW)
        runs = await client.read_flow_runs(work_pool_filter=POOL)
        return [run for run in runs if run.auto_scheduled], await client.read_flow_run(asked_for.id)


def test_of_the_runs_that_came_due_in_the_night_the_newest_are_left() -> None:
    runs, asked_for = asyncio.run(_runs_after_a_night())
    due = [run for run in runs if run.expected_start_time and run.expected_start_time <= NOW]
    left = [run for run in due if run.state and run.state.is_scheduled()]
    assert len(due) > 70
    assert Counter(run.deployment_id for run in left) == dict.fromkeys({run.deployment_id for run in runs}, 1)
    assert all(NOW - run.expected_start_time < timedelta(minutes=15) for run in left if run.expected_start_time)
    assert all(run.state and run.state.is_scheduled() for run in runs if run not in due)
    assert asked_for.state is not None
    assert asked_for.state.is_scheduled()
