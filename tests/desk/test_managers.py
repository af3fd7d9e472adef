from pathlib import Path

from tests import desk_simulation


def test_managers_at_one_inbox_lose_nothing_and_never_share_a_case(tmp_path: Path) -> None:
    told = desk_simulation.run(tmp_path / "store.duckdb", 4, 3, think=0.1, waiting=12)
    desk_simulation.check(tmp_path / "store.duckdb", told)
    assert sum(len(one.acts) for one in told) >= 12
