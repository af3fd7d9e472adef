"""A real dashboard on loopback and a real Chromium."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import pytest

import dashboard
from dashboard.frame.identity import COOKIE
from monitor.settings.loading import Settings, Store
from tests import desk_store
from tests.ports import free_ports

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


WAIT = 60_000
"""Milliseconds that a browser waits for what it expects: the machine may be busy."""
Opening: TypeAlias = Callable[[str], Any]
"""Opens a fresh tab for the site of that address."""


def chromium() -> str | None:
    """The browser's program, if the system has one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def serving(
    environment: dict[str, str], folder: Path, app: Path | None = None, port: int | None = None
) -> Iterator[str]:
    """The dashboard, or another page of Streamlit's, as a process of its own; gives its address."""
    port = port or free_ports(1)[0]
    app = app or Path(dashboard.__file__).with_name("web.py")
    command = [sys.executable, "-m", "streamlit", "run", str(app), f"--server.port={port}"]
    command += ["--server.address=127.0.0.1", "--server.headless=true"]
    paths = os.pathsep.join(filter(None, (str(Path(dashboard.__file__).parent.parent), os.environ.get("PYTHONPATH"))))
    with (folder / "dashboard.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, "PYTHONPATH": paths, **environment}, stdout=log, stderr=log
        )
        try:
            _wait(f"http://127.0.0.1:{port}/_stcore/health", process, folder)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _wait(address: str, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(address, timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.2)
    raise AssertionError("the dashboard did not start:\n" + (folder / "dashboard.log").read_text())


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings on a fresh store with a few posts."""
    return desk_store.configured(tmp_path, monkeypatch)


@pytest.fixture
def posts(config: Settings, five_posts: tuple[Callable[[Store], None], dict[str, int]]) -> dict[str, int]:
    """The ids of the posts in the store, by name."""
    put, ids = five_posts
    put(config.store)
    return dict(ids)


@pytest.fixture(scope="package")
def served(
    tmp_path_factory: pytest.TempPathFactory, address_of: Callable[[Store], str]
) -> Iterator[Callable[[Path], str]]:
    """A dashboard for one test after the other: takes a test's file of settings over, and gives its address.

    It reads its settings at each run of a page, and keeps nothing of a store beyond that store's file.
    """
    folder = tmp_path_factory.mktemp("served")
    file = folder / "escucha.toml"
    with serving({"ESCUCHA_CONFIG": str(file)}, folder) as found:

        def take_over(settings: Path) -> str:
            beside = Store(url=settings.with_name("store.duckdb").as_posix())
            file.write_text(settings.read_text("utf-8").replace(beside.url, address_of(beside)), "utf-8")
            return found

        yield take_over


@pytest.fixture
def address(served: Callable[[Path], str], posts: dict[str, int], tmp_path: Path) -> str:
    """Where the dashboard on that store answers."""
    return served(tmp_path / "escucha.toml")


@pytest.fixture(scope="package")
def browser() -> Iterator[object]:
    """Debian's Chromium; the tests are skipped where there is none.

    Not for the whole session: Playwright's event loop would be running under the tests of other packages.
    """
    with launched() as started:
        yield started


@contextmanager
def launched() -> Iterator[Any]:
    """Debian's Chromium for the body; the test is skipped where there is none."""
    program = chromium()
    if program is None:
        pytest.skip("no Chromium here; Debian, Ubuntu: sudo apt-get install chromium")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


def _told(happened: list[str], dialog: Any) -> None:
    happened.append(dialog.message)
    dialog.dismiss()


@pytest.fixture(scope="package")
def profile(browser: Any) -> Iterator[Any]:
    """A profile of the browser for one test after the other: it takes seconds to read the dashboard's programs anew."""
    context = _new_profile(browser)
    yield context
    context.close()


def _new_profile(browser: Any) -> Any:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    context.set_default_timeout(WAIT)
    return context


def forget(profile: Any) -> None:
    """Closes all tabs, and leaves the profile like a new one, but for its cache."""
    opened = [urlsplit(tab.url) for tab in profile.pages if tab.url.startswith("http")]
    sites = {f"{address.scheme}://{address.netloc}" for address in opened}
    for tab in profile.pages:
        tab.close()
    blank = profile.new_page()
    tool = profile.new_cdp_session(blank)
    for site in sites:
        tool.send("Storage.clearDataForOrigin", {"origin": site, "storageTypes": "all"})
    blank.close()
    profile.clear_cookies()


@pytest.fixture
def opening(browser: Any, profile: Any) -> Iterator[Opening]:
    """Opens tabs, each as in a browser profile of its own; anything that a post makes happen in one fails the test."""
    happened: list[str] = []
    contexts: list[Any] = []

    def opened(address: str) -> Any:
        contexts.append(_new_profile(browser) if contexts else profile)
        tab = contexts[-1].new_page()
        tab.on("dialog", lambda dialog: _told(happened, dialog))
        ours = (address, "data:", "blob:")
        tab.on("request", lambda asked: happened.append(asked.url) if not asked.url.startswith(ours) else None)
        return tab

    yield opened
    for context in contexts[1:]:
        context.close()
    forget(profile)
    assert happened == []


@pytest.fixture
def page(opening: Opening, address: str) -> Any:
    """A tab for the dashboard, in a browser that knows who works there."""
    tab = opening(address)
    tab.context.add_cookies([{"name": COOKIE, "value": "Ana", "url": address}])
    return tab
