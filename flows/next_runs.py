"""What Prefect has planned after a run."""

from datetime import UTC, datetime

from prefect.client.orchestration import get_client
from prefect.client.schemas import filters
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.types import DateTime

_MOST = 50  # runs, those among them that somebody asked for


def next_runs(run: FlowRun) -> list[datetime]:
    """For when the schedules of the run's deployment have planned the next ones; nothing where they rest."""
    deployment = filters.FlowRunFilterDeploymentId(any_=[run.deployment_id] if run.deployment_id else [])
    waiting = filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=[StateType.SCHEDULED]))
    later = filters.FlowRunFilterExpectedStartTime(after_=DateTime.now(UTC))
    which = filters.FlowRunFilter(deployment_id=deployment, state=waiting, expected_start_time=later)
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=which, sort=FlowRunSort.EXPECTED_START_TIME_ASC, limit=_MOST)
    return [one.expected_start_time for one in runs if one.auto_scheduled and one.expected_start_time]
