"""Answer templates changed from the program: the team's own, in the place of Escucha's or beside them."""

from pathlib import Path
from typing import Any

import pytest

from monitor.answers import drafts
from monitor.answers.templates import Template
from monitor.errors import Refusal, SettingsError
from monitor.settings import loading
from monitor.settings.loading import Settings
from monitor.settings_editing import SettingsConflict, answers, own_templates
from tests.conftest import NOW
from tests.settings_editing.told import told

BILLING = {"id": "billing.first_contact", "category": "billing", "step": "first_contact"}


def save(text: str, shown: str | None = None, language: str = "es", **more: Any) -> None:
    template = {**BILLING, "text": text, **more}
    settings = loading.load()
    own = own_templates.find(settings, language, template["id"])
    answers.save_template(
        settings, language, template, shown=own.version if shown is None else shown, actor="Ana", now=NOW
    )


def current(template_id: str = BILLING["id"], language: str = "es") -> Template | None:
    found = drafts.all_templates(loading.load())
    return next((one for one in found if (one.id, one.language) == (template_id, language)), None)


def text_of(settings: Settings, template_id: str = BILLING["id"]) -> str:
    return next(one.text for one in drafts.all_templates(settings) if (one.id, one.language) == (template_id, "es"))


def test_an_own_template_takes_the_place_and_gives_it_back(file: Path, tmp_path: Path) -> None:
    bundled = text_of(loading.load())
    save('[Hola, {customer}. |Hola. ]Lo "miramos".\nRef. {code}')
    assert text_of(loading.load()) == '[Hola, {customer}. |Hola. ]Lo "miramos".\nRef. {code}'
    assert loading.load().desk.templates == "templates"
    path = tmp_path / "templates" / "es" / "own.toml"
    path.write_text("# ours\n" + path.read_text(encoding="utf-8").replace("step =", "# why\nstep ="), encoding="utf-8")
    save("Hola. Ref. {code}", checklist=["No pido claves."])
    assert {"# ours", "# why"} <= set(path.read_text(encoding="utf-8").splitlines())
    own = own_templates.find(loading.load(), "es", BILLING["id"])
    answers.remove_template(loading.load(), "es", BILLING["id"], shown=own.version, actor="Ana", now=NOW)
    assert text_of(loading.load()) == bundled
    assert [entry[1] for entry in told()] == [
        "templates.es.billing.first_contact", "desk.templates", *["templates.es.billing.first_contact"] * 2,
    ]  # fmt: skip


def test_a_change_of_a_template_is_taken_back(file: Path) -> None:
    save("Hola, primera.")
    first = own_templates.find(loading.load(), "es", BILLING["id"]).version
    save("Hola, segunda.")
    second = own_templates.find(loading.load(), "es", BILLING["id"]).version
    answers.undo_template(loading.load(), "es", BILLING["id"], first, shown=second, actor="Ana", now=NOW)
    assert text_of(loading.load()) == "Hola, primera."
    answers.undo_template(loading.load(), "es", BILLING["id"], "", shown=first, actor="Ana", now=NOW)
    assert current() is not None


def test_a_template_of_ones_own_is_added_and_another_stays(file: Path) -> None:
    save("Hola.", language="pt")
    save("Vuelve pronto.", id="shops.first", category="other")
    save("Vuelve.", id="shops.second", category="other")
    own = own_templates.find(loading.load(), "es", "shops.first")
    answers.remove_template(loading.load(), "es", "shops.first", shown=own.version, actor="Ana", now=NOW)
    assert current("shops.first") is None
    assert text_of(loading.load(), "shops.second") == "Vuelve."


@pytest.mark.parametrize("text", ["Hola {nobody}", "Hola [", "Hola {customer}", "  "])
def test_what_is_no_template_is_refused_and_nothing_is_written(file: Path, tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError):
        save(text)
    assert not (tmp_path / "templates" / "es" / "own.toml").exists()
    assert loading.load().desk.templates == ""


@pytest.mark.parametrize("language", ["..", "es/../../x", "español", ""])
def test_a_language_is_a_code(file: Path, language: str) -> None:
    with pytest.raises(SettingsError, match="codes of two letters"):
        save("Hola.", language=language, shown="")


def test_who_was_quicker_is_told(file: Path) -> None:
    save("Hola, primera.")
    with pytest.raises(SettingsConflict):
        save("Hola, otra.", shown="")
    with pytest.raises(Refusal, match="not in the settings any more"):
        answers.remove_template(loading.load(), "es", "nothing", shown="", actor="Ana", now=NOW)
