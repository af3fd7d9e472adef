"""Numbers that people type into a search, as patterns: however telephone numbers, amounts and codes are written.

A pattern is made of those of single digits and letters, which the search knows how to make.
"""

import re
from collections.abc import Callable, Collection, Iterator
from typing import TypeAlias

SignPattern: TypeAlias = Callable[[str], str]
"""The pattern of one letter or digit."""

_LONG = 7
"""So many digits and more are a telephone number or one like it, which everybody groups in their own way."""
_BETWEEN = r"[\s.,'’()/\-]*"
_RUN = re.compile(r"\d[\d\s.()/-]*\d")
# Behind + or 00 the country's code: of one or two digits as listed in ITU-T E.164, else of three; then a trunk's 0.
_ABROAD = re.compile(
    r"(?<!\S)\(?(?:\+|00)(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})\)?([\s./()-]*\d[\d\s./()-]*\d)"
)
_THOUSANDS = r"[\s.,'’]?"
_AMOUNT = re.compile(r"[€$£¥]?(\d{1,3}(?:[.,'’]\d{3})+|\d+)(?:[.,](\d{1,2}))?[€$£¥]?")
_SPACED = re.compile(r"(?<![\w.,])\d{1,3}(?:\s\d{3})+(?=[.,]\d{1,2}(?!\d)|\s?[€$£¥])")
_CURRENCY = re.compile(r"(?<=\d)\s+(?:[€$£¥]|eur(?:os?)?|usd)(?!\S)|(?<!\S)[€$£¥]\s+(?=\d)", re.IGNORECASE)
_CODE = re.compile(r"([a-z]{1,5})[._/–—-]?(\d+)")


def told_alike(words: str) -> str:
    """The words, telephone numbers without their country's code, amounts without spaces and currencies beside them."""
    words = _ABROAD.sub(lambda number: _digits(number[1]).lstrip("0"), words)
    return _CURRENCY.sub(" ", _SPACED.sub(lambda amount: _digits(amount[0]), words))


def long_numbers(words: str) -> Collection[str]:
    """The parts of all numbers of many digits."""
    return {part for run in _RUN.findall(words) if len(_digits(run)) >= _LONG for part in run.split()}


def pattern(term: str, sign: SignPattern, long_parts: Collection[str]) -> str | None:
    """The pattern of a term that is a number or a code, lower case; None for others."""
    if amount := _AMOUNT.fullmatch(term):
        whole, cents = _digits(amount[1]), amount[2]
        if cents or (len(whole) < _LONG and term not in long_parts):
            return _amount(whole, cents, sign)
    if term in long_parts:
        digits = _digits(term)
        return _BETWEEN.join(map(sign, digits.lstrip("0") if len(digits) >= _LONG else digits))
    if code := _CODE.fullmatch(term):
        return "".join(map(sign, code[1])) + r"[\s._/–—\-]*" + "".join(map(sign, code[2]))
    return None


def _amount(whole: str, cents: str | None, sign: SignPattern) -> str:
    number = _THOUSANDS.join("".join(map(sign, group)) for group in _groups(whole))
    if cents is None:
        return number
    cents = cents.rstrip("0")
    fraction = "[.,]" + "".join(map(sign, cents)) if cents else "(?:[.,]0)?"
    return rf"(?:^|\D){number}{fraction}0?(?:\D|$)"


def _groups(whole: str) -> Iterator[str]:
    first = len(whole) % 3
    if first:
        yield whole[:first]
    yield from (whole[at : at + 3] for at in range(first, len(whole), 3))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
