from datetime import UTC, datetime, timedelta

import pytest

from dashboard.board import queries
from dashboard.board.page import next_step
from monitor import desk, store
from monitor.cases import stages
from monitor.models.case_filters import CaseFilters
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from tests import desk_store
from tests.dashboard.pages import open_page, page_text
from tests.dashboard.viewer import look


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def three(config: Settings, now: datetime) -> Settings:
    """Three received cases of which the first presses most, all overdue."""
    ids = [
        desk_store.post(config, f"p{n}", f"{desk_store.HOSTILE} {n}", now - timedelta(days=20, hours=n), author=f"a{n}")
        for n in (1, 2, 3)
    ]
    desk_store.open_cases(config, ids, now - timedelta(days=20))
    desk.edit(config, 1, {"severity": "critical"}, version=1, actor="Ana", now=now)
    return config


def column(config: Settings, now: datetime, stage: str, limit: int = 10, **filters: object) -> queries.BoardColumn:
    with store.connect(config.store, read_only=True) as connection:
        columns = queries.columns(connection, CaseFilters(**filters), look(now), limit=limit)  # type: ignore[arg-type]
    return next(column for column in columns if column.stage == stage)


def test_a_column_counts_all_and_shows_the_most_pressing(three: Settings, now: datetime) -> None:
    received = column(three, now, "received", limit=2)
    assert (received.cases, received.breaching, received.warning) == (3, 3, 0)
    assert received.entries[0].case.case_id == 1
    assert len(received.entries) == 2
    assert received.oldest_at is not None


def test_the_board_is_narrowed(three: Settings, now: datetime) -> None:
    desk.take(three, 2, version=1, actor="ana", now=now)
    assert column(three, now, "received", owner="Ana").cases == 1
    assert column(three, now, "received").cases == 3
    assert column(three, now, "acknowledged", owner="Ana").cases == 0
    assert column(three, now, "received", brand="x").entries == ()


def test_closed_cases_leave_after_a_week(three: Settings, now: datetime) -> None:
    for case_id, days in ((2, 6), (3, 8)):
        at = now - timedelta(days=days)
        done = desk.take(three, case_id, version=1, actor="Ana", now=at)
        for stage in ("acknowledged", "assessed", "answered", "closed"):
            done = desk.move_case(
                three, case_id, stage, version=done.case.version, actor="Ana", now=at, agreement="agreed"
            )  # fmt: skip
    assert [entry.case.case_id for entry in column(three, now, "closed").entries] == [2]


@pytest.mark.parametrize("stage", stages.OPEN)
def test_every_open_stage_has_a_step_that_asks_nothing(stage: str) -> None:
    assert next_step(stage) not in ("closed", "dismissed")  # type: ignore[arg-type]


def test_what_came_back_is_looked_into_next() -> None:
    assert next_step("reopened") == "investigating"


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_board_shows_stages_cards_and_overdue_counts(three: Settings, language: str) -> None:
    app = open_page("board", lang=language)
    assert not app.exception
    words = page_text(app)
    assert ("3 vencidos" if language == "es" else "3 overdue") in words
    assert ("En investigación" if language == "es" else "Investigating") in words
    assert "<script" not in words


def test_a_card_moves_on_and_back(three: Settings) -> None:
    app = open_page("board")
    app.button(key="step-1").click().run()
    assert not app.exception
    with store.connect(three.store, read_only=True) as connection:
        assert cases.get(connection, 1).stage == "acknowledged"
    app.button(key="undo-last").click().run()
    with store.connect(three.store, read_only=True) as connection:
        assert cases.get(connection, 1).stage == "received"


def test_a_card_is_closed_with_the_customers_word_as_on_its_page(three: Settings, now: datetime) -> None:
    for stage in ("acknowledged", "assessed", "answered"):
        with store.connect(three.store, read_only=True) as connection:
            version = cases.get(connection, 1).version
        desk.move_case(three, 1, stage, version=version, actor="Ana", now=now)
    app = open_page("board")
    assert app.button(key="move-1-closed").disabled
    app.radio(key="agreement-1").set_value("no_answer").run()
    app.button(key="move-1-closed").click().run()
    assert not app.exception
    with store.connect(three.store, read_only=True) as connection:
        closed = cases.get(connection, 1)
    assert (closed.stage, closed.agreement) == ("closed", "no_answer")
    assert "cerrado" in app.toast[0].value


def test_a_card_somebody_else_moved_stays_and_is_told(three: Settings, now: datetime) -> None:
    app = open_page("board")
    desk.move_case(three, 1, "dismissed", version=2, actor="Luis", now=now, reason="spam")
    app.button(key="step-1").click().run()
    assert "Luis" in app.toast[0].value
    with store.connect(three.store, read_only=True) as connection:
        assert cases.get(connection, 1).stage == "dismissed"


@pytest.mark.parametrize(("language", "nobody"), [("es", "sin asignar"), ("en", "unassigned")])
def test_a_taken_card_is_still_received_and_says_whose_it_is(
    three: Settings, now: datetime, language: str, nobody: str
) -> None:
    desk.take(three, 2, version=1, actor="Ana Sol", now=now)
    cards = [one.body for one in open_page("board", lang=language).html if 'class="kanban"' in one.body]
    assert len(cards) == 3
    assert sum('<abbr title="Ana Sol">AS</abbr>' in card for card in cards) == 1
    assert sum(nobody in card for card in cards) == 2


def test_only_mine(three: Settings) -> None:
    app = open_page("board")
    app.text_input(key="actor").set_value("Ana").run()
    app.toggle(key="board-mine").set_value(True).run()
    assert "step-1" not in [button.key for button in app.button]
