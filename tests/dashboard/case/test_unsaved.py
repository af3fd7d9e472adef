"""What somebody typed on a case that another person merged away meanwhile stays on the screen until dismissed."""

from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from monitor import desk
from monitor.settings.loading import Settings
from tests import desk_store
from tests.dashboard.pages import open_page, page_text

TITLE = "Texto que escribiste y no se ha guardado"


@pytest.fixture
def two(config: Settings) -> Settings:
    """Two cases of ana's."""
    now = datetime.now(UTC)
    events = [
        desk_store.post(config, "a0", "no abre", now - timedelta(hours=3)),
        desk_store.post(config, "b0", "sigue sin abrir", now - timedelta(hours=2)),
    ]
    desk_store.open_cases(config, events, now)
    return config


def merged_by_somebody_else() -> None:
    luis = open_page("case", case="1")
    luis.multiselect(key="merge-1").set_value([2]).run()
    luis.button(key="merge-now-1").click().run()
    assert not luis.exception


def kept(app: AppTest) -> list[str]:
    return [block.value for block in app.code]


def answer(app: AppTest) -> str:
    return next(str(area.key) for area in app.text_area if str(area.key).startswith("answer-2-"))


def test_a_note_stays_to_be_copied_and_leads_to_the_case_that_took_its_case_in(two: Settings) -> None:
    dora = open_page("case", case="2")
    dora.text_area(key="words-2").set_value("Le devuelvo la llamada a las **cinco**")
    merged_by_somebody_else()
    dora.button(key="note-save-2").click().run()
    assert not dora.exception
    assert any("ESC-000002-1 se unió a otro caso" in toast.value for toast in dora.toast)
    assert TITLE in page_text(dora)
    assert "este caso se unió a ESC-000001-3" in page_text(dora)
    assert kept(dora) == ["Le devuelvo la llamada a las **cinco**"]
    dora.query_params["case"] = "1"
    assert TITLE not in page_text(dora.run())
    dora.query_params["case"] = "2"
    assert kept(dora.run()) == ["Le devuelvo la llamada a las **cinco**"], "it stays until she dismisses it"
    dora.button(key="dismiss-unsaved-2").click().run()
    assert not dora.exception
    assert (kept(dora), TITLE in page_text(dora)) == ([], False)
    assert kept(dora.run()) == []


def test_an_answer_of_ones_own_stays_too(two: Settings) -> None:
    dora = open_page("case", case="2")
    dora.text_area(key=answer(dora)).set_value("Hola, lo miramos hoy.").run()
    dora.text_area(key="contact-words-2").set_value("Llamó otra vez")
    merged_by_somebody_else()
    dora.button(key="mark-sent-2").click().run()
    assert not dora.exception
    assert kept(dora) == ["Llamó otra vez", "Hola, lo miramos hoy."]
    dora.button(key="dismiss-unsaved-2").click().run()
    assert kept(dora) == []


def test_an_answer_that_nobody_touched_is_not_shown(two: Settings) -> None:
    dora = open_page("case", case="2")
    merged_by_somebody_else()
    assert TITLE not in page_text(dora.run())


def test_the_words_are_back_in_their_places_when_the_merge_is_undone(two: Settings) -> None:
    dora = open_page("case", case="2")
    dora.text_area(key=answer(dora)).set_value("Hola, lo miramos hoy.")
    dora.text_area(key="note-2").set_value("Ya lo sabe")
    merged_by_somebody_else()
    assert kept(dora.run()) == ["Ya lo sabe", "Hola, lo miramos hoy."]
    desk.undo_merge(two, 2, actor="Luis", now=datetime.now(UTC))
    dora.run()
    assert not dora.exception
    assert TITLE not in page_text(dora)
    assert dora.text_area(key="note-2").value == "Ya lo sabe"
    assert dora.text_area(key=answer(dora)).value == "Hola, lo miramos hoy."
