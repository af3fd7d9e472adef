"""The Metrics page: its figures, its parts, what it says beside them, and corrective actions."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dashboard.metrics import page as view
from dashboard.metrics import report
from dashboard.ui import measures
from monitor import desk, store
from monitor.models.cases import Case
from monitor.settings.loading import Settings
from monitor.store.cases import cases, corrective_actions
from monitor.store.metrics.speed import Proportion
from tests.dashboard.pages import open_page, page_text

PARTS = ("handling", "causes", "customers", "actions")
HOSTILE = "<script>alert(1)</script> **x** $y$"


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_in_both_languages(filled: dict[str, int], part: str, language: str) -> None:
    app = open_page("metrics", lang=language, part=part)
    assert not app.exception
    assert app.title[0].value == ("Métricas" if language == "es" else "Metrics")


def test_it_says_that_few_complaints_are_no_satisfaction(filled: dict[str, int]) -> None:
    app = open_page("metrics")
    assert "Pocas quejas no significan clientes satisfechos" in page_text(app)
    helped = next(metric for metric in app.metric if metric.label == "Tasa de quejas")
    assert "Pocas quejas" in helped.help


@pytest.mark.parametrize(
    ("language", "name", "rate", "of"),
    [
        ("es", "Tasa de quejas", "25,0 %", "1 caso en 4 menciones"),
        ("en", "Complaint rate", "25.0%", "1 case in 4 mentions"),
    ],
)
def test_complaints_are_a_percentage_of_the_mentions(
    filled: dict[str, int], language: str, name: str, rate: str, of: str
) -> None:
    app = open_page("metrics", lang=language)
    assert {metric.label: metric.value for metric in app.metric}[name] == rate  # a case of five posts, one of them ours
    assert of in [caption.value for caption in app.caption]


def test_figures_move_with_the_cases(config: Settings, filled: dict[str, int]) -> None:
    figures = {metric.label: metric.value for metric in open_page("metrics").metric}
    assert (figures["Casos nuevos"], figures["Abiertos ahora"]) == ("1", "1")
    desk.dismiss_mention(config, filled["complaint"], actor="ana", now=datetime.now(UTC))
    figures = {metric.label: metric.value for metric in open_page("metrics").metric}
    assert (figures["Casos nuevos"], figures["Abiertos ahora"], figures["Tasa de quejas"]) == ("1", "0", "0,0 %")


def test_too_few_cases_are_called_so(filled: dict[str, int]) -> None:
    app = open_page("metrics")
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures["Primera respuesta"] == "–"
    assert "sin casos que medir" in page_text(app)
    assert measures.FEW == 10


@pytest.mark.parametrize("by", ["category", "root_cause", "value", "network", "brand", "owner"])
def test_complaints_by(filled: dict[str, int], by: str) -> None:
    app = open_page("metrics", part="causes", by=by)
    assert not app.exception
    assert "Motivos de las quejas" in page_text(app)


def test_a_root_cause_leads_to_its_cases_and_does_nothing_else(config: Settings, filled: dict[str, int]) -> None:
    desk.edit(config, 1, {"root_cause": HOSTILE}, version=1, actor="ana", now=datetime.now(UTC))
    app = open_page("metrics", part="causes", by="root_cause")
    assert not app.exception
    assert "<script>" not in page_text(app)
    assert "&lt;script&gt;" in page_text(app)


def test_an_action_is_planned_and_done_on_the_page(config: Settings, filled: dict[str, int]) -> None:
    desk.edit(config, 1, {"root_cause": HOSTILE}, version=1, actor="ana", now=datetime.now(UTC))
    app = open_page("metrics", part="actions")
    app.selectbox(key="action-cause").select_index(0)
    app.text_input(key="action-title").set_value(HOSTILE)
    next(button for button in app.button if button.label == "Guardar").click().run()
    assert not app.exception
    assert "<script>" not in page_text(app)
    app.button(key="done-1").click().run()
    assert "Aún es pronto" in page_text(app)
    with store.connect(config.store, read_only=True) as connection:
        assert corrective_actions.newest(connection, 5)[0].done_at is not None
    app.button(key="undone-1").click().run()
    assert not app.exception
    with store.connect(config.store, read_only=True) as connection:
        assert corrective_actions.newest(connection, 5)[0].done_at is None


def test_an_action_without_a_title_is_not_kept(config: Settings, filled: dict[str, int]) -> None:
    app = open_page("metrics", part="actions")
    next(button for button in app.button if button.label == "Guardar").click().run()
    assert "una acción correctiva necesita" in app.toast[0].value
    with store.connect(config.store, read_only=True) as connection:
        assert corrective_actions.newest(connection, 5) == []


def test_a_store_without_cases_says_so(config: Settings, filled: dict[str, int]) -> None:
    with store.connect(config.store) as connection:
        connection.execute("DELETE FROM cases")
    app = open_page("metrics")
    assert not app.exception
    assert "Todavía no hay casos que medir" in page_text(app)


@pytest.mark.parametrize(
    ("chosen", "first", "last"),
    [
        ("30", date(2026, 2, 3), date(2026, 3, 4)),
        ("this_month", date(2026, 3, 1), date(2026, 3, 4)),
        ("last_month", date(2026, 2, 1), date(2026, 2, 28)),
        ("year", date(2026, 1, 1), date(2026, 3, 4)),
    ],
)
def test_periods(chosen: str, first: date, last: date) -> None:
    assert view.days(chosen, date(2026, 3, 4)) == (first, last)


def test_the_report_is_offered_for_the_last_full_month_first() -> None:
    months = report.months(date(2026, 3, 4))
    assert months[:3] == [date(2026, 2, 1), date(2026, 3, 1), date(2026, 1, 1)]
    assert len(set(months)) == len(months)


def test_changes_that_round_to_nothing_are_not_shown() -> None:
    assert measures.change(1_001, 1_000) is None
    assert measures.change(5, 0) is None
    assert measures.points(Proportion(1, 5), Proportion(4, 5)) is None
    assert measures.points(Proportion(5, 10), Proportion(5, 10)) is None


def test_the_download_is_the_report(config: Settings, filled: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.session.load_settings", lambda: config)
    now = datetime.now(UTC) + timedelta(minutes=1)
    html = report.perception(now.date().replace(day=1), None, "en", now)().decode()
    assert "Customer perception" in html


def test_a_median_of_one_answer_is_not_shown_for_many_late_cases(config: Settings, filled: dict[str, int]) -> None:
    now = datetime.now(UTC)
    opened = now - timedelta(days=3)
    late = [
        Case(
            case_id, f"K-{case_id}", "Norvia", "x", str(case_id), "ana", "es", "received", opened, "escucha", opened,
            opened, opened, 1, first_due_at=opened + timedelta(hours=1), asked_at=opened,
            category="billing",
        )
        for case_id in range(100, 111)
    ]  # fmt: skip
    answered = replace(late[0], first_answered_at=opened, first_minutes=0.0)
    with store.connect(config.store) as connection:
        cases.insert(connection, [answered, *late[1:]])
    shown = page_text(open_page("metrics", part="causes"))
    assert "0 min" not in shown
    assert "91 %" in shown  # ten of eleven were late, which can be said


@pytest.mark.parametrize(("ending", "beginning"), [("html", b"<!DOCTYPE html>"), ("xlsx", b"PK")])
def test_the_yearly_figures_can_be_downloaded(
    config: Settings, filled: dict[str, int], monkeypatch: pytest.MonkeyPatch, ending: str, beginning: bytes
) -> None:
    del filled
    monkeypatch.setattr("dashboard.session.load_settings", lambda: config)
    now = datetime.now(UTC)
    assert report.yearly(now.year, None, "en", now, ending)().startswith(beginning)
