"""`python -m flows`: keeps the schedules of the settings and runs what is due, for the server at PREFECT_API_URL."""

import asyncio
import signal
import sys
from datetime import timedelta
from typing import Any

from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.flow_runs import arun_deployment
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType

from flows.collect import collect
from flows.main_line import main_line
from monitor import settings

_FAREWELL = 15  # seconds to tell the server goodbye; when that is gone too, Prefect would go on trying


class _Runner(Runner):
    def handle_sigterm(self, *_: Any, **__: Any) -> None:
        """Ends in order; Prefect 3.8's own also calls stop(), which never runs inside the loop and warns of it."""
        signal.alarm(_FAREWELL)
        sys.exit(0)


async def deployments(every: settings.Schedule) -> list[RunnerDeployment]:
    """The main line; reading on a schedule of its own where the settings give it another rhythm."""
    alone = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    module = EntrypointType.MODULE_PATH
    apart = every.collect_minutes != every.pipeline_minutes
    made = await main_line.ato_deployment(
        "escucha",
        interval=timedelta(minutes=every.pipeline_minutes),
        parameters={"collecting": not apart},
        concurrency_limit=alone,
        entrypoint_type=module,
    )
    if not apart:
        return [made]
    rhythm = timedelta(minutes=every.collect_minutes)
    reading = await collect.ato_deployment("escucha", interval=rhythm, concurrency_limit=alone, entrypoint_type=module)
    return [reading, made]


async def serve(every: settings.Schedule) -> None:
    """Runs each deployment once now and then whenever it is due, until SIGTERM."""
    made = await deployments(every)
    runner = _Runner(name="escucha", limit=len(made))
    for one in made:
        await arun_deployment(await runner.aadd_deployment(one), timeout=0)
    await runner.start()


if __name__ == "__main__":
    asyncio.run(serve(settings.load().schedule))
