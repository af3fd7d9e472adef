"""Words that people type into a search, as patterns: capitals, accents and compatibility forms count on neither side.

A pattern finds in texts as they are what `fold` makes alike, so that nothing folded is kept beside them; it is written
in what RE2 and PostgreSQL have in common.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from functools import cache

from monitor.text import typed_numbers
from monitor.text.folding import fold

_TERM = re.compile(r"""["“”„«»]([^"“”„«»]*)["“”„«»]?|([^\s"“”„«»]+)""")
# Where the letters are that fold to others: European alphabets, enclosed, full-width, bold and squared ones.
_LETTERS = (
    range(0x80, 0x2500),
    range(0xFB00, 0xFB07),
    range(0xFF01, 0xFF5F),
    range(0x1D400, 0x1D800),
    range(0x1F130, 0x1F18A),
)
_APOSTROPHES = "'’‘´`ʼ"
# Accents written after their letter, and what makes a sign an emoji.
_MARKS = "[\u0300-\u036f\ufe0e\ufe0f]"
_LONGEST_FORM = 3


def patterns(words: str) -> tuple[str, ...]:
    """A pattern for each word and "quoted phrase", each once: what is looked for holds all of them, in any order."""
    words = typed_numbers.told_alike(words)
    long_parts = typed_numbers.long_numbers(words)
    terms = (_phrase(quoted) if quoted else _word(word, long_parts) for quoted, word in _TERM.findall(words))
    return tuple(dict.fromkeys(term for term in terms if term))


def _phrase(phrase: str) -> str:
    return r"\s+".join("".join(_units(_plain(word))) for word in phrase.split())


def _word(word: str, long_parts: Collection[str]) -> str:
    return typed_numbers.pattern(_plain(word), _letter, long_parts) or _phrase(word)


def _plain(word: str) -> str:
    """The word with its letters as `fold` has them; what folds to several letters that are not ASCII stays."""
    return "".join(_plain_sign(sign) for sign in re.sub(_MARKS, "", unicodedata.normalize("NFC", word)))


def _plain_sign(sign: str) -> str:
    folded = fold(sign)
    return folded if sign.isalnum() and (len(folded) == 1 or folded.isascii()) else sign


def _units(word: str) -> Iterator[str]:
    """The pattern of each letter, or of letters that one sign can stand for, such as those of ß."""
    at = 0
    while at < len(word):
        starts = (word[at : at + size] for size in range(_LONGEST_FORM, 1, -1))
        unit = next((start for start in starts if len(start) > 1 and start in _forms()), word[at])
        letters = "".join(_letter(letter) for letter in unit)
        yield f"(?:{letters}|[{_forms()[unit]}])" if len(unit) > 1 else letters
        at += len(unit)


def _letter(letter: str) -> str:
    if letter in _APOSTROPHES:
        return f"[{_APOSTROPHES}]"
    forms = _forms().get(letter)
    return f"{f'[{letter}{forms}]' if forms else re.escape(letter)}{_MARKS}*"


@cache
def _forms() -> Mapping[str, str]:
    """By what they fold to, one to three signs: all the signs that do, each of them a letter or a figure."""
    forms: dict[str, str] = {}
    for sign in (chr(code) for letters in (range(0x41, 0x5B), *_LETTERS) for code in letters):
        folded = fold(sign)
        if folded != sign and sign.isalnum() and folded.isalnum() and len(folded) <= _LONGEST_FORM:
            forms[folded] = forms.get(folded, "") + sign
    return forms
