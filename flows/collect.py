"""Collect: every network and file on its own, so that one that fails never stops the others."""

from prefect import State, flow
from prefect.futures import wait

from flows._steps import ended, logged, plainly, step
from monitor import importing, settings
from monitor.sources.files import Dropped


@step
def read(setup: settings.Settings, dropped: Dropped) -> str:
    """Reads one file of the drop folder from where it was left."""
    with plainly():
        done = importing.collect_file(setup, dropped, logged())
    return f"{done.stored} new, {done.duplicates} known, {done.rejected} rejected"


@flow(name="collect")
def collect() -> State[None]:
    """Reads everything there is to read; fails at the end if anything could not be read."""
    with plainly():
        setup = settings.load()
        reads = {f"{one.network}/{one.path.name}": read.submit(setup, one) for one in importing.dropped_files(setup)}
    wait(list(reads.values()))
    return ended({name: one.state for name, one in reads.items()})
