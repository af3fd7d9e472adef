"""Open cases: complaints become cases, later posts of their conversations join them."""

from prefect import State, flow

from flows.steps import ended, logged, plainly, step
from monitor.pipeline import main_line
from monitor.settings import loading


@step
def place() -> str:
    """Looks for the case of every complaint, and opens one where there is none."""
    with plainly():
        opened, joined = main_line.open_cases(loading.load(), logged())
    return f"{opened} opened, {joined} posts joined one"


@flow(name="open-cases")
def open_cases() -> State[None]:
    """Gives every newly classified complaint its case."""
    return ended({"cases": place(return_state=True)})
