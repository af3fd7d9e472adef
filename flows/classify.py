"""Classify: every mention in the queue."""

from prefect import State, flow

from flows._steps import ended, logged, plainly, step
from monitor import pipeline, settings


@step
def classify_pending() -> str:
    """Classifies batch after batch; what is stored is not repeated."""
    with plainly():
        return f"{pipeline.classify_pending(settings.load(), logged())} classified"


@flow(name="classify")
def classify() -> State[None]:
    """Classifies what waits."""
    return ended({"mentions": classify_pending(return_state=True)})
