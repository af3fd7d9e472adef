"""A whole import, from a CSV file to the database: rows a second, the share of each step, and memory."""

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from monitor.collect import files as imports
from monitor.collect import ingest
from monitor.collect.matching import by_queries
from monitor.models.posts import Page
from monitor.runs import no_progress, now, record_run
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

    def pages(self, every: Iterator[Page]) -> Iterator[Page]:
        """The same pages, the time to read them added."""
        ahead = self.timed("beside: read", lambda: next(every, None))
        while (page := ahead()) is not None:
            yield page


def main(rows: int) -> None:
    """Imports a tenth of `rows`, once as it is and once with each step timed."""
    count = rows // 10
    with tempfile.TemporaryDirectory() as folder:
        file = made_up_posts.write(Path(folder) / "posts.csv", count, 1)
        started = time.perf_counter()
        layout = source.inspect(file, network="x", time_zone=ZoneInfo("Europe/Madrid"))
        look = time.perf_counter() - started
        print(f"{count:,} rows, {file.stat().st_size / 1e6:.0f} MB, looked at before the import in {look:.1f} s")
        print(f"a second time {plain(folder, layout, count, look)}")
        shares(folder, layout, count)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def plain(folder: str, layout: source.Layout, count: int, look: float) -> str:
    """Imports twice; prints the rate of the first and returns that of the second, where all is known.

    `look`: seconds that were spent on the file before, which count.
    """
    settings = _settings(folder, "plain")
    rates = []
    for _ in range(2):
        started = time.perf_counter()
        run = imports.import_file(settings, layout, by_queries(settings.brands), no_progress)
        rates.append(count / (time.perf_counter() - started + look))
        assert run.received == count
    print(f"import {rates[0]:,.0f} rows/s")
    return f"{rates[1]:,.0f} rows/s"


def shares(folder: str, layout: source.Layout, count: int) -> None:
    """Imports once more, into another database, and prints where the time goes: a page is read beside the last."""
    settings, took = _settings(folder, "shares"), Shares()
    matching = took.timed("beside: match", by_queries(settings.brands))
    started = time.perf_counter()
    originals = (mentions.save, mentions.mention_table)
    mentions.save = took.timed("database", mentions.save)
    mentions.mention_table = took.timed("to Arrow", mentions.mention_table)
    try:
        with record_run(settings, "import", "bench") as run:
            pages = source.read(layout.path, layout, received_at=now(), page_size=settings.networks.files.page_size)
            normalise = took.timed("beside: normalise", lambda post: source.to_mention(post, layout))
            ingest.store_pages(settings, run, ingest.IngestSpec("x", "bench", normalise, matching), took.pages(pages))
    finally:
        mentions.save, mentions.mention_table = originals
    total = time.perf_counter() - started
    took.seconds["database"] -= took.seconds["to Arrow"]
    stored = took.seconds["database"] + took.seconds["to Arrow"]
    took.seconds["open, commit, close and the rest"] = total - stored
    for step, seconds in took.seconds.items():
        print(f"  {step:<34} {seconds / total:>5.0%}  {count / seconds:>10,.0f} rows/s alone")


def _settings(folder: str, name: str) -> Settings:
    brand = Brand(name="Norvia", queries=("norvia OR @norvia",))
    return Settings(store=Store(url=f"{folder}/{name}.duckdb"), brands=(brand,))
