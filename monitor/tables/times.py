"""Times as files write them, read into UTC."""

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

_CLOCK = (
    r"(?:[T,\s]+(?:a\s+las\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?:\s*(?P<half>[ap])\.?\s*m\b\.?)?)?\s*(?P<offset>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
_WEEKDAY = r"(?:[^\W\d]{2,10}\.?,?\s+)?"
_NAMED = r"(?P<name>[^\W\d]{3,10})\.?"
_PATTERNS = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "year-month-day": r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + _CLOCK,
        "as Twitter writes": rf"[A-Za-z]{{3}} {_NAMED} (?P<day>\d{{1,2}}) (?P<hour>\d\d):(?P<minute>\d\d)"
        r":(?P<second>\d\d) (?P<offset>[+-]\d{4}) (?P<year>\d{4})(?P<half>x)?",
        "numbers with the year last": r"(?P<first>\d{1,2})[-/.](?P<other>\d{1,2})[-/.](?P<year>\d{4}|\d{2})" + _CLOCK,
        "day, name of month": _WEEKDAY
        + rf"(?P<day>\d{{1,2}})[\s\-/.]+(?:de\s+)?{_NAMED}[\s\-/.,]+(?:del?\s+)?(?P<year>\d{{4}}|\d{{2}})"
        + _CLOCK,
        "name of month, day": _WEEKDAY + rf"{_NAMED}\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})" + _CLOCK,
    }.items()
}
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_MONTHS = {
    name: number
    for number, names in {
        **{1: "jan ene", 2: "feb", 3: "mar", 4: "apr abr", 5: "may mai", 6: "jun", 7: "jul"},
        **{8: "aug ago", 9: "sep set", 10: "oct out", 11: "nov", 12: "dec dic dez"},
    }.items()
    for name in names.split()
}
_AS_TWITTER = len("Mon Dec 18 13:07:04 +0000 2017")
_SINCE_1970 = {10: "seconds since 1970", 13: "milliseconds since 1970", 16: "microseconds since 1970"}
_SPREADSHEET_ZERO = datetime.fromisoformat("1899-12-30")


def to_utc(value: str, zone: ZoneInfo, day_first: bool = True) -> datetime:
    """The time that `value` tells. `zone` is where it was written, if it does not say so itself.

    `day_first` decides 03/04/2020. Raises ValueError when it is not a full date.
    """
    if value.isdigit():
        time = _from_digits(value)
    else:
        try:
            time = datetime.fromisoformat(_as_iso(value))
        except ValueError:
            time = _from_pattern(value, day_first)
    if time.tzinfo is None:
        time = time.replace(tzinfo=zone)
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"not a date: {value[:60]}") from None


def _as_iso(value: str) -> str:
    """The two commonest forms that are nearly ISO made so, because Python reads that twenty times as fast."""
    if value[19:20] == " ":
        return value[:19] + value[20:]
    if len(value) == _AS_TWITTER and value[:3].isalpha() and value[4:7].lower() in _MONTHS:
        return f"{value[26:]}-{_MONTHS[value[4:7].lower()]:02}-{value[8:10]}T{value[11:19]}{value[20:25]}"
    return value


def time_format(value: str) -> str:
    """How a time is written, in words ("ISO with offset"); empty when it is not a time."""
    try:
        to_utc(value, ZoneInfo("UTC"), _day_leads(value))
    except ValueError:
        return ""
    digits = value.partition(".")[0]
    if digits.isdigit() and len(digits) >= 8:
        return _SINCE_1970.get(len(digits), "digits, without offset")
    if _SERIAL.fullmatch(value):
        return "days since 1900, as spreadsheets count"
    for name, pattern in _PATTERNS.items():
        if match := pattern.fullmatch(value):
            return f"{name}, with{'' if match['offset'] else 'out'} offset"
    return "ISO, with offset" if datetime.fromisoformat(value).tzinfo else "ISO, without offset"


def count_date_orders(values: list[str]) -> tuple[int, int, int]:
    """Of numeric days and months: how many can only be day first, only month first, and either."""
    day = month = either = 0
    for value in values:
        if match := _PATTERNS["numbers with the year last"].fullmatch(value):
            left, right = int(match["first"]), int(match["other"])
            day += left > 12
            month += right > 12
            either += left <= 12 and right <= 12
    return day, month, either


def _day_leads(value: str) -> bool:
    match = _PATTERNS["numbers with the year last"].fullmatch(value)
    return match is None or int(match["other"]) <= 12


def _from_digits(value: str) -> datetime:
    size = len(value)
    if size in (10, 13, 16):
        return datetime.fromtimestamp(int(value) / 10 ** (size - 10), UTC)
    if size == 8:
        return datetime.fromisoformat(value)
    if size == 14:
        return datetime.fromisoformat(f"{value[:8]}T{value[8:]}")
    if size == 5:
        return _from_serial(value)
    raise ValueError(f"not a date: {value[:60]}")


def _from_serial(value: str) -> datetime:
    return _SPREADSHEET_ZERO + timedelta(seconds=round(float(value.replace(",", ".")) * 86_400))


def _from_pattern(value: str, day_first: bool) -> datetime:
    for pattern in _PATTERNS.values():
        if match := pattern.fullmatch(value):
            return _build_time(match.groupdict(), day_first)
    if _SERIAL.fullmatch(value):
        return _from_serial(value)
    if re.fullmatch(r"\d{10,16}\.\d+", value):  # Reddit's created_utc, and numbers that went through a float
        return _from_digits(value.partition(".")[0])
    raise ValueError(f"not a date: {value[:60]}")


def _build_time(parts: dict[str, str | None], day_first: bool) -> datetime:
    if (name := parts.get("name")) is not None:
        month, day = _month(name), int(parts["day"] or 0)
    elif parts.get("first") is not None:
        left, right = int(parts["first"] or 0), int(parts["other"] or 0)
        day, month = (left, right) if day_first else (right, left)
    else:
        day, month = int(parts["day"] or 0), int(parts["month"] or 0)
    year = int(parts["year"] or 0)
    year += 0 if year >= 100 else 2000 if year < 70 else 1900
    clock = (_hour(parts), int(parts["minute"] or 0), min(int(parts["second"] or 0), 59))
    return datetime(year, month, day, *clock, tzinfo=_offset(parts["offset"]))


def _month(name: str) -> int:
    try:
        return _MONTHS[name[:3].lower()]
    except KeyError:
        raise ValueError(f"not a month: {name}") from None


def _hour(parts: dict[str, str | None]) -> int:
    hour, half = int(parts["hour"] or 0), (parts.get("half") or "").lower()
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"{hour} o'clock with a.m. or p.m.")
    return hour % 12 + (12 if half == "p" else 0)


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
