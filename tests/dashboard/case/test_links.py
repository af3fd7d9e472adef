"""Merging, splitting and incidents on the case page and on the incident's own."""

from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.case import link_queries
from dashboard.queries import cases as case_queries
from monitor import desk, store
from monitor.errors import StoreBusy
from monitor.settings.loading import Settings
from monitor.store.cases import case_mentions, cases, events, incidents
from tests import desk_store
from tests.dashboard.pages import open_page, page_text, speak

HOSTILE = "<img src=x onerror=alert(1)> **caída** [x](javascript:alert(1))"


@pytest.fixture
def three(config: Settings) -> Settings:
    """Three cases: 1 and 2 of ana's in two threads, 1 with a second post; 3 of luis's."""
    now = datetime.now(UTC)
    events = [
        desk_store.post(config, "a0", "no abre", now - timedelta(hours=3)),
        desk_store.post(config, "a1", "y otra cosa", now - timedelta(hours=2), thread_id="a0"),
        desk_store.post(config, "b0", "sigue sin abrir", now - timedelta(hours=2)),
        desk_store.post(config, "c0", HOSTILE, now - timedelta(hours=1), author="luis"),
    ]
    desk_store.open_cases(config, events, now)
    return config


def members(settings: Settings, case_id: int) -> int:
    with store.connect(settings.store, read_only=True) as connection:
        return len(case_mentions.of_case(connection, case_id))


