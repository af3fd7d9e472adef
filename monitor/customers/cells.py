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

from monitor import networks
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


class BadCell(Exception):
    """A cell that cannot be read: why, in which column, and what stands there (cut)."""

    def __init__(self, problem: Problem, column: str = "", value: object = "") -> None:
        super().__init__(problem)
        self.problem: Problem = problem
        self.column = clean(column)[:40]
        self.value = (clean(str(value)[:200]) or "")[:40]


@dataclass(frozen=True, slots=True)
class Notation:
    """How a column is written, by its cells that can be read in one way only."""

    decimals: frozenset[str]  # signs that are seen before decimals
    day_first: bool
    month_first: bool


def notation(amounts: Iterable[object], days: Iterable[str | None]) -> Notation:
    """How these columns are written."""
    signs = {sign for raw in amounts if (sign := _decimal_sign(raw))}
    day, month, _ = times.count_date_orders([cell for cell in days if cell and len(cell) < 60])
    return Notation(frozenset(signs), day > 0, month > 0)


def customer_id(cells: Mapping[str, Any], column: str) -> str:
    """The customer's id. Raises BadCell."""
    cell_text = value_of(cells, column)
    if not cell_text:
        raise BadCell("no_id", column)
    identifier = id_of(cells, column)
    if identifier is None:
        raise BadCell("rounded_id", column, cell_text)
    line = _clean_line(identifier, column, "customer_id")
    if not line:
        raise BadCell("no_id", column)
    return line


def name(cells: Mapping[str, Any], column: str | None) -> str:
    """Words on one line, '' for none. Raises BadCell when they are too long."""
    return _clean_line(value_of(cells, column) or "", column or "", "name")


def _clean_line(value: str, column: str, kind: str) -> str:
    if len(value) > _LONGEST[kind]:
        raise BadCell("too_long", column, _LONGEST[kind])
    return " ".join(clean(value).split())


def amount(cells: Mapping[str, Any], column: str | None, notation: Notation) -> float | None:
    """An amount of money, its currency left out; None for an empty cell. Raises BadCell."""
    raw = cells.get(column or "")
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return float(raw)
    cell_text = value_of(cells, column)
    if not cell_text:
        return None
    text = _bare(cell_text)
    if len(text) > 25 or not _NUMBER.fullmatch(text):
        raise BadCell("no_amount", column or "", cell_text)
    sign = _decimal_sign(text)
    if sign is None and _EITHER_WAY.fullmatch(text):
        if len(notation.decimals) > 1:
            raise BadCell("unclear_amount", column or "", cell_text)
        sign = next((separator for separator in notation.decimals if separator in text), None)
    integer, _, part = text.rpartition(sign) if sign else (text, "", "")
    if not _WHOLE.fullmatch(integer.lstrip("+-")) or not (part or "0").isdigit():
        raise BadCell("no_amount", column or "", cell_text)
    return float(f"{integer.replace('.', '').replace(',', '')}.{part or 0}")


def _bare(cell_text: str) -> str:
    """Without signs and names of currencies, and without spaces."""
    return _CURRENCY.sub("", _SPACES.sub("", cell_text)).replace("−", "-")


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
    """A whole number; None for an empty cell. Raises BadCell."""
    cell_text = value_of(cells, column)
    if not cell_text:
        return None
    text = _SPACES.sub("", cell_text)
    text = re.sub(r"[.,]0{1,2}$", "", text)
    if len(text) > 12 or not _WHOLE.fullmatch(text) or isinstance(cells.get(column or ""), bool):
        raise BadCell("no_count", column or "", cell_text)
    number = int(text.replace(".", "").replace(",", ""))
    if number >= 2**31:
        raise BadCell("no_count", column or "", cell_text)
    return number


def day(cells: Mapping[str, Any], column: str | None, notation: Notation, today: date) -> date | None:
    """A day that has come; None for an empty cell. Raises BadCell."""
    cell_text = value_of(cells, column)
    if not cell_text:
        return None
    ambiguous = _EITHER_DATE.match(cell_text)
    unclear = ambiguous and int(ambiguous[1]) <= 12 and int(ambiguous[2]) <= 12 and ambiguous[1] != ambiguous[2]
    if unclear and notation.day_first and notation.month_first:
        raise BadCell("unclear_date", column or "", cell_text)
    try:
        if len(cell_text) > 60:
            raise ValueError
        day_first = notation.day_first or not notation.month_first
        if ambiguous and max(int(ambiguous[1]), int(ambiguous[2])) > 12:
            day_first = int(ambiguous[1]) > 12
        date_read = times.to_utc(cell_text, _UTC, day_first).date()
    except (ValueError, OverflowError):
        raise BadCell("no_date", column or "", cell_text) from None
    if date_read > today:
        raise BadCell("future_date", column or "", cell_text)
    if date_read.year < 1900:
        raise BadCell("no_date", column or "", cell_text)
    return date_read


def handles(cells: Mapping[str, Any], column: str, network: str) -> Iterator[str]:
    """Handles in lower case without @; a profile's address is read too. Raises BadCell."""
    parts = _split(value_of(cells, column) or "")
    if len(parts) > _HANDLES_A_CELL:
        raise BadCell("no_handle", column, " ".join(parts))
    for part in parts:
        if len(part) > 3 * _LONGEST["handle"]:
            raise BadCell("too_long", column, _LONGEST["handle"])
        handle = _handle(part, network)
        server_allowed = networks.profile(network).handles_name_server
        if not re.search(r"\w", handle) or "/" in handle or ("@" in handle and not server_allowed):
            raise BadCell("no_handle", column, part)
        if len(handle) > _LONGEST["handle"]:
            raise BadCell("too_long", column, _LONGEST["handle"])
        yield handle.lower()


def _handle(part: str, network: str) -> str:
    """The handle that is written or linked; a Mastodon profile's address says its server too."""
    address, profile = _PROFILE.fullmatch(part), networks.profile(network)
    if address is None:
        prefix = profile.handle_prefix
        handle = part.removeprefix("/").removeprefix(prefix) if prefix else part
    else:
        handle = f"{address[2]}@{address[1]}" if profile.handles_name_server and "@" not in address[2] else address[2]
    return "".join(character for character in handle if character.isprintable()).lstrip("@")


def _split(cell: str) -> list[str]:
    return [part for part in re.split(r"[\s,;|]+", cell) if part and part not in ("-", "–", "—")]
