"""Recheck: posts that were edited or deleted since they were read, on every network that tells."""

from prefect import State, flow
from prefect.futures import wait

from flows.steps import ended, logged, plainly, resume, step
from monitor.collect import collector
from monitor.collect import recheck as collect_recheck
from monitor.settings import loading


@step
def look_up(setup: loading.Settings, network: str) -> str:
    """Looks the network's young posts up again; what it does not answer now, a later run asks."""
    with plainly():
        done = collect_recheck.recheck(setup, network, logged())
    counts = f"{done.checked} looked up, {done.edited} edited, {done.gone} deleted"
    return counts + resume("recheck", network, done.resumes_at, setup.zone)


@flow(name="recheck")
def recheck(networks: list[str] | None = None) -> State[None]:
    """Looks up the posts of all networks, or of `networks` alone; fails at the end if one could not be asked."""
    with plainly():
        setup = loading.load()
        asked = {one: look_up.submit(setup, one) for one in networks or collector.configured(setup)}
    wait(list(asked.values()))
    return ended({name: one.state for name, one in asked.items()})
