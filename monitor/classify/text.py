"""What happens to a text before the model sees it, in training and at run time alike. Pure; imports nothing heavy."""

import html
import re
import threading
import tomllib
import unicodedata
from collections.abc import Collection, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

MAX_CHARACTERS = 4000
"""Characters kept of a text. The model reads far fewer tokens than this; the cap bounds the work on hostile input."""

_RAW_CAP = 4 * MAX_CHARACTERS
_URL = re.compile(r"(?:https?://|www\.)\S*|\bhttps?…\S*", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w@])[@＠]\w+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]+")
_STRETCHED = re.compile(r"([^\W\d]|[^\w\s])\1{3,}")
_SPACE = re.compile(r"\s+")


def prepare(text: str) -> str:
    """Return `text` as the model wants it: at most MAX_CHARACTERS characters on one line, possibly "".

    Mentions become `@user` and links `http` (the convention of UMSAB and TweetEval, so that no name decides), HTML
    entities become characters, invisible and control characters go, a character repeated more than three times is
    written three times. Lone surrogates become `?`. Idempotent for texts without nested entities.
    """
    text = text[:_RAW_CAP].encode("utf-8", "replace").decode("utf-8")
    if "&" in text:
        text = html.unescape(text).encode("utf-8", "replace").decode("utf-8")
    text = _UNPRINTABLE.sub(" ", text)
    text = _MENTION.sub("@user", _URL.sub("http", text))
    text = _STRETCHED.sub(r"\1\1\1", text)
    return _SPACE.sub(" ", text).strip()[:MAX_CHARACTERS].rstrip()


LANGUAGES = (
    *("es", "en", "pt", "fr", "it", "de"),  # what the default classifier serves
    *("ca", "nl", "pl", "tr"),  # neighbours that would otherwise be taken for one of those
    *("ar", "el", "he", "hi", "ja", "ko", "ru", "th", "zh"),  # told apart by their script
)
"""What `language` can answer, besides "und". A short post in any other language gets the nearest of these."""
_WHERE_EXPECTED = ("gl", "eu")
"""Languages that are looked for only where they are expected: elsewhere Spanish would be taken for them."""

LanguageSign: TypeAlias = Literal["words", "expected", "nothing"]
"""What tells a language: the text's own words; what is expected there (or its tag, or what is near); nothing."""

_NOT_LANGUAGE = re.compile(r"@user|\bhttp\b|\brt\b|#\w+|&\w+;")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LAUGHTER = re.compile(r"(?P<jaja>(?:j+[aeiou]+){2,}[js]*|ja[jas]{3,})|(?P<kkk>k{3,})|(?P<haha>a?(?:h+[aei]+){2,}h*)")
_LATIN = {
    "es": "áéíóúüñ",
    "en": "éï",
    "pt": "áâãàçéêíóôõúü",
    "fr": "àâæçèéêëîïôœùûü",
    "it": "àèéìíîòóùú",
    "de": "äöüßé",
    "ca": "àçèéíïòóúü",
    "gl": "áéíóúüñ",
    "eu": "üñç",
    "nl": "ëïéèöüá",
    "pl": "ąćęłńóśźż",
    "tr": "çğıöşüâî\u0307",
}
"""The languages of LANGUAGES in Latin script, and their letters beside those of English."""

# All of these are differences of logarithms of likelihood, as the identifier gives them for n-grams of letters.
_PRIOR = 9.0  # how much likelier another language must be than the one expected first
_PREFERENCE = 3.0  # how much less than the first the others that are expected are preferred
_TAG = 2.5  # what the network's tag weighs: less than the preference, so that a wrong one decides nothing alone
_NEAR = (
    4.0  # what the thread weighs, and what else the author wrote: more than the preference, less than what is expected
)
_COMMON = 3.0  # what a usual word of a language weighs
_FOREIGN_LETTER = 4.0  # what a word with a letter that a language has not weighs against it
_INVERTED_MARK = 6.0  # what ¿ and ¡ weigh for Spanish
_WORDS_READ = 8  # words among which usual ones are looked for: a longer text tells by itself
_NOTHING_KNOWN = -1e30  # the identifier says less than that of every language for words of which it knows no part
_FEWEST_LETTERS = 3
_loading = threading.Lock()


def language(
    text: str,
    expected: Sequence[str] = (),
    names: Collection[str] = (),
    *,
    tag: str = "",
    near: Sequence[str] = (),
) -> str:
    """Return the language of `text`, see `language_and_sign`."""
    return language_and_sign(text, expected, names, tag=tag, near=near)[0]


