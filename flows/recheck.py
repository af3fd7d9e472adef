"""Recheck: posts that were edited or deleted since they were read, on every network that tells."""

from prefect import State, flow
from prefect.futures import wait

from flows._steps import ended, logged, plainly, resume, step
from monitor import collecting, rechecking, settings


@step
def look_up(setup: settings.Settings, network: str) -> str:
    """Looks the network's young posts up again; what it does not answer now, a later run asks."""
    with plainly():
        done = rechecking.recheck(setup, network, logged())
    counts = f"{done.checked} looked up, {done.edited} edited, {done.gone} deleted"
    return counts + resume("recheck", network, done.resumes_at, setup.zone)


@flow(name="recheck")
def recheck(networks: list[str] | None = None) -> State[None]:
    """Looks up the posts of all networks, or of `networks` alone; fails at the end if one could not be asked."""
    with plainly():
        setup = settings.load()
        asked = {one: look_up.submit(setup, one) for one in networks or collecting.configured(setup)}
    wait(list(asked.values()))
    return ended({name: one.state for name, one in asked.items()})
