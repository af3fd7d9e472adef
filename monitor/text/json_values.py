"""JSON that others wrote: a number that none can hold is nothing, what is nested too deep for Python is no JSON."""

import json
import math
from collections.abc import Callable
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


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MOST_DIGITS else None
