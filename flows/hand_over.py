"""Hand over: new cases go to the complaint team, once."""

from prefect import flow, get_run_logger

from flows._steps import plainly, step
from monitor import pipeline, settings


@step
def deliver() -> int:
    """Finishes what was promised, then delivers what is new. Returns how many cases."""
    with plainly():
        return pipeline.hand_over(settings.load())


@flow(name="hand-over")
def hand_over() -> None:
    """Delivers every case that no export holds yet."""
    get_run_logger().info("%d cases handed over", deliver())
