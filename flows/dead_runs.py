"""Runs whose worker was killed: Prefect keeps them "Running" for ever, and its pages show them so."""

import logging

from prefect import State
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import StateType
from prefect.states import Crashed

logger = logging.getLogger(__name__)

_UNDER_WAY = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
_BATCH = 200


async def end_dead_runs() -> int:
    """Marks the runs that are under way as crashed, at a server whose only worker begins now. Returns how many."""
    under_way = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNDER_WAY)))
    count = 0
    async with get_client() as client:
        while runs := await client.read_flow_runs(flow_run_filter=under_way, limit=_BATCH):
            for run in runs:
                state: State[None] = Crashed(message="its worker was killed; the next run goes on where it was")
                await client.set_flow_run_state(run.id, state, force=True)
            count += len(runs)
    if count:
        logger.warning("runs of a dead worker ended", extra={"count": count})
    return count
