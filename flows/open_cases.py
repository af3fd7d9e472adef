"""Open cases: complaints become cases, later posts of their conversations join them."""

from prefect import flow, get_run_logger

from flows._steps import logged, plainly, step
from monitor import pipeline, settings


@step
def place() -> tuple[int, int]:
    """Returns how many cases were opened and how many posts joined one."""
    with plainly():
        return pipeline.open_cases(settings.load(), logged())


@flow(name="open-cases")
def open_cases() -> None:
    """Gives every newly classified complaint its case."""
    opened, joined = place()
    get_run_logger().info("%d cases opened, %d posts joined one", opened, joined)
