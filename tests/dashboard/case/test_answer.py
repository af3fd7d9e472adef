from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from monitor import desk, store
from monitor.cases import sla
from monitor.models.cases import Case, Event
from monitor.settings.loading import Settings
from monitor.store.cases import answers, cases, events
from tests import desk_store
from tests.dashboard.pages import open_page, page_text, speak


def read(config: Settings) -> tuple[Case, tuple[Event, ...], list[answers.SentAnswer]]:
    with store.connect(config.store, read_only=True) as connection:
        history = events.of_cases(connection, [1])[1]
        return cases.get(connection, 1), history, answers.of_cases(connection, [1])


def text(app: AppTest) -> str:
    return next(str(area.value) for area in app.text_area if str(area.key).startswith("answer-1-"))


def write(app: AppTest, words: str) -> AppTest:
    return next(area for area in app.text_area if str(area.key).startswith("answer-1-")).set_value(words).run()


def choose(app: AppTest, ending: str, value: object) -> AppTest:
    return next(box for box in app.selectbox if str(box.key).endswith(ending)).set_value(value).run()


@pytest.mark.parametrize(("language", "words"), [("es", "Gracias por"), ("en", "Thank you")])
def test_a_new_case_starts_with_its_first_contact_in_the_cases_language(
    config: Settings, filled: dict[str, int], language: str, words: str
) -> None:
    with store.connect(config.store) as connection:
        connection.execute("UPDATE cases SET language = ?", [language])
    app = open_page("case", case="1", lang="es")
    assert not app.exception
    assert "@ana" in text(app)
    assert words in text(app)
    assert app.code[-1].value == text(app)
    assert "Escucha nunca publica nada" in page_text(app)


def test_a_case_whose_language_is_corrected_is_offered_an_answer_in_that(
    config: Settings, filled: dict[str, int]
) -> None:
    with store.connect(config.store) as connection:
        connection.execute("UPDATE cases SET language = 'en'")
    app = open_page("case", case="1", lang="es")
    assert "Thank you" in text(app)
    with store.connect(config.store) as connection:
        connection.execute("UPDATE cases SET language = 'es', version = version + 1")
    assert "Gracias por" in text(app.run())


@pytest.mark.parametrize("code", ["pt", "tr", "und"])
def test_a_language_without_templates_is_answered_in_the_desks_and_not_in_that_of_the_page(
    config: Settings, filled: dict[str, int], code: str
) -> None:
    with store.connect(config.store) as connection:
        connection.execute("UPDATE cases SET language = ?", [code])
    assert "Gracias por" in text(open_page("case", case="1", lang="en"))


