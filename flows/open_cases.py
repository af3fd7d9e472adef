"""Open cases: complaints become cases, later posts of their conversations join them."""

from prefect import State, flow

from flows.lease import alone
from flows.logs import load_settings
from flows.planned import supervised
from flows.steps import final_state, log_progress, plain_errors, step
from monitor.pipeline import main_line


@step
def group_posts() -> str:
    """Looks for the case of every complaint, and opens one where there is none."""
    with plain_errors():
        opened, joined = main_line.open_cases(load_settings(), log_progress())
    return f"{opened} opened, {joined} posts joined one"


@flow(name="open-cases")
@supervised
@alone("open-cases")
def open_cases() -> State[None]:
    """Gives every newly classified complaint its case."""
    return final_state({"cases": group_posts(return_state=True)})
