"""A person at the dashboard in a real browser, the pipeline behind it, and the survey page beside it."""

import csv
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboard.i18n import translate
from monitor.models.languages import LanguageCode
from monitor.pipeline import main_line
from monitor.settings.loading import Settings
from tests.browser.conftest import WAIT

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")
expect = sync_api.expect


@contextmanager
def surveys_served(folder: Path, port: int) -> Iterator[None]:
    """`escucha surveys serve` as a process of its own."""
    command = [sys.executable, "-m", "monitor", "surveys", "serve", "--port", str(port)]
    with (folder / "surveys.log").open("w") as log:
        process = subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + 90
            while process.poll() is None and time.monotonic() < deadline:
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
                    break
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(20)


# A press on nothing is the browser's hand that missed while the page moved: it presses again.
_COUNT = """
window.presses = 0
const answers = "button, a, label, input, textarea, [role]"
addEventListener("pointerdown", (event) => {
  if (event.isTrusted && event.target.closest(answers)) window.presses += 1
}, true)
"""


class Desk:
    """A person at the dashboard, and the pipeline that brings posts to it."""

    def __init__(self, page: Any, settings: Settings, language: LanguageCode, picture: Callable[[], None]) -> None:
        """In the language of the address."""
        self.page, self.settings, self.language, self.picture = page, settings, language, picture
        self._posts = 0
        page.add_init_script(_COUNT)

    def word(self, key: str, **values: object) -> str:
        """What the dashboard says under that key."""
        return translate(self.language, key, **values)

    def presses(self) -> int:
        """How often the person has pressed something since the page was opened."""
        return int(self.page.evaluate("window.presses"))

    def arrives(self, author: str, text: str) -> None:
        """A post in the thread comes in as a file in the drop folder, and goes down the main line."""
        self._posts += 1
        folder = self.settings.networks.files.folder
        assert folder is not None
        (folder / "x").mkdir(parents=True, exist_ok=True)
        link = f"https://social.example/p{self._posts}"
        with (folder / "x" / f"{self._posts}.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["id", "thread_id", "author", "text", "posted_at", "url"])
            rows.writerow([f"p{self._posts}", "p1", author, text, datetime.now(UTC).isoformat(), link])
        report = main_line.run(self.settings)
        assert (report.collected.stored, report.classified, report.faults) == (1, 1, ())

    def look_again(self) -> None:
        """Presses the button that reads the page afresh."""
        self.page.get_by_role("button", name=self.word("frame.refresh")).click()

    def _settle(self) -> None:
        """Waits until the page is drawn to its end: what is half drawn may be drawn anew under the mouse."""
        app = self.page.get_by_test_id("stApp")
        expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=WAIT)

    def go(self, title: str) -> None:
        """To another page, over the navigation."""
        self.page.get_by_role("link", name=self.word(title), exact=True).first.click()
        expect(self.page.get_by_role("heading", name=self.word(title), exact=True)).to_be_visible(timeout=WAIT)

    def open_case(self, code: str) -> None:
        """The page of the first case listed with that code."""
        self._settle()
        self.page.get_by_role("link", name=code).first.click()

    def press(self, key: str, within: Any = None, **values: object) -> None:
        """The button with those words."""
        self._settle()
        (within or self.page).get_by_role("button", name=self.word(key, **values)).first.click()

    def choose(self, label: str, option: str, within: Any = None) -> None:
        """An option of a list."""
        self._settle()
        box = (within or self.page).get_by_role("combobox", name=self.word(label))
        box.scroll_into_view_if_needed()  # a list that is open closes when the page moves
        box.click()
        self.page.get_by_role("option", name=self.word(option), exact=True).click()

    def tick(self, key: str) -> None:
        """One of several answers of which one holds."""
        self.page.get_by_role("radio", name=self.word(key), exact=True).locator("xpath=ancestor::label").click()

    def stands(self, stage: str) -> None:
        """The case page's head says the stage."""
        head = self.page.locator("p.plain", has_text="Norvia").first
        expect(head).to_contain_text(self.word(f"stage.{stage}"), timeout=WAIT)

    def happened(self, key: str, **values: object) -> None:
        """The newest lines of the history."""
        lines = self.page.locator(".events li").filter(has_text=self.word(key, **values))
        expect(lines.first).to_be_visible(timeout=WAIT)

    def figure(self, name: str) -> Any:
        """A headline figure of Metrics."""
        return self.page.get_by_test_id("stMetric").filter(has_text=self.word(f"measure.{name}"))
