"""One run of a flow at a time, by a lease in Escucha's own tables: nothing of Prefect's state can stop a flow."""

import functools
from collections.abc import Callable

from prefect import State
from prefect.context import FlowRunContext
from prefect.states import Completed

from flows.logs import load_settings
from flows.steps import P, plain_errors
from monitor.pipeline import leases

_Body = Callable[P, State[None]]


def alone(name: str) -> Callable[[_Body[P]], _Body[P]]:
    """The body of a flow, which ends at once while another run of it is under way, unless another flow runs it."""

    def decorate(body: _Body[P]) -> _Body[P]:
        @functools.wraps(body)
        def run(*args: P.args, **kwargs: P.kwargs) -> State[None]:
            context = FlowRunContext.get()
            if context and context.flow_run and context.flow_run.parent_task_run_id:
                return body(*args, **kwargs)
            with plain_errors():
                settings = load_settings()
            with leases.hold(settings, name, longest=leases.LONGEST_PASS) as lease:
                if lease is None:
                    return body(*args, **kwargs)
            since = lease.since.astimezone(settings.zone)
            where = f"pid {lease.process.pid} at {lease.process.host}"
            return Completed(message=f"another run is under way since {since:%H:%M} ({where})")

        return run

    return decorate
