"""How pressing a case is, its clocks, and what people say of it: pure words first, then the page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.case import field_actions as actions
from dashboard.ui import clocks, due, formatting, labels
from monitor import desk, store
from monitor.cases.sla import Clock
from monitor.models.cases import EDITABLE, Case
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from tests import desk_store
from tests.cases.priority_strategies import case
from tests.dashboard.pages import open_page, page_text

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def ahead(**span: float) -> datetime:
    return NOW + timedelta(**span)


@pytest.mark.parametrize(
    ("due_at", "warn_at", "paused_at", "state"),
    [
        (ahead(hours=2), ahead(hours=1), None, "running"),
        (ahead(hours=2), NOW, None, "warning"),
        (ahead(hours=-1), ahead(hours=-2), None, "breached"),
        (NOW, ahead(hours=-1), None, "warning"),
        (None, None, ahead(hours=-1), "resting"),
        (None, None, None, "idle"),
    ],
)
def test_a_due_time_has_a_state(
    due_at: datetime | None, warn_at: datetime | None, paused_at: datetime | None, state: str
) -> None:
    assert due.state(due_at, NOW, warn_at=warn_at, paused_at=paused_at) == state


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (ahead(hours=2, minutes=5), "vence en 2 h"),
        (ahead(minutes=40), "vence en 40 min"),
        (ahead(days=3), "vence en 3 días"),
        (ahead(hours=-3), "venció hace 3 h"),
        (ahead(days=-2), "venció hace 2 días"),
    ],
)
def test_a_due_time_is_told_in_the_largest_fitting_unit(at: datetime, words: str) -> None:
    assert due.due_text(at, NOW) == words


def test_nothing_due_has_no_chip_and_a_rest_is_told(config: Settings) -> None:
    assert due.chip(None, NOW) == ""
    assert "en pausa" in due.chip(None, NOW, paused_at=NOW)
    chip = due.chip(ahead(hours=1), NOW, clock="first_response")
    assert "vence en 1 h" in chip
    assert "Primera respuesta · 2/03/2026 11:00" in chip


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (59, "59 min"), (60, "1 h"), (200, "3 h 20 min"), (1_620, "27 h")]
)
def test_working_time_is_told_in_hours_and_minutes(minutes: int, words: str) -> None:
    assert formatting.business_time(timedelta(minutes=minutes)) == words


def clock(**facts: object) -> Clock:
    arguments: dict[str, object] = {
        "name": "first_response", "started_at": ahead(hours=-2), "target": timedelta(hours=4), "stopped_at": None,
        "paused_at": None, "counted": timedelta(), "counted_at": ahead(hours=-2), "due_at": ahead(hours=2),
        "warn_at": ahead(hours=1),
    }  # fmt: skip
    return Clock(**(arguments | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, "running"),
        ({"warn_at": NOW}, "warning"),
        ({"due_at": ahead(hours=-1)}, "breached"),
        ({"paused_at": NOW, "due_at": None}, "resting"),
        ({"stopped_at": NOW}, "met"),
        ({"stopped_at": NOW, "due_at": ahead(hours=-1)}, "late"),
    ],
)
def test_a_clock_has_a_state(facts: dict[str, object], state: str) -> None:
    assert clocks.state_of(case(), clock(**facts), NOW) == state


def test_a_case_that_was_dismissed_unanswered_met_nothing() -> None:
    assert clocks.state_of(case(stage="dismissed"), clock(stopped_at=NOW), NOW) == "ended"


def test_fields_and_their_values_are_told_in_words(config: Settings) -> None:
    assert all(labels.field(name) for name in EDITABLE)
    values = [
        ("category", "billing"),
        ("severity", "serious"),
        ("remedy", "refund"),
        ("internal", "true"),
        ("cost", None),
    ]
    assert [labels.value(*value) for value in values] == ["Cobros", "Grave", "Devolución del dinero", "Sí", "–"]


def test_a_category_is_told_by_the_label_of_the_settings(config: Settings, tmp_path: Path) -> None:
    file = tmp_path / "escucha.toml"
    with file.open("a", encoding="utf-8") as settings:
        settings.write('[desk]\ncategories = [{name = "branches", es = "Tiendas"}, {name = "other", en = "Rest"}]\n')
    app = AppTest.from_function(_categories).run()
    assert [element.value for element in app.text] == ["Tiendas", "Rest", "Cobros", "Old one"]


def _categories() -> None:
    import streamlit as st

    from dashboard.ui import labels

    for name in ("branches", "other", "billing", "old_one"):
        st.text(labels.category(name))


@pytest.fixture
def waiting(config: Settings) -> Case:
    """A case that has waited for twelve days, with three posts of the customer."""
    now = datetime.now(UTC)
    ids = [
        desk_store.post(config, f"p{days}", "No me devuelven el dinero", now - timedelta(days=days), thread_id="t")
        for days in (14, 13, 12)
    ]
    desk_store.open_cases(config, ids, now - timedelta(days=12, hours=1))
    return stored(config)


def stored(config: Settings) -> Case:
    with store.connect(config.store, read_only=True) as connection:
        return cases.get(connection, 1)


def page() -> AppTest:
    return open_page("case", case="1")


def test_the_page_says_how_pressing_the_case_is_and_why(waiting: Case) -> None:
    text = page_text(page())
    assert "Alta" in text or "Urgente" in text
    assert "problema de cobro o reembolso, 12 días de espera, 3 contactos hasta ahora" in text


def test_the_page_shows_the_clocks(waiting: Case) -> None:
    text = page_text(page())
    assert "Primera respuesta" in text
    assert "Resolución" in text
    assert "vencido" in text
    assert "laborables de retraso" in text


def test_saving_the_form_keeps_what_changed_and_nothing_else(config: Settings, waiting: Case) -> None:
    app = page()
    app.selectbox(key=actions.key(waiting, "category")).set_value("service")
    app.selectbox(key=actions.key(waiting, "remedy")).set_value("refund")
    app.number_input(key=actions.key(waiting, "cost")).set_value(12.5)
    save(app)
    after = stored(config)
    assert (after.category, after.remedy, after.cost) == ("service", "refund", 12.5)
    assert replace(after, category=waiting.category, remedy=None, cost=None).tags == waiting.tags
    with store.connect(config.store, read_only=True) as connection:
        fields = connection.execute("SELECT field FROM case_events WHERE kind = 'field' ORDER BY event_id").fetchall()
    assert fields == [("category",), ("remedy",), ("cost",)]


def save(app: AppTest) -> None:
    button = next(candidate for candidate in app.button if candidate.label == "Guardar ficha")
    button.click().run()
    assert not app.exception


def test_saving_nothing_changes_nothing(config: Settings, waiting: Case) -> None:
    app = page()
    save(app)
    assert stored(config).version == waiting.version
    assert "No había cambios que guardar" in page_text(app)


def test_a_conflict_keeps_what_was_typed_and_shows_what_others_set(config: Settings, waiting: Case) -> None:
    app = page()
    app.selectbox(key=actions.key(waiting, "remedy")).set_value("repair")
    desk.edit(config, 1, {"severity": "critical"}, version=waiting.version, actor="luis", now=datetime.now(UTC))
    save(app)
    assert stored(config).remedy is None
    assert app.selectbox(key=actions.key(waiting, "remedy")).value == "repair"
    assert app.selectbox(key=actions.key(waiting, "severity")).value == "critical"
    save(app)
    after = stored(config)
    assert (after.remedy, after.severity) == ("repair", "critical")
