"""Languages by the names that people and exports give them, as codes; the names are Unicode's (CLDR), by Babel."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from monitor.text.folding import fold

_NAMED_IN = ("es", "en", "pt", "fr", "de", "it", "ca")
"""The languages whose names for all others are known."""
_NAME_THEMSELVES = (
    *("es", "en", "pt", "ca", "eu", "gl", "fr", "it", "de", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu", "ro"),
    *(
        "bg",
        "el",
        "tr",
        "ru",
        "uk",
        "sr",
        "hr",
        "sl",
        "et",
        "lv",
        "lt",
        "ar",
        "he",
        "fa",
        "hi",
        "id",
        "ms",
        "fil",
        "th",
    ),
    *("vi", "zh", "ja", "ko", "qu", "gn"),
)
_MORE_NAMES = {
    **dict.fromkeys(("castellano", "castella", "castelhano", "castilian"), "es"),
    **dict.fromkeys(("valenciano", "valencia", "valencian"), "ca"),
    **dict.fromkeys(("vasco", "vascuence"), "eu"),
}
_CODE = re.compile(r"([a-z]{2,3})((?:-[a-z0-9]{2,8})*)", re.IGNORECASE)
_NAME_ENDS = re.compile(r"\s*[;,(/\[|–—-]\s*")
_LONGEST = 60
"""Characters of what may be the name of a language."""


def language_code(value: str) -> str | None:
    """The code of a language written as a code ("es_ES", "spa") or by name ("Castellano", "Spanish (Mexico)").

    In lower case, "es" or "es-es"; None for what names no language.
    """
    return _language_code(value) if len(value) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _language_code(value: str) -> str | None:
    written = value.strip().replace("_", "-")
    code = _CODE.fullmatch(written)
    if code and (len(code[1]) == 2 or code[1].lower() in _aliases() or code[1].lower() in _codes()):
        return (_aliases().get(code[1].lower(), code[1]) + code[2]).lower()
    names = _names()
    return names.get(fold(written).strip()) or names.get(fold(_NAME_ENDS.split(written, maxsplit=1)[0]).strip())


@cache
def _aliases() -> Mapping[str, str]:
    """Codes of three letters whose code of two letters is the usual one."""
    from babel.core import get_global

    return {old: new for old, new in get_global("language_aliases").items() if len(old) == 3 and len(new) == 2}


@cache
def _codes() -> frozenset[str]:
    from babel import Locale

    return frozenset(Locale.parse("en").languages)


@cache
def _names() -> Mapping[str, str]:
    """Folded name -> code. A name that two languages share stays with the one that has the shorter code."""
    from babel import Locale

    pairs = [(name, code) for spoken in _NAMED_IN for code, name in Locale.parse(spoken).languages.items()]
    pairs += [(Locale.parse(code).languages.get(code, code), code) for code in _NAME_THEMSELVES]
    longest_first = sorted(pairs, key=lambda pair: -len(pair[1]))
    return {fold(name): code.replace("_", "-").lower() for name, code in longest_first} | _MORE_NAMES
