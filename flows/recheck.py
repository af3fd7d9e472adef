"""Recheck: posts that were edited or deleted since they were read, on every network that tells."""

from prefect import State, flow
from prefect.futures import wait

from flows.lease import alone
from flows.logs import load_settings
from flows.planned import supervised
from flows.steps import final_state, log_progress, plain_errors, plan_resume, step
from monitor.collect import collector
from monitor.collect import recheck as collect_recheck
from monitor.settings import loading


@step
def look_up(setup: loading.Settings, network: str) -> str:
    """Looks the network's young posts up again; what it does not answer now, a later run asks."""
    with plain_errors():
        done = collect_recheck.recheck(setup, network, log_progress())
    if not done.is_able:
        return "cannot be checked: the network does not tell what became of a post"
    counts = f"{done.checked} looked up, {done.edited} edited, {done.gone} deleted"
    return counts + plan_resume("recheck", network, done.resumes_at, setup.zone)


@flow(name="recheck")
@supervised
@alone("recheck")
def recheck(networks: list[str] | None = None) -> State[None]:
    """Looks up the posts of all networks, or of `networks` alone; fails at the end if one could not be asked."""
    with plain_errors():
        setup = load_settings()
        lookups = {
            network: look_up.submit(setup, network) for network in networks or collector.configured_networks(setup)
        }
    wait(list(lookups.values()))
    return final_state({name: future.state for name, future in lookups.items()})
