"""The login of another system, against a real provider on loopback: it says who it is, and nothing more."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from monitor import access, store
from monitor.login import identities
from monitor.models.accounts import Role
from monitor.settings import loading
from monitor.settings.loading import Settings, Store
from tests.dashboard.login.tabs import Tab
from tests.dashboard.login.visitors import BRANDS, PAGE, Visitor, dashboard, settings_file
from tests.polling import until
from tests.ports import free_ports

USERS = (
    '{"sub": "1", "email": "Ana@desk.example", "email_verified": true}',
    '{"sub": "2", "email": "nueva@desk.example", "email_verified": true}',
    '{"sub": "3", "email": "ana@desk.example", "email_verified": false}',
)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    (port,) = free_ports(1)
    users = [word for user in USERS for word in ("--user-claims", user)]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *users]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    until(lambda: _is_up(url))
    yield url
    process.kill()
    process.wait()


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/.well-known/openid-configuration").status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="module")
def site(
    provider: str,
    tmp_path_factory: pytest.TempPathFactory,
    five_posts: tuple[Callable[[Store], None], dict[str, int]],
    address_of: Callable[[Store], str],
) -> Iterator[tuple[str, Settings]]:
    folder, (port,) = tmp_path_factory.mktemp("oidc"), free_ports(1)
    place = Store(url=(folder / "desk.duckdb").as_posix())
    five_posts[0](place)
    file = settings_file(folder, address_of(place), url=f'"http://127.0.0.1:{port}"')
    text = file.read_text(encoding="utf-8").replace('"accounts"', '"oidc"')
    oidc = f'[access.oidc]\nissuer = "{provider}"\nclient_id = "escucha"\nclient_secret = "no-one-else-knows"\n'
    file.write_text(text + oidc + BRANDS, encoding="utf-8")
    settings = loading.load(file)
    with store.connect(settings.store) as connection:
        access.add(connection, "Ana", Role.AGENT, now=datetime.now(UTC))
    identities.assign(settings, "Ana", "ana@desk.example", datetime.now(UTC), actor="cli")
    environment = {**os.environ, "ESCUCHA_CONFIG": str(file), "PYTHONPATH": str(Path.cwd())}
    with dashboard(folder, environment, port) as url:
        yield url, settings


def log_in_as(visitor: Visitor, sub: str) -> httpx.Response:
    """Goes to the provider, says there who it is, and comes back."""
    there = visitor.get("/login/oidc?next=/cases").headers["location"]
    back = httpx.post(there, data={"sub": sub}).headers["location"]
    assert back.startswith(f"{visitor.url}/login/oidc/back?code=")
    return visitor.client.get(back, headers=PAGE)


def test_whom_the_provider_knows_is_an_account_of_ours(site: tuple[str, Settings]) -> None:
    url, _ = site
    ana = Visitor(url)
    assert "127.0.0.1" in ana.get("/login?lang=en").text
    assert ana.get("/").status_code == 303
    answer = log_in_as(ana, "1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases")
    assert ana.get("/").status_code == 200
    assert ana.stream_status() == 101
    assert not [name for name in ana.client.cookies if name.startswith("_streamlit_user")], "no cookie of claims"
    assert ana.fill("/logout").status_code == 303
    assert ana.get("/").status_code == 303


@pytest.mark.parametrize("sub", ["2", "3", "somebody else"])
def test_whom_we_do_not_know_or_nobody_confirmed_stays_outside(site: tuple[str, Settings], sub: str) -> None:
    stranger = Visitor(site[0])
    answer = log_in_as(stranger, sub)
    assert answer.status_code == 403
    assert "no tiene acceso" in answer.text
    assert stranger.get("/").status_code == 303


def test_an_answer_that_nobody_asked_for_is_refused(site: tuple[str, Settings], provider: str) -> None:
    asking, other = Visitor(site[0]), Visitor(site[0])
    there = asking.get("/login/oidc").headers["location"]
    back = httpx.post(there, data={"sub": "1"}).headers["location"]
    assert other.client.get(back, headers=PAGE).status_code == 502, "another browser's way back"
    assert asking.client.get(back.replace("code=", "code=x"), headers=PAGE).status_code == 502
    assert other.get("/").status_code == 303
    assert asking.get("/").status_code == 303


def test_no_password_opens_anything_there(site: tuple[str, Settings]) -> None:
    visitor = Visitor(site[0])
    assert 'type="password"' not in visitor.get("/login").text
    assert visitor.client.post("/login", data={"name": "Ana", "password": "x"}).status_code == 200
    assert visitor.get("/setup/whatever").status_code == 404


def test_the_role_is_the_one_of_our_table_at_each_draw(site: tuple[str, Settings]) -> None:
    url, settings = site
    ana = Visitor(url)
    log_in_as(ana, "1")
    with Tab(ana, "case", {"case": "1"}) as tab:
        assert "take-1" in tab.buttons
        _become(settings, Role.VIEWER)
        tab.run()
        assert "take-1" not in tab.buttons
        _become(settings, Role.AGENT)
        tab.run()
        assert "take-1" in tab.buttons


def _become(settings: Settings, role: Role) -> None:
    with store.connect(settings.store) as connection:
        access.set_role(connection, "Ana", role, now=datetime.now(UTC))


def test_the_session_that_a_browser_had_before_is_not_taken_over(site: tuple[str, Settings]) -> None:
    ana = Visitor(site[0])
    ana.client.cookies.set("escucha_session", "chosen-by-somebody-else-chosen-by-somebody", domain="127.0.0.1")
    log_in_as(ana, "1")
    first = dict(ana.client.cookies)["escucha_session"]
    assert first != "chosen-by-somebody-else-chosen-by-somebody"
    log_in_as(ana, "1")
    copied = Visitor(site[0])
    copied.client.cookies.set("escucha_session", first)
    assert copied.get("/").status_code == 303


def test_an_account_that_is_put_out_of_use_is_out_whatever_the_provider_says(site: tuple[str, Settings]) -> None:
    url, settings = site
    ana = Visitor(url)
    log_in_as(ana, "1")
    assert ana.get("/").status_code == 200
    with store.connect(settings.store) as connection:
        access.deactivate(connection, "Ana", now=datetime.now(UTC))
    until(lambda: ana.client.get("/session").status_code == 401, seconds=20)
    assert log_in_as(ana, "1").status_code == 403
