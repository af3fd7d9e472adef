"""Runs that Prefect's schedules planned are noted in Escucha's own store, so that it is noticed when none comes."""

import functools
import logging
from collections.abc import Callable

from prefect import State
from prefect.context import FlowRunContext

from flows.deadline import bounded
from flows.logs import load_settings
from flows.next_runs import next_runs
from flows.steps import P
from monitor.pipeline import leases


def supervised(body: Callable[P, State[None]]) -> Callable[P, State[None]]:
    """The body of a flow, which does not last for ever; that a run ended which a worker took is noted."""

    @functools.wraps(body)
    def run(*args: P.args, **kwargs: P.kwargs) -> State[None]:
        state = bounded(body)(*args, **kwargs)
        context = FlowRunContext.get()
        if context and context.flow and context.flow_run and context.flow_run.work_pool_name:
            try:
                leases.note_planned(load_settings(), context.flow.name, next_runs(context.flow_run))
            except Exception as error:  # whatever it is, the work is done
                logging.getLogger("monitor.flows").warning("run not noted", extra={"reason": type(error).__name__})
        return state

    return run
