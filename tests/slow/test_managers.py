"""Ten managers work the same inbox for a minute while complaints come in: nothing is lost, nothing is done twice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.settings.loading import Store
from tests import desk_simulation

SECONDS = 60


@pytest.mark.slow
def test_ten_managers(tmp_path: Path, address_of: Callable[[Store], str]) -> None:
    url = address_of(Store(url=str(tmp_path / "store.duckdb")))
    told = desk_simulation.run(url, 10, SECONDS, think=0.5, waiting=40)
    print("\n" + desk_simulation.report(told, SECONDS))
    desk_simulation.check(url, told)
    assert sum(one.conflicts.total() for one in told)  # the same cases were fought over
    assert sum(one.busy for one in told) == 0
