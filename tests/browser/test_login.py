"""Logging in to the dashboard in a real browser, in both languages, and out of it; what happens in tabs left open."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboard.i18n import translate
from monitor import access, store
from monitor.login import links
from monitor.models.accounts import Role
from monitor.models.languages import LanguageCode
from monitor.settings import loading
from monitor.settings.loading import Settings, Store
from tests.browser.conftest import WAIT, Opening, serving
from tests.dashboard.login.https_proxy import https_before
from tests.dashboard.login.visitors import GOOD, add_account
from tests.ports import free_ports

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")
expect = sync_api.expect
OUT_WITHIN = 10.0  # seconds
FIRST = 3 * WAIT  # the first page that a new process draws, which imports all of it


@pytest.fixture
def desk(config: Settings, posts: dict[str, int], tmp_path: Path) -> Settings:
    """A desk with posts, where Ana and Berta log in, and Carla has no password yet."""
    with (tmp_path / "escucha.toml").open("a", encoding="utf-8") as toml:
        toml.write('[access]\nmode = "accounts"\n')
    settings = loading.load()
    for name in ("Ana", "Berta"):
        add_account(settings, name, Role.AGENT)
    with store.connect(settings.store) as connection:
        access.add(connection, "Carla", Role.AGENT, now=datetime.now(UTC))
    return settings


@pytest.fixture
def site(desk: Settings, tmp_path: Path, address_of: Callable[[Store], str]) -> Iterator[str]:
    environment = {"ESCUCHA_CONFIG": str(tmp_path / "escucha.toml"), "ESCUCHA_STORE__URL": address_of(desk.store)}
    with serving(environment, tmp_path) as url:
        yield url


def fill(tab: Any, language: LanguageCode, name: str, password: str) -> None:
    """Fills the login in and sends it."""
    tab.get_by_label(translate(language, "login.name"), exact=True).fill(name)
    tab.get_by_label(translate(language, "login.password"), exact=True).fill(password)
    tab.get_by_role("button", name=translate(language, "login.enter"), exact=True).click()


def test_somebody_logs_in_in_both_languages_and_out(opening: Opening, site: str) -> None:
    tab = opening(site)
    tab.set_viewport_size({"width": 390, "height": 844})
    for language in ("es", "en"):
        tab.goto(f"{site}/inbox?lang={language}")
        fill(tab, language, "Ana", "no es esta")
        expect(tab.get_by_role("alert")).to_have_text(translate(language, "login.wrong"), timeout=WAIT)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        fill(tab, language, "ana", GOOD)
        title = translate(language, "inbox.title")
        expect(tab.get_by_role("heading", name=title, level=1)).to_be_visible(timeout=FIRST)
        assert tab.evaluate("document.cookie").find("escucha_session") == -1, "no script reads it"
        tab.goto(f"{site}/logout?lang={language}")
        tab.get_by_role("button", name=translate(language, "login.leave"), exact=True).click()
        expect(tab.get_by_role("status")).to_have_text(translate(language, "login.left"), timeout=WAIT)
        tab.go_back()
        tab.goto(f"{site}/inbox?lang={language}")
        expect(tab.get_by_role("heading", name=translate(language, "login.login_title"))).to_be_visible(timeout=WAIT)


def test_whoever_is_put_out_of_use_is_out_of_an_open_tab(opening: Opening, site: str, desk: Settings) -> None:
    tab = opening(site)
    tab.goto(f"{site}/inbox?lang=es")
    fill(tab, "es", "Berta", GOOD)
    expect(tab.get_by_role("heading", name=translate("es", "inbox.title"), level=1)).to_be_visible(timeout=FIRST)
    expect(tab.get_by_role("link", name=translate("es", "login.yours"))).to_be_visible(timeout=WAIT)
    with store.connect(desk.store) as connection:
        access.deactivate(connection, "Berta", now=datetime.now(UTC))
    began = time.monotonic()
    expect(tab.get_by_role("status")).to_have_text(translate("es", "login.ended"), timeout=WAIT)
    assert time.monotonic() - began < OUT_WITHIN
    fill(tab, "es", "Berta", GOOD)
    expect(tab.get_by_role("alert")).to_have_text(translate("es", "login.wrong"), timeout=WAIT)


def test_a_demoted_person_loses_buttons_in_an_open_tab(opening: Opening, site: str, desk: Settings) -> None:
    tab = opening(site)
    tab.goto(f"{site}/case?case=1&lang=es")
    fill(tab, "es", "Ana", GOOD)
    take = tab.get_by_role("button", name=translate("es", "handling.take"))
    expect(take).to_be_visible(timeout=FIRST)
    download = tab.get_by_role("button", name=translate("es", "record.download"))
    with tab.expect_download(timeout=WAIT) as file:
        download.click()
    assert file.value.suggested_filename.endswith(".html")
    with store.connect(desk.store) as connection:
        access.set_role(connection, "Ana", Role.VIEWER, now=datetime.now(UTC))
    take.click()
    expect(tab.get_by_test_id("stToast")).to_contain_text("Ana", timeout=WAIT)
    expect(take).to_have_count(0, timeout=WAIT)
    expect(download).to_have_count(0, timeout=WAIT)


def test_a_link_sets_a_password_once_in_both_languages(opening: Opening, site: str, desk: Settings) -> None:
    tab = opening(site)
    passwords: dict[LanguageCode, str] = {"es": "siete lobos grises", "en": "nueve osos pardos"}
    for language, password in passwords.items():
        token = links.make_link(desk, "Carla", datetime.now(UTC), actor="cli").rpartition("/")[2]
        address = f"{site}/setup/{token}?lang={language}"
        tab.goto(address)
        assert tab.get_by_text("Carla").count() == 1
        for typed, problem in (("otra cosa", "password_differs"), (password, "")):
            first, again = tab.locator("input[type=password]").all()
            first.fill(password)
            again.fill(typed)
            tab.get_by_role("button", name=translate(language, "login.save"), exact=True).click()
            if problem:
                expect(tab.get_by_role("alert")).to_have_text(translate(language, f"login.{problem}"), timeout=WAIT)
        expect(tab.get_by_role("status")).to_have_text(translate(language, "login.password_kept"), timeout=WAIT)
        tab.goto(address)
        expect(tab.get_by_role("status")).to_have_text(translate(language, "login.gone"), timeout=WAIT)
    tab.goto(f"{site}/login?lang=en")
    fill(tab, "en", "Carla", passwords["en"])
    expect(tab.get_by_role("heading", name=translate("en", "overview.title"), level=1)).to_be_visible(timeout=FIRST)


def test_by_https_a_browser_keeps_the_cookies_and_sends_them_nowhere_else(
    browser: Any, desk: Settings, tmp_path: Path, address_of: Callable[[Store], str]
) -> None:
    port, inner = free_ports(2)
    site = f"https://localhost:{port}"
    environment = {"ESCUCHA_CONFIG": str(tmp_path / "escucha.toml"), "ESCUCHA_STORE__URL": address_of(desk.store)}
    environment |= {"ESCUCHA_ACCESS__URL": site}
    with serving(environment, tmp_path, port=inner), https_before(port, inner, tmp_path):
        context = browser.new_context(ignore_https_errors=True)
        tab = context.new_page()
        tab.goto(f"{site}/inbox?lang=en")
        fill(tab, "en", "Ana", GOOD)
        title = translate("en", "inbox.title")
        expect(tab.get_by_role("heading", name=title, level=1)).to_be_visible(timeout=FIRST)
        held = {cookie["name"]: cookie for cookie in context.cookies()}
        assert [name for name, cookie in held.items() if not cookie["secure"]] == []
        session = held["__Host-escucha_session"]
        assert (session["httpOnly"], session["sameSite"], session["domain"]) == (True, "Lax", "localhost")
        context.close()