def test_a_teams_own_templates_in_other_languages_are_offered(
    config: Settings, filled: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own" / "pt").mkdir(parents=True)
    body = '[[templates]]\nid = "ours"\ncategory = "other"\nstep = "first_contact"\ntext = "Olá! Já vamos ver isso."\n'
    (tmp_path / "own" / "pt" / "ours.toml").write_text(body, encoding="utf-8")
    monkeypatch.setenv("ESCUCHA_DESK__TEMPLATES", (tmp_path / "own").as_posix())
    with store.connect(config.store) as connection:
        connection.execute("UPDATE cases SET language = 'pt'")
    app = open_page("case", case="1", lang="es")
    assert text(app) == "Olá! Já vamos ver isso."
    app = choose(app, "-step", "rapport")  # a step that the team has no template for in Portuguese
    assert not app.exception
    assert text(app)
    assert "Olá" not in text(app)


def test_marking_as_sent_acknowledges_the_case_and_the_page_tells_that_it_was_not_seen(
    config: Settings, filled: dict[str, int]
) -> None:
    app = open_page("case", case="1")
    app = write(app, "Hola, @ana. Lo miramos.")
    app.button(key="mark-sent-1").click().run()
    assert not app.exception
    case, history, answers = read(config)
    assert case.stage == "acknowledged"
    assert [event.kind for event in history[-2:]] == ["sent", "stage"]
    assert [answer.text for answer in answers] == ["Hola, @ana. Lo miramos."]
    assert "aún no aparece en la red" in page_text(app)
    assert text(app) != "Hola, @ana. Lo miramos."


@pytest.mark.parametrize(
    ("language", "words"), [("es", "no puede pasar a «Respondido»"), ("en", "cannot become “Answered”")]
)
def test_a_solution_sent_from_received_acknowledges_and_says_why_it_is_not_answered(
    config: Settings, filled: dict[str, int], monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    speak(monkeypatch, language)
    taken = desk.take(config, 1, version=read(config)[0].version, actor="Ana", now=datetime.now(UTC)).case
    assert taken.stage == "received"
    app = choose(open_page("case", case="1", lang=language), "-step", "conclusion")
    assert words in " ".join(str(caption.value) for caption in app.caption)
    app = write(app, "Ya está resuelto.")
    app.button(key="mark-sent-1").click().run()
    assert not app.exception
    case, history, kept = read(config)
    assert (case.stage, case.taken_at) == ("acknowledged", taken.taken_at)
    assert case.first_answered_at is not None
    assert [event.kind for event in history[-2:]] == ["sent", "stage"]
    assert [answer.text for answer in kept] == ["Ya está resuelto."]


def test_undoing_the_mark_takes_the_answer_and_the_stage_back(config: Settings, filled: dict[str, int]) -> None:
    app = write(open_page("case", case="1"), "Hola, @ana. Lo miramos.")
    app.button(key="mark-sent-1").click().run()
    app.button(key="undo-last").click().run()
    assert not app.exception
    case, _, answers = read(config)
    assert (case.stage, answers) == ("received", [])


def test_a_text_with_gaps_cannot_be_marked(filled: dict[str, int]) -> None:
    app = choose(open_page("case", case="1"), "-step", "conclusion")
    assert "___" in text(app)
    assert app.button(key="mark-sent-1").disabled
    app = write(app, "Ya está resuelto.")
    assert not app.button(key="mark-sent-1").disabled


def test_a_text_too_long_for_the_network_is_told(filled: dict[str, int]) -> None:
    app = write(open_page("case", case="1"), "a" * 281)
    assert "281 caracteres: una publicación de X admite 280" in page_text(app)


def test_somebody_elses_change_keeps_what_was_typed(config: Settings, filled: dict[str, int]) -> None:
    app = write(open_page("case", case="1"), "Hola, @ana. Lo miramos.")
    desk.take(config, 1, version=read(config)[0].version, actor="Luis", now=datetime.now(UTC))
    app.button(key="mark-sent-1").click().run()
    assert "Luis" in app.toast[0].value
    assert text(app) == "Hola, @ana. Lo miramos."
    assert read(config)[2] == []


def test_an_answer_not_seen_for_hours_is_told(config: Settings, filled: dict[str, int]) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=7)
    desk.mark_sent(config, 1, "Lo miramos.", "", version=read(config)[0].version, actor="Ana", now=long_ago)
    assert "Comprueba que se publicó" in page_text(open_page("case", case="1"))


def test_a_wrong_template_of_the_team_is_told_and_the_others_still_serve(
    config: Settings, filled: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "answers" / "es"
    folder.mkdir(parents=True)
    body = '[[templates]]\nid = "x"\ncategory = "other"\nstep = "first_contact"\ntext = "Hola[, {cliente}]"\n'
    (folder / "own.toml").write_text(body, encoding="utf-8")
    monkeypatch.setenv("ESCUCHA_DESK__TEMPLATES", str(folder.parent))
    app = open_page("case", case="1")
    assert "own" in app.error[0].value
    assert "cliente" in app.error[0].value
    assert "Gracias por" in text(app)


def test_what_was_typed_stays_when_somebody_else_changes_category_and_stage(
    config: Settings, filled: dict[str, int]
) -> None:
    app = write(open_page("case", case="1"), "Palabras mías")
    case, *_ = read(config)
    now = datetime.now(UTC)
    changed = desk.edit(config, 1, {"category": "billing"}, version=case.version, actor="luis", now=now)
    desk.move_case(config, 1, "acknowledged", version=changed.case.version, actor="luis", now=now)
    app.button(key="mark-sent-1").click().run()
    assert text(app) == "Palabras mías"
    app.button(key="mark-sent-1").click().run()
    assert [answer.text for answer in read(config)[2]] == ["Palabras mías"]


def test_a_text_that_nobody_touched_follows_the_case(config: Settings, filled: dict[str, int]) -> None:
    app = open_page("case", case="1")
    before = text(app)
    case, *_ = read(config)
    desk.edit(config, 1, {"category": "delivery"}, version=case.version, actor="luis", now=datetime.now(UTC))
    assert text(app.run()) != before


@pytest.fixture
def joined(config: Settings) -> Settings:
    """Case 1, ana's, took in luis's; both wait."""
    now = datetime.now(UTC)
    posts = [
        desk_store.post(config, name, "No llega", now - timedelta(hours=3), author=name) for name in ("ana", "luis")
    ]
    desk_store.open_cases(config, posts, now - timedelta(hours=2))
    desk.merge(config, 1, [2], versions={}, actor="eva", now=now - timedelta(hours=1))
    return config


def test_where_two_customers_wait_the_answer_says_to_whom(joined: Settings) -> None:
    app = write(open_page("case", case="1"), "Hola. Lo miramos.")
    assert app.button(key="mark-sent-1").disabled
    pills = next(group for group in app.button_group if str(group.key).endswith("-to"))
    assert list(pills.options) == ["@ana", "@luis"]
    app = pills.set_value(["ESC-000002-1"]).run()
    app.button(key="mark-sent-1").click().run()
    assert not app.exception
    case, history, _ = read(joined)
    assert list(sla.waiting(history)) == [case.code]
    assert "Respuesta enviada · cliente de ESC-000002-1" in page_text(app)
    app = write(app, "Hola, otra vez.")
    assert not app.button(key="mark-sent-1").disabled, "one alone waits"


def test_the_category_of_an_answer_is_the_cases_and_another_one_changes_it(
    config: Settings, filled: dict[str, int]
) -> None:
    app = open_page("case", case="1")
    box = app.selectbox(key="category-of-1")
    assert box.value == read(config)[0].category != "delivery"
    before = text(app)
    app = box.set_value("delivery").run()
    assert not app.exception
    assert read(config)[0].category == "delivery"
    assert text(app) != before
    assert "Entrega" in app.toast[0].value
    app.button(key="undo-last").click().run()
    assert read(config)[0].category == app.selectbox(key="category-of-1").value != "delivery"


def test_a_template_is_shortened_until_the_network_takes_it_and_says_so(
    config: Settings, filled: dict[str, int]
) -> None:
    with store.connect(config.store) as connection:
        connection.execute("UPDATE cases SET category = 'service', remedy = 'compensation'")
    app = choose(open_page("case", case="1", person="María Fernanda Rodríguez Etxeberria"), "-step", "conclusion")
    assert len(text(app)) <= 280
    assert "María Fernanda" not in text(app)
    assert "Versión corta" in page_text(app)
    assert "Versión corta" not in page_text(write(app, "Ya está resuelto."))


@pytest.mark.parametrize(
    ("language", "words", "check"),
    [
        ("es", ("¿estás bien?", "desenchúfalo"), "pregunto si está bien"),
        ("en", ("are you all right?", "unplug it"), "ask whether they are all right"),
    ],
)
def test_a_case_of_danger_is_offered_words_about_safety_first(
    config: Settings, filled: dict[str, int], language: str, words: tuple[str, ...], check: str
) -> None:
    with store.connect(config.store) as connection:
        connection.execute("UPDATE cases SET category = 'billing', cue = 'safety', language = ?", [language])
    app = open_page("case", case="1")
    assert not app.exception
    assert [each for each in words if each not in text(app)] == []
    assert any(check in box.label for box in app.checkbox)
