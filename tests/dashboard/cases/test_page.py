from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.queries import cases
from monitor import desk, store
from monitor.models import case_filters
from monitor.models.case_filters import CaseFilters
from monitor.models.cases import Case
from monitor.settings.loading import Settings
from monitor.store.cases import cases as stored
from tests import desk_store
from tests.dashboard.pages import open_page, page_text, speak
from tests.dashboard.viewer import look


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def four(config: Settings, now: datetime) -> Settings:
    """Case 1 is Ana's, who works here; 2 nobody's; 3 waits for the customer; 4 is closed. 1 and 2 are overdue."""
    ids = [
        desk_store.post(
            config,
            f"p{number}",
            f"Sin respuesta {number}",
            now - timedelta(days=40, hours=-number),
            author=f"autor{number}",
        )
        for number in (1, 2, 3, 4)
    ]
    desk_store.open_cases(config, ids, now - timedelta(days=40))
    before = now - timedelta(days=39)
    desk.take(config, 1, version=1, actor="Ana", now=before)
    called = desk.log_contact(config, 3, "phone", "out", "Llamada", actor="Luis", now=now - timedelta(days=40))
    desk.wait(config, 3, version=called.case.version, actor="Luis", now=now - timedelta(days=40))
    done = desk.take(config, 4, version=1, actor="Luis", now=before)
    for stage in ("acknowledged", "assessed", "answered", "closed"):
        done = desk.move_case(
            config, 4, stage, version=done.case.version, actor="Luis", now=before, agreement="agreed"
        )  # fmt: skip
    return config


def case(config: Settings, case_id: int) -> Case:
    with store.connect(config.store, read_only=True) as connection:
        return stored.get(connection, case_id)


def fitting(config: Settings, now: datetime, **filters: object) -> list[int]:
    with store.connect(config.store, read_only=True) as connection:
        return sorted(cases.matching_cases(connection, CaseFilters(**filters), look(now, "ANA")))  # type: ignore[arg-type]


def page(**query: str) -> AppTest:
    app = open_page("cases", person="Ana", **query)
    assert not app.exception
    return app


@pytest.mark.parametrize(
    ("view", "case_ids"),
    [
        ("open", [1, 2, 3]),
        ("mine", [1]),
        ("unassigned", [2, 3]),
        ("breaching", [1, 2]),
        ("warning", []),
        ("waiting", [3]),
        ("closed", [4]),
        ("every", [1, 2, 3, 4]),
    ],
)
def test_a_view_holds_its_cases_and_its_count(four: Settings, now: datetime, view: str, case_ids: list[int]) -> None:
    assert fitting(four, now, view=view) == case_ids
    with store.connect(four.store, read_only=True) as connection:
        listing = cases.list_page(connection, CaseFilters(view=view), look(now), offset=0, limit=10)  # type: ignore[arg-type]
    assert listing.counts[view] == len(listing.entries) == len(case_ids)  # type: ignore[index]


@pytest.mark.parametrize("words", ["ESC-000002-1", "esc 2 1", "ESC 0000021", "autor2", "@AUTOR2", "RESPUESTA 2"])
def test_words_find_a_code_however_it_is_spelled_an_author_and_a_text(
    four: Settings, now: datetime, words: str
) -> None:
    assert fitting(four, now, words=words) == [2]


def test_every_filter_narrows(four: Settings, now: datetime) -> None:
    fields = {"category": "billing", "severity": "critical", "team": "Cobros", "tags": "prensa vip", "internal": True}
    fields |= {"root_cause": "'; DROP", "language": "en", "channel": "phone", "service": "reactive"}
    desk.edit(four, 2, fields, version=1, actor="Luis", now=now)
    for name in ("category", "severity", "team", "internal", "language", "channel", "service"):
        assert fitting(four, now, **{name: fields[name]}) == [2], name
    assert fitting(four, now, tag="VIP", cause="'; DROP", level="urgent", network="x", brand="Norvia") == [2]
    assert fitting(four, now, owner="luis") == [4]
    assert fitting(four, now, tag="vi") == fitting(four, now, value="top") == []


def test_the_address_holds_the_filters_and_gives_them_back(four: Settings) -> None:
    app = page(view="mine", level="normal", words="autor")
    assert "Sin respuesta 1" in page_text(app)
    assert "Sin respuesta 2" not in page_text(app)
    app.button_group(key="cases-view").set_value("every").run()
    assert [app.query_params[name] for name in ("view", "level", "words")] == ["every", "normal", "autor"]
    app.button(key="cases-clear").click().run()
    assert "level" not in app.query_params


def test_a_root_cause_in_the_address_narrows_and_is_cleared(four: Settings, now: datetime) -> None:
    desk.edit(four, 2, {"root_cause": "<i>caída</i>"}, version=1, actor="Luis", now=now)
    app = page(cause="<i>caída</i>")
    assert "Sin respuesta 2" in page_text(app)
    assert "Sin respuesta 1" not in page_text(app)
    assert "Causa raíz: &lt;i&gt;caída" in page_text(app)
    app.button(key="cases-clear").click().run()
    assert "Sin respuesta 1" in page_text(app)


def test_a_mistake_in_a_code_is_told(four: Settings) -> None:
    assert "algún error" in page(words="ESC-000001-9").warning[0].value


