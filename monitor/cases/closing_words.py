"""Whether a customer's last words ask for nothing: thanks, a yes, "it is solved". Pure.

A word list, `closing_words.toml`, and no model, so that a team can read why a case stayed closed. Whatever is not
surely thanks counts as a problem: one word that the list does not know, a question, a link, a number, doubtful signs.
Names may be addressed: those of the brand, its accounts and its people, and given names that are known. Thanks to any
other name are a problem too: that costs a click.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from monitor.text.folding import fold, fold_handle
from monitor.text.given_names import given_names

_LONGEST = 280  # characters; who says more than that has something to say
_MOST_WORDS = 25
_MOST_NAMES = 2  # given names: "gracias, Marta"
_APPLAUSE = 3  # claps

_HANDLE = re.compile(r"(?<![\w/])(?:[@＠][\w.\-]*\w(?:@[\w.\-]*\w)?|/?u/[\w\-]+)")
_FIRST_HANDLES = re.compile(rf"^(?:\s*\.?{_HANDLE.pattern}[\s:,]*)+")
_DOUBTFUL = re.compile(
    r"[?¿؟？#＃\d/\\+=<>%€$|\[\]{}\"“”„«»]|\.\.|…|https?:|www\.|[:;=]['’\-]?[(/\\|\[]|(?<!\w)D:",
    re.IGNORECASE,
)
_MODIFIERS = re.compile("[\ufe0e\ufe0f\u200d\u2640\u2642\U0001f3fb-\U0001f3ff]")
_SENTENCE_END = ".!¡\n"
_QUIET = frozenset(" \t\r,;:-–—()*_'’´`~·" + _SENTENCE_END)
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_TOKEN = re.compile(r"[^\W\d_]+|\S|\n")

Choice = tuple[frozenset[str], bool]  # the words of which one stands there; whether it may be missing
Phrase = tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, folded, or a sign; `is_name`: somebody's given name, by its capital inside a sentence."""

    word: str
    is_name: bool = False


def is_thanks(text: str, names: Collection[str] = ()) -> bool:
    """Whether the text is surely thanks, a yes or "it is solved", and nothing besides.

    `names` are those of the brand, its accounts and its people, which may be addressed; others only with a capital.
    """
    if len(text) > _LONGEST:
        return False
    words = _faces_as_signs(_MODIFIERS.sub("", _without_handles(text, names)))
    if _DOUBTFUL.search(words):
        return False
    tokens = _tokens(words)
    if not tokens or len(tokens) > _MOST_WORDS:
        return False
    if _is_never_thanks([token.word for token in tokens]):
        return False
    called = [_folded_words(name) for name in names if _is_of_words(name)]
    return _is_covered(tokens, [name for name in called if not set(name) & set(_lexicon()["no_names"]["words"])])


def _without_handles(text: str, names: Collection[str]) -> str:
    """The text without the handles that it begins with, as replies do, and without ours; another's keeps its @."""
    ours = {fold_handle(name) for name in names}
    spoken = _FIRST_HANDLES.sub(" ", text)
    spoken = _HANDLE.sub(lambda found: " " if _account(found[0]) in ours else f" @{found[0]}", spoken)
    for account in (name for name in names if not _is_of_words(name)):
        spoken = re.sub(rf"(?<![\w@]){re.escape(account)}(?!\w)", " ", spoken, flags=re.IGNORECASE)
    return spoken


def _account(handle: str) -> str:
    return fold_handle(re.sub(r"^(＠|/?u/)", "", handle))


def _is_of_words(name: str) -> bool:
    return name.replace(" ", "").isalpha()


def _is_never_thanks(words: Sequence[str]) -> bool:
    never = _lexicon()["never"]
    is_applause = len(words) >= _APPLAUSE and len(set(words)) == 1 and words[0] in never["applause"]
    return is_applause or any(re.search(rf"\b{phrase}\b", " ".join(words)) for phrase in never["phrases"])


