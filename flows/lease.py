"""One run of a flow at a time, by a lease in Escucha's own tables: nothing of Prefect's state can stop a flow."""

import functools
from collections.abc import Callable
from datetime import timedelta

from prefect import State
from prefect.context import FlowRunContext
from prefect.states import Completed

from flows.logs import load_settings
from flows.steps import P, plain_errors
from monitor.pipeline import leases

_Body = Callable[P, State[None]]


def alone(name: str, *, longest: timedelta | None = leases.LONGEST_PASS) -> Callable[[_Body[P]], _Body[P]]:
    """The body of a flow, which ends at once while another run of it is under way, unless it is part of another flow.

    `longest`: how long a run may keep the next one away; None for one that lasts.
    """

    def decorate(body: _Body[P]) -> _Body[P]:
        @functools.wraps(body)
        def run(*args: P.args, **kwargs: P.kwargs) -> State[None]:
            context = FlowRunContext.get()
            if context and context.flow_run and context.flow_run.parent_task_run_id:
                return body(*args, **kwargs)
            with plain_errors():
                settings = load_settings()
            with leases.hold(settings, name, longest=longest) as lease:
                if lease is None:
                    return body(*args, **kwargs)
            since = lease.since.astimezone(settings.zone)
            return Completed(message=f"another run is under way since {since:%H:%M} (pid {lease.process.pid})")

        return run

    return decorate
