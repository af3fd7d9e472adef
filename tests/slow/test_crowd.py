"""Two importers, a classifier, a run and three dashboard sessions at once for a minute: nothing fails or is lost."""

import itertools
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from monitor import store
from monitor.settings import Store
from tests import posts

SECONDS = 60
ROWS = 1_500
ROOT = Path(__file__).parents[2]
SETTINGS = """
[[brands]]
name = "Norvia"
queries = ["@norvia"]

[networks.files]
folder = "inbox"

[exports]
folder = "exports"
"""


class Crowd:
    """Threads that each run a program again and again until the time is over, and what went wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[str] = []
        self.rounds: dict[str, int] = {}
        self._until = time.monotonic() + SECONDS
        self._threads: list[threading.Thread] = []

    def escucha(self, *arguments: str) -> None:
        """One command; a fault when it fails."""
        command = [sys.executable, "-m", "monitor", *arguments]
        done = subprocess.run(command, cwd=self.folder, env=environment(), capture_output=True, text=True, check=False)
        if done.returncode:
            self.faults.append(f"{arguments}: {done.stderr[-2000:]}")

    def repeat(self, name: str, work: Callable[[int], None]) -> None:
        """Does `work(round)` in a thread of its own until the time is over."""

        def loop() -> None:
            for number in itertools.count():
                if time.monotonic() > self._until:
                    return
                try:
                    work(number)
                except Exception as error:
                    self.faults.append(f"{name}: {error!r}")
                    return
                self.rounds[name] = number + 1

        self._threads.append(threading.Thread(target=loop))
        self._threads[-1].start()

    def join(self) -> None:
        """Waits for all."""
        for thread in self._threads:
            thread.join()


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


@contextmanager
def dashboard(folder: Path) -> Iterator[str]:
    """A real dashboard on a free port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "monitor", "dashboard", "--port", str(port)]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment() | {"ESCUCHA_HEADLESS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
                break
            except OSError:
                time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, 15)
        process.wait(20)


def browse(crowd: Crowd, url: str, browser: str) -> Callable[[int], None]:
    """A session that opens page after page and looks for faults on the screen."""
    from tests.browser.conftest import visit  # the browser tests know how a page is opened and what a fault looks like

    pages = ("", "inbox", "cases", "health")
    return lambda number: visit(f"{url}/{pages[number % len(pages)]}", browser)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium: apt-get install chromium")
def test_a_crowd_works_together(tmp_path: Path) -> None:
    (tmp_path / "escucha.toml").write_text(SETTINGS)
    crowd = Crowd(tmp_path)
    files = itertools.count(1)

    def importer(_: int) -> None:
        number = next(files)
        file = posts.write(tmp_path / "files" / f"{number}.csv", ROWS, number)
        crowd.escucha("import", str(file), "--network", "x")

    def drop(_: int) -> None:
        number = next(files)
        file = posts.write(tmp_path / "files" / f"{number}.csv", 100, number)
        (tmp_path / "inbox" / "reddit").mkdir(parents=True, exist_ok=True)
        file.rename(tmp_path / "inbox" / "reddit" / file.name)
        crowd.escucha("run")

    with dashboard(tmp_path) as url:
        crowd.repeat("importer 1", importer)
        crowd.repeat("importer 2", importer)
        crowd.repeat("classifier", lambda _: crowd.escucha("classify"))
        crowd.repeat("run", drop)
        for number in range(3):
            crowd.repeat(f"dashboard {number}", browse(crowd, url, "chromium"))
        crowd.join()
    assert crowd.faults == []
    print(f"\nrounds in {SECONDS} s: {crowd.rounds}")
    written = next(files) - 1
    stored = Store(url=str(tmp_path / "data" / "escucha.duckdb"))
    with store.connect(stored, read_only=True) as connection:
        rows = connection.execute("SELECT count(*), count(DISTINCT post_id) FROM mentions").fetchall()[0]
        twice = connection.execute(
            "SELECT count(*) FROM (SELECT mention_id FROM classifications WHERE current GROUP BY 1 HAVING count(*) > 1)"
        ).fetchall()
    dropped = len(list((tmp_path / "inbox" / "reddit").iterdir()))
    expected = (written - dropped) * ROWS + dropped * 100
    assert rows == (expected, expected)
    assert twice == [(0,)]
