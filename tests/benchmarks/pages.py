"""Every page of the dashboard at several sizes: time in the database (open, queries, close) and of the whole page."""

import logging
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from monitor import store
from monitor.store import connection as connecting
from monitor.store.postgres import connection as postgres
from tests.benchmarks import caseload

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
PAGES = {
    "overview, 30 days": ("overview", {"period": "30"}),
    "overview, 90 days": ("overview", {"period": "90"}),
    "overview, 12 months": ("overview", {"period": "365"}),
    "inbox, most urgent": ("inbox", {}),
    "inbox, newest": ("inbox", {"order": "newest"}),
    "cases": ("cases", {}),
    "board": ("board", {}),
    "a case": ("case", {"case": "CASE"}),
    "customers": ("customers", {}),
    "a customer": ("customers", {"customer": "C7"}),
    "follow-ups": ("followups", {}),
    "metrics": ("metrics", {}),
    "health": ("health", {}),
}
ROUNDS = 7
_CASES = 200_000  # with two million events


def main(rows: int) -> None:
    """Prints the median of each page at a tenth of `rows` and at `rows` mentions, with up to 200,000 cases."""
    logging.disable(logging.WARNING)  # Streamlit's, on being run without a browser
    folder = Path(tempfile.gettempdir()) / "escucha-bench"
    folder.mkdir(exist_ok=True)
    print(f"{'mentions':>12}  {'page':<20} {'database s':>10} {'page s':>8}")
    for count in (rows // 10, rows):
        kept = caseload.fill(folder / f"pages-{count}.duckdb", min(_CASES, count // 7), mentions=count)
        os.environ["ESCUCHA_STORE__URL"] = str(kept.path)
        with store.connect(kept, read_only=True) as connection:
            case = connection.execute("SELECT max(case_id) FROM cases").fetchall()[0][0]
        for name, (page, query) in PAGES.items():
            spent, whole = measure(page, {key: str(case) if value == "CASE" else value for key, value in query.items()})
            print(f"{count:>12,}  {name:<20} {spent:>10.3f} {whole:>8.3f}", flush=True)


def measure(page: str, query: dict[str, str]) -> tuple[float, float]:
    """Medians of seconds in the database and of the page's whole run; the first round only warms up.

    What AppTest needs around a run, some 0.16 s, is left out.
    """
    spent, whole = [], []
    for _ in range(ROUNDS + 1):
        with database_time() as inside, run_time() as runs:
            app = AppTest.from_file(str(APP), default_timeout=60)
            app.query_params.update(query)
            app._page_hash = calc_hash(page)  # the pages are functions, known by the hash of their address
            app.run()
            assert not app.exception, app.exception
        whole.append(sum(runs))
        spent.append(sum(inside))
    return statistics.median(spent[1:]), statistics.median(whole[1:])


@contextmanager
def run_time() -> Iterator[list[float]]:
    """The seconds of each run of the dashboard's script while the body runs."""
    seconds: list[float] = []
    original = ScriptRunner._run_script

    def timed(runner: ScriptRunner, *arguments: Any) -> None:
        started = time.perf_counter()
        try:
            original(runner, *arguments)
        finally:
            seconds.append(time.perf_counter() - started)

    ScriptRunner._run_script = timed  # type: ignore[method-assign]
    try:
        yield seconds
    finally:
        ScriptRunner._run_script = original  # type: ignore[method-assign]


@contextmanager
def database_time() -> Iterator[list[float]]:
    """The seconds of each hold of the database while the body runs."""
    seconds: list[float] = []
    original = connecting._open

    @contextmanager
    def timed(*arguments: Any, **named: Any) -> Iterator[Any]:
        started = time.perf_counter()
        try:
            with original(*arguments, **named) as connection:
                yield connection
        finally:
            seconds.append(time.perf_counter() - started)

    @contextmanager
    def timed_server(*arguments: Any, **named: Any) -> Iterator[Any]:
        started = time.perf_counter()
        try:
            with of_server(*arguments, **named) as connection:
                yield connection
        finally:
            seconds.append(time.perf_counter() - started)

    of_server = postgres.connect
    connecting._open, postgres.connect = timed, timed_server
    try:
        yield seconds
    finally:
        connecting._open, postgres.connect = original, of_server
