from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.queries import ranking
from monitor import store
from monitor.cases import priority
from monitor.models.cases import Case
from monitor.settings.desk import Priority
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from tests.cases.priority_strategies import some_cases, some_weights
from tests.conftest import NOW


@pytest.fixture(scope="module")
def ranked(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("ranking")
    return Settings(store={"url": str(folder / "store.duckdb")})  # type: ignore[arg-type]


@given(st.lists(some_cases, min_size=1, max_size=30), some_weights)
@settings(max_examples=25)
def test_lists_are_ordered_by_the_same_score(ranked: Settings, drawn_cases: list[Case], weights: Priority) -> None:
    cases_by_rank = [
        replace(case, case_id=at, base=priority.base(case, weights)) for at, case in enumerate(drawn_cases)
    ]
    expression, values = ranking.score_sql(weights, NOW)
    with store.connect(ranked.store) as connection:
        connection.execute("DELETE FROM cases")
        cases.insert(connection, cases_by_rank)
        rows = connection.execute(f"SELECT case_id, {expression} FROM cases ORDER BY case_id", values).fetchall()
    assert [row[1] for row in rows] == pytest.approx(
        [priority.score(case, weights, NOW) for case in cases_by_rank], rel=1e-12
    )
