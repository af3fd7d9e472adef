"""What was typed for an action that is taken back stands in its field again, unless the field holds other words."""

from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from monitor.settings.loading import Settings
from tests.dashboard.pages import open_page
from tests.desk.closed_cases import closed_case

WORDS = "Le devuelvo la llamada a las cinco"


def area(app: AppTest, begins: str) -> str:
    return str(next(area.value for area in app.text_area if str(area.key).startswith(begins)))


def write(app: AppTest, begins: str, words: str) -> AppTest:
    return next(area for area in app.text_area if str(area.key).startswith(begins)).set_value(words).run()


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


@pytest.mark.parametrize(
    ("field", "button"),
    [
        ("answer-1-", "mark-sent-1"),
        ("note-1", "move-1-acknowledged"),
        ("words-1", "note-save-1"),
        ("contact-words-1", "contact-save-1"),
    ],
)
def test_the_words_are_back_in_their_field(filled: dict[str, int], field: str, button: str) -> None:
    app = press(write(open_page("case", case="1"), field, WORDS), button)
    assert area(app, field) != WORDS
    assert area(press(app, "undo-last"), field) == WORDS


@pytest.mark.parametrize(("field", "button"), [("answer-1-", "mark-sent-1"), ("words-1", "note-save-1")])
def test_other_words_that_were_begun_meanwhile_stay(filled: dict[str, int], field: str, button: str) -> None:
    app = press(write(open_page("case", case="1"), field, WORDS), button)
    app = press(write(app, field, "Otra cosa"), "undo-last")
    assert area(app, field) == "Otra cosa"


def test_an_answer_that_is_marked_again_after_an_undo_is_kept_once(config: Settings, filled: dict[str, int]) -> None:
    app = press(write(open_page("case", case="1"), "answer-1-", WORDS), "mark-sent-1")
    app = press(press(app, "undo-last"), "mark-sent-1")
    assert area(app, "answer-1-") not in ("", WORDS)


def test_the_words_of_a_follow_up_are_back(config: Settings) -> None:
    closed_case(config, datetime.now(UTC) - timedelta(days=20))
    app = open_page("followups")
    app.session_state["settle-1"] = True
    app.run()
    app.radio(key="settle-1-outcome").set_value("fine").run()
    app.text_area(key="settle-1-words").set_value(WORDS).run()
    app = press(app, "settle-1-save")
    assert app.session_state["settle-1-words"] == ""
    assert press(app, "undo-last").session_state["settle-1-words"] == WORDS
