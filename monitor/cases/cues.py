"""What a complaint's words tell: its category, how severe it is, and by which word.

A lexicon, `cues.toml`, and no model: a team can read why a case was filed as it was, and adds words of its own in the
settings. Reading takes time in proportion to the text, whatever it holds.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from monitor.models.cases import SEVERITIES, Severity
from monitor.settings.desk import Category
from monitor.text.folding import fold

_LONGEST = 5_000  # characters; what matters is said by then
_WORD = re.compile(r"[^\W_]+")
_MONEY = re.compile(r"[€$£](?=\s?\d)|(?<=\d)\s?[€$£]")  # any currency will do
_GROUPS = re.compile(r"(?<=\d)[.,](?=\d)")
_GAP = 3  # words that "~" may stand for
_ANY = ("~",)

Part = tuple[str, ...]  # the words of which one must stand there
Phrase = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A first guess that people correct; `cue` is the key of the reason ("money", "safety"), '' for none."""

    category: str = "other"
    severity: Severity = "moderate"
    cue: str = ""


def suggest(text: str, categories: tuple[Category, ...], learned: str = "") -> Suggestion:
    """What the words of a complaint suggest; only categories of the settings.

    `learned` is the category that the classifier finds likeliest, "" for none: where no words tell, or as many tell one
    category as another, it is that one. A business's own words are above it.
    """
    words = _words(text)
    cue = next(iter(_cues_in(words)), "")
    return Suggestion(_category(words, categories, learned), severity_of(cue) or "moderate", cue)


def telling_words(text: str, category: str, categories: tuple[Category, ...]) -> tuple[str, ...]:
    """The words of a complaint that speak for a category, in small letters; none where the classifier did."""
    return _as_spelled(text, _category_index(categories).places_of(category, _words(text)))


def severe_words(text: str, cue: str) -> tuple[str, ...]:
    """The words of a complaint that give a cue, in small letters."""
    return _as_spelled(text, _cue_index().places_of(cue, _literal(_words(text))))


def grave(text: str) -> frozenset[str]:
    """The reasons to call a complaint serious or worse that its words give."""
    return frozenset(cue for cue in _cues_in(_words(text)) if severity_of(cue) in ("serious", "critical"))


def severity_of(cue: str) -> Severity | None:
    """The severity that a cue stands for; None for a key that is none."""
    return _severities().get(cue)


def _cues_in(words: Sequence[str]) -> list[str]:
    """The cues that the words give, the worst first; idioms ("muerto de risa") give none."""
    return _cue_index().keys_in(_literal(words))


def _literal(words: Sequence[str]) -> list[str]:
    """The words, "" for those of idioms."""
    idioms = _idiom_index().spans_in(words)
    return ["" if at in idioms else word for at, word in enumerate(words)]


def _as_spelled(text: str, places: Iterable[int]) -> tuple[str, ...]:
    """The words at these places with their accents, each once."""
    words, spelled = _words(text), _WORD.findall(_plain(text).lower())
    shown = spelled if len(spelled) == len(words) else words
    return tuple(dict.fromkeys(shown[at] for at in sorted(places)))


def _category(words: Sequence[str], categories: tuple[Category, ...], learned: str) -> str:
    """The category whose phrases take the most words; of those that are level a business's own, then what is learned.

    Else the first in the lexicon's order.
    """
    weights = _category_index(categories).weights(words)
    level = [name for name, weight in weights.items() if weight == max(weights.values())]
    is_own = bool(level) and level[0] not in _lexicon()["category"]
    may_decide = not level or (learned in level and not is_own)
    if may_decide and any(category.name == learned for category in categories):
        return learned
    return level[0] if level else "other"


