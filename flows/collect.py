"""Collect: every network and file on its own, so that one that fails never stops the others."""

from prefect import State, flow
from prefect.futures import wait

from flows.logs import load_settings
from flows.planned import supervised
from flows.steps import count_text, final_state, log_progress, plain_errors, plan_resume, step
from monitor.collect import collector, files
from monitor.settings import loading
from monitor.sources.files.source import DroppedFile


@step
def read_file(setup: loading.Settings, file: DroppedFile) -> str:
    """Reads one file of the drop folder from where it was left."""
    with plain_errors():
        return count_text(files.collect_file(setup, file, log_progress()))


@step
def read_network(setup: loading.Settings, network: str) -> str:
    """Reads what is new on a network, unless another does; what it does not give now, a later run reads."""
    with plain_errors():
        done = collector.collect(setup, network, progress=log_progress())
    return count_text(done.saved) + plan_resume("collect", network, done.resumes_at, setup.zone)


@flow(name="collect")
@supervised
def collect(networks: list[str] | None = None) -> State[None]:
    """Reads everything there is to read, or `networks` alone; fails at the end if anything could not be read."""
    with plain_errors():
        setup = load_settings()
        dropped = {} if networks else files.named_files(setup)
        names = networks or collector.configured_networks(setup)
        reads = {part: read_file.submit(setup, file) for part, file in dropped.items()}
        reads |= {network: read_network.submit(setup, network) for network in names}
    wait(list(reads.values()))
    return final_state({name: future.state for name, future in reads.items()})
