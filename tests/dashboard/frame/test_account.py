"""Whose page it is where people log in: asked of the store at every draw."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.i18n import translate
from monitor import access, store
from monitor.models.accounts import Role
from monitor.settings import loading
from monitor.settings.loading import Settings
from tests.dashboard.logged_in import Browser
from tests.dashboard.pages import open_page, page_text


@pytest.fixture
def desk(config: Settings, filled: dict[str, int], tmp_path: Path) -> Settings:
    """A desk where Ana and Berta have accounts."""
    with (tmp_path / "escucha.toml").open("a", encoding="utf-8") as toml:
        toml.write('[access]\nmode = "accounts"\n')
    with store.connect(config.store) as connection:
        for name in ("Ana", "Berta"):
            access.add(connection, name, Role.LEAD, now=datetime.now(UTC))
    return loading.load()


@pytest.fixture
def browser(desk: Settings, monkeypatch: pytest.MonkeyPatch) -> Browser:
    return Browser(desk, monkeypatch)


def actors(settings: Settings) -> set[str]:
    with store.connect(settings.store, read_only=True) as connection:
        return {actor for (actor,) in connection.execute("SELECT DISTINCT actor FROM case_events").fetchall()}


def html_of(app: AppTest) -> str:
    return "\n".join(block.body for block in app.html)


@pytest.mark.parametrize("language", ["es", "en"])
def test_without_a_login_a_page_shows_the_way_there_and_nothing_else(browser: Browser, language: str) -> None:
    app = open_page("inbox", lang=language)
    assert not app.exception
    assert app.title[0].value == translate("en" if language == "en" else "es", "login.out_title")
    assert f'href="/login?lang={language}"' in html_of(app)
    assert "reembolso" not in page_text(app)


def test_the_account_acts_whatever_name_the_browser_remembers(browser: Browser, desk: Settings) -> None:
    browser.log_in("Ana")
    app = open_page("inbox", person="Mallory")
    assert "actor" not in [field.key for field in app.text_input]
    assert "<b>Ana</b>" in html_of(app)
    app.button(key="take-1").click().run()
    assert not app.exception
    assert "Ana" in actors(desk)
    assert "Mallory" not in actors(desk)


def test_whoever_is_put_out_of_use_does_nothing_with_the_next_click(browser: Browser, desk: Settings) -> None:
    browser.log_in("Ana")
    app = open_page("inbox")
    before = actors(desk)
    with store.connect(desk.store) as connection:
        access.deactivate(connection, "Ana", now=datetime.now(UTC))
    app.button(key="take-1").click().run()
    assert not app.exception
    assert app.title[0].value == translate("es", "login.out_title")
    assert actors(desk) == before


def test_what_one_person_left_in_a_tab_is_not_the_next_ones(browser: Browser) -> None:
    browser.log_in("Ana")
    app = open_page("inbox")
    app.button(key="take-1").click().run()
    assert "undoable" in app.session_state
    browser.log_in("Berta")
    app.run()
    assert "undoable" not in app.session_state
    assert "<b>Berta</b>" in html_of(app)


def test_where_nobody_logs_in_every_page_says_so(filled: dict[str, int]) -> None:
    app = open_page("inbox")
    assert translate("es", "login.off_here") in [caption.value for caption in app.caption]
