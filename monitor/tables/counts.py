"""Counts as people and pages write them: "1.234", "1,2 mil", "1.1K", "12 me gusta"."""

import re

_FACTORS = {
    **dict.fromkeys(("k", "mil", "tsd"), 1_000),
    **dict.fromkeys(("m", "mi", "mill", "mio", "millón", "millon", "millones", "million", "millions"), 1_000_000),
    **dict.fromkeys(("milhão", "milhao", "milhões", "milhoes"), 1_000_000),
}
_SPACE = r"[\s\u00a0\u202f]"
_COUNT = re.compile(
    rf"(?P<number>\d+(?:(?:[.,'’]|{_SPACE})\d+)*){_SPACE}*\+?{_SPACE}*"
    rf"(?:(?P<unit>{'|'.join(sorted(_FACTORS, key=len, reverse=True))})\b\.?)?\+?"
    rf"(?:{_SPACE}+(?:de{_SPACE}+)?[^\W\d_]{{2,}}(?:{_SPACE}+[^\W\d_]{{2,}})?)?",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(rf"(\d{{1,3}}(?P<sign>[.,'’]|{_SPACE})(?:\d{{2,3}}(?P=sign))*\d{{3}})(?:[.,]0{{1,2}})?")
_WHOLE = re.compile(r"\d+(?:[.,]0+)?")
_DECIMAL = re.compile(r"\d+[.,]\d+|\d+")
_EXPONENT = re.compile(r"\d(?:[.,]\d{1,15})?[eE]\+?\d{1,2}")
_LONGEST, _LARGEST = 40, 2**31
"""Characters of a count, and what no count reaches."""


def read_count(value: str) -> int | None:
    """The whole number that is written, or None when it is none. 1.234 is over a thousand: counts have no decimals."""
    if value.isdecimal() and value.isascii():
        return _bounded(int(value)) if len(value) < _LONGEST else None
    if _EXPONENT.fullmatch(value):
        return _bounded(round(float(value.replace(",", "."))))
    written = _COUNT.fullmatch(value.strip()) if len(value) <= _LONGEST else None
    if written is None:
        return None
    number, unit = written["number"], written["unit"]
    if unit:
        factor = _FACTORS[unit.lower()]
        return _bounded(round(float(number.replace(",", ".")) * factor)) if _DECIMAL.fullmatch(number) else None
    if thousands := _THOUSANDS.fullmatch(number):
        return _bounded(int("".join(filter(str.isdecimal, thousands[1]))))
    return _bounded(int(re.split("[.,]", number)[0])) if _WHOLE.fullmatch(number) else None


def _bounded(number: int) -> int | None:
    return number if number < _LARGEST else None
