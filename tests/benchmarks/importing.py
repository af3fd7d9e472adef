"""A whole import, from a CSV file to the database: rows a second, processor seconds, the share of each step, memory."""

import os
import re
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from monitor.collect import files as imports
from monitor.collect.known.own_accounts import OwnAccounts
from monitor.collect.known.stored_posts import PostsOfStore
from monitor.collect.matching import by_queries
from monitor.collect.reading import storing
from monitor.collect.reading.pages import FileReading
from monitor.runs import now, record_run
from monitor.settings.loading import Brand, Settings, Store
from monitor.sources.files import source
from monitor.store.posts import mentions
from tests import made_up_posts

_T = TypeVar("_T")


class Shares:
    """Seconds by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def timed(self, step: str, work: Callable[..., _T]) -> Callable[..., _T]:
        """The same function, its time added to the step's."""

        def measured(*arguments: object, **named: object) -> _T:
            started = time.perf_counter()
            try:
                return work(*arguments, **named)
            finally:
                self.seconds[step] = self.seconds.get(step, 0) + time.perf_counter() - started

        return measured


def main(rows: int) -> None:
    """Imports a file of `rows`, twice as it is; then one of a tenth in one process, with each step timed."""
    with tempfile.TemporaryDirectory() as folder:
        plain(made_up_posts.write(Path(folder) / "all.csv", rows, 1), rows)
        shares(made_up_posts.write(Path(folder) / "tenth.csv", rows // 10, 1), rows // 10)


def _looked_at(file: Path) -> source.Layout:
    return source.inspect(file, network="x", time_zone=ZoneInfo("Europe/Madrid"))


def plain(file: Path, count: int) -> None:
    """Imports twice, where nothing is known and where all is, the look at the file before each included."""
    settings, both = _settings(file), (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    beside_peaks = [0]
    for occasion in ("import", "a second time"):
        started, used = time.perf_counter(), [_used(who) for who in both]
        layout = _looked_at(file)
        look = time.perf_counter() - started
        run = imports.import_file(
            settings, layout, by_queries(settings.brands), lambda *_: beside_peaks.append(_peak_of_children())
        )
        rate = count / (time.perf_counter() - started)
        assert run.received == count
        here, beside = ((_used(who) - before) / count * 1e5 for who, before in zip(both, used, strict=True))
        peaks = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, max(beside_peaks))
        print(
            f"{occasion}: {count:,} rows, {rate:,.0f} rows/s, {look:.1f} s of it to look at them; CPU s/100,000: "
            f"{here:.2f} here, {beside:.2f} beside; peak memory {sum(peaks)} MB ({peaks[0]} + {peaks[1]})",
            flush=True,
        )


def shares(file: Path, count: int) -> None:
    """Imports in one process and prints where the time goes."""
    layout, settings, took = _looked_at(file), _settings(file), Shares()
    matching = took.timed("match", by_queries(settings.brands))
    reading = FileReading(layout, OwnAccounts(settings), matching, now(), settings.networks.files.page_size)
    originals = (mentions.save_batch, storing.batch_of, source.to_mention)
    mentions.save_batch = took.timed("database", mentions.save_batch)
    storing.batch_of = took.timed("to Arrow", storing.batch_of)
    source.to_mention = took.timed("normalise", source.to_mention)
    started = time.perf_counter()
    try:
        with record_run(settings, "import", "bench") as run:
            found = reading.pages(PostsOfStore(settings.store, "x"), lambda _position: None)
            storing.PageStore(settings, run, "x", "bench").store(found)
    finally:
        mentions.save_batch, storing.batch_of, source.to_mention = originals
    total = time.perf_counter() - started
    took.seconds["read, settle, open, commit, close"] = total - sum(took.seconds.values())
    for step, seconds in took.seconds.items():
        print(f"  {step:<34} {seconds / total:>5.0%}  {count / seconds:>10,.0f} rows/s alone")


def _used(who: int) -> float:
    """Processor seconds of this process, or of those that it waited for."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _peak_of_children() -> int:
    """Megabytes that the processes which this one started have held so far, where the system tells."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    found = children.read_text(encoding="ascii").split() if children.exists() else []
    told = (Path(f"/proc/{child}/status").read_text(encoding="ascii") for child in found)
    return sum(int(peak[1]) // 1024 for status in told if (peak := re.search(r"VmHWM:\s+(\d+)", status)))


def _settings(file: Path) -> Settings:
    brand = Brand(name="Norvia", queries=("norvia OR @norvia",))
    return Settings(store=Store(url=f"{file}.duckdb"), brands=(brand,))
