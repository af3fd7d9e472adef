from collections.abc import Callable
from pathlib import Path

from monitor.settings.loading import Store
from tests import desk_simulation


def test_managers_at_one_inbox_lose_nothing_and_never_share_a_case(
    tmp_path: Path, address_of: Callable[[Store], str]
) -> None:
    url = address_of(Store(url=str(tmp_path / "store.duckdb")))
    told = desk_simulation.run(url, 4, 3, think=0.1, waiting=12)
    desk_simulation.check(url, told)
    assert sum(len(one.acts) for one in told) >= 12
