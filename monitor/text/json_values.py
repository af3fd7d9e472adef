"""JSON that others wrote: a number that none can hold is nothing, what is nested too deep for Python is no JSON."""

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

_MOST_DIGITS = 40
"""Digits of a whole number; ids have 20, and Python refuses a whole text for a number of thousands."""


def parse(content: str | bytes) -> Any:
    """The value. NaN, Infinity, 1e400 and numbers of more than 40 digits are None in it.

    Raises ValueError for what is no JSON, or is nested deeper than Python reads.
    """
    return decode(content)[0]


def decode(content: str | bytes) -> tuple[Any, bool]:
    """The value as `parse` gives it, and whether a number was left out of it. Raises ValueError as `parse` does."""
    omitted: list[str] = []

    def number(parse: Callable[[str], float | None], digits: str) -> float | None:
        value = parse(digits)
        if value is None:
            omitted.append(digits[:1])
        return value

    try:
        value = json.loads(
            content,
            parse_float=partial(number, _finite), parse_int=partial(number, _whole), parse_constant=omitted.append,
        )  # fmt: skip
    except RecursionError:
        raise ValueError("nested too deep") from None
    return value, bool(omitted)


def decoder() -> json.JSONDecoder:
    """One that reads as `parse` does, from any place in a text. Raises RecursionError for what is nested too deep."""
    return json.JSONDecoder(parse_float=_finite, parse_int=_whole, parse_constant=lambda _: None)


def has_typed(source: str) -> bool:
    """Whether JSON may hold values that a database wrote with their types, for `untyped`."""
    return '"$' in source or '"S"' in source


def untyped(value: Any) -> Any:
    """The value as it is without the types that MongoDB and DynamoDB write around each; itself where it is too deep.

    {"_id": {"$oid": "65f0"}, "at": {"$date": {"$numberLong": "1794679200000"}}}    {"text": {"S": "a"}}
    """
    try:
        return _untyped(value)
    except RecursionError:
        return value


def _untyped(value: Any) -> Any:
    if isinstance(value, list):
        return [_untyped(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((key, inner),) = value.items()
        if key in _OF_MONGO:
            return _OF_MONGO[key](_untyped(inner))
        if key == "Item" and isinstance(inner, dict) and _is_of_dynamo(inner):
            return _untyped(inner)
    if _is_of_dynamo(value):
        return {key: _of_dynamo(inner) for key, inner in value.items()}
    return {key: _untyped(inner) for key, inner in value.items()}


def _whole_or_written(value: Any) -> Any:
    return (
        int(value) if isinstance(value, str) and value.lstrip("-").isdecimal() and len(value) < _MOST_DIGITS else value
    )


def _date(value: Any) -> Any:
    """Milliseconds since 1970 as ISO, in UTC; what is written already stays."""
    milliseconds = _whole_or_written(value)
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool):
        return value
    try:
        return (_EPOCH + timedelta(milliseconds=milliseconds)).isoformat()
    except OverflowError:
        return value


_EPOCH = datetime.fromtimestamp(0, UTC)
_OF_MONGO: Mapping[str, Callable[[Any], Any]] = {
    "$date": _date,
    "$numberLong": _whole_or_written,
    "$numberInt": _whole_or_written,
    **dict.fromkeys(("$oid", "$numberDecimal", "$numberDouble", "$uuid", "$symbol"), lambda value: value),
}
_OF_DYNAMO = {"S": str, "N": str, "BOOL": bool, "NULL": bool, "B": str, "SS": list, "NS": list, "L": list, "M": dict}


def _is_of_dynamo(value: Mapping[str, Any]) -> bool:
    """Whether every value is an object of its type and nothing else."""
    return any(map(_is_string, value.values())) and all(map(_is_typed, value.values()))


def _is_string(value: Any) -> bool:
    return isinstance(value, dict) and "S" in value


def _is_typed(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((kind, inner),) = value.items()
    return kind in _OF_DYNAMO and isinstance(inner, _OF_DYNAMO[kind])


def _of_dynamo(value: Any) -> Any:
    if not _is_typed(value):
        return _untyped(value)
    ((kind, inner),) = value.items()
    if kind == "NULL":
        return None
    if kind == "M":
        return {key: _of_dynamo(one) for key, one in inner.items()}
    if kind == "L":
        return [_of_dynamo(one) for one in inner]
    return _whole_or_written(inner) if kind == "N" else inner


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MOST_DIGITS else None
