"""Ten managers work the same inbox for a minute while complaints come in: nothing is lost, nothing is done twice."""

from pathlib import Path

import pytest

from tests import managers

SECONDS = 60


@pytest.mark.slow
def test_ten_managers(tmp_path: Path) -> None:
    told = managers.run(tmp_path / "store.duckdb", 10, SECONDS, think=0.5, waiting=40)
    print("\n" + managers.report(told, SECONDS))
    managers.check(tmp_path / "store.duckdb", told)
    assert sum(one.conflicts.total() for one in told)  # the same cases were fought over
    assert sum(one.busy for one in told) == 0
