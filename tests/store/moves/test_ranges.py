"""A table goes over in ranges that are small, and leave nothing out."""

import pytest

from monitor import store
from monitor.settings.loading import Settings
from monitor.store.moves import ranges

SIZES = [10] * 60 + [1_500] * 6 + [10] * 60


@pytest.mark.parametrize("rows", [1, 2, 7, 1_000])
def test_ranges_hold_every_row_once_and_never_much(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(ranges, "_ROWS", rows)
    monkeypatch.setattr(ranges, "_FIRST", 4)
    monkeypatch.setattr(ranges, "_BYTES", 1_000)
    with store.connect(settings.store) as connection:
        connection.execute(
            """
            INSERT INTO posts SELECT nth, 1, now(), repeat('x', size)
            FROM (SELECT unnest($1::BIGINT[]) AS size, generate_subscripts($1::BIGINT[], 1) AS nth) sizes
            """,
            [SIZES],
        )
        found = [part["raw"].to_pylist() for _, part in ranges.of(connection, ranges.table_of(connection, "posts"))]
    assert sum(map(len, found)) == len(SIZES)
    assert all(len(part) <= 1 or sum(map(len, part)) <= 2_000 for part in found)
    assert all(len(part) <= rows for part in found)


def test_rows_of_one_key_stay_together(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "_ROWS", 2)
    with store.connect(settings.store) as connection:
        connection.execute("INSERT INTO posts SELECT nth // 3, 1, now(), '' FROM generate_series(0, 11) t(nth)")
        parts = list(ranges.of(connection, ranges.table_of(connection, "posts")))
    assert sum(rows.num_rows for _, rows in parts) == 12
    assert parts[-1][0].bound is None
