"""Thousands of rows at a time to PostgreSQL and back, by COPY and whole columns."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import orjson
import psycopg
import psycopg.sql
import pyarrow as pa
from psycopg import pq
from pyarrow import csv

from monitor.store.postgres import values


def write(session: "psycopg.Connection[Any]", table: str, columns: Sequence[str], text: memoryview) -> None:
    """Adds rows, in the form of `engines.lines`, to these columns of a table."""
    with session.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        copy.write(text)


def read(
    session: "psycopg.Connection[Any]", table: str, columns: Sequence[str], where: str, given: Sequence[object]
) -> pa.Table:
    """Columns of the rows for which a condition holds, with `?` for each of its values."""
    types = _types(session, table, columns)
    chosen = ", ".join(f"to_json({name})" if pa.types.is_list(kind) else name for name, kind in types.items())
    rows = f"SELECT {chosen} FROM {table}{_spoken(session, where, given)}"
    text = _copied_out(session, f"COPY ({rows}) TO STDOUT (FORMAT csv)")
    parsed = _parsed(text, {name: pa.string() if pa.types.is_list(kind) else kind for name, kind in types.items()})
    for place, kind in enumerate(types.values()):
        if pa.types.is_list(kind):
            parsed = parsed.set_column(place, parsed.schema.names[place], _lists(parsed[place], kind))
    return parsed


def _copied_out(session: "psycopg.Connection[Any]", statement: str) -> bytes:
    """What COPY gives. The driver's own loop takes ten times as long for a row as the server."""
    line = session.pgconn
    _require(line.exec_(statement.encode()), pq.ExecStatus.COPY_OUT)
    parts = []
    while (got := line.get_copy_data(0))[0] > 0:
        parts.append(bytes(got[1]))
    while result := line.get_result():
        _require(result, pq.ExecStatus.COMMAND_OK)
    return b"".join(parts)


def _require(result: "pq.abc.PGresult", status: pq.ExecStatus) -> None:
    if result.status != status:
        raise psycopg.errors.error_from_result(result)


def _types(session: "psycopg.Connection[Any]", table: str, columns: Sequence[str]) -> dict[str, pa.DataType]:
    described = session.execute(f"SELECT {', '.join(columns)} FROM {table} LIMIT 0").description or []
    return {column.name: values.arrow_type(column.type_code) for column in described}


def _spoken(session: "psycopg.Connection[Any]", where: str, given: Sequence[object]) -> str:
    """The condition with its values in it: COPY takes none beside its text."""
    literals = [psycopg.sql.Literal(value).as_string(session) for value in given]
    first, *others = where.split("?")
    return first + "".join(literal + part for literal, part in zip(literals, others, strict=True))


def _parsed(text: bytes, types: dict[str, pa.DataType]) -> pa.Table:
    if not text:
        return pa.schema(list(types.items())).empty_table()
    return csv.read_csv(
        BytesIO(text),
        csv.ReadOptions(column_names=list(types), block_size=len(text) + 1),
        csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        csv.ConvertOptions(
            column_types=types, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False,
            true_values=["t"], false_values=["f"],
        ),
    )  # fmt: skip


def _lists(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """JSON arrays as lists; thousands of rows share one."""
    encoded = column.combine_chunks().dictionary_encode()
    distinct = pa.array([orjson.loads(text) for text in encoded.dictionary.to_pylist()], kind)
    return pa.chunked_array([distinct.take(encoded.indices)])
