"""Makes the pictures of the README: docs/<page>.<language>.png, of a fresh store of samples or of the one named.

    python tools/screenshots.py [--store FILE] [--to FOLDER] [--width 1440]

Needs Debian's Chromium (or Google Chrome) and Playwright, which is in the extra [dev].
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PAGES = {"overview": "", "inbox": "inbox", "cases": "cases", "case": "case?case=1", "health": "health"}
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def main() -> None:
    """Starts the dashboard, visits every page in both languages, saves what it shows."""
    asked = _arguments()
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        sys.exit("There is no Chromium here. Debian, Ubuntu: sudo apt-get install chromium")
    asked.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        environment = _named_store(asked.store) if asked.store else _samples(Path(folder))
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        with _serving(environment, Path(folder)) as address:
            for language in ("es", "en"):
                page = browser.new_page(viewport={"width": asked.width, "height": 900}, device_scale_factor=1)
                for name, path in PAGES.items():
                    _picture(page, f"{address}/{path}", language, asked.to / f"{name}.{language}.png")
                page.close()
        browser.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path, help="a database; without it the samples are used")
    parser.add_argument("--to", type=Path, default=ROOT / "docs", help="folder of the pictures")
    parser.add_argument("--width", type=int, default=1440)
    return parser.parse_args()


def _named_store(path: Path) -> dict[str, str]:
    return {"ESCUCHA_STORE__URL": str(path.resolve())}


def _samples(folder: Path) -> dict[str, str]:
    """The samples through the whole pipeline, in a store of their own."""
    from monitor import samples, settings

    environment = {"ESCUCHA_CONFIG": str(samples.demo_settings()), **_named_store(folder / "samples.duckdb")}
    os.environ.update(environment)
    samples.load(settings.load(), lambda *_: None)
    return environment


@contextmanager
def _serving(environment: dict[str, str], folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboard" / "app.py"), f"--server.port={port}"]
    command += ["--server.address=127.0.0.1", "--server.headless=true"]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "LOGNAME": "Ana", **environment}
    with (folder / "dashboard.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=variables, stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 (loopback)
            if answer.status == 200:
                return
        time.sleep(0.2)
    sys.exit("The dashboard did not start.")


def _picture(page: Page, address: str, language: str, file: Path) -> None:
    page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
    page.wait_for_selector("h1", timeout=60_000)
    page.wait_for_function(
        "!document.querySelector('[data-testid=stStatusWidget], [data-testid=stSkeleton]')", timeout=60_000
    )
    page.wait_for_timeout(1_500)  # charts and fonts
    page.screenshot(path=file)
    print(file)


if __name__ == "__main__":
    main()
