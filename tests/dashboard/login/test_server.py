"""The dashboard where people log in, as a process of its own, asked over real HTTP and websockets."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.connection import Connection

from monitor import access, store
from monitor.models.accounts import Role
from monitor.settings import loading
from monitor.settings.loading import Settings, Store
from tests.dashboard.login.visitors import GOOD, Visitor, add_account, dashboard, settings_file

OUT_WITHIN = 10.0  # seconds


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="module")
def environment(folder: Path, address_of: Callable[[Store], str]) -> dict[str, str]:
    url = address_of(Store(url=str(folder / "desk.duckdb")))
    file = settings_file(folder, url)
    return {**os.environ, "ESCUCHA_CONFIG": str(file), "PYTHONPATH": str(Path.cwd())}


@pytest.fixture(scope="module")
def desk(environment: dict[str, str]) -> Settings:
    settings = loading.load(Path(environment["ESCUCHA_CONFIG"]))
    for name, role in (("Ana", Role.AGENT), ("Berta", Role.AGENT), ("Carla", Role.AGENT), ("Luis", Role.ADMIN)):
        add_account(settings, name, role)
    return settings


@pytest.fixture(scope="module")
def site(folder: Path, environment: dict[str, str], desk: Settings) -> Iterator[str]:
    with dashboard(folder, environment) as url:
        yield url


def deactivate(desk: Settings, name: str) -> None:
    with store.connect(desk.store) as connection:
        access.deactivate(connection, name, now=datetime.now(UTC))


def drain(stream: Connection) -> None:
    """Reads until the other end closes."""
    while True:
        stream.recv(timeout=60)


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/").status_code == 200


def test_nothing_is_answered_without_a_login(site: str) -> None:
    stranger = Visitor(site)
    first = stranger.get("/cases?lang=en&view=mine")
    assert (first.status_code, first.headers["location"]) == (303, "/login?next=/cases%3Flang%3Den%26view%3Dmine")
    for path in ("/media/any.csv", "/session", "/static/js/main.js", "/_stcore/host-config", "/_stcore/metrics"):
        assert stranger.client.get(path).status_code == 401, path
    assert stranger.client.put("/_stcore/upload_file/a/b", content=b"x").status_code == 401
    assert stranger.client.post("/account/password", data={"password": "x"}).status_code == 401
    assert stranger.client.get("/_stcore/health").status_code == 200
    assert stranger.stream_status() == 403
    stranger.client.cookies.set("escucha_session", "x" * 43)
    assert stranger.get("/").status_code == 303
    assert stranger.stream_status() == 403


def test_the_right_password_opens_all_of_it_and_brings_back_where_one_wanted_to_go(site: str) -> None:
    ana = Visitor(site)
    answer = ana.fill("/login?next=/cases%3Flang%3Des", name="ana", password=GOOD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases?lang=es")
    (held,) = [cookie for cookie in answer.headers.get_list("set-cookie") if cookie.startswith("escucha_session=")]
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip().lower() for part in held.split(";")}
    assert is_in(ana)
    assert ana.client.get("/session").status_code == 204
    assert ana.client.get("/_stcore/host-config").status_code == 200
    assert ana.stream_status() == 101


def test_the_language_of_the_login_goes_on(site: str) -> None:
    for next_, to in (("", "/?lang=en"), ("/cases?view=mine", "/cases?view=mine&lang=en"), ("/?lang=es", "/?lang=es")):
        visitor = Visitor(site, "192.0.2.12")
        answer = visitor.fill("/login?lang=en", name="Luis", password=GOOD, next=next_)
        assert answer.headers["location"] == to


@pytest.mark.parametrize("away", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(site: str, away: str) -> None:
    answer = Visitor(site).fill("/login", name="Luis", password=GOOD, next=away)
    assert answer.headers["location"] == "/"


def test_a_session_that_was_slipped_in_is_not_taken_over(site: str) -> None:
    ana = Visitor(site, "192.0.2.2")
    ana.client.cookies.set("escucha_session", "chosen-by-somebody-else-chosen-by-somebody", domain="127.0.0.1")
    first = ana.log_in("Ana")
    token = dict(ana.client.cookies)["escucha_session"]
    assert first.status_code == 303
    assert token != "chosen-by-somebody-else-chosen-by-somebody"
    ana.log_in("Ana")
    copied = Visitor(site)
    copied.client.cookies.set("escucha_session", token)
    assert not is_in(copied), "the session before is over"


def test_a_wrong_password_is_told_in_both_languages_and_tells_nothing(site: str) -> None:
    stranger = Visitor(site, "192.0.2.3")
    spanish, english = (stranger.fill(f"/login?lang={code}", name="Ana", password="x") for code in ("es", "en"))
    unknown = stranger.fill("/login?lang=es", name="Nadie", password="x")
    assert {answer.status_code for answer in (spanish, english, unknown)} == {401}
    assert "El nombre, la contraseña o el código no son correctos." in spanish.text
    assert "Name, password or code are wrong." in english.text
    assert "no son correctos" in unknown.text
    assert 'value="Nadie"' in unknown.text
    assert "escucha_session" not in str(unknown.headers)


def test_a_form_that_was_not_filled_in_here_is_refused(site: str) -> None:
    stranger = Visitor(site)
    stranger.get("/login")
    for token in ("", "0" * 64):
        answer = stranger.client.post("/login", data={"name": "Ana", "password": GOOD, "form_token": token})
        assert answer.status_code == 400
    other_site = stranger.client.post("/login", data={"name": "Ana"}, headers={"Origin": "https://evil.example"})
    assert other_site.status_code == 403
    assert stranger.client.post("/login", content=b"x" * 20_000).status_code == 400


def test_what_browsers_are_told(site: str) -> None:
    page = Visitor(site).get("/login")
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "<script" not in page.text


def test_logging_out_ends_it_in_the_store(site: str) -> None:
    ana = Visitor(site, "192.0.2.4")
    ana.log_in("Ana")
    copied = Visitor(site)
    copied.client.cookies.update(ana.client.cookies)
    assert is_in(copied)
    assert ana.get("/logout").status_code == 200
    assert is_in(ana), "a link of another page logs nobody out"
    assert ana.fill("/logout").headers["location"] == "/login?done=left&lang=es"
    assert not is_in(ana)
    assert not is_in(copied)


def test_a_deactivated_account_is_out_of_open_tabs_and_with_a_copied_cookie(site: str, desk: Settings) -> None:
    berta, copied = Visitor(site, "192.0.2.5"), Visitor(site)
    berta.log_in("Berta")
    copied.client.cookies.update(berta.client.cookies)
    with berta.stream() as stream:
        assert is_in(copied)
        deactivate(desk, "Berta")
        began = time.monotonic()
        with pytest.raises(ConnectionClosed):
            drain(stream)
        assert time.monotonic() - began < OUT_WITHIN
    assert not is_in(copied)
    assert copied.client.get("/session").status_code == 401
    assert copied.stream_status() == 403
    assert berta.log_in("Berta").status_code == 401


def test_sessions_outlive_the_process_and_what_ended_meanwhile_does_not(
    folder: Path, environment: dict[str, str], desk: Settings
) -> None:
    with dashboard(folder, environment) as url:
        carla, luis = Visitor(url, "192.0.2.6"), Visitor(url, "192.0.2.7")
        carla.log_in("Carla")
        luis.log_in("Luis")
        assert is_in(carla)
        assert is_in(luis)
    deactivate(desk, "Carla")
    with dashboard(folder, environment) as url:
        assert is_in(luis.at(url))
        assert not is_in(carla.at(url))


def test_a_hundred_failures_a_second_from_one_address_stop_nobody_else(site: str) -> None:
    guesser = Visitor(site, "203.0.113.9")
    guesser.get("/login")
    hidden = guesser.get("/login").text.partition('name="form_token" value="')[2].partition('"')[0]

    def guess(number: int) -> int:
        fields = {"name": f"Luis {number % 7}", "password": "x", "form_token": hidden}
        return guesser.client.post("/login", data=fields).status_code

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(guess, range(300)))
        began = time.monotonic()
        others = pool.submit(lambda: Visitor(site, "192.0.2.8").log_in("Luis").status_code)
        answers += pool.map(guess, range(300))
        assert others.result(timeout=120) == 303
        assert time.monotonic() - began < 60
    assert set(answers) == {401, 429}
    assert answers.count(401) <= 25
    assert Visitor(site, "203.0.113.9").log_in("Luis").status_code == 429
    assert Visitor(site, "192.0.2.10").log_in("Luis").status_code == 303


def test_no_token_and_no_password_stands_in_the_logs(site: str, folder: Path) -> None:
    ana = Visitor(site, "192.0.2.11")
    ana.log_in("Ana")
    ana.get("/setup/0123456789abcdef0123456789abcdef")
    logs = "".join(file.read_text("utf-8", "replace") for file in folder.rglob("*.log"))
    for secret in (GOOD, *ana.client.cookies.values(), "0123456789abcdef0123456789abcdef"):
        assert secret not in logs
