"""Classify: every mention in the queue."""

from prefect import State, flow

from flows.steps import ended, logged, plainly, step
from monitor.pipeline import main_line
from monitor.settings import loading


@step
def classify_pending() -> str:
    """Classifies batch after batch; what is stored is not repeated."""
    with plainly():
        return f"{main_line.classify_pending(loading.load(), logged())} classified"


@flow(name="classify")
def classify() -> State[None]:
    """Classifies what waits."""
    return ended({"mentions": classify_pending(return_state=True)})
