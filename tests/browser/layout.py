"""A person who looks at pages at the widths that windows have; the boxes of what they see are compared."""

import base64
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from dashboard.frame import identity
from dashboard.i18n import translate
from monitor.models.languages import LanguageCode
from tests.browser.conftest import WAIT

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")

Size: TypeAlias = tuple[int, int, int]
"""Width and height of the window in CSS pixels, and how many of the screen's make one."""
PHONE: Size = (390, 844, 1)
TWICE: Size = (720, 450, 2)
"""A window of 1440 x 900 in which the browser shows everything at 200 %."""
DESK: Size = (1440, 900, 1)
SIZES: tuple[Size, ...] = (PHONE, TWICE, (768, 1024, 1), (1024, 768, 1), DESK)
_SIDEBAR_BESIDE = 768
"""From this width on the sidebar stands beside the page, below it over the page."""
_LOOKS = 10
"""Looks at the page, half a second apart, until nothing is wrong: charts follow a new width after all else."""
_DRAWN = """() => document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]")
    && document.querySelector("h1") && !document.querySelector("[data-testid=stSkeleton]")"""
_FOLD_OUT = """() => document.querySelectorAll("[data-testid=stMain] details:not([open]) > summary")
    .forEach((summary) => summary.click())"""
_BOXES = Path(__file__).with_name("boxes.js").read_text(encoding="utf-8")
_FOCUS = Path(__file__).with_name("focus.js").read_text(encoding="utf-8")


class Looker:
    """Somebody before a browser, in one language."""

    def __init__(self, page: Any, address: str, language: LanguageCode) -> None:
        """`page` is a tab of Chromium."""
        self.page, self.address, self.language = page, address, language
        page.context.add_cookies([{"name": identity.COOKIE, "value": "Ana", "url": address}])
        self._screen = page.context.new_cdp_session(page)

    def word(self, key: str, **values: object) -> str:
        """What the dashboard says under that key."""
        return translate(self.language, key, **values)

    def open(self, path: str) -> None:
        """Opens a page, and waits until all of it is there."""
        joint = "&" if "?" in path else "?"
        self.page.goto(f"{self.address}/{path}{joint}lang={self.language}")
        self.settle()

    def settle(self) -> None:
        """Waits until the page is drawn to its end, and nothing moves any more."""
        self.page.wait_for_function(_DRAWN, polling=100, timeout=WAIT * 2)  # else it asks at each frame, and draws it
        self.page.wait_for_timeout(600)  # what fades, folds out or slides

    def resize(self, size: Size) -> None:
        """Makes the window so large, with the sidebar as people have it there."""
        width, height, scale = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        self._screen.send("Emulation.setDeviceMetricsOverride", metrics)
        self.page.wait_for_timeout(200)
        self._sidebar(shown=width >= _SIDEBAR_BESIDE)

    def _sidebar(self, *, shown: bool) -> None:
        expand = self.page.get_by_test_id("stExpandSidebarButton")
        if shown and expand.count():
            expand.evaluate("button => button.click()")
        elif not shown and not expand.count():
            self.page.evaluate("document.querySelector('[data-testid=stSidebarCollapseButton] button').click()")
        else:
            return
        self.page.wait_for_timeout(500)  # it slides

    def fold_out(self) -> None:
        """Opens everything that is folded away in the page."""
        self.page.evaluate(_FOLD_OUT)
        self.settle()

    def faults(self, *, touch: bool = False) -> list[str]:
        """What is wrong with the page, and stays wrong; with `touch` what a finger cannot hit as well."""
        for _ in range(_LOOKS):
            if not (faults := list(self.page.evaluate(_BOXES, touch))):
                break
            self.page.wait_for_timeout(500)
        return faults

    def hidden(self) -> list[str]:
        """What the header hides when the keyboard or an anchor leads to it."""
        return list(self.page.evaluate(_FOCUS))

    def floating(self) -> dict[str, list[str]]:
        """What is wrong while each of the page's popovers is open, by its words."""
        found = {}
        for button in self.page.get_by_test_id("stMain").get_by_test_id("stPopoverButton").all():
            if not button.is_visible() or button.is_disabled():
                continue
            words = button.inner_text().split("\n")[0]
            button.scroll_into_view_if_needed()
            button.click()
            self.page.get_by_test_id("stPopoverBody").last.wait_for(timeout=WAIT)
            self.settle()
            if faults := self.faults():
                found[words] = faults
            self._close_popover()
        return found

    def _close_popover(self) -> None:
        """By the key, again where a page that was still drawing did not hear it."""
        body = self.page.get_by_test_id("stPopoverBody")
        for _ in range(5):
            self.page.keyboard.press("Escape")
            with suppress(sync_api.TimeoutError):
                body.wait_for(state="detached", timeout=WAIT / 5)
                return
        body.wait_for(state="detached", timeout=1)

    def picture(self, name: str) -> None:
        """A picture of the page, where the environment names a folder for pictures."""
        if folder := os.environ.get("PICTURES"):
            shot = self._screen.send("Page.captureScreenshot", {"format": "png"})
            Path(folder, f"{name}.{self.language}.png").write_bytes(base64.b64decode(shot["data"]))
