import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import streamlit as st

from dashboard import session
from dashboard.cases import download as actions
from dashboard.cases.download import DownloadForm
from dashboard.queries import posts
from monitor import desk, store
from monitor.models.case_filters import CaseFilters
from monitor.pipeline import learn
from monitor.settings.loading import Settings
from monitor.store.posts import model_versions
from monitor.store.posts.model_versions import Version
from tests.dashboard.pages import open_page, page_text

PAGES = ("overview", "inbox", "cases", "case", "health")


def row(config: Settings, mention_id: int) -> posts.PostRow:
    with store.connect(config.store, read_only=True) as connection:
        return posts.by_id(connection, [mention_id])[0]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_both_languages(filled: dict[str, int], page: str, language: str) -> None:
    app = open_page(page, lang=language, case="1")
    titles = {
        "es": ("Resumen", "Bandeja de entrada", "Casos", "ESC-000001-3", "Estado del sistema"),
        "en": ("Overview", "Inbox", "Cases", "ESC-000001-3", "System status"),
    }
    assert not app.exception
    assert app.title[0].value == titles[language][PAGES.index(page)]
    assert ("MUESTRA" if language == "es" else "SAMPLE") in page_text(app)


def test_the_language_switches_at_once(filled: dict[str, int]) -> None:
    app = open_page("inbox")
    app.button_group(key="lang").set_value("en").run()
    assert app.title[0].value == "Inbox"
    assert app.query_params["lang"] == "en"


def test_taking_a_complaint_takes_it_off_the_list_and_acknowledges_nothing(
    config: Settings, filled: dict[str, int]
) -> None:
    app = open_page("inbox")
    app.text_input(key="actor").set_value("Ana").run()
    app.button(key="take-1").click().run()
    assert not app.exception
    assert "Caso" in app.toast[0].value
    assert row(config, filled["complaint"]).cases[0].stage == "received"
    assert not row(config, filled["complaint"]).cases[0].is_new
    assert "take-1" not in [button.key for button in app.button]
    with store.connect(config.store, read_only=True) as connection:
        actors = connection.execute("SELECT actor FROM case_events ORDER BY event_id").fetchall()
    assert actors[-1] == ("Ana",)


def test_an_unsure_post_becomes_a_case(config: Settings, filled: dict[str, int]) -> None:
    app = open_page("inbox", queue="unsure")
    app.button(key=f"open-{filled['unsure']}-0").click().run()
    assert row(config, filled["unsure"]).cases[0].stage == "received"
    assert "No hay publicaciones por revisar" in page_text(app)


def test_not_a_complaint_leaves_the_queue(config: Settings, filled: dict[str, int]) -> None:
    app = open_page("inbox")
    app.button(key=f"dismiss-{filled['complaint']}").click().run()
    assert row(config, filled["complaint"]).decision == "other"
    assert row(config, filled["complaint"]).cases[0].stage == "dismissed"


def test_a_corrected_sentiment_is_kept_with_its_author(config: Settings, filled: dict[str, int]) -> None:
    app = open_page("inbox")
    app.text_input(key="actor").set_value("Luis").run()
    key = f"sentiment-{filled['complaint']}-negative"
    app.button_group(key=key).set_value("neutral").run()
    post = row(config, filled["complaint"])
    assert post.sentiment == "neutral"
    assert post.corrected is not None
    assert post.corrected.actor == "Luis"
    assert "Corregido por Luis" in page_text(app)


def test_a_case_that_somebody_else_changed_is_not_written_over(config: Settings, filled: dict[str, int]) -> None:
    app = open_page("case", case="1")
    case = row(config, filled["complaint"]).cases[0]
    desk.move_case(config, 1, "acknowledged", version=case.version, actor="Luis", now=moment())
    app.text_area(key="note-1").set_value("mi nota")
    app.button(key="move-1-acknowledged").click().run()
    assert "Luis cambió ESC" in app.toast[0].value
    assert "Acuse enviado" in app.toast[0].value
    assert app.text_area(key="note-1").value == "mi nota"


def moment() -> datetime:
    return datetime.now(UTC)


def test_a_note_is_kept_with_the_move(config: Settings, filled: dict[str, int]) -> None:
    app = open_page("case", case="1")
    app.text_area(key="note-1").set_value("**llamada** <b>hecha</b>")
    app.button(key="move-1-acknowledged").click().run()
    assert not app.exception
    assert "&lt;b&gt;hecha" in page_text(app)
    assert app.text_area(key="note-1").value == ""


def test_a_case_that_is_not_there_is_told(filled: dict[str, int]) -> None:
    for case in ("999", "x", "1; DROP", "²"):
        assert open_page("case", case=case).title[0].value == "Ese caso no existe"


