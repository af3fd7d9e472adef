"""Who acts: what is kept for good is signed by a person, never by the computer's account."""

from pathlib import Path

import pytest

from dashboard.frame import identity
from monitor import store
from monitor.settings.loading import Settings
from tests.dashboard.pages import open_page, page_text

PEOPLE = '\n[desk]\npeople = [{name = "Lucía"}, {name = "Mateo"}]\n'


def actors(config: Settings) -> set[str]:
    with store.connect(config.store, read_only=True) as connection:
        return {row[0] for row in connection.execute("SELECT actor FROM case_events").fetchall()}


@pytest.fixture
def nameless(config: Settings, filled: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A desk of two people on a computer whose account is root."""
    monkeypatch.setenv("LOGNAME", "root")
    with (tmp_path / "escucha.toml").open("a", encoding="utf-8") as toml:
        toml.write(PEOPLE)
    return config


@pytest.mark.parametrize(
    ("page", "query", "press"),
    [
        ("inbox", {}, "take-1"),
        ("inbox", {"queue": "unsure"}, "open-"),
        ("inbox", {}, "dismiss-"),
        ("case", {"case": "1"}, "move-1-acknowledged"),
        ("case", {"case": "1"}, "take-1"),
        ("board", {}, "step-1"),
    ],
)
def test_who_acts_without_a_name_is_asked_for_it_and_nothing_is_kept(
    nameless: Settings, page: str, query: dict[str, str], press: str
) -> None:
    before = actors(nameless)
    app = open_page(page, person="", **query)
    next(button for button in app.button if str(button.key).startswith(press)).click().run()
    assert not app.exception
    assert "Cada cambio queda firmado" in page_text(app)
    assert actors(nameless) == before
    assert not app.toast


def test_the_name_is_spelt_as_the_settings_do(nameless: Settings) -> None:
    app = open_page("inbox", person="")
    app.text_input(key="actor").set_value("  lucia ").run()
    assert app.text_input(key="actor").value == "Lucía"
    app.button(key="take-1").click().run()
    assert "Lucía" in actors(nameless)


def test_somebody_of_the_team_picks_herself_and_others_type_their_names(nameless: Settings) -> None:
    app = open_page("inbox", person="")
    assert app.selectbox(key="actor-picked").options == ["Lucía", "Mateo"]
    app.selectbox(key="actor-picked").set_value("Mateo").run()
    assert app.text_input(key="actor").value == "Mateo"
    assert "actor-picked" not in [box.key for box in app.selectbox]
    app.text_input(key="actor").set_value("Nora").run()
    app.button(key="take-1").click().run()
    assert "Nora" in actors(nameless)


@pytest.mark.parametrize("name", ["escucha", "CUSTOMER", "cli:ana", "\x00\x1b", "   "])
def test_a_name_that_is_none_or_passes_for_the_machine_is_no_name(nameless: Settings, name: str) -> None:
    app = open_page("inbox", person="")
    app.text_input(key="actor").set_value(name).run()
    assert not app.exception
    before = actors(nameless)
    app.button(key="take-1").click().run()
    assert "Cada cambio queda firmado" in page_text(app)
    assert actors(nameless) == before


def test_a_hostile_name_is_bounded_and_shown_as_text(nameless: Settings) -> None:
    app = open_page("inbox", person="<img src=x onerror=alert(1)>" + "x" * 10_000)
    app.button(key="take-1").click().run()
    assert not app.exception
    (name,) = (actor for actor in actors(nameless) if actor.startswith("<img"))
    assert len(name) == 60
    case = open_page("case", case="1")
    assert not case.exception
    assert "&lt;img src=x" in page_text(case)
    assert "<img src=x" not in page_text(case)


def test_lists_of_ones_own_are_empty_while_nobody_said_who_looks(nameless: Settings) -> None:
    app = open_page("inbox", person="", scope="mine")
    assert not app.exception
    assert "take-1" not in [button.key for button in app.button]
    board = open_page("board", person="")
    board.toggle(key="board-mine").set_value(True).run()
    assert not board.exception
    assert not [button for button in board.button if str(button.key).startswith("step-")]
    for page in ("followups", "cases", "health"):
        assert not open_page(page, person="").exception


def test_the_cookie_that_remembers_the_name_is_the_one_that_is_read() -> None:
    assert f"`{identity.COOKIE}=" in identity._REMEMBER
