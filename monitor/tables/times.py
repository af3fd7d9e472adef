"""Times as files write them, read into UTC."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo

from monitor.tables.clock import library
from monitor.tables.clock.forms import NUMBERS, PATTERNS, read_form, tidied
from monitor.tables.clock.months import month

_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_FLOAT_EPOCH = re.compile(r"\d{10,16}[.,]\d+")
_AS_TWITTER = len("Mon Dec 18 13:07:04 +0000 2017")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?![\d-])")
_SHORT_DATE = re.compile(r"^(\d{2})[-/.](\d{2})[-/.](\d{2})(?!\d)")
_SINCE_1970 = {10: "seconds since 1970", 13: "milliseconds since 1970", 16: "microseconds since 1970"}
_SPREADSHEET_ZERO = datetime.fromisoformat("1899-12-30")
_LONGEST = 100
"""Characters of what may be a time."""
RELATIVE = "told from when it was collected"
"""The form of "hace 3 sem"."""
FORMS = (
    "2026-03-01 10:00, 2026-03-01T10:00:00Z, 01/03/2026 10:00, 1 de marzo de 2026, March 1, 2026 at 10 AM, 1772359200"
)
"""Examples of what can be read, for messages."""


def to_utc(value: str, zone: tzinfo, day_first: bool | None = True, collected_at: datetime | None = None) -> datetime:
    """The time that `value` tells. `zone` is where it was written, if it does not say so itself.

    `day_first` decides 03/04/2020; None: nothing does, and it is refused. "hace 3 sem" counts from `collected_at`
    (aware). Raises ValueError when it is not a full date.
    """
    time = _read(value, day_first)[1]
    if time is None:
        if collected_at is None:
            raise ValueError(f"counts from a time that is not known: {value[:60]}")
        time = library.read_relative(tidied(value), collected_at.astimezone(zone))
    if time.tzinfo is None:
        time = time.replace(tzinfo=zone)
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"not a date: {value[:60]}") from None


def time_format(value: str) -> str:
    """How a time is written, in words ("ISO with offset"); empty when it is not a time."""
    try:
        form, time = _read(value, _day_leads(value))
        if time is not None:
            to_utc(value, UTC, _day_leads(value))
    except (ValueError, OverflowError, OSError):
        return ""
    if time is None or form in _SINCE_1970.values() or form.startswith("days"):
        return form
    return f"{form}, with{'out' if time.tzinfo is None else ''} offset"


def clock_change(value: str, zone: tzinfo, day_first: bool | None = True) -> str:
    """What clocks that were changed did to a local time: "absent" (it never was), "twice", or ""."""
    try:
        time = _read(value, day_first)[1]
    except (ValueError, OverflowError, OSError):
        return ""
    if time is None or time.tzinfo is not None:
        return ""
    first = time.replace(tzinfo=zone)
    if first.utcoffset() == first.replace(fold=1).utcoffset():
        return ""
    return "twice" if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == time else "absent"


def is_relative(value: str) -> bool:
    """Whether a time is told from when it was seen: "hace 3 sem"."""
    return not value[:4].isdigit() and library.is_relative(value)


def is_whole_day(value: str) -> bool:
    """Whether a value says a day and no time of day."""
    try:
        form, time = _read(value, _day_leads(value))
    except (ValueError, OverflowError, OSError):
        return False
    return time is not None and form not in _SINCE_1970.values() and time.tzinfo is None and ":" not in tidied(value)


def count_date_orders(values: Iterable[str]) -> tuple[int, int, int]:
    """Of numeric days and months: how many can only be day first, only month first, and either."""
    day = first_month = either = 0
    for value in values:
        if numbers := numeric_date(value):
            left, right = numbers
            day += left > 12
            first_month += right > 12
            either += left <= 12 and right <= 12
    return day, first_month, either


def numeric_date(value: str) -> tuple[int, int] | None:
    """The two numbers of a date like 03/04/2020, in the order in which they stand; None for any other form."""
    if len(value) > _LONGEST or value[:4].isdigit():
        return None
    match = PATTERNS[NUMBERS].fullmatch(value) or PATTERNS[NUMBERS].fullmatch(tidied(value))
    return (int(match["first"]), int(match["other"])) if match else None


def swapped(value: str) -> str:
    """An ISO date with its day and month turned round, as a spreadsheet of another country would have read it."""
    if _ISO_DATE.match(value) and int(value[8:10]) <= 12:
        return f"{value[:5]}{value[8:10]}-{value[5:7]}{value[10:]}"
    return value


def short_date(value: str) -> tuple[int, int, int] | None:
    """The three numbers of a date like 26-03-13, of two digits each, in the order in which they stand."""
    match = _SHORT_DATE.match(value)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def with_century(value: str) -> str:
    """A date like 26-03-13, whose year stands first, with all of its year; any other as it is."""
    return _SHORT_DATE.sub(r"20\1-\2-\3", value, count=1)


def iso_day(value: str) -> int | None:
    """The day of the month of an ISO date; None for any other form."""
    return int(value[8:10]) if _ISO_DATE.match(value) else None


def _read(value: str, day_first: bool | None) -> tuple[str, datetime | None]:
    """The form, and the time, aware where it says its zone; None: it is told from another. Raises ValueError."""
    if value.isdigit():
        return _from_digits(value)
    try:
        return "ISO", datetime.fromisoformat(_as_iso(value))
    except ValueError:
        pass
    if len(value) > _LONGEST:
        raise ValueError(f"not a date: {value[:60]}")
    if found := read_form(value, day_first) or read_form(tidied(value), day_first):
        return found
    if _SERIAL.fullmatch(value):
        return "days since 1900, as spreadsheets count", _from_serial(value)
    if _FLOAT_EPOCH.fullmatch(value):  # Reddit's created_utc, and numbers that went through a float
        return _from_digits(re.split("[.,]", value)[0])
    return _from_words(value, day_first)


def _from_words(value: str, day_first: bool | None) -> tuple[str, datetime | None]:
    text = tidied(value)
    if text.isdigit():  # .NET's /Date(1630594800000)/
        return _from_digits(text)
    if library.is_relative(text):
        return RELATIVE, None
    time = library.read_written(text, day_first)
    if time is None:
        raise ValueError(f"not a date: {value[:60]}")
    return "in words", time


def _as_iso(value: str) -> str:
    """The two commonest forms that are nearly ISO made so, because Python reads that twenty times as fast."""
    if value[19:20] == " ":
        return value[:19] + value[20:]
    if len(value) == _AS_TWITTER and value[:3].isalpha() and value[4:7].isalpha():
        return f"{value[26:]}-{month(value[4:7]):02}-{value[8:10]}T{value[11:19]}{value[20:25]}"
    return value


def _day_leads(value: str) -> bool:
    numbers = numeric_date(value)
    return numbers is None or numbers[1] <= 12


def _from_digits(value: str) -> tuple[str, datetime]:
    size = len(value)
    if size in _SINCE_1970:
        return _SINCE_1970[size], datetime.fromtimestamp(int(value) / 10 ** (size - 10), UTC)
    if size == 8:
        return "digits", datetime.fromisoformat(value)
    if size == 14:
        return "digits", datetime.fromisoformat(f"{value[:8]}T{value[8:]}")
    if size == 5:
        return "days since 1900, as spreadsheets count", _from_serial(value)
    raise ValueError(f"not a date: {value[:60]}")


def _from_serial(value: str) -> datetime:
    return _SPREADSHEET_ZERO + timedelta(seconds=round(float(value.replace(",", ".")) * 86_400))