def _faces_as_signs(text: str) -> str:
    for face in sorted(_lexicon()["marks"]["faces"], key=len, reverse=True):
        text = text.replace(face, " 🙂 ")
    return text


def _tokens(text: str) -> list[_Token]:
    """The words and signs; what only separates them is left out."""
    tokens: list[_Token] = []
    begins = True
    for found in _TOKEN.finditer(text):
        sign = found[0]
        if sign[0] in _QUIET:
            begins = begins or sign in _SENTENCE_END
            continue
        word = _STRETCHED.sub(r"\1", fold(sign))
        tokens.append(_Token(word, not begins and sign.istitle() and word in given_names()))
        begins = not sign[0].isalpha()
    return tokens


def _folded_words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", fold(text))


def _is_covered(tokens: Sequence[_Token], ours: Sequence[Sequence[str]]) -> bool:
    """Whether phrases cover all tokens, one of them a closing one, and beside them `ours` and at most a name or two."""
    words = [token.word for token in tokens]
    # At each place: whether a closing phrase came before, and how many names.
    reached: list[set[tuple[bool, int]]] = [set() for _ in range(len(words) + 1)]
    reached[0].add((False, 0))
    for at in range(len(words)):
        if not reached[at]:
            continue
        for end, closes in _phrases_at(words, at):
            reached[end] |= {(was or closes, names) for was, names in reached[at]}
        for name in ours:
            if words[at : at + len(name)] == name:
                reached[at + len(name)] |= reached[at]
        if tokens[at].is_name:
            reached[at + 1] |= {(was, names + 1) for was, names in reached[at] if names < _MOST_NAMES}
    return any(closes for closes, _ in reached[-1])


def _phrases_at(words: Sequence[str], at: int) -> Iterator[tuple[int, bool]]:
    """Where each phrase that begins here ends, and whether it is a closing one."""
    for phrase, closes in _phrases().get(words[at], ()):
        for end in _ends(phrase, words, at):
            if end > at:
                yield end, closes


def _ends(phrase: Phrase, words: Sequence[str], at: int) -> set[int]:
    places = {at}
    for choices, is_optional in phrase:
        places = {place + 1 for place in places if place < len(words) and words[place] in choices} | (
            places if is_optional else set()
        )
    return places


@cache
def _lexicon() -> dict[str, Any]:
    return tomllib.loads((files("monitor.cases") / "closing_words.toml").read_text(encoding="utf-8"))


@cache
def _phrases() -> dict[str, tuple[tuple[Phrase, bool], ...]]:
    """Phrases by each word that they may begin with, and whether they are closing ones."""
    marks = _lexicon()["marks"]
    written = [(sign, True) for sign in marks["closes"]] + [(sign, False) for sign in marks["beside"]]
    for part, closes in (("closes", True), ("beside", False)):
        written += [(phrase, closes) for phrases in _lexicon()[part].values() for phrase in phrases]
    by_first: dict[str, list[tuple[Phrase, bool]]] = {}
    for text, closes in written:
        phrase = _phrase(text)
        for first in _first_words(phrase):
            by_first.setdefault(first, []).append((phrase, closes))
    return {first: tuple(phrases) for first, phrases in by_first.items()}


def _phrase(written: str) -> Phrase:
    return tuple(_choice(part) for part in written.split())


def _choice(part: str) -> Choice:
    lists = _lexicon()["list"]
    choices: list[str] = []
    for word in part.removesuffix("?").split("|"):
        choices += lists[word[1:]].split("|") if word.startswith("@") else [word]
    return frozenset(fold(word) for word in choices), part.endswith("?")


def _first_words(phrase: Phrase) -> frozenset[str]:
    firsts: frozenset[str] = frozenset()
    for choices, is_optional in phrase:
        firsts |= choices
        if not is_optional:
            break
    return firsts
