"""Each part of the settings: what is typed is what the settings say afterwards, and nothing else."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from monitor.answers import drafts
from monitor.settings import loading
from monitor.settings.loading import Settings
from tests.dashboard.pages import open_page, page_text
from tests.dashboard.settings.forms import errors, field, save, type_in


@pytest.fixture
def file(config: Settings, tmp_path: Path) -> Path:
    """The settings file in force, with a person."""
    path = tmp_path / "escucha.toml"
    path.write_text(path.read_text(encoding="utf-8") + '[[desk.people]]\nname = "Ana"  # our first\n', encoding="utf-8")
    return path


def written(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))["desk"]


def test_a_person_is_changed_and_another_one_comes(file: Path) -> None:
    app = open_page("settings", lang="es", section="team")
    app.multiselect(key=field(app, "desk.people[0].categories")).select("billing")
    app.number_input(key=field(app, "desk.people[0].capacity")).set_value(20)
    app.date_input(key=field(app, "desk.people[0].away_from")).set_value(date(2026, 12, 21)).run()
    app.selectbox(key=field(app, "desk.assign")).select("capacity")
    app = save(app.run())
    assert not app.exception
    assert written(file) == {
        "assign": "capacity",
        "people": [{"name": "Ana", "categories": ["billing"], "capacity": 20, "away_from": date(2026, 12, 21)}],
    }
    assert '"Ana"  # our first\n' in file.read_text(encoding="utf-8")
    app.selectbox(key="entry-people").select(-1).run()
    app = save(type_in(app, "desk.people[1].name", "Luis"))
    assert written(file)["people"][1] == {"name": "Luis"}
    app = app.button(key="take-out-people").click().run()
    assert [person.name for person in loading.load().desk.people] == ["Ana"]


def test_hours_and_holidays(file: Path) -> None:
    app = open_page("settings", lang="es", section="hours")
    app = type_in(app, "desk.calendars[0].hours.fri", "09:00-14:00, 15:00-17:00")
    app = type_in(app, "desk.calendars[0].closed", "24/12/2026\n2026-12-31")
    app = save(type_in(app, "desk.calendars[0].region", "MD"))
    (calendar,) = loading.load().desk.calendars
    assert (calendar.hours["fri"], calendar.hours["mon"]) == (("09:00-14:00", "15:00-17:00"), ("09:00-18:00",))
    assert (calendar.region, calendar.closed) == ("MD", (date(2026, 12, 24), date(2026, 12, 31)))
    app = type_in(app, "desk.calendars[0].closed", "Nochebuena")
    assert "debe ser una fecha" in errors(app)
    app = app.button(key="settings-discard").click().run()
    app.selectbox(key="entry-calendars").select(-1).run()
    app.date_input(key=field(app, "desk.calendars[1].since")).set_value(date(2026, 7, 1)).run()
    app = save(type_in(app, "desk.calendars[1].hours.mon", "08:00-15:00"))
    assert not app.exception
    assert loading.load().desk.calendars[1].hours == {"mon": ("08:00-15:00",)}
    assert len(app.selectbox(key="entry-calendars").options) == 3


def test_service_levels(file: Path) -> None:
    app = open_page("settings", lang="es", section="levels")
    app.number_input(key=field(app, "desk.service.low.resolution_hours")).set_value(60).run()
    assert "no puede esperar" in errors(app)
    app.number_input(key=field(app, "desk.service.low.resolution_hours")).set_value(90.5).run()
    save(app)
    assert written(file)["service"] == {
        "low": {"first_response_hours": 9, "next_response_hours": 18, "resolution_hours": 90.5}
    }


def test_categories(file: Path) -> None:
    app = open_page("settings", lang="es", section="categories")
    app.selectbox(key="entry-categories").select(-1).run()
    app = type_in(app, "desk.categories[7].name", "Tiendas")
    assert errors(app)
    app = type_in(app, "desk.categories[7].name", "branches")
    app = type_in(app, "desk.categories[7].words", "tienda*\nshop*")
    app = save(type_in(app, "desk.categories[7].es", "Tiendas"))
    categories = loading.load().desk.categories
    assert [category.name for category in categories][5:] == ["policy", "other", "branches"]
    assert (categories[7].es, categories[7].words) == ("Tiendas", ("tienda*", "shop*"))


@pytest.mark.parametrize("language", ["es", "en"])
def test_language_and_rhythm(file: Path, language: str) -> None:
    app = open_page("settings", lang=language, section="general")
    app.selectbox(key=field(app, "language")).select("en" if language == "es" else "es")
    app.number_input(key=field(app, "schedule.collect_minutes")).set_value(5).run()
    app = type_in(app, "time_zone", "Bogota")
    assert "America/Bogota" in errors(app).replace("\\", "")
    app = save(type_in(app, "time_zone", "America/Bogota"))
    settings = loading.load()
    assert (settings.language != language, settings.time_zone, settings.schedule.collect_minutes) == (
        True, "America/Bogota", 5,
    )  # fmt: skip


def test_an_answer_template_is_ones_own_until_it_is_taken_out(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    app = open_page("settings", lang="es", section="templates")
    assert not app.exception
    app.selectbox(key="template-id").select("billing.first_contact").run()
    assert "de Escucha" in page_text(app)
    text = next(area for area in app.text_area if str(area.key).endswith("-text"))
    app = text.input("Hola {nobody}").run()
    app = save(app)
    assert "nobody" in app.toast[0].value.replace("\\", "")
    text = next(area for area in app.text_area if str(area.key).endswith("-text"))
    app = save(text.input("Hola. Ref. {code}").run())
    assert "es vuestra" in page_text(app)
    templates = {(one.language, one.id): one.text for one in drafts.all_templates(loading.load())}
    assert templates["es", "billing.first_contact"] == "Hola. Ref. {code}"
    app = app.button(key="take-out-template").click().run()
    assert "de Escucha" in page_text(app)
    app = app.button(key="settings-undo-template").click().run()
    assert "es vuestra" in page_text(app)
    app.selectbox(key="template-id").select("").run()
    assert not app.exception
