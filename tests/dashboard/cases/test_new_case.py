"""The dialog in which a case is entered by hand."""

import pytest
from streamlit.testing.v1 import AppTest

from monitor import store
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from tests.dashboard.pages import open_page, page_text


def _drawn() -> None:
    import streamlit as st

    from dashboard import session
    from dashboard.cases import new_case

    st.session_state.setdefault("enter-from", session.now())
    new_case.form()


@pytest.fixture
def dialog(filled: dict[str, int]) -> AppTest:
    """The form by itself: AppTest runs whole pages, which closes dialogs."""
    app = AppTest.from_function(_drawn, default_timeout=30)
    app.session_state["actor"] = "Eva"
    app.run()
    assert not app.exception
    return app


def test_cases_has_the_button_that_opens_it(filled: dict[str, int]) -> None:
    app = open_page("cases")
    app.button(key="enter-case").click().run()
    assert "Abrir el caso" in page_text(app)


def field(app: AppTest, label: str) -> object:
    return next(field for field in (*app.text_input, *app.text_area) if field.label == label)


def test_nothing_is_opened_without_words(dialog: AppTest) -> None:
    assert dialog.button(key="enter-save").disabled


def test_what_is_written_down_becomes_a_case(config: Settings, dialog: AppTest) -> None:
    field(dialog, "Qué dijo el cliente").set_value("Me cobraron dos veces la lavadora")  # type: ignore[attr-defined]
    field(dialog, "Nombre").set_value("Ana Prado")  # type: ignore[attr-defined]
    field(dialog, "Teléfono").set_value("600 100 200")  # type: ignore[attr-defined]
    dialog.run()
    dialog.button(key="enter-save").click().run()
    with store.connect(config.store, read_only=True) as connection:
        case = cases.get_many(connection, [2])[0]
    assert (case.channel, case.author, case.cue, case.language) == ("phone", "600 100 200", "money", "es")


def test_what_is_wrong_is_said_in_the_form_which_stays_open(config: Settings, dialog: AppTest) -> None:
    field(dialog, "Qué dijo el cliente").set_value("Me cobraron dos veces la lavadora")  # type: ignore[attr-defined]
    field(dialog, "ID de cliente (si lo sabes)").set_value("C-9")  # type: ignore[attr-defined]
    dialog.run()
    dialog.button(key="enter-save").click().run()
    assert "C-9" in dialog.error[0].value
    assert field(dialog, "Qué dijo el cliente").value == "Me cobraron dos veces la lavadora"  # type: ignore[attr-defined]
    assert "Abrir el caso" in page_text(dialog)


def test_the_language_is_that_of_the_brands_customers_not_of_the_page(filled: dict[str, int]) -> None:
    app = AppTest.from_function(_drawn, default_timeout=30)
    app.session_state["actor"], app.session_state["language"] = "Eva", "en"
    app.run()
    assert [box.value for box in app.selectbox if box.label == "Language"] == ["es"]
