"""Behind a web server that ends HTTPS: what browsers hold goes nowhere else. A real server, real TLS, on loopback."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.models.accounts import Role
from monitor.settings import loading
from monitor.settings.loading import Store
from tests.dashboard.login.https_proxy import https_before
from tests.dashboard.login.visitors import Visitor, add_account, dashboard, settings_file
from tests.ports import free_ports


@pytest.fixture(scope="module")
def ana(tmp_path_factory: pytest.TempPathFactory, address_of: Callable[[Store], str]) -> Iterator[Visitor]:
    """Ana's browser before the site, not logged in yet."""
    folder, (port, inner) = tmp_path_factory.mktemp("https"), free_ports(2)
    site = f"https://localhost:{port}"
    file = settings_file(folder, address_of(Store(url=str(folder / "desk.duckdb"))), url=f'"{site}"')
    add_account(loading.load(file), "Ana", Role.AGENT)
    environment = {**os.environ, "ESCUCHA_CONFIG": str(file), "PYTHONPATH": str(Path.cwd())}
    with dashboard(folder, environment, inner), https_before(port, inner, folder) as trust:
        yield Visitor(site, trust=trust)


def test_all_cookies_go_by_https_alone_and_open_page_and_socket(ana: Visitor) -> None:
    answer = ana.log_in("Ana")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = ana.get("/")
    assert page.status_code == 200
    assert ana.get("/_stcore/health").status_code == 200
    assert ana.stream_status() == 101
    assert {cookie.name for cookie in ana.client.cookies.jar} >= {"__Host-escucha_session", "__Host-escucha_device"}
    assert all(cookie.secure for cookie in ana.client.cookies.jar), "Streamlit's too"
    for seen in (answer, page):
        assert seen.headers["Strict-Transport-Security"].startswith("max-age=")
    for way in ("/login?next=%2Fcases", "/logout"):
        assert ana.fill(way).headers.get("location", "/").startswith("/"), "never back to http"
