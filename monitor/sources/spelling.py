"""The words of a term as a network's search is given them, and the spellings to ask for where it minds accents."""

import re
import unicodedata
from itertools import product
from math import prod

from monitor.text.folding import fold

_WORD = re.compile(r"\w+")
_JOINT = re.compile(r"\w[.'’·]\w")
_LITERAL = re.compile(r"\w+(?:[.'’·@-]\w+)*")
_MARK = re.compile("[\u0300-\u036f]")
_OPERATORS = frozenset({"and", "or", "not"})
_SILENT = re.compile("(?<=[gq])u(?=[ei])")
_NUCLEUS = re.compile("[iu]?[aeo][iu]?|[iu]+")
_HIATUS = re.compile("(?<=[aeo])[iu]|[iu](?=[ao])(?!on$)|[iu](?=e[sn]?$)")
_ACUTE = str.maketrans("aeiou", "áéíóú")
_MOST = 12
_SHORT = 2


def words(text: str) -> tuple[str, ...]:
    """The words of a term in lower case, accents kept: `H&M` gives h and m, an emoji none."""
    return tuple(_WORD.findall(_MARK.sub("", unicodedata.normalize("NFKC", text).lower())))


def phrase(text: str) -> str | None:
    """The words next to each other, in quotes where there are several; None when there is none."""
    tokens = words(text)
    return _quote(tokens) if tokens else None


def literals(text: str) -> tuple[str, ...]:
    """The term as it is written where a full stop or an apostrophe joins letters (`aerosur.com`, `l'oréal`), else none.

    Lucene's searches take that for one word, which the words apart do not find; with its accents and without.
    """
    literal = " ".join(_LITERAL.findall(unicodedata.normalize("NFKC", text).lower()))
    return tuple(dict.fromkeys((literal, fold(literal)))) if _JOINT.search(literal) else ()


def variants(text: str, conjunction: str) -> tuple[str, ...] | None:
    """The ways to ask for a term where accents count: `phrase` in each of its spellings.

    A term with an accent or ñ somewhere is taken to be spelled rightly: each of its words is asked for so, and without
    any. Of one without, see `spellings`. A phrase with more than twelve of them is asked for as its words, each in its
    spellings, anywhere in the post; `conjunction` joins them.
    """
    tokens = words(text)
    has_marks = any(fold(word) != word for word in tokens)
    spellings_of_words = [tuple(dict.fromkeys((word, fold(word)))) if has_marks else spellings(word) for word in tokens]
    if not spellings_of_words:
        return None
    if prod(map(len, spellings_of_words)) <= _MOST:
        return tuple(_quote(spelling) for spelling in product(*spellings_of_words))
    groups = (
        f"({' OR '.join(alternatives)})" if len(alternatives) > 1 else alternatives[0]
        for alternatives in spellings_of_words
    )
    return (f"({conjunction.join(groups)})",)


def spellings(word: str) -> tuple[str, ...]:
    """How a Spanish word is plausibly written: with an accent or ñ, so and without any.

    One without: so; with an acute where the rules of stress allow it (last three syllables, not where stress falls
    unwritten; í and ú in a hiatus); and each of these with one n before a vowel as ñ. Of one or two letters: only so.
    """
    plain = fold(word)
    if plain != word:
        return (word, plain)
    if len(plain) <= _SHORT:
        return (plain,)
    accents = [plain] + [plain[:at] + plain[at].translate(_ACUTE) + plain[at + 1 :] for at in _stresses(plain)]
    tildes = [match.start() for match in re.finditer("n(?=[aeiou])", plain)]
    return (*accents, *(spelling[:at] + "ñ" + spelling[at + 1 :] for at in tildes for spelling in accents))


def _stresses(word: str) -> list[int]:
    """The places of vowels that may carry a written accent."""
    sounds = _SILENT.sub("_", word)
    syllables = list(_NUCLEUS.finditer(sounds))[-3:]
    unwritten = -2 if word[-1] in "aeiouns" else -1
    ends = [syllable for at, syllable in zip(range(-len(syllables), 0), syllables, strict=True) if at != unwritten]
    strong = [
        next((at for at in range(*syllable.span()) if sounds[at] in "aeo"), syllable.end() - 1) for syllable in ends
    ]
    hiatus = [match.start() for match in _HIATUS.finditer(sounds) if match.start() >= syllables[0].start()]
    return list(dict.fromkeys(strong + hiatus))


def _quote(tokens: tuple[str, ...]) -> str:
    is_bare = len(tokens) == 1 and tokens[0].isalnum() and tokens[0] not in _OPERATORS
    return tokens[0] if is_bare else f'"{" ".join(tokens)}"'
