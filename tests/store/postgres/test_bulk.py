"""Thousands of rows at a time to PostgreSQL and back: what comes back is what was sent, whatever people wrote."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import psycopg
import pyarrow as pa
import pytest

from monitor.settings.loading import Store
from monitor.store.engines import lines
from monitor.store.postgres import bulk

_COLUMNS = {
    "number": ("bigint", pa.int64(), [1, 2, 3, -4, None]),
    "key": ("numeric(20)", pa.uint64(), [2**64 - 1, 0, None, 7, 8]),
    "words": ("text", pa.string(), ["a\tb\n\\.\nc\r\\N", "", None, '"quoted", {é} 日本 😀', "\\"]),
    "terms": ("text[]", pa.list_(pa.string()), [['a"b\\', "", "{x,y}"], [], None, ["NULL", "a\nb\t"], ["é"]]),
    "ids": ("bigint[]", pa.list_(pa.int64()), [[1, 2], [], None, [3], [2**62]]),
    "share": ("real", pa.float32(), [0.1, float("nan"), None, 1e-8, 3.0]),
    "cost": ("double precision", pa.float64(), [0.1 + 0.2, float("inf"), None, -0.0, 1e300]),
    "held": ("boolean", pa.bool_(), [True, False, None, True, False]),
    "day": ("date", pa.date32(), [date(2026, 3, 2), date(1, 1, 1), None, date(9999, 12, 31), date(2026, 1, 1)]),
    "at": (
        "timestamptz",
        pa.timestamp("us", tz="UTC"),
        [
            datetime(2026, 3, 29, 1, 30, 0, 123456, UTC), datetime(2026, 1, 1, tzinfo=UTC), None,
            datetime(1969, 12, 31, 23, 59, 59, 5, UTC), datetime(2026, 1, 1, 0, 0, 0, 500000, UTC),
        ],
    ),
}  # fmt: skip


@pytest.fixture
def rows() -> pa.Table:
    return pa.table({name: pa.array(values, kind) for name, (_, kind, values) in _COLUMNS.items()})


def test_what_comes_back_is_what_was_sent(new_store: Callable[[], Store], rows: pa.Table) -> None:
    made = ", ".join(f"{name} {kind}" for name, (kind, _, _) in _COLUMNS.items())
    with psycopg.connect(new_store().url) as session:
        session.execute("SET TimeZone = 'UTC'")
        session.execute(f"CREATE TABLE sent ({made})")
        bulk.write(session, "sent", rows.schema.names, lines.joined(lines.of(rows)))
        back = bulk.read(session, "sent", rows.schema.names, "", ())
        part = bulk.read(session, "sent", ["words", "number"], " WHERE words = ? AND number < ?", ["\\", 1])
        none = bulk.read(session, "sent", ["ids"], " WHERE words = ?", ["it's ?"])
    assert back.schema == rows.schema
    assert repr(back.to_pylist()) == repr(rows.to_pylist())  # NaN is not equal to itself
    assert lines.are_equal(lines.of(back), lines.of(rows))
    assert part.num_rows == none.num_rows == 0
    assert none.schema == rows.select(["ids"]).schema


def test_equal_rows_are_told_whatever_their_order(rows: pa.Table) -> None:
    other_order = pa.concat_tables([rows.slice(2), rows.slice(0, 2)])
    assert lines.are_equal(lines.of(rows), lines.of(other_order))
    assert not lines.are_equal(lines.of(rows), lines.of(pa.concat_tables([rows.slice(1), rows.slice(1, 1)])))
    assert lines.are_equal(lines.of(rows.slice(0, 0)), lines.of(rows.slice(5)))


def test_no_null_characters_are_sent() -> None:
    rows = pa.table({"words": ["a\x00b", None], "terms": pa.array([["\x00", "c"], None], pa.list_(pa.string()))})
    assert lines.without_nul(rows).to_pylist() == [
        {"words": "a\ufffdb", "terms": ["\ufffd", "c"]},
        {"words": None, "terms": None},
    ]
