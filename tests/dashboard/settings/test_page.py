"""The page Settings: what is typed there is in the file afterwards, for administrators alone."""

from pathlib import Path

import pytest

from monitor import access, store
from monitor.access import Role
from monitor.settings import loading
from monitor.settings.loading import Settings
from tests.conftest import NOW
from tests.dashboard.logged_in import Browser
from tests.dashboard.pages import open_page, page_text
from tests.dashboard.settings.forms import errors, field, save, type_in

HOSTILE = "<script>alert(1)</script> **Eva** :red[x]"


@pytest.fixture
def file(config: Settings, tmp_path: Path) -> Path:
    """The settings file in force."""
    return tmp_path / "escucha.toml"


@pytest.mark.parametrize(("language", "saved"), [("es", "Guardado."), ("en", "Saved.")])
def test_a_brand_is_changed_and_the_change_taken_back(file: Path, language: str, saved: str) -> None:
    before = file.read_bytes()
    app = open_page("settings", lang=language)
    assert not app.exception
    assert app.button(key="settings-save").disabled
    app = save(type_in(app, "brands[0].queries", "norvia\n#norvia"))
    assert app.toast[0].value == saved
    assert loading.load().brands[0].queries == ("norvia", "#norvia")
    app = app.button(key="settings-undo").click().run()
    assert file.read_bytes() == before
    assert app.text_area(key=field(app, "brands[0].queries")).value == "norvia"


def test_what_is_wrong_is_said_at_once_and_cannot_be_saved(file: Path) -> None:
    app = type_in(open_page("settings", lang="es"), "brands[0].queries", "norvia AND (")
    assert "Consultas, una por línea" in errors(app)
    assert app.button(key="settings-save").disabled
    assert app.selectbox(key="entry-brands").disabled
    app = app.button(key="settings-discard").click().run()
    assert not app.error
    assert app.text_area(key=field(app, "brands[0].queries")).value == "norvia"


def test_a_brand_comes_and_goes(file: Path) -> None:
    app = open_page("settings", lang="es")
    app.selectbox(key="entry-brands").select(-1).run()
    app = type_in(app, "brands[1].name", HOSTILE)
    assert "Consultas" in errors(app)
    app = save(type_in(app, "brands[1].queries", '"Aguas del Faro" OR @faro'))
    assert [brand.name for brand in loading.load().brands] == ["Norvia", HOSTILE]
    assert app.selectbox(key="entry-brands").value == 1
    app = app.button(key="take-out-brands").click().run()
    assert not app.exception
    assert [brand.name for brand in loading.load().brands] == ["Norvia"]


def test_who_was_quicker_is_shown_beside_what_was_typed(file: Path) -> None:
    app = type_in(open_page("settings", lang="es"), "brands[0].queries", "norvia OR norvya")
    file.write_text(file.read_text(encoding="utf-8").replace('["norvia"]', '["#norvia"]'), encoding="utf-8")
    app = save(app.run())
    assert "mientras tanto" in errors(app)
    assert "brands[0].queries · ahora: #norvia · tú: norvia OR norvya" in page_text(app)
    assert loading.load().brands[0].queries == ("#norvia",)
    app = app.button(key="settings-load").click().run()
    assert app.text_area(key=field(app, "brands[0].queries")).value == "#norvia"


def test_a_change_in_an_editor_is_seen_where_nothing_was_typed(file: Path) -> None:
    app = open_page("settings", lang="es")
    file.write_text(file.read_text(encoding="utf-8").replace('["norvia"]', '["#norvia"]'), encoding="utf-8")
    app = app.run()
    assert app.text_area(key=field(app, "brands[0].queries")).value == "#norvia"


def test_what_a_variable_says_is_shown_and_not_changed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_BRANDS", '[{"name": "Otra", "queries": ["otra"]}]')
    app = open_page("settings", lang="es")
    name = app.text_input(key=field(app, "brands[0].name"))
    assert (name.value, name.disabled) == ("Otra", True)
    assert "variable de entorno ESCUCHA" in name.help.replace("\\", "")


def test_a_read_only_file_can_be_looked_at(file: Path) -> None:
    file.chmod(0o444)
    app = open_page("settings", lang="es")
    assert "no puede escribir este archivo" in page_text(app)
    assert app.text_input(key=field(app, "brands[0].name")).disabled
    assert "settings-save" not in {button.key for button in app.button}


def test_versions_tell_who_and_lead_back(file: Path) -> None:
    app = save(type_in(open_page("settings", lang="es"), "brands[0].own_accounts", "@norvia"))
    app = open_page("settings", lang="es", section="versions")
    assert all(words in page_text(app) for words in ("Eva", "brands", "vigente", "Lo anterior a todo ello"))
    app = app.button(key="settings-back-1").click().run()
    assert loading.load().brands[0].own_accounts == ("norvia_ayuda",)


def test_nobody_but_an_administrator_sees_or_changes_them(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(file.read_text(encoding="utf-8") + '\n[access]\nmode = "accounts"\n', encoding="utf-8")
    with store.connect(loading.load().store) as connection:
        for role in Role:
            access.add(connection, role.value, role, now=NOW)
    browser = Browser(loading.load(), monkeypatch)
    for role in Role:
        browser.log_in(role.value)
        app = open_page("settings", lang="es")
        assert app.title[0].value == ("Configuración" if role is Role.ADMIN else "No es para tu rol"), role
    browser.log_in("admin")
    app = type_in(open_page("settings", lang="es"), "brands[0].queries", "x")
    with store.connect(loading.load().store) as connection:
        access.add(connection, "Otra", Role.ADMIN, now=NOW)
        access.set_role(connection, "admin", Role.LEAD, now=NOW)
    save(app)
    assert loading.load().brands[0].queries == ("norvia",)
