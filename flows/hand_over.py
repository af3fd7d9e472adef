"""Hand over: new cases go to the complaint team, once."""

from prefect import State, flow

from flows.logs import load_settings
from flows.planned import supervised
from flows.steps import final_state, plain_errors, step
from monitor.pipeline import main_line


@step
def deliver() -> str:
    """Finishes what was promised, then delivers what is new."""
    with plain_errors():
        return f"{main_line.hand_over(load_settings())} handed over"


@flow(name="hand-over")
@supervised
def hand_over() -> State[None]:
    """Delivers every case that no export holds yet."""
    return final_state({"cases": deliver(return_state=True)})
