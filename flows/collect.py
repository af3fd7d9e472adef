"""Collect: every network and file on its own, so that one that fails never stops the others."""

from prefect import flow, get_run_logger
from prefect.futures import wait

from flows._steps import logged, plainly, require, step
from monitor import collecting, settings
from monitor.models import Saved
from monitor.sources.files import Dropped


@step
def read(setup: settings.Settings, dropped: Dropped) -> Saved:
    """Reads one file of the drop folder from where it was left."""
    with plainly():
        return collecting.collect_file(setup, dropped, logged())


@flow(name="collect")
def collect() -> None:
    """Reads everything there is to read; fails at the end if anything could not be read."""
    with plainly():
        setup = settings.load()
        subjects = collecting.dropped_files(setup)
    reads = [read.submit(setup, one) for one in subjects]
    wait(reads)
    done = sum((one.result() for one in reads if one.state.is_completed()), Saved())
    get_run_logger().info("%d new, %d known, %d rejected", done.stored, done.duplicates, done.rejected)
    require(one.state for one in reads)
