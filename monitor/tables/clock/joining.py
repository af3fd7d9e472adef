"""A day and its clock that stand in two columns, put together."""

import re
from datetime import date, timedelta

_MIDNIGHT = re.compile(r"(?:T|\s+)0?0:00(?::00(?:\.0+)?)?$")
_SERIAL, _DIGITS = re.compile(r"\d{5}"), re.compile(r"\d{8}")
_FRACTION, _HOUR = re.compile(r"[01]?[.,]\d+|0"), re.compile(r"\d{1,2}")
_CELL = re.compile(r"(?:1899-12-3[01]|1900-01-0[01])[T ](\d{2}:\d{2}.*)")
_ZERO = date.fromisoformat("1899-12-30")


def without_midnight(day: str) -> str:
    """A day that a spreadsheet or a database wrote with a clock at zero, without it."""
    return _MIDNIGHT.sub("", day)


def with_clock(day: str, clock: str) -> str:
    """A day, also in digits or counted from 1900, and its clock, also a part of a day, an hour, a spreadsheet's."""
    if _SERIAL.fullmatch(day):
        day = (_ZERO + timedelta(days=int(day))).isoformat()
    elif _DIGITS.fullmatch(day):
        day = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    if cell := _CELL.fullmatch(clock):
        clock = cell[1]
    elif is_part_of_day(clock):
        minutes, seconds = divmod(round(float(clock.replace(",", ".")) * 86_400) % 86_400, 60)
        clock = f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    elif _HOUR.fullmatch(clock):
        clock = f"{clock}:00"
    return f"{day} {clock}"


def is_part_of_day(value: str) -> bool:
    """Whether it is a clock as a spreadsheet counts it: 0.5 is noon."""
    return _FRACTION.fullmatch(value) is not None and float(value.replace(",", ".")) < 1


def is_hour(value: str) -> bool:
    """Whether it is an hour by itself."""
    return _HOUR.fullmatch(value) is not None and int(value) < 24


def is_cell_clock(value: str) -> bool:
    """Whether it is a clock that a spreadsheet wrote with the day from which it counts."""
    return _CELL.fullmatch(value) is not None
