"""A DuckDB file beside PostgreSQL, in one run: pages, bulk writes by one and four writers, actions by many people.

Each step says how long the run has taken so far; what was printed stands, wherever the run is ended.
"""

import logging
import math
import multiprocessing
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from monitor import desk, store
from monitor.cli.progress import ProgressLines
from monitor.errors import EscuchaError
from monitor.models.posts import MatchedMention
from monitor.runs import now
from monitor.settings.loading import Settings, Store
from monitor.store.cases import cases
from monitor.store.moves import moving
from monitor.store.posts import batches, mentions
from tests import postgres_server
from tests.benchmarks import caseload, pages, writing

_CASES = 200_000
_BATCH, _BATCHES = 500, 20
_ACTIONS = 20  # of each person
_PAUSE = 1.0  # seconds between two of somebody's actions, on average
_SMALL = 1_000_000
_AIMS = {_SMALL: 0.3, 10 * _SMALL: 1.0}  # seconds in the database that no page is to exceed at its median
_prepared: list[list[MatchedMention]] = []  # what a writer's process writes


def main(rows: int) -> None:
    """Prints both engines' figures at a million mentions and at `rows`, with a seventh of them cases, 200,000 at most.

    A million takes some ten minutes on two cores, ten million some hours.
    """
    logging.disable(logging.WARNING)
    for count in sorted({min(rows, _SMALL), rows}):
        _measure(count, time.monotonic())


def _measure(rows: int, begun: float) -> None:
    def step(words: str) -> None:
        print(f"[{time.monotonic() - begun:5.0f} s] {words}", flush=True)

    step(f"a file of {rows:,} mentions")
    folder = Path(tempfile.gettempdir()) / "escucha-bench"
    folder.mkdir(exist_ok=True)
    file = caseload.fill(folder / f"pages-{rows}.duckdb", min(_CASES, rows // 7), mentions=rows)
    with postgres_server.running(postgres_server.DURABLE) as server:
        other = Store(url=server.create_database("bench"))
        step("copying it to PostgreSQL")
        started = time.perf_counter()
        copied = moving.copy(file, other, ProgressLines(step))
        seconds = time.perf_counter() - started
        step(f"copied {sum(copied.rows.values()):,} rows in {seconds:.0f} s, each compared")
        with server.admin() as admin:
            size = admin.execute("SELECT pg_database_size('bench')").fetchone()
        step(f"size: file {file.path.stat().st_size / 1e9:.2f} GB, PostgreSQL {size[0] / 1e9 if size else 0:.2f} GB")
        _analyse(other)
        engines = {"DuckDB": file, "PostgreSQL": other}
        step("pages: seconds in the database, of the whole page's (medians)")
        _pages(engines, rows)
        step(f"writes: batches of {_BATCH}, rows a second (aim: 10,000 by four)")
        for writers in (1, 4):
            _compare(f"{writers} at once", {n: f"{_writes(s, writers):,.0f}" for n, s in engines.items()})
        step("actions at the desk: median / 95th percentile in s (aim: median below 0.1 by 16)")
        for people in (1, 4, 16):
            _compare(f"{people}, no pause", {n: _actions(s, people, 0) for n, s in engines.items()})
        _compare(f"16, pausing {_PAUSE} s", {n: _actions(s, 16, _PAUSE) for n, s in engines.items()})
        step("done")


def _analyse(place: Store) -> None:
    import psycopg

    with psycopg.connect(place.url, autocommit=True) as session:
        session.execute("VACUUM ANALYZE")


def _compare(what: str, figures: dict[str, str]) -> None:
    print(f"  {what:<22}" + "".join(f"{name}: {figure:<20}" for name, figure in figures.items()).rstrip(), flush=True)


def _pages(engines: dict[str, Store], rows: int) -> None:
    case, slow = str(min(_CASES, rows // 7)), []
    for name, (page, query) in pages.PAGES.items():
        figures = {}
        for engine, place in engines.items():
            os.environ["ESCUCHA_STORE__URL"] = place.url
            figures[engine], spent = _page(page, {k: case if v == "CASE" else v for k, v in query.items()})
            if spent > _AIMS.get(rows, spent):
                slow.append(f"{name} ({engine})")
        _compare(name, figures)
    print(f"  longer than {_AIMS[rows]} s: {', '.join(slow) or 'none'}" if rows in _AIMS else "", flush=True)


def _page(page: str, query: dict[str, str]) -> tuple[str, float]:
    """Seconds in the database, of the whole page, as words and the former as a number."""
    try:
        spent, whole = pages.measure(page, query)
    except RuntimeError:  # that it did not end in time
        return "given up after 60 s", math.inf
    return f"{spent:.3f} of {whole:.3f}", spent


def _at_once(count: int, work: "Callable[[Store, int], list[float]]", place: Store) -> tuple[float, list[float]]:
    """Seconds until all are done, and what each of them took."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(count, _prepare) as pool:
        pool.map(time.sleep, [0.5] * count, chunksize=1)  # all have started
        started = time.perf_counter()
        taken = pool.starmap(work, [(place, number) for number in range(count)], chunksize=1)
        seconds = time.perf_counter() - started
    return seconds, [seconds for one in taken for seconds in one]


def _prepare() -> None:
    """Makes posts for this process to write: to make them up takes longer than to store them."""
    seed = time.time_ns() % 10**8 * 10_000 + os.getpid() * 100
    _prepared[:] = [writing.found(_BATCH, seed + round_) for round_ in range(_BATCHES)]


def _writes(place: Store, writers: int) -> float:
    seconds, _ = _at_once(writers, _write, place)
    return writers * _BATCH * _BATCHES / seconds


def _write(place: Store, _number: int) -> list[float]:
    """As collecting does it: a page is made ready before the store is opened."""
    taken = []
    for found in _prepared:
        started = time.perf_counter()
        batch = batches.batch_of(found)
        with store.connect(place) as connection:
            mentions.save_batch(connection, 1, batch, now())
        taken.append(time.perf_counter() - started)
    return taken


def _actions(place: Store, people: int, pause: float) -> str:
    _, taken = _at_once(people, partial(_act, pause=pause), place)
    return f"{statistics.median(taken):.3f} / {statistics.quantiles(taken, n=20)[-1]:.3f}"


def _act(place: Store, number: int, *, pause: float) -> list[float]:
    settings = Settings(store=place)
    with store.connect(place, read_only=True) as connection:
        rows = connection.execute(
            "SELECT case_id FROM cases WHERE stage <> 'closed' ORDER BY case_id DESC LIMIT ?", [16 * _ACTIONS]
        ).fetchall()
        own = cases.get_many(connection, [row[0] for row in rows[number * _ACTIONS : (number + 1) * _ACTIONS]])
    taken = []
    for case in own:
        time.sleep(random.uniform(0, 2 * pause))
        started = time.perf_counter()
        with suppress(EscuchaError):
            desk.edit(settings, case.case_id, {"owner": f"p{number}"}, version=case.version, actor="eva", now=now())
        taken.append(time.perf_counter() - started)
    return taken
