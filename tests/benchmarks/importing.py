"""A whole import, from a CSV file to the database: rows a second, processor seconds, the share of each step, memory."""

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

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
    """Imports twice by the command line, where nothing is known and where all is, from its start to its end."""
    environment = os.environ | {
        "ESCUCHA_STORE__URL": f"{file}.duckdb",
        "ESCUCHA_BRANDS": '[{"name": "Norvia", "queries": ["norvia OR @norvia"]}]',
    }
    command = [sys.executable, "-m", "monitor", "import", str(file), "--network", "x"]
    for occasion in ("import", "a second time"):
        started, used, peaks = time.perf_counter(), _used_by_children(), dict[int, int]()
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None:
                peaks |= _peaks(process.pid)
                time.sleep(0.05)
            told = process.stdout.read().decode() if process.stdout else ""
        assert f"read {count:,} " in told, told
        seconds = time.perf_counter() - started
        processor = (_used_by_children() - used) / count * 1e5
        print(
            f"{occasion}: {count:,} rows, {count / seconds:,.0f} rows/s; CPU s/100,000: {processor:.2f}; "
            f"peak memory {sum(peaks.values())} MB ({' + '.join(map(str, peaks.values()))})",
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


def _used_by_children() -> float:
    """Processor seconds of the processes that this one started and waited for, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peaks(pid: int) -> dict[int, int]:
    """The most megabytes that a process and those below it have held so far, where the system tells."""
    peaks = {}
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        if peak := re.search(r"VmHWM:\s+(\d+)", status):
            peaks[pid] = int(peak[1]) // 1024
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
            peaks |= _peaks(int(child))
    return peaks


def _settings(file: Path) -> Settings:
    brand = Brand(name="Norvia", queries=("norvia OR @norvia",))
    return Settings(store=Store(url=f"{file}.duckdb"), brands=(brand,))
