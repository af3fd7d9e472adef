"""What the flows share: tasks that retry passing faults alone, sentences instead of tracebacks, calm progress."""

import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

from prefect import State, Task, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.tasks import exponential_backoff

from monitor.errors import EscuchaError, HandOverTransient, StoreBusy, Transient
from monitor.running import Progress

PASSING: Final = (Transient, StoreBusy, HandOverTransient)
P = ParamSpec("P")
R = TypeVar("R")
_QUIET = 30.0  # seconds between two lines of progress


def worth_another_try(_task: Any, _run: Any, state: State[Any]) -> bool:
    """Whether the failure may be gone later. What a person has to mend is never tried again."""
    return isinstance(_fault(state), PASSING)


def step(work: Callable[P, R]) -> Task[P, R]:
    """Makes a task of it that retries passing faults, after 10, 20, 40 and 80 seconds on average."""
    made = task(
        retries=4,
        retry_delay_seconds=exponential_backoff(backoff_factor=10),
        retry_jitter_factor=0.5,  # so that several networks do not come back at once
        retry_condition_fn=worth_another_try,
        cache_policy=NO_CACHE,
    )
    return made(work)


@contextmanager
def plainly() -> Iterator[None]:
    """Lets errors out without their causes, whose texts may quote posts; an unforeseen one only by name and place."""
    try:
        yield
    except EscuchaError as error:
        raise error from None
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}, line {frame.lineno}"
        raise EscuchaError(f"a fault in Escucha itself: {type(error).__name__} in {place}; please report it") from None


def logged() -> Progress:
    """A Progress for the log of the run: a line now and then."""
    logger = get_run_logger()
    last = time.monotonic()

    def progress(step: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > _QUIET:
            last = time.monotonic()
            logger.info("%s: %d of %d", step, done, total)

    return progress


def require(states: Iterable[State[Any]]) -> None:
    """Raises one EscuchaError that tells every failure; call it when all has been tried."""
    faults = [str(_fault(state) or state.message) for state in states if not state.is_completed()]
    if faults:
        raise EscuchaError("; ".join(faults))


def _fault(state: State[Any]) -> Any:
    return state.result(raise_on_failure=False)
