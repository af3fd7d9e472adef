"""Values on their way to PostgreSQL and back: as the repositories give and expect them."""

from collections.abc import Sequence
from typing import Any

import psycopg
import pyarrow as pa
from psycopg.adapt import Buffer
from psycopg.types.numeric import NumericBinaryLoader, NumericLoader
from psycopg.types.string import StrDumperUnknown

_NUL = "\x00"
_REPLACED = "\ufffd"  # PostgreSQL's text holds no NUL
_TYPES = {
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.uint64(): "numeric",
    pa.float32(): "real",
    pa.float64(): "float8",
    pa.bool_(): "boolean",
    pa.string(): "text",
    pa.date32(): "date",
    pa.null(): "text",
}
_ARROW_TYPES = {
    "int2": pa.int32(), "int4": pa.int32(), "int8": pa.int64(), "float4": pa.float32(), "float8": pa.float64(),
    "bool": pa.bool_(), "text": pa.string(), "varchar": pa.string(), "date": pa.date32(),
    "timestamptz": pa.timestamp("us", tz="UTC"), "numeric": pa.uint64(),
}  # fmt: skip


class _Text(StrDumperUnknown):
    def dump(self, obj: str) -> Buffer | None:
        return super().dump(_without_nul(obj))


class _Number(NumericLoader):
    def load(self, data: Buffer) -> Any:
        return _number(super().load(data))


class _BinaryNumber(NumericBinaryLoader):
    def load(self, data: Buffer) -> Any:
        return _number(super().load(data))


def _without_nul(text: str) -> str:
    return text.replace(_NUL, _REPLACED) if _NUL in text else text


def _number(value: Any) -> int | float:
    """Whole numbers are int, as sums and keys are; means and shares are float."""
    exponent = value.as_tuple().exponent
    return int(value) if exponent == 0 else float(value)


def adapt(connection: "psycopg.Connection[Any]") -> None:
    """Makes the connection take and give values as the repositories do."""
    connection.adapters.register_dumper(str, _Text)
    for loader in (_Number, _BinaryNumber):
        connection.adapters.register_loader("numeric", loader)


def column_type(kind: pa.DataType) -> str:
    """The type of PostgreSQL for a column of an Arrow table, with that of a list's elements."""
    if pa.types.is_timestamp(kind):
        return "timestamptz"
    if pa.types.is_list(kind):
        return f"{column_type(kind.value_type)}[]"
    return _TYPES[kind]


def column_values(column: "pa.ChunkedArray") -> list[object]:
    """The values of a column; lists as the text of an array, since an array of arrays must be a rectangle."""
    values = column.to_pylist()
    return [_array_text(value) for value in values] if pa.types.is_list(column.type) else values


def _array_text(values: Sequence[object] | None) -> str | None:
    if values is None:
        return None
    quoted = (str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ", ".join(f'"{value}"' for value in quoted) + "}"


def arrow_type(type_code: int) -> pa.DataType:
    """The Arrow type of a result's column, by the number of PostgreSQL's type."""
    info = psycopg.adapters.types[type_code]
    kind = _ARROW_TYPES[info.name]
    return pa.list_(kind) if type_code == info.array_oid else kind
