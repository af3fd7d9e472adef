"""The main line: from the networks to the complaint team."""

from prefect import State, flow

from flows.classify import classify
from flows.collect import collect
from flows.hand_over import hand_over
from flows.lease import alone
from flows.open_cases import open_cases
from flows.planned import supervised
from flows.steps import final_state


@flow(name="main-line")
@supervised
@alone("main-line")
def main_line(collecting: bool = True) -> State[None]:
    """All steps, each tried whatever became of the one before; fails at the end if one failed.

    `collecting` false leaves reading to a schedule of its own.
    """
    steps = (collect, classify, open_cases, hand_over)[0 if collecting else 1 :]
    return final_state({subflow.name: subflow(return_state=True) for subflow in steps})
