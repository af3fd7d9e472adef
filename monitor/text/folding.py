"""Text without what readers look past: capitals, accents, compatibility forms."""

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

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


def names_account(text: str, accounts: Collection[str]) -> bool:
    """Whether a text names one of these accounts (folded) with its @, or as u/account."""
    return bool(accounts) and bool(_naming(frozenset(accounts)).search(text))


@lru_cache(maxsize=16)
def _naming(accounts: frozenset[str]) -> re.Pattern[str]:
    names = "|".join(map(re.escape, sorted(accounts)))
    return re.compile(rf"(?<![\w/@＠])(?:[@＠]|/?u/)(?:{names})(?!\w|[.\-@]\w)", re.IGNORECASE)
