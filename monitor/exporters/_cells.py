"""What a spreadsheet must never be handed: formulas, broken characters, texts beyond a cell. All pure."""

import re
import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

CELL_LIMIT = 32_767  # UTF-16 units in one cell of Excel
_CUT = "… [cut]"
# XML 1.0 cannot hold these, and Excel stops reading a CSV cell at NUL.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SIGNS = frozenset("=+-@\u2212")
# A cell inside the cell: what an Excel whose list separator is another one would cut out, and whether it is a formula.
# What stands before it is read once, whatever comes: a text of nothing but line breaks would take minutes otherwise.
_INNER = re.compile(r"([;,\t\r\n][\s\"']*+)(?=([=\uff1d]|[+\-@\u2212][^\s,;(|]*[(|])?)")

_LONGEST_VALUE = 60  # characters; no number or date that a spreadsheet knows is longer
_PLAIN_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}", re.ASCII)
_WORD = re.compile(r"\d+|[^\W\d_]+")
_TRUTH = re.compile("true|false|verdadero|falso|cierto")
_MONTHS = """
    jan feb mar apr may jun jul aug sep sept oct nov dec ene abr ago dic set fev mai out dez
    january february march april june july august september october november december
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre
    janeiro fevereiro março maio junho julho setembro outubro novembro dezembro
"""
_UNITS = "e h m s am pm a p de del of t z utc gmt st nd rd th eur usd"
_WITH_NUMBERS = frozenset(f"{_MONTHS} {_UNITS}".split())
"""Words that a spreadsheet reads beside digits: months, parts of times, currencies."""


def printable(text: str) -> str:
    """The text without control characters and lone surrogates, which neither XML nor UTF-8 can hold."""
    return _UNWRITABLE.sub("", text.encode("utf-8", "replace").decode())


def escape_formulas(text: str) -> str:
    """The text with a leading apostrophe where a spreadsheet that opens a CSV would take it for a formula.

    That is: it begins with = + - @ (also full-width and other forms that normalise to them), tab or CR, also after
    white space and invisible characters; source: OWASP, "CSV Injection". Inside the text, a formula that directly
    follows a separator gets one too: a spreadsheet set to another separator than the file's would split the text there.
    """
    start = next((position for position, character in enumerate(text) if not _invisible(character)), len(text))
    sign = unicodedata.normalize("NFKC", text[start])[0] in _SIGNS if start < len(text) else False
    inside = _INNER.sub(lambda inner: f"{inner[1]}'" if inner[2] else inner[1], text)
    return f"'{inside}" if sign or text.startswith(("\t", "\r")) else inside


def escape_values(text: str) -> str:
    """The text with a leading apostrophe where a spreadsheet that opens a CSV would make a number or a date of it.

    It would round an id of 16 digits and more, drop zeros in front, and turn 1-2, 1/2, 10:30, 1E5, "3 may" or TRUE into
    what they were not. Plain numbers of up to 15 digits lose nothing.
    """
    if len(text) > _LONGEST_VALUE or _PLAIN_NUMBER.fullmatch(text):
        return text
    words = _WORD.findall(unicodedata.normalize("NFKC", text.strip()).casefold())
    is_value = _TRUTH.fullmatch(text.strip().casefold()) or (
        any(word.isdigit() for word in words) and all(word.isdigit() or word in _WITH_NUMBERS for word in words)
    )
    return f"'{text}" if is_value and not text.startswith("'") else text


def _invisible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf", "Mn")


def truncate(text: str) -> str:
    """The text, cut with a visible mark if it is longer than one cell of Excel holds."""
    if len(text) <= CELL_LIMIT // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * CELL_LIMIT:
        return text
    return units[: 2 * (CELL_LIMIT - len(_CUT))].decode("utf-16-le", "ignore") + _CUT


def wall_time(time: datetime, zone: ZoneInfo) -> datetime:
    """The time as a clock in `zone` shows it, offset included; at the ends of the calendar, where it cannot, in UTC."""
    try:
        return time.astimezone(zone)
    except OverflowError:
        return time