def test_hostile_words_are_only_text(filled: dict[str, int]) -> None:
    body = next(block.body for block in open_page("inbox").html if "script" in block.body)
    assert "<mark" in body
    assert "<script" not in body
    assert "<i onclick" not in body
    assert "javascript:document" not in body
    assert "\u202e" not in body
    assert "\x1b" not in body


@pytest.mark.parametrize("page", ["inbox", "case"])
def test_the_words_that_counted_are_marked(filled: dict[str, int], page: str) -> None:
    app = open_page(page, case="1")
    body = next(block.body for block in app.html if "semanas" in block.body)
    assert re.search(r'<mark class="(much|some)">\w+</mark>', body)
    assert "Llevo tres semanas esperando el reembolso" in re.sub(r"</?mark[^>]*>", "", body)
    app.toggle(key="why").set_value(False).run()
    assert "<mark" not in "".join(block.body for block in app.html)


def test_without_a_model_the_posts_are_there_and_it_is_told(
    filled: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESCUCHA_CLASSIFIER__MODEL", str(tmp_path / "nowhere"))
    st.cache_resource.clear()
    app = open_page("inbox")
    assert not app.exception
    assert "Llevo tres semanas" in page_text(app)
    assert "<mark" not in page_text(app)
    assert "Ahora mismo no se puede mostrar" in page_text(app)


def test_without_a_database_the_page_says_how_to_begin(config: Settings) -> None:
    app = open_page("overview")
    assert not app.exception
    assert app.title[0].value == "Te damos la bienvenida a Escucha"
    assert app.code[0].value == "escucha demo"
    assert not store.exists(config.store)


def test_an_empty_database_says_how_to_begin(config: Settings) -> None:
    with store.connect(config.store):
        pass
    assert open_page("inbox").code[0].value == "escucha demo"


@pytest.mark.duckdb_file("readers of a server wait for nobody")
def test_a_busy_database_says_so(config: Settings, filled: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_STORE__BUSY_TIMEOUT", "0.05")
    with store.connect(config.store):
        app = open_page("health")
    assert not app.exception
    assert app.title[0].value == "La base de datos está ocupada"


def test_wrong_settings_are_told_with_the_key(config: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_POLICY__UNSURE_AT", "2")
    app = open_page("overview")
    assert not app.exception
    assert app.title[0].value == "Hay un error en la configuración"
    assert "unsure_at" in page_text(app)


@pytest.mark.duckdb_file("what stands at the file's path")
def test_a_file_that_is_no_database_is_told(config: Settings) -> None:
    config.store.path.write_text("no soy una base de datos")
    app = open_page("overview")
    assert not app.exception
    assert app.title[0].value == "La configuración nombra un archivo que no es la base de datos"


@pytest.mark.parametrize("format", ["csv", "xlsx", "jsonl", "parquet"])
def test_the_download_holds_the_cases_that_fit(
    config: Settings, filled: dict[str, int], format: actions.Format
) -> None:
    session.reload_settings()  # outside of a page all tests share one session, and with it the settings of another
    content = actions.download(DownloadForm(format, ";", CaseFilters(stages=("received",))))()
    none = actions.download(DownloadForm(format, ";", CaseFilters(stages=("closed",))))()
    assert len(content) > len(none)
    if format == "csv":
        assert b"ESC-000001-3" in content
    assert io.BytesIO(content).read(2)


def test_health_says_which_version_classifies_and_how_often_people_agree(
    config: Settings, filled: dict[str, int]
) -> None:
    app = open_page("health")
    assert "Todavía no ha aprendido de las correcciones" in page_text(app)
    assert "Nadie ha corregido nada" in page_text(app)
    desk.correct(config, filled["complaint"], actor="Ana", now=moment(), complaint=True)
    app = open_page("health", lang="en")
    assert not app.exception
    assert "People mostly correct what is wrong" in page_text(app)
    assert len(app.get("vega_lite_chart")) + len(app.get("arrow_vega_lite_chart")) == 1


def test_health_names_the_learned_version(config: Settings, filled: dict[str, int]) -> None:
    shipped = learn.usable_versions(config).shipped
    version = Version("m+learned-1", "m", shipped.fingerprint, moment(), 60, {})
    with store.connect(config.store) as connection:
        model_versions.save(connection, version, {})
        model_versions.activate(connection, version.version, shipped.fingerprint, moment())
    assert "<b>m+learned-1</b>, desde" in page_text(open_page("health"))
    learn.use(config, shipped.version)
    assert f"<b>{shipped.version}</b>, la versión incluida, de nuevo" in page_text(open_page("health"))
