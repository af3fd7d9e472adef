"""A run that hangs is ended: the next one has taken over its work by then, and this one only holds a place."""

import functools
import logging
import os
import signal
import threading
from collections.abc import Callable

from prefect import State
from prefect.runtime import deployment

from flows.steps import P
from monitor.runs.holding import LONGEST_PASS

_GRACE = 60.0  # seconds for the run to end by itself once it is asked to


def bounded(body: Callable[P, State[None]]) -> Callable[P, State[None]]:
    """The body of a flow; the process of a deployment's run, which has one to itself, is ended after LONGEST_PASS."""

    @functools.wraps(body)
    def run(*args: P.args, **kwargs: P.kwargs) -> State[None]:
        watch = threading.Timer(LONGEST_PASS.total_seconds(), _end)
        watch.daemon = True
        if deployment.id is not None:
            watch.start()
        try:
            return body(*args, **kwargs)
        finally:
            watch.cancel()

    return run


def _end() -> None:
    logging.getLogger("monitor.flows").error("run ended: it took too long", extra={"pid": os.getpid()})
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_GRACE)
    os._exit(1)