def pressed(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def test_two_cases_of_one_person_are_merged_and_parted_again(three: Settings) -> None:
    app = open_page("case", case="1")
    app.multiselect(key="merge-1").set_value([2]).run()
    pressed(app, "merge-now-1")
    assert members(three, 1) == 3
    merged = open_page("case", case="2")
    assert "donde se gestiona" in page_text(merged)
    pressed(merged, "unmerge-home-2")
    assert members(three, 1) == 2


def test_a_merge_is_told_when_it_was_made_and_nothing_runs_in_the_merged_case(three: Settings) -> None:
    desk.merge(three, 1, [2], versions={1: 1, 2: 1}, actor="Eva", now=datetime.now(UTC) - timedelta(minutes=3))
    home = next(block.body for block in open_page("case", case="1").html if 'class="events"' in block.body)
    line = next(line for line in home.split("<li") if "unido a este" in line)
    assert "hace 3 min" in line
    absorbed = page_text(open_page("case", case="2"))
    assert "Unido a otro" in absorbed
    assert 'class="standing"' not in absorbed
    found = page_text(open_page("cases", words="ESC-000002-1"))
    assert "donde se gestiona" in found, [line for line in found.splitlines() if "ESC" in line][:9]
    assert 'class="chip due' not in found


def test_a_case_is_merged_by_its_code_and_a_mistyped_one_is_told(three: Settings) -> None:
    app = open_page("case", case="1")
    app.text_input(key="merge-code-1").set_value("ESC-000003-8").run()
    pressed(app, "merge-now-1")
    assert members(three, 1) == 2
    assert any("tiene algún error" in toast.value for toast in app.toast)
    assert app.text_input(key="merge-code-1").value == "ESC-000003-8", "what was typed is still there"
    app.text_input(key="merge-code-1").set_value("000003 7").run()
    pressed(app, "merge-now-1")
    assert members(three, 1) == 3


def test_a_post_is_split_off_and_given_back(three: Settings) -> None:
    app = open_page("case", case="1")
    (movable,) = app.multiselect(key="split-1").options
    assert "y otra cosa" in movable
    app.multiselect(key="split-1").set_value([2]).run()
    pressed(app, "split-now-1")
    assert (members(three, 1), members(three, 4)) == (1, 1)
    pressed(open_page("case", case="4"), "rejoin-4")
    assert members(three, 1) == 2


@pytest.mark.parametrize("language", ["es", "en"])
def test_an_incident_is_opened_and_moved_on_as_one(three: Settings, language: str) -> None:
    app = open_page("case", case="1")  # outside a run AppTest knows Spanish alone
    app.text_input(key="incident-title-1").set_value(HOSTILE).run()
    app.multiselect(key="incident-cases-1").set_value([3]).run()
    pressed(app, "incident-1")
    page = open_page("incident", incident="1", lang=language)
    assert not page.exception
    assert not any("<img" in block.body for block in page.html)
    pressed(open_page("incident", incident="1"), "incident-1-acknowledged")
    with store.connect(three.store, read_only=True) as connection:
        assert incidents.cases_of(connection, 1) == [1, 3]
        assert [case.stage for case in cases.get_many(connection, [1, 2, 3])] == [
            "acknowledged",
            "received",
            "acknowledged",
        ]


def test_an_incident_that_a_busy_database_keeps_where_it_is_says_so(
    three: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise StoreBusy("held")

    desk.open_incident(three, "Caída", [1, 3], actor="eva", now=datetime.now(UTC))
    page = open_page("incident", incident="1")
    monkeypatch.setattr("monitor.desk.move_incident", busy)
    pressed(page, "incident-1-acknowledged")
    assert "ocupada" in page.toast[0].value


def test_an_incident_is_answered_as_one(three: Settings) -> None:
    now = datetime.now(UTC)
    desk.open_incident(three, "Caída", [1, 3], actor="eva", now=now)
    desk.move_case(three, 1, "acknowledged", version=2, actor="eva", now=now)
    desk.move_case(three, 1, "assessed", version=3, actor="eva", now=now)
    page = open_page("incident", incident="1")
    page.text_area(key="incident-answer-1").set_value("Ya está arreglado.").run()
    pressed(page, "incident-sent-1")
    with store.connect(three.store, read_only=True) as connection:
        survivor, absorbed = cases.get_many(connection, [1, 3])
    assert (survivor.stage, absorbed.stage) == ("answered", "received"), "the second may not be answered yet"
    assert survivor.first_answered_at
    assert absorbed.first_answered_at


def test_those_without_news_for_longest_are_answered_first(three: Settings) -> None:
    now = datetime.now(UTC)
    desk.open_incident(three, "Caída", [1, 2, 3], actor="eva", now=now)

    def next_two(*, waiting: bool) -> list[int]:
        with store.connect(three.store, read_only=True) as connection:
            return [case_id for case_id, _, _ in link_queries.answerable(connection, 1, waiting=waiting, limit=2)]

    assert next_two(waiting=True) == [1, 2]
    desk.mark_sent_many(three, {1: 2, 2: 2}, {1: "Ya está.", 2: "Ya está."}, "", actor="eva", now=datetime.now(UTC))
    assert next_two(waiting=True) == [3]
    assert next_two(waiting=False) == [3, 1]


def test_another_case_joins_an_incident_and_leaves_it(three: Settings) -> None:
    desk.open_incident(three, "Caída", [3], actor="eva", now=datetime.now(UTC))
    pressed(open_page("case", case="1"), "join-1-1")
    with store.connect(three.store, read_only=True) as connection:
        assert incidents.cases_of(connection, 1) == [1, 3]
    pressed(open_page("case", case="1"), "leave-1")
    with store.connect(three.store, read_only=True) as connection:
        assert incidents.cases_of(connection, 1) == [3]


@pytest.mark.parametrize("number", ["", "7", "x", "9" * 30])
def test_an_incident_that_is_not_there_is_told(three: Settings, number: str) -> None:
    app = open_page("incident", incident=number)
    assert not app.exception
    assert app.title[0].value == "Esa incidencia no existe"


@pytest.mark.parametrize(("chosen", "value", "press"), [("merge-1", 2, "merge-now-1"), ("split-1", 2, "split-now-1")])
def test_the_common_undo_takes_back_merging_and_splitting(three: Settings, chosen: str, value: int, press: str) -> None:
    app = open_page("case", case="1")
    app.multiselect(key=chosen).set_value([value]).run()
    pressed(app, press)
    assert members(three, 1) != 2
    pressed(app, "undo-last")
    assert members(three, 1) == 2


@pytest.mark.parametrize(("home", "words"), [(3, HOSTILE), (1, "no abre")])
def test_lists_show_the_words_of_the_author_they_name(three: Settings, home: int, words: str) -> None:
    """A case that took in an older one of somebody else."""
    desk.merge(three, home, [1 if home == 3 else 3], versions={}, actor="eva", now=datetime.now(UTC))
    with store.connect(three.store, read_only=True) as connection:
        (entry,) = case_queries.entries(connection, [home])
    assert (entry.case.author, entry.opening.text) == ("luis" if home == 3 else "ana", words)
    assert entry.opening.posts == 3


def test_the_message_of_a_merge_names_the_cases(three: Settings) -> None:
    app = open_page("case", case="1")
    app.multiselect(key="merge-1").set_value([2]).run()
    assert "@ana" not in " ".join(app.multiselect(key="merge-1").options), "they are all hers"
    pressed(app, "merge-now-1")
    assert app.toast[0].value == "Casos unidos en ESC-000001-3: ESC-000002-1"


@pytest.mark.parametrize(("language", "label"), [("es", "¿Cuál?"), ("en", "Which one?")])
def test_another_reason_for_dismissing_is_written_down(
    three: Settings, monkeypatch: pytest.MonkeyPatch, language: str, label: str
) -> None:
    speak(monkeypatch, language)
    app = open_page("case", case="1", lang=language)
    app.radio(key="reason-1").set_value("other").run()
    assert app.button(key="move-1-dismissed").disabled
    assert app.text_input(key="reason-words-1").label.startswith(label)
    app.text_input(key="reason-words-1").set_value("Era una prueba").run()
    pressed(app, "move-1-dismissed")
    with store.connect(three.store, read_only=True) as connection:
        assert cases.get(connection, 1).stage == "dismissed"
        assert events.of_cases(connection, [1])[1][-1].note == "Era una prueba"
