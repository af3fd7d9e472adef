"""What the flows share: tasks that retry passing faults alone, sentences instead of tracebacks, calm progress."""

import functools
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final, ParamSpec
from zoneinfo import ZoneInfo

from httpx import HTTPError
from prefect import State, Task, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.deployments import run_deployment
from prefect.exceptions import PrefectException
from prefect.runtime import deployment
from prefect.states import Completed, Failed
from prefect.tasks import exponential_backoff

from monitor.errors import (
    BeingDone,
    BudgetSpent,
    EscuchaError,
    HandOverTransient,
    StoreTransient,
    Transient,
    fault_place,
)
from monitor.models.posts import IngestCounts
from monitor.runs import Progress, now

DEPLOYMENT: Final = "escucha"  # the name of every flow's deployment
TRANSIENT_ERRORS: Final = (Transient, StoreTransient, HandOverTransient)
P = ParamSpec("P")
_MOST_PARTS = 20  # parts a flow's last message names
_QUIET = 30.0  # seconds between two lines of progress
_MARGIN = timedelta(seconds=5)  # for clocks that differ
_FAR = timedelta(hours=12)


def is_retryable(_task: Any, _run: Any, state: State[Any]) -> bool:
    """Whether the failure may be gone in a minute: what a person has to mend is not tried again, nor a long read."""
    result = state.result(raise_on_failure=False)
    return isinstance(result, TRANSIENT_ERRORS) and not isinstance(result, BudgetSpent)


def _or_who_does(work: Callable[P, str]) -> Callable[P, str]:
    """What comes of the work; where another process does it at the moment, who and since when."""

    @functools.wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> str:
        try:
            return work(*args, **kwargs)
        except BeingDone as other:
            return str(other)

    return run


def step(work: Callable[P, str]) -> Task[P, str]:
    """Makes a task of it that retries passing faults, after 10, 20, 40 and 80 seconds on average.

    It returns what came of the work; where another process does it at the moment, who and since when.
    """
    retrying_task = task(
        retries=4,
        retry_delay_seconds=exponential_backoff(backoff_factor=10),
        retry_jitter_factor=0.5,  # so that several networks do not come back at once
        retry_condition_fn=is_retryable,
        cache_policy=NO_CACHE,
    )
    return retrying_task(_or_who_does(work))


@contextmanager
def plain_errors() -> Iterator[None]:
    """Lets errors out without their causes, whose texts may quote posts; an unforeseen one only by name and place."""
    try:
        yield
    except EscuchaError as error:
        raise error from None
    except Exception as error:
        raise EscuchaError(f"a fault in Escucha itself: {fault_place(error)}; please report it") from None


def log_progress() -> Progress:
    """A Progress for the log of the run: a line now and then."""
    logger = get_run_logger()
    last = time.monotonic()

    def progress(step: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > _QUIET:
            last = time.monotonic()
            logger.info("%s: %d of %d", step, done, total)

    return progress


def plan_resume(flow: str, network: str, at: datetime | None, zone: ZoneInfo) -> str:
    """Plans a run of the flow's deployment, for the time at which the network may be asked again; says so.

    That run ends at once when another of the same flow is under way at that time: which then does its work, or
    leaves it to the next one on schedule. Outside a deployment nothing is planned.
    """
    if at is None:
        return ""
    local = at.astimezone(zone)
    if deployment.id is not None:
        try:
            run_deployment(
                f"{flow}/{DEPLOYMENT}",
                parameters={"networks": [network]},
                scheduled_time=at + _MARGIN,
                timeout=0,
                as_subflow=False,
                idempotency_key=f"{flow} {network} {at.isoformat()}",
            )
        except (PrefectException, HTTPError) as error:
            get_run_logger().warning("no run could be planned for %s: %s", network, type(error).__name__)
    return f"; partial, resumes at {local:%H:%M}" + (f" of {local:%Y-%m-%d}" if at - now() > _FAR else "")


def count_text(saved: IngestCounts) -> str:
    """What became of the posts that were read."""
    return f"{saved.stored} new, {saved.duplicates} known, {saved.rejected} rejected"


def final_state(states: Mapping[str, State[Any]]) -> State[None]:
    """How a flow ended, for it to return: one failed part fails it, though all were tried. Failures are told first."""
    parts = [
        f"{name}: {_outcome_text(state).removeprefix(f'{name}: ')}"
        for name, state in sorted(states.items(), key=lambda part: part[1].is_completed())
    ]
    omitted = len(parts) - _MOST_PARTS
    message = "; ".join([*parts[:_MOST_PARTS], f"and {omitted} more"] if omitted > 0 else parts) or "nothing to do"
    succeeded = all(state.is_completed() for state in states.values())
    return Completed(message=message) if succeeded else Failed(message=message)


def _outcome_text(state: State[Any]) -> str:
    outcome = state.result(raise_on_failure=False)
    return str(outcome) if isinstance(outcome, str | EscuchaError) else state.message or state.name or ""
