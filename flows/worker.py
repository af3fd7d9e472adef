"""`python -m flows.worker ROLE ...`: a role's worker, without the runs that came due while there was none.

All of a night would begin at once, and no limit of Prefect's helps: a worker that dies keeps its part (Prefect #17955).
"""

import asyncio
import os
import sys
from datetime import UTC
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas import filters
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled
from prefect.types import DateTime


async def skip_missed(pool: str, now: DateTime) -> None:
    """Cancels the runs of the pool that schedules have planned and that are due, but the newest of each deployment."""
    planned = filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=[StateType.SCHEDULED]))
    due = filters.FlowRunFilterExpectedStartTime(before_=now)
    which = filters.FlowRunFilter(state=planned, expected_start_time=due)
    of_pool = filters.WorkPoolFilter(name=filters.WorkPoolFilterName(any_=[pool]))
    newest: dict[UUID | None, UUID] = {}
    sort, missed = FlowRunSort.EXPECTED_START_TIME_DESC, [UUID(int=0)]
    async with get_client() as client:
        while missed:  # a page of them
            runs = await client.read_flow_runs(flow_run_filter=which, work_pool_filter=of_pool, sort=sort)
            of_schedules = [(run.id, run.deployment_id) for run in runs if run.auto_scheduled]
            missed = [run_id for run_id, deployment in of_schedules if newest.setdefault(deployment, run_id) != run_id]
            for run_id in missed:
                await client.set_flow_run_state(run_id, Cancelled(message="came due while there was no worker"))


if __name__ == "__main__":
    asyncio.run(skip_missed(sys.argv[1], DateTime.now(UTC)))
    os.execv(sys.executable, (sys.executable, "-m", "prefect", "worker", "start", "--pool", *sys.argv[1:]))  # noqa: S606
