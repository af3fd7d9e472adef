"""Ten managers work the same inbox for a minute while complaints come in: nothing is lost, nothing is done twice."""

from pathlib import Path

import pytest

from tests import desk_simulation

SECONDS = 60


@pytest.mark.slow
def test_ten_managers(tmp_path: Path) -> None:
    told = desk_simulation.run(tmp_path / "store.duckdb", 10, SECONDS, think=0.5, waiting=40)
    print("\n" + desk_simulation.report(told, SECONDS))
    desk_simulation.check(tmp_path / "store.duckdb", told)
    assert sum(one.conflicts.total() for one in told)  # the same cases were fought over
    assert sum(one.busy for one in told) == 0
