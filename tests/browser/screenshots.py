"""Makes the pictures of the README: docs/<page>.<language>.png, of a fresh store of samples or of the one named.

    python -m tests.browser.screenshots [--store FILE] [--to FOLDER] [--width 1440] [--all] [--whole]

Needs Debian's Chromium (or Google Chrome) and Playwright, which is in the extra [dev].
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from dashboard.frame.identity import COOKIE
from tests.browser.conftest import FLAGS, chromium, serving

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "overview": "",
    "inbox": "inbox",
    "cases": "cases",
    "board": "board",
    "case": "case?case={case}",
    "followups": "followups",
    "customers": "customers",
    "customer": "customers?customer={customer}",
    "metrics": "metrics",
    "metrics-causes": "metrics?part=causes",
    "metrics-customers": "metrics?part=customers",
    "metrics-actions": "metrics?part=actions",
    "incident": "incident?incident={incident}",
    "health": "health",
    "audit": "audit",
    "settings": "settings",
}
README = ("overview", "inbox")
_DRAWN = "[data-testid=stApp][data-test-script-state=notRunning]"


def main() -> None:
    """Starts the dashboard, visits every page in both languages, saves what it shows."""
    asked = _arguments()
    program = chromium()
    if program is None:
        sys.exit("There is no Chromium here. Debian, Ubuntu: sudo apt-get install chromium")
    asked.to.mkdir(parents=True, exist_ok=True)
    shown = {name: path.format(**vars(asked)) for name, path in PAGES.items() if asked.all or name in README}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        environment = _named_store(asked.store) if asked.store else _samples(Path(folder))
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        with serving(environment, Path(folder)) as address:
            for language in ("es", "en"):
                page = browser.new_page(viewport={"width": asked.width, "height": 900}, device_scale_factor=1)
                page.context.add_cookies([{"name": COOKIE, "value": "Ana", "url": address}])
                for name, path in shown.items():
                    file = asked.to / f"{name}.{language}.png"
                    _picture(page, f"{address}/{path}", language, file, whole=asked.whole)
                page.close()
        browser.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path, help="a database; without it the samples are used")
    parser.add_argument("--to", type=Path, default=ROOT / "docs", help="folder of the pictures")
    parser.add_argument("--width", type=int, default=1440)
    parser.add_argument("--all", action="store_true", help="every page, not only those of the README")
    parser.add_argument("--whole", action="store_true", help="pages to their end, however long")
    parser.add_argument("--case", default="1", help="id of the case to show")
    parser.add_argument("--customer", default="", help="id of the customer to show; without it, the list again")
    parser.add_argument("--incident", default="1", help="id of the incident to show")
    return parser.parse_args()


def _named_store(path: Path) -> dict[str, str]:
    return {"ESCUCHA_STORE__URL": str(path.resolve())}


def _samples(folder: Path) -> dict[str, str]:
    """The samples through the whole pipeline, in a store of their own."""
    from monitor.pipeline import samples
    from monitor.settings import loading

    environment = {"ESCUCHA_CONFIG": str(samples.demo_settings()), **_named_store(folder / "samples.duckdb")}
    os.environ.update(environment)
    samples.load(loading.load(), lambda *_: None)
    return environment


def _picture(page: Page, address: str, language: str, file: Path, *, whole: bool) -> None:
    page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
    page.wait_for_selector("h1", timeout=60_000)
    page.wait_for_selector(_DRAWN, timeout=60_000)
    page.wait_for_load_state("networkidle")  # a chart's code is fetched only once the page asks for it
    page.wait_for_timeout(1_500)  # charts and fonts
    if whole:  # what scrolls is inside the page: a window as tall as it shows all
        height = page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').offsetHeight")
        page.set_viewport_size({"width": page.evaluate("window.innerWidth"), "height": max(height, 900)})
        page.wait_for_timeout(500)
    page.screenshot(path=file)
    print(file)


if __name__ == "__main__":
    main()
