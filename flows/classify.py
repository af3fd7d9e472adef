"""Classify: every mention in the queue."""

from prefect import State, flow

from flows.logs import load_settings
from flows.planned import supervised
from flows.steps import final_state, log_progress, plain_errors, step
from monitor.pipeline import main_line


@step
def classify_pending() -> str:
    """Classifies batch after batch; what is stored is not repeated."""
    with plain_errors():
        return f"{main_line.classify_pending(load_settings(), log_progress())} classified"


@flow(name="classify")
@supervised
def classify() -> State[None]:
    """Classifies what waits. Several may run at once: each post is classified by one of them."""
    return final_state({"mentions": classify_pending(return_state=True)})
