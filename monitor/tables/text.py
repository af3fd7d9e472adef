"""Text as people meant it: entities and mojibake repaired, control characters removed, everything else as it was."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

_BAD = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff"
"""Control characters but tab and line feed, lone surrogates, byte order marks."""
_FIRST = (
    "\u00ac\u00c2-\u00c8\u00ca-\u00cc\u00ce-\u00d0\u00d2\u00d4-\u00d9\u00dd-\u00e0\u00e2-\u00e8\u00ea-\u00ec"
    "\u00ee-\u00f0\u00f4\u0102-\u017e\u0393\u221a\u0410-\u044f"
)
_NEXT = "\u0080-\u00ff\u0152-\u0192\u02c6\u02dc\u2013-\u2122\u2202-\u2265\u0402-\u045f"
"""What UTF-8 looks like when read as Windows-1252 and the like: the first byte of a character, and those after it.

The letters of Spanish are not among the first: the library would take `QUÉ“` for one broken letter.
"""
_SUSPECT = re.compile(  # beginning with one class of characters makes the search three times as fast
    f"[{_BAD}&{_FIRST}](?:(?<=[{_BAD}])|(?<=&)#?\\w{{1,24}};|(?<=[{_FIRST}])[{_NEXT}]|(?<=[\u00c2\u00c3]) )"
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")
_SURROGATES = re.compile("[\ud800-\udfff]+")


def clean(text: str) -> str:
    """The text repaired by ftfy, which costs nothing for the many that need no repair; stripped at both ends."""
    if text.isascii() and "&" not in text and text.isprintable():
        return text.strip()
    if _SUSPECT.search(text) is None:
        return text.strip()
    return _repair(text).strip()


def written_values(cell: str) -> Iterator[Any]:
    """What a cell holds that was written into it as JSON, or in Python's own way; it may be read in both."""
    for parse in (json.loads, ast.literal_eval):
        try:
            yield parse(cell)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue


def without_surrogates(text: str) -> str:
    """Pairs of surrogates become the character they stand for, lone ones the replacement character."""
    if text.isascii():
        return text
    return _SURROGATES.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16", "replace"), text)


def _repair(text: str) -> str:
    import ftfy

    text = without_surrogates(text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", ftfy.fix_text(text, _config()))


@cache
def _config() -> Any:
    """Only what was broken on the way is repaired: quotes, ligatures and wide letters stay as they were written."""
    import ftfy

    return ftfy.TextFixerConfig(
        unescape_html=True,
        uncurl_quotes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        normalization=None,
        explain=False,
    )


def one_line(value: str | None) -> str | None:
    """Repaired like the text, on one line."""
    if not value:
        return None
    if value.isascii() and value.isprintable() and "&" not in value:
        return value
    return " ".join(clean(value).split()) or None
