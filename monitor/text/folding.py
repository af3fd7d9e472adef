"""Text without what readers look past: capitals, accents, compatibility forms."""

import re
import unicodedata

_MARKS = re.compile("[\u0300-\u036f]")  # one at a time: a search for one class of characters is the quickest


def fold(text: str) -> str:
    """Lower case, without accents; compatibility forms (ligatures, circled and bold letters) become plain letters."""
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()


def fold_handle(handle: str | None) -> str:
    """A handle as it is compared, here and in the store's statements: without spaces, the first @ and capitals.

    '' for none. Straße and STRASSE are two accounts.
    """
    return (handle or "").strip().removeprefix("@").lower()
