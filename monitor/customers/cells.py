"""Single cells of a file of customers, read into values. Pure.

Amounts and dates that can be read in two ways (1.234; 03/04/2025) are read as the rest of the column is written. Where
the rest does not say: 1.234 is one thousand and more, and the day stands first. Where it says both: the cell is bad.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from monitor.tables import times
from monitor.tables.text import clean
from monitor.tables.values import id_of, value_of

Problem: TypeAlias = Literal[
    "unreadable", "no_id", "rounded_id", "too_long", "twice", "no_amount", "unclear_amount", "no_count", "no_date",
    "unclear_date", "future_date", "no_handle",
]  # fmt: skip
_LONGEST = {"customer_id": 64, "name": 200, "handle": 100}
_HANDLES_A_CELL = 20
_UTC = ZoneInfo("UTC")
_CURRENCY = re.compile(r"^(?:EUR|USD|[€$£])|(?:EUR|EUROS?|USD|[€$£])$", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']+")
_NUMBER = re.compile(r"[-+]?\d[\d.,]*")
_WHOLE = re.compile(r"\d{1,3}(?:[.,]\d{3})+|\d+")
_EITHER_WAY = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")
_EITHER_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}")
_PROFILE = re.compile(
    r"(?:https?://)?(?:www\.)?((?:[\w-]+\.)+[a-z]{2,})/(?:(?:user|u|in|profile|c|channel|company)/|profile\.php\?id=)?"
    r"@?([^/?#&]+)/?(?:[?#&].*)?",
    re.IGNORECASE,
)


class Bad(Exception):
    """A cell that cannot be read: why, in which column, and what stands there (cut)."""

    def __init__(self, problem: Problem, column: str = "", value: object = "") -> None:
        super().__init__(problem)
        self.problem: Problem = problem
        self.column = clean(column)[:40]
        self.value = (clean(str(value)[:200]) or "")[:40]


@dataclass(frozen=True, slots=True)
class Writing:
    """How a column is written, by its cells that can be read in one way only."""

    decimals: frozenset[str]  # signs that are seen before decimals
    day_first: bool
    month_first: bool


def writing(amounts: Iterable[object], days: Iterable[str | None]) -> Writing:
    """How these columns are written."""
    signs = {sign for raw in amounts if (sign := _decimal_sign(raw))}
    day, month, _ = times.order([one for one in days if one and len(one) < 60])
    return Writing(frozenset(signs), day > 0, month > 0)


def identity(cells: Mapping[str, Any], column: str) -> str:
    """The customer's id. Raises Bad."""
    written = value_of(cells, column)
    if not written:
        raise Bad("no_id", column)
    known = id_of(cells, column)
    if known is None:
        raise Bad("rounded_id", column, written)
    found = _short(known, column, "customer_id")
    if not found:
        raise Bad("no_id", column)
    return found


def name(cells: Mapping[str, Any], column: str | None) -> str:
    """Words on one line, '' for none. Raises Bad when they are too long."""
    return _short(value_of(cells, column) or "", column or "", "name")


def _short(value: str, column: str, kind: str) -> str:
    if len(value) > _LONGEST[kind]:
        raise Bad("too_long", column, _LONGEST[kind])
    return " ".join(clean(value).split())


def amount(cells: Mapping[str, Any], column: str | None, written_so: Writing) -> float | None:
    """An amount of money, its currency left out; None for an empty cell. Raises Bad."""
    raw = cells.get(column or "")
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return float(raw)
    written = value_of(cells, column)
    if not written:
        return None
    text = _bare(written)
    if len(text) > 25 or not _NUMBER.fullmatch(text):
        raise Bad("no_amount", column or "", written)
    sign = _decimal_sign(text)
    if sign is None and _EITHER_WAY.fullmatch(text):
        if len(written_so.decimals) > 1:
            raise Bad("unclear_amount", column or "", written)
        sign = next((one for one in written_so.decimals if one in text), None)
    whole, _, part = text.rpartition(sign) if sign else (text, "", "")
    if not _WHOLE.fullmatch(whole.lstrip("+-")) or not (part or "0").isdigit():
        raise Bad("no_amount", column or "", written)
    return float(f"{whole.replace('.', '').replace(',', '')}.{part or 0}")


