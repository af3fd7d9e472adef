"""The Follow-ups page and the part of the case page after a closing."""

from datetime import timedelta

import pytest

from monitor import store
from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.store.cases import cases, follow_ups, surveys
from monitor.surveys import answers, links
from monitor.surveys.answers import SurveyAnswer
from tests.dashboard.pages import open_page, page_text
from tests.desk.closed_cases import closed_case


@pytest.fixture
def case_id(config: Settings) -> int:
    """A case closed twenty days ago: one contact is overdue, one to come."""
    return closed_case(config, now() - timedelta(days=20))


def contacts(config: Settings, case_id: int) -> list[follow_ups.FollowUp]:
    with store.connect(config.store, read_only=True) as connection:
        return follow_ups.of_case(connection, case_id)


@pytest.mark.parametrize(
    ("language", "words"), [("es", ("Seguimientos", "Está de acuerdo")), ("en", ("Follow-ups", "Agrees"))]
)
def test_it_opens_on_what_is_overdue(case_id: int, language: str, words: tuple[str, str]) -> None:
    app = open_page("followups", lang=language)
    assert not app.exception
    assert app.title[0].value == words[0]
    assert "@ana" in page_text(app)
    assert words[1] in page_text(app)
    assert app.button_group(key="when").value == "overdue"


def test_nothing_planned_is_told(filled: dict[str, int]) -> None:
    app = open_page("followups")
    assert not app.exception
    assert "No hay seguimientos atrasados." in page_text(app)
    assert "No se ha enviado ninguna" in page_text(app)


def test_a_contact_is_logged_with_its_words(config: Settings, case_id: int) -> None:
    app = open_page("followups")
    app.text_input(key="actor").set_value("Eva")
    app.session_state["settle-1"] = True
    app.run()
    app.selectbox(key="settle-1-channel").set_value("in_person").run()
    app.radio(key="settle-1-outcome").set_value("fine").run()
    app.text_area(key="settle-1-words").set_value("Vino a dar las <b>gracias</b>").run()
    app.button(key="settle-1-save").click().run()
    assert not app.exception
    first = contacts(config, case_id)[0]
    assert (first.status, first.done_by, first.channel, first.outcome) == ("done", "Eva", "in_person", "fine")
    assert first.note == "Vino a dar las <b>gracias</b>"
    assert "No hay seguimientos atrasados." in page_text(app)


def test_a_problem_again_reopens_the_case(config: Settings, case_id: int) -> None:
    app = open_page("followups")
    app.session_state["settle-1"] = True
    app.run()
    app.radio(key="settle-1-outcome").set_value("again").run()
    assert app.checkbox(key="settle-1-reopen").value is True
    app.button(key="settle-1-save").click().run()
    with store.connect(config.store, read_only=True) as connection:
        assert cases.get(connection, case_id).stage == "reopened"


def test_a_contact_is_put_off_or_dropped(config: Settings, case_id: int) -> None:
    app = open_page("followups")
    app.session_state["settle-1"] = True
    app.run()
    app.button_group(key="settle-1-way").set_value("postpone").run()
    day = (now() + timedelta(days=5)).date()
    app.date_input(key="settle-1-day").set_value(day).run()
    app.button(key="settle-1-later").click().run()
    assert not app.exception
    assert contacts(config, case_id)[0].due_at > now() + timedelta(days=4)
    app = open_page("followups", when="coming")
    app.session_state["settle-2"] = True
    app.run()
    app.button_group(key="settle-2-way").set_value("drop").run()
    app.text_input(key="settle-2-reason").set_value("Se mudó de ciudad").run()
    app.button(key="settle-2-drop").click().run()
    assert "dropped" in [contact.status for contact in contacts(config, case_id)]


def test_what_somebody_else_settled_is_told(config: Settings, case_id: int) -> None:
    app = open_page("followups")
    app.session_state["settle-1"] = True
    app.run()
    app.radio(key="settle-1-outcome").set_value("fine").run()
    with store.connect(config.store) as connection:
        connection.execute("UPDATE follow_ups SET status = 'done' WHERE follow_up_id = 1").fetchall()
    app.button(key="settle-1-save").click().run()
    assert "Otra persona" in app.toast[0].value


def test_the_list_is_one_person_s(config: Settings, case_id: int) -> None:
    with store.connect(config.store) as connection:
        connection.execute("UPDATE cases SET owner = 'Luis'").fetchall()
    app = open_page("followups")
    app.text_input(key="actor").set_value("Eva").run()
    app.selectbox(key="followups-owner").set_value("Eva").run()
    assert "Seguimientos" in page_text(app)
    assert "@ana" not in page_text(app)
    app.selectbox(key="followups-owner").set_value("Luis").run()
    assert "@ana" in page_text(app)


def test_figures_say_how_few_answers_there_are(config: Settings, case_id: int) -> None:
    answers.save_answer_by_hand(config, case_id, SurveyAnswer(2, 3, "<script>x</script>"), actor="Ana", now=now())
    app = open_page("followups")
    assert [metric.value for metric in app.metric] == ["100 %", "0 %", "−100"]
    assert "Solo 1 respuesta" in page_text(app)
    assert "<script>" not in page_text(app)


def test_the_case_page_makes_the_link_once_and_takes_an_answer_by_word_of_mouth(config: Settings, case_id: int) -> None:
    app = open_page("case", case=str(case_id))
    assert "Después del cierre" in page_text(app)
    app.button(key=f"survey-{case_id}").click().run()
    assert not app.exception
    with store.connect(config.store, read_only=True) as connection:
        key = surveys.of_case(connection, case_id)[0].link_key
    assert links.link(config, 1, key) in [block.value for block in app.code]
    app.session_state[f"said-{case_id}"] = True
    app.run()
    app.radio(key=f"said-{case_id}-satisfaction").set_value(4).run()
    app.button_group(key=f"said-{case_id}-recommend").set_value(8).run()
    app.button(key=f"said-{case_id}-save").click().run()
    with store.connect(config.store, read_only=True) as connection:
        survey = surveys.of_case(connection, case_id)[0]
    assert (survey.satisfaction, survey.recommend, survey.source) == (4, 8, "phone")
    assert "Encuesta: 4 de 5 · probabilidad de recomendarnos: 8 de 10" in page_text(app)


def test_an_open_case_has_no_such_part(filled: dict[str, int]) -> None:
    assert "Después del cierre" not in page_text(open_page("case", case="1"))


def test_the_common_undo_takes_back_a_contact(config: Settings, case_id: int) -> None:
    before = contacts(config, case_id)
    app = open_page("followups")
    app.session_state["settle-1"] = True
    app.run()
    app.radio(key="settle-1-outcome").set_value("again").run()
    app.button(key="settle-1-save").click().run()
    assert contacts(config, case_id) != before
    app.button(key="undo-last").click().run()
    assert not app.exception
    assert contacts(config, case_id) == before


@pytest.mark.parametrize(("language", "words"), [("es", "Ningún cliente puede"), ("en", "No customer can")])
def test_a_link_that_no_customer_can_open_says_which_setting_is_missing(
    config: Settings, case_id: int, language: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers.ask(config, case_id, actor="Eva", now=now())
    text = page_text(open_page("case", case=str(case_id), lang=language))
    assert words in text
    assert "desk.survey.url" in text
    monkeypatch.setenv("ESCUCHA_DESK__SURVEY__URL", "https://care.example")
    assert words not in page_text(open_page("case", case=str(case_id), lang=language))
