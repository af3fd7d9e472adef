"""Hand over: new cases go to the complaint team, once."""

from prefect import State, flow

from flows._steps import ended, plainly, step
from monitor import pipeline, settings


@step
def deliver() -> str:
    """Finishes what was promised, then delivers what is new."""
    with plainly():
        return f"{pipeline.hand_over(settings.load())} handed over"


@flow(name="hand-over")
def hand_over() -> State[None]:
    """Delivers every case that no export holds yet."""
    return ended({"cases": deliver(return_state=True)})
