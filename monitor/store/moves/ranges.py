"""A table in ranges of its key: as many rows at a time as fit into a little memory, on both engines."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import pyarrow as pa

from monitor.store.connection import Connection
from monitor.store.engines import dialects, half_copies, lines
from monitor.store.restores import write_count

if TYPE_CHECKING:
    from monitor.store.postgres.connection import PostgresConnection

_OWN = f"name NOT IN ('{half_copies.MARK}', '{half_copies.INDEXES}', '{write_count.MARK}')"
"""Of the marks those that each store has for itself are left out."""
_KEYS = {
    "mentions": "mention_id", "pending": "mention_id", "handles": "customer_id", "absences": "post_id",
    "paid_resources": "resource", "campaign_posts": "mention_id", "received_pages": "number",
}  # fmt: skip
"""By which column a table goes over, where that is not its first."""
_FIRST = 2_000  # rows of a table's first range
_GROWTH = 8  # by how much the next one may be larger
_ROWS = 100_000  # of a range, and all that have its last key
_BYTES = 32 << 20  # of a range, about
_WIDE = {"posts": "raw", "rejects": "raw", "received_pages": "page"}
"""Columns that may hold a megabyte a row; their size is asked before they are read."""


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table, the columns of the source, and the one by which it goes over."""

    name: str
    key: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The rows of a table behind the key `last`, up to `bound`; None sets no limit."""

    table: CopiedTable
    last: object = None
    bound: object = None

    def condition(self) -> tuple[str, list[object]]:
        """What is true of its rows, as SQL with `?` for each of the values."""
        conditions = [_OWN] if self.table.name == "desk_marks" else []
        limits = [(f"{self.table.key} > ?", self.last), (f"{self.table.key} <= ?", self.bound)]
        conditions += [condition for condition, value in limits if value is not None]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return where, [value for _, value in limits if value is not None]


def table_of(connection: Connection, name: str) -> CopiedTable:
    """The table of that name."""
    rows = connection.execute(
        """
        SELECT column_name FROM information_schema.columns
        WHERE table_name = ? AND table_schema = current_schema() ORDER BY ordinal_position
        """,
        [name],
    ).fetchall()
    columns = tuple(str(row[0]) for row in rows)
    return CopiedTable(name, _KEYS.get(name, columns[0]), columns)


def count(connection: Connection, table: CopiedTable) -> int:
    """How many of its rows go over."""
    where, _ = Range(table).condition()
    return int(connection.execute(f"SELECT count(*) FROM {table.name}{where}").fetchall()[0][0])


def of(connection: Connection, table: CopiedTable) -> Iterator[tuple[Range, pa.Table]]:
    """The ranges that make up the table, with their rows; the last one has no bound."""
    last, limit = None, _FIRST
    while True:
        part = _fitting(connection, Range(table, last), min(limit, _ROWS))
        rows = read(connection, part)
        yield part, rows
        if part.bound is None:
            return
        fitting = rows.num_rows * _BYTES // max(rows.nbytes, 1)
        last, limit = part.bound, max(min(limit * _GROWTH, fitting), 1)


def _fitting(connection: Connection, rest: Range, limit: int) -> Range:
    """The first rows of the rest, so many, or as many as are not far too large."""
    part = replace(rest, bound=_bound(connection, rest, limit))
    wide = _WIDE.get(rest.table.name)
    if wide is None or limit == 1:
        return part
    where, values = part.condition()
    size = connection.execute(f"SELECT sum(strlen({wide})) FROM {rest.table.name}{where}", values).fetchall()[0][0]
    return part if (size or 0) <= 2 * _BYTES else _fitting(connection, rest, max(limit // _GROWTH, 1))


def _bound(connection: Connection, rest: Range, limit: int) -> object:
    """The key that so many rows of the rest come up to; None where there are not as many."""
    where, values = rest.condition()
    key = rest.table.key
    bound, found = connection.execute(
        f"""
        SELECT max({key}), count(*) FROM (
            SELECT {key} FROM {rest.table.name}{where} ORDER BY {key} LIMIT {limit}
        ) keys
        """,
        values,
    ).fetchall()[0]
    return bound if found == limit else None


def read(connection: Connection, part: Range) -> pa.Table:
    """The rows of a range."""
    where, values = part.condition()
    table = part.table
    if dialects.is_file(connection):
        sql = f"SELECT {', '.join(table.columns)} FROM {table.name}{where}"
        rows: pa.Table = connection.sql(sql, params=values).to_arrow_table()
        return rows
    return cast("PostgresConnection", connection).copy_out(table.name, table.columns, where, values)


def clear(connection: Connection, part: Range) -> None:
    """Deletes the rows of a range."""
    where, values = part.condition()
    connection.execute(f"DELETE FROM {part.table.name}{where}", values)


def add(connection: Connection, table: CopiedTable, rows: pa.Table, as_lines: pa.ChunkedArray) -> None:
    """Adds rows to a table; `as_lines` are the same in the form that a server takes."""
    if not dialects.is_file(connection):
        cast("PostgresConnection", connection).copy_in(table.name, table.columns, lines.joined(as_lines))
        return
    names = ", ".join(table.columns)
    connection.register("copied_rows", rows)
    connection.execute(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM copied_rows")
    connection.unregister("copied_rows")
