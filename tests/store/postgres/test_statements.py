"""The one SQL text as PostgreSQL takes it."""

import pyarrow as pa
import pytest

from monitor.store.postgres import statements, values


@pytest.mark.parametrize(
    ("text", "given", "expected", "taken"),
    [
        ("SELECT ? + ?", [1, 2], "SELECT $1 + $2", [1, 2]),
        ("SELECT '?' || ? -- why?\n, \"a?\"", ["x"], "SELECT '?' || $1 -- why?\n, \"a?\"", ["x"]),
        ("SELECT 'it''s ?', ?", [3], "SELECT 'it''s ?', $1", [3]),
        ("SELECT $2, $1, $2", ["a", "b"], "SELECT $2, $1, $2", ["a", "b"]),
        ("SELECT $now, $name, $now", {"now": 1, "name": 2}, "SELECT $1, $2, $1", [1, 2]),
        ("SELECT ?::BIGINT[]", [[1]], "SELECT $1::BIGINT[]", [[1]]),
    ],
)
def test_placeholders_are_numbered(text: str, given: object, expected: str, taken: list[object]) -> None:
    statement = statements.numbered(text)
    assert statement.text == expected
    assert statement.values(given) == taken  # type: ignore[arg-type]


def test_tables_stand_before_the_statements_own() -> None:
    assert statements.with_tables("SELECT 1", []) == "SELECT 1"
    assert statements.with_tables("INSERT INTO t SELECT * FROM a", ["a AS (x)"]).startswith("WITH a AS (x) INSERT")
    recursive = statements.with_tables("\n  WITH RECURSIVE b AS (y) SELECT 1", ["a AS (x)"])
    assert " ".join(recursive.split()) == "WITH RECURSIVE a AS (x), b AS (y) SELECT 1"


def test_lists_are_the_text_of_arrays() -> None:
    column = pa.chunked_array([pa.array([["a", 'say "x"', "back\\slash", ""], [], None], pa.list_(pa.string()))])
    assert values.column_values(column) == ['{"a", "say \\"x\\"", "back\\\\slash", ""}', "{}", None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INSERT INTO posts SELECT mention_id, raw FROM fresh JOIN batch USING (post_id)", ["post_id", "raw"]),
        ("SELECT * FROM batch", ["post_id", "text", "raw"]),
        ("SELECT 1 FROM batch", ["post_id"]),
    ],
)
def test_only_columns_that_are_named_are_sent(text: str, expected: list[str]) -> None:
    assert statements.columns_named(text, ["post_id", "text", "raw"]) == expected
