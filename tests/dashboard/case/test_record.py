"""What the law asks for on the page of a case: its clock in working days, and the record for the customer."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard import session
from dashboard.record import panel
from monitor import store
from monitor.errors import StoreCorrupt
from monitor.settings.loading import Settings
from monitor.store.cases import cases, events
from tests.dashboard.pages import open_page, page_text


@pytest.mark.parametrize(
    ("language", "name", "left"),
    [("es", "Respuesta en 15 días laborables", "quedan 1"), ("en", "Answer within 15 working days", "1")],
)
def test_a_preset_shows_the_clock_in_working_days(
    config: Settings, filled: dict[str, int], language: str, name: str, left: str
) -> None:
    del config, filled
    with Path(os.environ["ESCUCHA_CONFIG"]).open("a", encoding="utf-8") as file:
        file.write('[desk]\npreset = "es-ley-10-2025"\n')
    text = page_text(open_page("case", case="1", lang=language))
    line = text[text.index(name) :].split("</li>")[0]
    assert left in line
    assert ("días laborables" if language == "es" else "working days left") in line


@pytest.mark.parametrize(("language", "told"), [("es", "Idioma del cliente: Alemán"), ("en", "writes in German")])
def test_a_preset_tells_that_no_template_is_in_the_customers_language(
    config: Settings, filled: dict[str, int], language: str, told: str
) -> None:
    del filled
    with Path(os.environ["ESCUCHA_CONFIG"]).open("a", encoding="utf-8") as file:
        file.write('[desk]\npreset = "es-ley-10-2025"\n')
    with store.connect(config.store) as connection:
        connection.execute("UPDATE cases SET language = 'de'")
    assert told in page_text(open_page("case", case="1", lang=language))


def test_without_one_there_is_none_and_a_click_makes_the_link(config: Settings, filled: dict[str, int]) -> None:
    del filled
    app = open_page("case", case="1")
    assert "días laborables" not in page_text(app)
    app.button(key="record-1").click().run()
    assert [code.value for code in app.code if "/r/" in code.value]
    with store.connect(config.store, read_only=True) as connection:
        last = events.of_cases(connection, [1])[1][-1]
    assert (last.kind, last.actor) == ("record", "Eva")
    assert datetime.fromisoformat(last.became or "") > datetime.now(UTC)
    assert "Enlace a la constancia del cliente creado" in page_text(app)


def test_the_download_is_recorded_or_refused(config: Settings, filled: dict[str, int]) -> None:
    del filled
    session.reload_settings()
    with store.connect(config.store, read_only=True) as connection:
        case = cases.get(connection, 1)
    assert panel._page_of(case)().startswith(b"<!doctype html>")
    with store.connect(config.store) as connection:
        kept = connection.execute("SELECT about, about_id, field FROM audit_entries WHERE kind = 'download'").fetchall()
        connection.execute("INSERT INTO audit_chain SELECT * FROM audit_chain")
    assert kept == [("case", case.code, "html")]
    with pytest.raises(StoreCorrupt):
        panel._page_of(case)()