def language_and_sign(
    text: str,
    expected: Sequence[str] = (),
    names: Collection[str] = (),
    *,
    tag: str = "",
    near: Sequence[str] = (),
) -> tuple[str, LanguageSign]:
    """Return the ISO 639-1 code of the language of `text`, one of LANGUAGES or of those expected, or "und"; and why.

    Mentions, links and hashtags do not count: they are names, as are `names`; nor do figures, pictures and words that
    every language borrows. `expected` are the languages that people mostly write in there, the likeliest first: a text
    in doubt is in one of them, one with hardly a letter in the first. `tag` is the network's word for it, `near` are
    the languages of the thread and of what else the author wrote; each weighs less than what is expected first. The
    first call loads the tables (some tenths of a second); they are shared between threads.
    """
    prior = _prior(expected, tag, near)
    likeliest = max(prior, key=lambda code: prior[code], default="und")
    sign: LanguageSign = "expected" if prior else "nothing"
    plain = _NOT_LANGUAGE.sub(" ", prepare(text).lower())
    for name in names:
        plain = re.sub(rf"(?<!\w){re.escape(name.lower())}(?!\w)", " ", plain)
    words = [_word(found) for found in _WORD.findall(plain)]
    words = [word for word in words if word not in _borrowed()]
    letters = "".join(words)[:200]
    is_latin = _is_latin(letters)
    if not letters or (is_latin and len(letters) < _FEWEST_LETTERS):
        return likeliest, sign
    evidence = _evidence(words, is_latin=is_latin)
    if is_latin and ("¿" in plain or "¡" in plain):
        evidence["es"] += _INVERTED_MARK
    if not any(evidence.values()):
        return likeliest, sign
    fitting = [code for code in evidence if code in prior or code not in _WHERE_EXPECTED]
    found = max(fitting, key=lambda code: evidence[code] + prior.get(code, 0.0))
    return found, "words" if evidence[found] == max(evidence[code] for code in fitting) else "expected"


def _prior(expected: Sequence[str], tag: str, near: Sequence[str]) -> dict[str, float]:
    known = [code for code in expected if code in (*LANGUAGES, *_WHERE_EXPECTED)]
    prior = {code: _PRIOR - _PREFERENCE * (at > 0) for at, code in enumerate(known)}
    for code, weight in ((tag, _TAG), *((code, _NEAR) for code in near)):
        if code in LANGUAGES or code in prior:
            prior[code] = prior.get(code, 0.0) + weight
    return prior


def _word(found: str) -> str:
    """A word as it stands in the table: laughter is written in one way."""
    laughter = _LAUGHTER.fullmatch(found)
    return str(laughter.lastgroup) if laughter else found.replace("’", "'")


def _is_latin(letters: str) -> bool:
    return 2 * sum(letter.isascii() or "LATIN" in unicodedata.name(letter, "") for letter in letters) > len(letters)


def _evidence(words: Sequence[str], *, is_latin: bool) -> dict[str, float]:
    """How likely the languages of the words' script are, without a prior; all 0 where nothing is known of the words."""
    with _loading:
        identifier = _identifier()
    ranks = dict(identifier.rank(" ".join(words)))
    best = max(ranks.values())
    known = best > _NOTHING_KNOWN
    evidence = {code: rank - best if known else 0.0 for code, rank in ranks.items() if _fits(code, is_latin)}
    for word in words[:_WORDS_READ] if is_latin else ():
        for code in _common_words().get(word, ()):
            evidence[code] += _COMMON
        if not word.isascii():
            for code in _without_a_letter_of(word):
                evidence[code] -= _FOREIGN_LETTER
    return evidence


def _fits(code: str, is_latin: bool) -> bool:
    return (code in _LATIN) == is_latin


def _without_a_letter_of(word: str) -> list[str]:
    foreign_letters = {letter for letter in word if not letter.isascii()}
    return [code for code, own_letters in _LATIN.items() if not foreign_letters.issubset(own_letters)]


@cache
def _common_words() -> dict[str, tuple[str, ...]]:
    """The languages of each usual word."""
    languages: dict[str, tuple[str, ...]] = {}
    for code, words in _word_table()["words"].items():
        languages |= {word: (*languages.get(word, ()), code) for word in set(words.split())}
    return languages


@cache
def _borrowed() -> frozenset[str]:
    return frozenset(str(_word_table()["borrowed"]).split())


def _word_table() -> dict[str, Any]:
    return tomllib.loads((files("monitor.classify") / "common_words.toml").read_text(encoding="utf-8"))


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages((*LANGUAGES, *_WHERE_EXPECTED))
    return identifier
