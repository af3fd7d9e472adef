"""Retention: what has been kept for as long as the settings say is emptied or deleted."""

from prefect import State, flow

from flows.deadline import bounded
from flows.lease import alone
from flows.logs import load_settings
from flows.steps import final_state, plain_errors, step
from monitor.privacy import retention as keeping
from monitor.runs import now


@step
def let_go() -> str:
    """Goes on where an earlier run stopped; where the settings say nothing, nothing goes."""
    with plain_errors():
        done = keeping.apply(load_settings(), now(), actor="escucha", origin="flow")
    return f"{done.n} let go"


@flow(name="retention")
@bounded
@alone("retention")
def retention() -> State[None]:
    """Lets go of posts, cases, answers, rejects, files and logs whose time is over."""
    return final_state({"kept": let_go(return_state=True)})
