"""Hand over: new cases go to the complaint team, once."""

from prefect import State, flow

from flows.steps import ended, plainly, step
from monitor.pipeline import main_line
from monitor.settings import loading


@step
def deliver() -> str:
    """Finishes what was promised, then delivers what is new."""
    with plainly():
        return f"{main_line.hand_over(loading.load())} handed over"


@flow(name="hand-over")
def hand_over() -> State[None]:
    """Delivers every case that no export holds yet."""
    return ended({"cases": deliver(return_state=True)})
