"""A run that a worker takes: that it ended is noted in the store, and by when Prefect has planned more."""

import asyncio
from datetime import UTC, timedelta
from uuid import UUID

from prefect import State, flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.flow_engine import run_flow
from prefect.states import Completed
from prefect.types import DateTime

from flows.planned import supervised
from monitor import store
from monitor.settings.loading import load
from monitor.store.schedules import planned
from monitor.store.schedules.planned import PlannedWork

HOUR = timedelta(hours=1)
NOW = DateTime.now(UTC)


@flow(name="collect")
@supervised
def reading() -> State[None]:
    """Reads nothing."""
    return Completed(message="nothing to do")


async def _deploy() -> UUID:
    """A deployment in a work pool, with a run planned for each of the next hours."""
    hourly = DeploymentScheduleCreate(schedule=IntervalSchedule(interval=HOUR, anchor_date=NOW))
    async with get_client() as client:
        await client.create_work_pool(WorkPoolCreate(name="planned", type="process"))
        deployment_id = await client.create_deployment(
            await client.create_flow(reading), "own", work_pool_name="planned", schedules=[hourly]
        )
        await client.request(
            "POST", "/deployments/{id}/schedule", path_params={"id": deployment_id},
            json={"end_time": (NOW + 9 * HOUR).isoformat(), "min_runs": 5, "max_runs": 9},
        )  # fmt: skip
        return deployment_id


async def _ask_for_one(deployment_id: UUID, *, rests: bool = False) -> FlowRun:
    async with get_client() as client:
        if rests:
            (schedule,) = await client.read_deployment_schedules(deployment_id)
            await client.update_deployment_schedule(deployment_id, schedule.id, active=False)
        return await client.create_flow_run_from_deployment(deployment_id)


def _noted() -> list[PlannedWork]:
    with store.connect(load().store, read_only=True) as connection:
        return planned.read(connection)


def test_a_run_of_a_pool_is_noted_while_its_schedule_is_in_force() -> None:
    reading()
    assert _noted() == [], "somebody ran it by hand"
    deployment_id = asyncio.run(_deploy())
    run_flow(reading, flow_run=asyncio.run(_ask_for_one(deployment_id)))
    (noted,) = _noted()
    assert noted.flow == "collect"
    assert abs(noted.due_at - (NOW + 3 * HOUR)) < timedelta(seconds=1)
    run_flow(reading, flow_run=asyncio.run(_ask_for_one(deployment_id, rests=True)))
    assert _noted() == []