def test_ticked_cases_are_taken_together_and_undone_together(four: Settings) -> None:
    app = page(view="unassigned")
    app.text_input(key="actor").set_value("Marta").run()
    app.button(key="bulk-page").click().run()
    assert "2 de 2 casos seleccionados" in page_text(app)
    app.button(key="bulk-take").click().run()
    assert not app.exception
    assert {case(four, 2).owner, case(four, 3).owner} == {"Marta"}
    assert "2 casos actualizados" in app.toast[0].value
    assert "asignación a ti" in app.button(key="undo-last").label
    app.button(key="undo-last").click().run()
    assert {case(four, 2).owner, case(four, 3).owner} == {""}


def test_a_case_changed_meanwhile_is_told_by_its_code_and_the_rest_is_done(four: Settings, now: datetime) -> None:
    app = page(view="unassigned")
    app.button(key="bulk-page").click().run()
    app.selectbox(key="bulk-owner").set_value("Luis").run()
    desk.edit(four, 2, {"category": "billing"}, version=1, actor="Eva", now=now)
    app.button(key="bulk-assign-do").click().run()
    toasts = " ".join(toast.value for toast in app.toast)
    assert case(four, 2).owner == ""
    assert case(four, 3).owner == "Luis"
    assert "otra persona lo cambió" in toasts
    assert "ESC-000002" in toasts


def test_only_steps_that_all_ticked_cases_may_take_are_offered(four: Settings) -> None:
    version = case(four, 1).version
    desk.move_case(four, 1, "acknowledged", version=version, actor="Ana", now=datetime.now(UTC))
    app = page(view="open")
    app.checkbox(key="tick-1").check().run()
    app.checkbox(key="tick-2").check().run()
    assert app.selectbox(key="bulk-stage").options == ["Descartar"]
    app.checkbox(key="tick-1").uncheck().run()
    assert len(app.selectbox(key="bulk-stage").options) == 2


def test_a_filter_is_saved_chosen_again_and_deleted(four: Settings) -> None:
    app = page(view="mine", level="normal")
    app.text_input(key="saved-name").set_value("**míos** <b>").run()
    app.button(key="saved-save").click().run()
    app.button(key="cases-clear").click().run()
    app.button_group(key="cases-view").set_value("every").run()
    app.button(key="saved-0").click().run()
    assert (app.session_state["cases-view"], app.session_state["cases-level"]) == ("mine", "normal")
    assert app.button(key="saved-0").label == "\\*\\*míos\\*\\* \\<b\\>"
    app.button(key="saved-delete-0").click().run()
    assert "saved-0" not in [button.key for button in app.button]


def test_hostile_owners_and_tags_are_only_text(four: Settings, now: datetime) -> None:
    hostile = "<img/src=x>**x**"
    desk.edit(four, 2, {"owner": hostile, "tags": hostile, "team": hostile}, version=1, actor="x", now=now)
    app = page(view="every", tag=hostile, lang="en")
    assert "<img" not in page_text(app)
    assert "&lt;img/src=x&gt;" in page_text(app)


def test_without_any_case_the_page_says_how_they_come(config: Settings, now: datetime) -> None:
    desk_store.post(config, "p1", "Gracias", now)
    assert "Todavía no hay casos" in page_text(page())
    assert "Ningún caso cumple estos filtros" in page_text(page(level="normal"))


def test_filters_survive_their_address() -> None:
    filters = CaseFilters(view="mine", stages=("received",), brand="", internal=True, words="a b")
    assert case_filters.from_texts(case_filters.as_texts(filters)) == (filters, ())


@pytest.mark.parametrize(("language", "label"), [("es", "Ver Cerrados · 1"), ("en", "Show Closed · 1")])
def test_what_is_found_in_another_view_is_one_click_away(
    four: Settings, monkeypatch: pytest.MonkeyPatch, language: str, label: str
) -> None:
    speak(monkeypatch, language)
    app = page(view="open", words="autor4", lang=language)
    assert app.button(key="cases-elsewhere").label == label
    app.button(key="cases-elsewhere").click().run()
    assert not app.exception
    assert "@autor4" in page_text(app)
    assert [button for button in app.button if button.key == "cases-elsewhere"] == []


def test_the_beginning_of_a_code_finds_its_case_and_is_not_called_a_mistake(four: Settings) -> None:
    app = page(words="ESC-000001")
    assert "@autor1" in page_text(app)
    assert list(app.warning) == []


def test_a_refused_undo_says_who_did_what_and_not_that_words_are_kept(four: Settings, now: datetime) -> None:
    app = open_page("case", person="Ana", case="2")
    app.button(key="take-2").click().run()
    desk.add_note(four, 2, "Ya llamé yo", actor="Luis", now=now)
    app.button(key="undo-last").click().run()
    assert not app.exception
    assert "No se puede deshacer: Luis cambió" in app.toast[0].value
    assert "escri" not in app.toast[0].value
    assert case(four, 2).owner == "Ana"


def test_another_reason_for_dismissing_many_is_written_down(four: Settings) -> None:
    app = page(view="open")
    app.checkbox(key="tick-2").check().run()
    app.selectbox(key="bulk-stage").set_value("dismissed").run()
    app.selectbox(key="bulk-reason").set_value("other").run()
    assert app.button(key="bulk-move-do").disabled
    app.text_input(key="bulk-move-note").set_value("Era una prueba").run()
    app.button(key="bulk-move-do").click().run()
    assert not app.exception
    assert case(four, 2).stage == "dismissed"
    app.button(key="undo-last").click().run()
    assert app.session_state["bulk-move-note"] == "Era una prueba"
