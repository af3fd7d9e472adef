"""Credentials go in and never come out, a network is tried, and what queries would find is told."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.settings import loading
from monitor.settings.loading import Settings
from monitor.settings_editing import credentials
from monitor.settings_editing.credentials import ProbeResult
from tests import desk_store
from tests.dashboard.pages import open_page, page_text
from tests.dashboard.settings.forms import field, save, type_in

SECRET = "s3cr3t-token-of-ours-42"


@pytest.fixture
def file(config: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings file in force; `.env` beside it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "escucha.toml"


def test_a_credential_goes_in_and_never_comes_out(file: Path) -> None:
    app = open_page("settings", lang="es", section="networks")
    app.selectbox(key="entry-networks").select("x").run()
    assert "sin poner" in next(field.label for field in app.text_input if str(field.key).startswith("secret-x"))
    app.text_input(key="secret-x-bearer_token-0").input(SECRET).run()
    app = app.button(key="set-secret-bearer_token").click().run()
    assert not app.exception
    assert app.toast[0].value == "Guardado."
    assert loading.load().networks.of("x").is_set
    assert SECRET not in file.read_text(encoding="utf-8")
    assert (file.parent / ".env").stat().st_mode & 0o777 == 0o600
    assert "puesta" in next(field.label for field in app.text_input if str(field.key).startswith("secret-x"))
    assert SECRET not in str(app) + page_text(app)
    app = app.button(key="clear-secret-bearer_token").click().run()
    assert not loading.load().networks.of("x").is_set


def test_a_network_is_turned_on_and_off_and_its_keys_stay(file: Path) -> None:
    app = open_page("settings", lang="es", section="networks")
    app.selectbox(key="entry-networks").select("feeds").run()
    app = type_in(app, "networks.feeds.urls", "https://blog.norvia.example/feed.xml")
    app.number_input(key=field(app, "networks.feeds.daily_requests")).set_value(500.0).run()
    app = save(app)
    assert not app.exception
    assert loading.load().networks.of("feeds").is_set
    app.toggle[0].set_value(False).run()
    app = save(app)
    feeds = loading.load().networks.of("feeds")
    assert (feeds.is_set, feeds.daily_requests) == (False, 500)
    assert 'urls = ["https://blog.norvia.example/feed.xml"]' in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("ok", [True, False])
def test_a_network_is_tried(file: Path, monkeypatch: pytest.MonkeyPatch, ok: bool) -> None:
    monkeypatch.setattr(credentials, "probe", lambda *_, **__: ProbeResult(ok, "as @norvia **here**"))
    app = open_page("settings", lang="es", section="networks")
    app = app.button(key="settings-try").click().run()
    (shown,) = app.success if ok else app.error
    assert shown.value == r"as @norvia \*\*here\*\*"


def test_what_changed_queries_would_find_is_told_before_they_are_saved(file: Path, config: Settings) -> None:
    for number, text in enumerate(("norvia no llega", "norvia bien", "norvya no llega")):
        desk_store.post(config, f"p{number}", text, datetime.now(UTC), author=f"a{number}")
    app = open_page("settings", lang="es")
    app = type_in(app, "brands[0].queries", "norvia -bien\nnorvya")
    assert "Norvia: 2 publicaciones de la última semana coinciden; 1 ya no, 1 nueva." in page_text(app)
    assert loading.load().brands[0].queries == ("norvia",)
