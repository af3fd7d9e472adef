"""Two dashboards on one PostgreSQL behind the proxy of `deploy/`, for real: who was with one is known at the other."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from dashboard.frame.identity import COOKIE
from dashboard.i18n import translate
from monitor.settings import loading
from monitor.settings.loading import Settings
from tests import desk_store
from tests.browser.conftest import WAIT, launched
from tests.polling import until
from tests.ports import free_ports
from tests.postgres_server import PostgresServer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("caddy"), reason="caddy is not here (Debian, Ubuntu: apt-get install caddy)"),
]
ROOT = Path(__file__).parents[2]
REPLICA = "escucha_replica"


@dataclass(frozen=True, slots=True)
class Site:
    """What people see, and the dashboards behind it, by their ports."""

    url: str
    dashboards: dict[int, "subprocess.Popen[bytes]"]

    def ask(self, cookies: dict[str, str] | None = None) -> httpx.Response:
        """What the site answers to somebody with these cookies."""
        with httpx.Client(cookies=cookies, timeout=30) as client:
            return client.get(f"{self.url}/")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_server: PostgresServer) -> Settings:
    """Settings on a database with three complaints, each with its case."""
    desk_store.configured(tmp_path, monkeypatch)
    monkeypatch.setenv("ESCUCHA_STORE__URL", postgres_server.create_database(f"seen_{os.urandom(4).hex()}"))
    monkeypatch.setenv("ESCUCHA_DESK__SECRET", "one-secret-for-all-of-the-machines")
    own, now = loading.load(), datetime.now(UTC)
    ids = [
        desk_store.post(own, f"p{n}", f"Sigo esperando, número {n}", now - timedelta(hours=n), author=f"cliente{n}")
        for n in (3, 2, 1)
    ]
    desk_store.open_cases(own, ids, now)
    return own


@contextmanager
def started(command: list[str], folder: Path, **variables: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process, its words in a file of the folder."""
    with (folder / f"{command[0].rpartition('/')[2]}.log").open("ab") as log:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "HOME": str(folder)} | variables
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def site(settings: Settings, tmp_path: Path) -> Iterator[Site]:
    """Both dashboards and the proxy run."""
    proxy, *ports = free_ports(3)
    given = {
        "SITE": f"http://localhost:{proxy}",
        "DASHBOARDS": " ".join(f"127.0.0.1:{port}" for port in ports),
        "PROXY_SECRET": "3f9a0c",
    }
    config = ["--config", str(ROOT / "deploy" / "Caddyfile"), "--adapter", "caddyfile"]
    with ExitStack() as running:
        dashboards = {
            port: running.enter_context(
                started(
                    [sys.executable, "-m", "monitor", "dashboard", "--port", str(port)], tmp_path, ESCUCHA_HEADLESS="1"
                )
            )
            for port in ports
        }
        for port in ports:
            until(lambda port=port: _is_healthy(f"http://127.0.0.1:{port}/_stcore/health"))
        running.enter_context(started(["caddy", "run", *config], tmp_path, **given))
        found = Site(given["SITE"], dashboards)
        until(lambda: found.ask().status_code == 200)
        yield found


def _is_healthy(url: str, status: int = 200) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == status
    except httpx.HTTPError:
        return False


def _replicas(site: Site) -> dict[str, str]:
    """The cookies of both dashboards: a new visitor is given one or the other."""
    found: dict[str, str] = {}
    deadline = time.monotonic() + 60
    while len(found) < 2 and time.monotonic() < deadline:
        cookie = site.ask().cookies[REPLICA]
        found[cookie] = cookie
    return found


def test_a_browser_stays_with_its_dashboard_until_that_is_gone(site: Site) -> None:
    assert httpx.get(site.url, timeout=30).status_code == 401, "nobody comes in without a password"
    cookies = _replicas(site)
    assert len(cookies) == 2, "both have visitors"
    for cookie in cookies:
        assert not any(site.ask({REPLICA: cookie}).cookies.get(REPLICA, cookie) != cookie for _ in range(10))
    port, process = next(iter(site.dashboards.items()))
    process.terminate()
    process.wait(60)
    answers = [site.ask({REPLICA: cookie}) for cookie in cookies]
    assert [answer.status_code for answer in answers] == [200, 200]
    left = {answer.cookies.get(REPLICA, cookie) for answer, cookie in zip(answers, cookies, strict=True)}
    assert len(left) == 1, f"the one of port {port} is gone, and all are with the other"


def test_one_secret_signs_the_cookies_of_both_and_is_in_no_list_of_processes(site: Site) -> None:
    import psutil

    secrets = set()
    for process in site.dashboards.values():
        for part in psutil.Process(process.pid).children(recursive=True):
            secrets.add(part.environ()["STREAMLIT_SERVER_COOKIE_SECRET"])
            assert not any(secret in " ".join(part.cmdline()) for secret in secrets)
    (secret,) = secrets
    assert "one-secret" not in secret


@pytest.fixture
def people(site: Site) -> Iterator[Callable[[str, str], Any]]:
    """Opens a tab of a person, whose browser is with the dashboard of that cookie."""
    with launched() as browser:

        def open_tab(name: str, replica: str) -> Any:
            context = browser.new_context()
            context.set_default_timeout(WAIT)
            context.add_cookies([
                {"name": COOKIE, "value": name, "url": site.url}, {"name": REPLICA, "value": replica, "url": site.url}
            ])  # fmt: skip
            return context.new_page()

        yield open_tab


def test_what_one_does_is_seen_at_the_other_within_seconds(site: Site, people: Callable[[str, str], Any]) -> None:
    one, other = _replicas(site)
    ana, bruno = people("Ana", one), people("Bruno", other)
    for tab in (ana, bruno):
        tab.goto(f"{site.url}/case?case=1")
        tab.get_by_role("button", name=translate("es", "handling.take")).wait_for()
    ana.get_by_role("button", name=translate("es", "handling.take")).click()
    ana.get_by_text(translate("es", "handling.owner_you"), exact=True).wait_for()
    done = time.monotonic()
    bruno.reload()
    bruno.get_by_text("Ana").first.wait_for()
    assert time.monotonic() - done < 10
    cookies = {cookie["name"]: cookie["value"] for cookie in bruno.context.cookies()}
    assert cookies[REPLICA] == other, "he is with the dashboard that he was with"
    ana.context.add_cookies([{"name": REPLICA, "value": other, "url": site.url}])
    ana.reload()
    ana.get_by_text(translate("es", "handling.owner_you"), exact=True).wait_for()  # known there by her name
