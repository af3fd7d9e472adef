"""Classify: every mention in the queue."""

from prefect import flow, get_run_logger

from flows._steps import logged, plainly, step
from monitor import pipeline, settings


@step
def classify_pending() -> int:
    """Classifies batch after batch; what is stored is not repeated."""
    with plainly():
        return pipeline.classify_pending(settings.load(), logged())


@flow(name="classify")
def classify() -> None:
    """Classifies what waits."""
    get_run_logger().info("%d classified", classify_pending())
