"""`python -m flows`: keeps the schedules of the settings and runs what is due, for the server at PREFECT_API_URL."""

import asyncio
import signal
import sys
from datetime import timedelta
from typing import Any

from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.flow_runs import arun_deployment
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType

from flows.collect import collect
from flows.listen import listen
from flows.main_line import main_line
from flows.recheck import recheck
from flows.steps import DEPLOYMENT
from monitor.settings import loading

_LISTENING = timedelta(minutes=5)  # between two looks whether somebody listens
_FAREWELL = 15  # seconds to tell the server goodbye; when that is gone too, Prefect would go on trying


class _Runner(Runner):
    def handle_sigterm(self, *_: Any, **__: Any) -> None:
        """Ends in order; Prefect 3.8's own also calls stop(), which never runs inside the loop and warns of it."""
        signal.alarm(_FAREWELL)
        sys.exit(0)


async def deployments(every: loading.Schedule) -> list[RunnerDeployment]:
    """The main line, reading, and looking posts up again; streams where the settings name some.

    Reading has a schedule of its own where the settings give it another rhythm; without one its deployment is there for
    the runs that `collect` plans itself, when a network asks to wait.
    """
    apart = every.collect_minutes != every.pipeline_minutes
    made = [
        await _deployed(main_line, timedelta(minutes=every.pipeline_minutes), collecting=not apart),
        await _deployed(collect, timedelta(minutes=every.collect_minutes) if apart else None),
        await _deployed(recheck, timedelta(hours=every.recheck_hours)),
    ]
    # A run on schedule is cancelled while one listens: it only begins again what has ended.
    return [*made, await _deployed(listen, _LISTENING)] if every.listen else made


async def _deployed(flow: Flow[Any, Any], interval: timedelta | None, **parameters: Any) -> RunnerDeployment:
    return await flow.ato_deployment(
        DEPLOYMENT,
        interval=interval,
        parameters=parameters,
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


async def serve(every: loading.Schedule) -> None:
    """Runs each scheduled deployment once now and then whenever it is due, until SIGTERM."""
    made = await deployments(every)
    runner = _Runner(name="escucha", limit=len(made))
    for one in made:
        added = await runner.aadd_deployment(one)
        if one.schedules:
            await arun_deployment(added, timeout=0)
    await runner.start()


if __name__ == "__main__":
    asyncio.run(serve(loading.load().schedule))
