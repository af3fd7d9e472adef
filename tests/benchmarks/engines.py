"""A DuckDB file beside PostgreSQL, in one run: pages, bulk writes by one and four writers, actions by many people."""

import logging
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from monitor import desk, store
from monitor.errors import EscuchaError
from monitor.runs import now
from monitor.settings.loading import Settings, Store
from monitor.store.cases import cases
from monitor.store.moves import moving
from tests import postgres_server
from tests.benchmarks import caseload, pages, writing

_CASES = 200_000
_BATCH, _BATCHES = 500, 20
_ACTIONS = 20  # of each person


def main(rows: int) -> None:
    """Prints both engines' figures at `rows` mentions, with a seventh of them cases, 200,000 at most."""
    logging.disable(logging.WARNING)
    folder = Path(tempfile.gettempdir()) / "escucha-bench"
    folder.mkdir(exist_ok=True)
    file = caseload.fill(folder / f"pages-{rows}.duckdb", min(_CASES, rows // 7), mentions=rows)
    with postgres_server.running(postgres_server.DURABLE) as server:
        other = Store(url=server.create_database("bench"))
        started = time.perf_counter()
        copied = moving.copy(file, other, lambda *_: None)
        seconds = time.perf_counter() - started
        print(f"copied {sum(copied.rows.values()):,} rows in {seconds:.0f} s, each compared", flush=True)
        with server.admin() as admin:
            size = admin.execute("SELECT pg_database_size('bench')").fetchone()
        print(f"size: file {file.path.stat().st_size / 1e9:.2f} GB, PostgreSQL {size[0] / 1e9 if size else 0:.2f} GB")
        _analyse(other)
        engines = {"DuckDB": file, "PostgreSQL": other}
        _pages(engines, rows)
        for writers in (1, 4):
            _compare(
                f"writes, {writers} at once, rows/s", {n: f"{_writes(s, writers):,.0f}" for n, s in engines.items()}
            )
        for people in (1, 4, 16):
            _compare(f"actions, {people} people, p50 / p95 s", {n: _actions(s, people) for n, s in engines.items()})


def _analyse(place: Store) -> None:
    import psycopg

    with psycopg.connect(place.url, autocommit=True) as session:
        session.execute("VACUUM ANALYZE")


def _compare(what: str, figures: dict[str, str]) -> None:
    print(f"{what:<42}" + "".join(f"{name}: {figure:<20}" for name, figure in figures.items()), flush=True)


def _pages(engines: dict[str, Store], rows: int) -> None:
    case = str(min(_CASES, rows // 7))
    for name, (page, query) in pages.PAGES.items():
        figures = {}
        for engine, place in engines.items():
            os.environ["ESCUCHA_STORE__URL"] = place.url
            spent, whole = pages.measure(page, {k: case if v == "CASE" else v for k, v in query.items()})
            figures[engine] = f"{spent:.3f} of {whole:.3f}"
        _compare(f"{name}, s in database of whole", figures)


def _at_once(count: int, work: "Callable[[Store, int], list[float]]", place: Store) -> tuple[float, list[float]]:
    """Seconds until all are done, and what each of them took."""
    context = multiprocessing.get_context("spawn")
    started = time.perf_counter()
    with context.Pool(count) as pool:
        pool.map(time.sleep, [0.5] * count)  # all have started
        started = time.perf_counter()
        taken = pool.starmap(work, [(place, number) for number in range(count)], chunksize=1)
    return time.perf_counter() - started, [seconds for one in taken for seconds in one]


def _writes(place: Store, writers: int) -> float:
    seconds, _ = _at_once(writers, _write, place)
    return writers * _BATCH * _BATCHES / seconds


def _write(place: Store, number: int) -> list[float]:
    seed = time.time_ns() % 10**8 * 10 + number
    return [writing.ours(place, writing.found(_BATCH, seed + round_ * 97)) for round_ in range(_BATCHES)]


def _actions(place: Store, people: int) -> str:
    _, taken = _at_once(people, _act, place)
    return f"{statistics.median(taken):.3f} / {statistics.quantiles(taken, n=20)[-1]:.3f}"


def _act(place: Store, number: int) -> list[float]:
    settings = Settings(store=place)
    with store.connect(place, read_only=True) as connection:
        rows = connection.execute(
            "SELECT case_id FROM cases WHERE stage <> 'closed' ORDER BY case_id DESC LIMIT ?", [16 * _ACTIONS]
        ).fetchall()
        own = cases.get_many(connection, [row[0] for row in rows[number * _ACTIONS : (number + 1) * _ACTIONS]])
    taken = []
    for case in own:
        started = time.perf_counter()
        with suppress(EscuchaError):
            desk.edit(settings, case.case_id, {"owner": f"p{number}"}, version=case.version, actor="eva", now=now())
        taken.append(time.perf_counter() - started)
    return taken
