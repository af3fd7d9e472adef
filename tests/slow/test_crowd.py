"""Two importers, a classifier, a run and three dashboard sessions at once for a minute: nothing fails or is lost."""

import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from monitor import store
from monitor.settings.loading import Store
from tests import made_up_posts
from tests.browser.conftest import FLAGS, chromium, serving

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
        self.until = time.monotonic() + SECONDS
        self._threads: list[threading.Thread] = []

    def escucha(self, *arguments: str) -> None:
        """One command; a fault when it fails."""
        command = [sys.executable, "-m", "monitor", *arguments]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            self.faults.append(f"{arguments}: {done.stderr[-2000:]}")

    def repeat(self, name: str, work: Callable[[int], None]) -> None:
        """Does `work(round)` in a thread of its own until the time is over."""

        def loop() -> None:
            for number in itertools.count():
                if time.monotonic() > self.until:
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


def browse(crowd: Crowd, address: str) -> None:
    """One session: opens page after page, as a person does, and looks for faults on the screen."""
    names = itertools.cycle(("overview", "inbox", "cases", "health"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        tab = browser.new_page()
        tab.goto(address)
        while time.monotonic() < crowd.until:
            tab.goto(f"{address}/{next(names)}?lang=en")
            expect(tab.get_by_role("heading", level=1)).to_be_visible(timeout=60_000)
            expect(tab.locator("[data-testid=stSkeleton]")).to_have_count(0, timeout=60_000)
            if tab.locator("[data-testid=stException]").count() or tab.get_by_text("escucha status").count():
                crowd.faults.append(tab.locator("body").inner_text()[:2000])
            crowd.rounds["pages"] = crowd.rounds.get("pages", 0) + 1
        browser.close()


@pytest.mark.slow
@pytest.mark.skipif(chromium() is None, reason="no Chromium here; Debian, Ubuntu: sudo apt-get install chromium")
def test_a_crowd_works_together(tmp_path: Path) -> None:
    (tmp_path / "escucha.toml").write_text(SETTINGS)
    crowd = Crowd(tmp_path)
    files = itertools.count(1)

    def importer(_: int) -> None:
        number = next(files)
        file = made_up_posts.write(tmp_path / "files" / f"{number}.csv", ROWS, number)
        crowd.escucha("import", str(file), "--network", "x")

    def drop(_: int) -> None:
        number = next(files)
        file = made_up_posts.write(tmp_path / "files" / f"{number}.csv", 100, number)
        (tmp_path / "inbox" / "reddit").mkdir(parents=True, exist_ok=True)
        file.rename(tmp_path / "inbox" / "reddit" / file.name)
        crowd.escucha("run")

    with serving({"ESCUCHA_CONFIG": str(tmp_path / "escucha.toml")}, tmp_path) as address:
        crowd.repeat("importer 1", importer)
        crowd.repeat("importer 2", importer)
        crowd.repeat("classifier", lambda _: crowd.escucha("classify"))
        crowd.repeat("run", drop)
        for number in range(3):
            crowd.repeat(f"dashboard {number}", lambda _: browse(crowd, address))
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
