"""Whatever becomes of an action and of the page after it: the person is told."""

from datetime import UTC, datetime

import pytest

from dashboard.i18n import translate
from monitor import store
from monitor.errors import StoreBusy
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from tests import desk_store
from tests.dashboard.pages import open_page


@pytest.fixture
def waiting(config: Settings) -> Settings:
    """One case of nobody waits in the inbox."""
    now = datetime.now(UTC)
    desk_store.open_cases(config, [desk_store.post(config, "p1", "No llega el pedido", now)], now)
    return config


def busy(*_: object, **__: object) -> None:
    raise StoreBusy("held")


def test_an_undo_of_nothing_says_so(waiting: Settings) -> None:
    app = open_page("inbox")
    app.button(key="take-1").click().run()
    app.session_state["undoable"] = []  # the key was pressed twice
    app.button(key="undo-last").click().run()
    assert [toast.value for toast in app.toast] == [translate("es", "undo.nothing")]


def test_what_was_done_is_told_though_the_page_after_it_cannot_be_shown(
    waiting: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("inbox")
    monkeypatch.setattr("dashboard.frame.alerts.of_person", busy)
    app.button(key="take-1").click().run()
    assert app.title[0].value == translate("es", "trouble.busy_title")
    assert "asignado a ti" in app.toast[0].value


def test_who_has_no_name_is_asked_for_it_before_many_are_dismissed(waiting: Settings) -> None:
    app = open_page("inbox", person="")
    app.button(key="tick-all").click().run()
    app.button(key="dismiss-ticked").click().run()
    assert not app.exception
    assert app.text_input(key="actor-asked")
    with store.connect(waiting.store, read_only=True) as connection:
        assert cases.get(connection, 1).stage == "received"
