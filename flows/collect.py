"""Collect: every network and file on its own, so that one that fails never stops the others."""

from prefect import State, flow
from prefect.futures import wait

from flows.steps import ended, logged, plainly, resume, step
from monitor.collect import collector
from monitor.collect import files as collect_files
from monitor.settings import loading
from monitor.sources.files.source import Dropped


@step
def read(setup: loading.Settings, dropped: Dropped) -> str:
    """Reads one file of the drop folder from where it was left."""
    with plainly():
        done = collect_files.collect_file(setup, dropped, logged())
    return f"{done.stored} new, {done.duplicates} known, {done.rejected} rejected"


@step
def visit(setup: loading.Settings, network: str) -> str:
    """Reads what is new on a network; what it does not give now, a later run reads."""
    with plainly():
        done = collector.collect(setup, network, progress=logged())
    counts = f"{done.saved.stored} new, {done.saved.duplicates} known, {done.saved.rejected} rejected"
    return counts + resume("collect", network, done.resumes_at, setup.zone)


@flow(name="collect")
def collect(networks: list[str] | None = None) -> State[None]:
    """Reads everything there is to read, or `networks` alone; fails at the end if anything could not be read."""
    with plainly():
        setup = loading.load()
        files = [] if networks else collect_files.dropped_files(setup)
        reads = {f"{one.network}/{one.path.name}": read.submit(setup, one) for one in files}
        reads |= {one: visit.submit(setup, one) for one in networks or collector.configured(setup)}
    wait(list(reads.values()))
    return ended({name: one.state for name, one in reads.items()})
