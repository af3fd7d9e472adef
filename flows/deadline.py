"""A run that hangs is ended: the next one has taken over its work by then, and this one only holds a place."""

import functools
import logging
import os
import signal
import threading
import time
from collections.abc import Callable

from prefect import State
from prefect.runtime import deployment

from flows.steps import P
from monitor.runs.holding import LONGEST_PASS

logger = logging.getLogger("monitor.flows")

_GRACE = 60.0  # seconds for the run to end by itself once it is asked to

_Body = Callable[P, State[None]]


def bounded(body: _Body[P]) -> _Body[P]:
    """The body of a flow; in a process of its own, as deployments run, that process is ended after LONGEST_PASS."""

    @functools.wraps(body)
    def run(*args: P.args, **kwargs: P.kwargs) -> State[None]:
        if deployment.id is None:
            return body(*args, **kwargs)
        watch = threading.Timer(LONGEST_PASS.total_seconds(), _end)
        watch.daemon = True
        watch.start()
        try:
            return body(*args, **kwargs)
        finally:
            watch.cancel()

    return run


def _end() -> None:
    logger.error("run ended: it took too long", extra={"seconds": LONGEST_PASS.total_seconds(), "pid": os.getpid()})
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE)
    os._exit(1)
