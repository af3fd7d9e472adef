"""`python -m flows`: keeps the schedules of the settings and runs what is due, for the server at PREFECT_API_URL.

With --alone nobody else runs flows for that server, as under `escucha serve`: what is under way there is dead.
"""

import asyncio
import logging
import os
import signal
import sys
from datetime import timedelta
from typing import Any

from prefect import Flow
from prefect.deployments.flow_runs import arun_deployment
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType

from flows.collect import collect
from flows.dead_runs import end_dead_runs
from flows.listen import listen
from flows.logs import load_settings
from flows.main_line import main_line
from flows.recheck import recheck
from flows.retention import retention
from flows.steps import DEPLOYMENT
from monitor.pipeline import leases
from monitor.settings import loading
from monitor.store.leases import SCHEDULES

logger = logging.getLogger(__name__)

_LISTENING = timedelta(minutes=5)  # between two looks whether somebody listens
_LETTING_GO = timedelta(days=1)
_FAREWELL = 15  # seconds to tell the server goodbye; when that is gone too, Prefect would go on trying


class _Runner(Runner):
    def handle_sigterm(self, *_: Any, **__: Any) -> None:
        """Ends in order; Prefect 3.8's own also calls stop(), which never runs inside the loop and warns of it."""
        signal.alarm(_FAREWELL)
        sys.exit(0)


async def deployments(schedule: loading.Schedule) -> list[RunnerDeployment]:
    """The main line, reading, looking posts up again, and retention; streams where the settings name some.

    Reading has a schedule of its own where the settings give it another rhythm; without one its deployment is there for
    the runs that `collect` plans itself, when a network asks to wait.
    """
    separate = schedule.collect_minutes != schedule.pipeline_minutes
    deployment_list = [
        await _deployment(main_line, timedelta(minutes=schedule.pipeline_minutes), collecting=not separate),
        await _deployment(collect, timedelta(minutes=schedule.collect_minutes) if separate else None),
        await _deployment(recheck, timedelta(hours=schedule.recheck_hours)),
        await _deployment(retention, _LETTING_GO),
    ]
    # A run on schedule ends at once while one listens: it only begins again what has ended.
    return [*deployment_list, await _deployment(listen, _LISTENING)] if schedule.listen else deployment_list


async def _deployment(flow: Flow[Any, Any], interval: timedelta | None, **parameters: Any) -> RunnerDeployment:
    return await flow.ato_deployment(
        DEPLOYMENT,
        interval=interval,
        parameters=parameters,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


async def serve(schedule: loading.Schedule, *, alone: bool = False) -> None:
    """Runs each scheduled deployment once now and then whenever it is due, until SIGTERM.

    `alone`: nobody else runs flows for this server.
    """
    if alone:
        await end_dead_runs()
    deployment_list = await deployments(schedule)
    # Twice as many: a run that hangs leaves a place for the one that takes over.
    runner = _Runner(name="escucha", limit=2 * len(deployment_list))
    for runner_deployment in deployment_list:
        deployment_id = await runner.aadd_deployment(runner_deployment)
        if runner_deployment.schedules:
            await arun_deployment(deployment_id, timeout=0)
    logger.info("schedules started", extra={"pid": os.getpid(), "count": len(deployment_list)})
    await runner.start()


if __name__ == "__main__":
    setup = load_settings()
    with leases.hold(setup, SCHEDULES, outranks=True):
        asyncio.run(serve(setup.schedule, alone="--alone" in sys.argv[1:]))