class _Index:
    """Phrases by the first word or stem, each for the keys it speaks for."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        self.keys: dict[str, None] = {}
        self.words: dict[str, list[tuple[Phrase, str]]] = {}
        self.stems: dict[str, list[tuple[Phrase, str]]] = {}
        for key, written in phrases:
            self.keys[key] = None
            phrase = _phrase(written)
            if phrase:
                self._add(phrase, key)

    def _add(self, phrase: Phrase, key: str) -> None:
        for first in phrase[0]:
            table = self.stems if first.endswith("*") else self.words
            table.setdefault(first.removesuffix("*"), []).append((phrase, key))

    @cached_property
    def longest(self) -> int:
        """How long the longest stem is."""
        return max(map(len, self.stems), default=0)

    def weights(self, words: Sequence[str]) -> dict[str, int]:
        """How many words the phrases found take, by key, each phrase once; in the order of the keys."""
        phrases = dict.fromkeys(phrase for at in range(len(words)) for phrase in self._matches_at(words, at))
        total = dict.fromkeys(self.keys, 0)
        for phrase, key in phrases:
            total[key] += sum(part != _ANY for part in phrase)
        return {key: weight for key, weight in total.items() if weight}

    def keys_in(self, words: Sequence[str]) -> list[str]:
        """The keys that are spoken of, in their order."""
        return list(self.weights(words))

    def places_of(self, key: str, words: Sequence[str]) -> frozenset[int]:
        """Where phrases for a key begin, and the further words of those without gaps."""
        matches = ((at, *match) for at in range(len(words)) for match in self._matches_at(words, at))
        found = ((at, 1 if _ANY in phrase else len(phrase)) for at, phrase, name in matches if name == key)
        return frozenset(place for at, length in found for place in range(at, at + length))

    def spans_in(self, words: Sequence[str]) -> frozenset[int]:
        """Where the words of the phrases found stand; of phrases without gaps."""
        found = ((at, phrase) for at in range(len(words)) for phrase, _ in self._matches_at(words, at))
        return frozenset(place for at, phrase in found for place in range(at, at + len(phrase)))

    def _matches_at(self, words: Sequence[str], at: int) -> Iterator[tuple[Phrase, str]]:
        word = words[at]
        lists = [self.words.get(word), self.words.get("#") if _is_many(word) else None]
        lists += [self.stems.get(word[:length]) for length in range(1, min(len(word), self.longest) + 1)]
        for phrase, key in (entry for entries in lists if entries for entry in entries):
            if _matches_rest(words, at + 1, phrase, 1):
                yield phrase, key


def _matches_rest(words: Sequence[str], at: int, phrase: Phrase, part: int) -> bool:
    if part == len(phrase):
        return True
    if phrase[part] == _ANY:
        return any(_matches_rest(words, at + gap, phrase, part + 1) for gap in range(_GAP + 1))
    return at < len(words) and _matches_part(words[at], phrase[part]) and _matches_rest(words, at + 1, phrase, part + 1)


def _matches_part(word: str, part: Part) -> bool:
    return any(_matches_sign(word, sign) for sign in part)


def _matches_sign(word: str, sign: str) -> bool:
    if sign == "#":
        return _is_many(word)
    return word.startswith(sign[:-1]) if sign.endswith("*") else word == sign


def _is_many(word: str) -> bool:
    return word.isdecimal() and len(word) < 6 and int(word) > 2


def _phrase(written: str) -> Phrase:
    """A phrase of the lexicon in the form of the words of a text."""
    parts: list[Part] = []
    for part in written.split():
        choices = [_sequence(choice) for choice in part.split("|")]
        if all(len(words) == 1 for words in choices):
            parts.append(tuple(words[0] for words in choices))
        else:
            parts += [(word,) for words in choices for word in words]
    return tuple(parts)


def _sequence(written: str) -> list[str]:
    """One word or sign of the lexicon; several words where signs join them ("check-in")."""
    if written in ("~", "#"):
        return [written]
    words = _words(written)
    return [*words[:-1], words[-1] + "*"] if words and written.endswith("*") else words


def _words(text: str) -> list[str]:
    """The words without capitals and accents, signs of money and amounts with signs inside as one word each.

    A letter with more marks than any language has is read as the letter.
    """
    return _WORD.findall(fold(_plain(text)))


def _plain(text: str) -> str:
    return _MONEY.sub(" euros ", _GROUPS.sub("", text[:_LONGEST]))


@cache
def _lexicon() -> dict[str, Any]:
    return tomllib.loads((files("monitor.cases") / "cues.toml").read_text(encoding="utf-8"))


@cache
def _severities() -> dict[str, Severity]:
    """The severity of each cue, the worst first."""
    severities: dict[str, Severity] = {name: entry["severity"] for name, entry in _lexicon()["cue"].items()}
    return dict(sorted(severities.items(), key=lambda cue: -SEVERITIES.index(cue[1])))


@cache
def _cue_index() -> _Index:
    return _Index((name, phrase) for name in _severities() for phrase in _bilingual_phrases(_lexicon()["cue"][name]))


@cache
def _idiom_index() -> _Index:
    return _Index(("idiom", phrase) for phrase in _bilingual_phrases(_lexicon()["idiom"]))


@cache
def _category_index(categories: tuple[Category, ...]) -> _Index:
    lexicon = _lexicon()["category"]
    named = {category.name: category for category in categories}
    order = [*(name for name in named if name not in lexicon), *(name for name in lexicon if name in named)]
    return _Index(
        (name, phrase) for name in order for phrase in (*_bilingual_phrases(lexicon.get(name, {})), *named[name].words)
    )


def _bilingual_phrases(entry: dict[str, Any]) -> list[str]:
    return [_expand_lists(phrase) for phrase in (*entry.get("es", ()), *entry.get("en", ()))]


def _expand_lists(phrase: str) -> str:
    """A phrase of the lexicon with the words of each list that it names."""
    lists = _lexicon()["list"]
    return re.sub(r"@(\w+)", lambda name: "|".join(lists[name[1]]), phrase)