def _bare(written: str) -> str:
    """Without signs and names of currencies, and without spaces."""
    return _CURRENCY.sub("", _SPACES.sub("", written)).replace("−", "-")


def _decimal_sign(raw: object) -> str | None:
    """The sign before the decimals, where the amount can be read in one way only; None where there are no decimals."""
    if not isinstance(raw, str) or len(raw) > 60:
        return None
    text = _bare(raw)
    points, commas = text.count("."), text.count(",")
    if not points + commas or not _NUMBER.fullmatch(text):
        return None
    if points and commas:
        return text[max(text.rfind("."), text.rfind(","))]
    if points + commas > 1 or _EITHER_WAY.fullmatch(text):
        return None
    return "." if points else ","


def count(cells: Mapping[str, Any], column: str | None) -> int | None:
    """A whole number; None for an empty cell. Raises Bad."""
    written = value_of(cells, column)
    if not written:
        return None
    text = _SPACES.sub("", written)
    text = re.sub(r"[.,]0{1,2}$", "", text)
    if len(text) > 12 or not _WHOLE.fullmatch(text) or isinstance(cells.get(column or ""), bool):
        raise Bad("no_count", column or "", written)
    number = int(text.replace(".", "").replace(",", ""))
    if number >= 2**31:
        raise Bad("no_count", column or "", written)
    return number


def day(cells: Mapping[str, Any], column: str | None, written_so: Writing, today: date) -> date | None:
    """A day that has come; None for an empty cell. Raises Bad."""
    written = value_of(cells, column)
    if not written:
        return None
    either = _EITHER_DATE.match(written)
    unclear = either and int(either[1]) <= 12 and int(either[2]) <= 12 and either[1] != either[2]
    if unclear and written_so.day_first and written_so.month_first:
        raise Bad("unclear_date", column or "", written)
    try:
        if len(written) > 60:
            raise ValueError
        day_first = written_so.day_first or not written_so.month_first
        if either and max(int(either[1]), int(either[2])) > 12:
            day_first = int(either[1]) > 12
        found = times.to_utc(written, _UTC, day_first).date()
    except (ValueError, OverflowError):
        raise Bad("no_date", column or "", written) from None
    if found > today:
        raise Bad("future_date", column or "", written)
    if found.year < 1900:
        raise Bad("no_date", column or "", written)
    return found


def handles(cells: Mapping[str, Any], column: str, network: str) -> Iterator[str]:
    """Handles in lower case without @; a profile's address is read too. Raises Bad."""
    parts = _split(value_of(cells, column) or "")
    if len(parts) > _HANDLES_A_CELL:
        raise Bad("no_handle", column, " ".join(parts))
    for part in parts:
        if len(part) > 3 * _LONGEST["handle"]:
            raise Bad("too_long", column, _LONGEST["handle"])
        handle = _handle(part, network)
        if not re.search(r"\w", handle) or "/" in handle or ("@" in handle and network != "mastodon"):
            raise Bad("no_handle", column, part)
        if len(handle) > _LONGEST["handle"]:
            raise Bad("too_long", column, _LONGEST["handle"])
        yield handle.lower()


def _handle(part: str, network: str) -> str:
    """The handle that is written or linked; a Mastodon profile's address says its server too."""
    address = _PROFILE.fullmatch(part)
    if address is None:
        handle = part.removeprefix("/").removeprefix("u/") if network == "reddit" else part
    else:
        handle = f"{address[2]}@{address[1]}" if network == "mastodon" and "@" not in address[2] else address[2]
    return "".join(one for one in handle if one.isprintable()).lstrip("@")


def _split(cell: str) -> list[str]:
    return [part for part in re.split(r"[\s,;|]+", cell) if part and part not in ("-", "–", "—")]
