"""Words that stand for others of a text: the same with a slip of the finger. Pure."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from monitor.text.disguises import word as compared
from monitor.text.given_names import given_names
from monitor.text.hashing import hashed
from monitor.text.own_words import COMPLAINTS, DENIALS, FIRST_PERSON, HARM

_FEWEST_LETTERS = 5


def halves(words: Iterable[str]) -> frozenset[int]:
    """Hashes of both halves of the longer of these words: one slip leaves one of the two as it was."""
    return frozenset(half for word in words for half in _halves(word))


def is_slip(word: str, known: frozenset[int]) -> bool:
    """Whether a letter more, less or another may make it a word whose `halves` are among the known ones.

    Words that tell of harm, denial, money or a person mean what they say.
    """
    if len(word) < _FEWEST_LETTERS or word in _meant():
        return False
    lengths = (len(word) - 1, len(word), len(word) + 1)
    return any(half in known for length in lengths for half in _halves_of_length(word, length))


@lru_cache(maxsize=65_536)
def _halves(word: str) -> tuple[int, ...]:
    return tuple(_halves_of_length(word, len(word))) if len(word) >= _FEWEST_LETTERS else ()


def _halves_of_length(word: str, length: int) -> Iterator[int]:
    """The halves that the word has in common with one of that length, if it has."""
    yield hashed(f"{length}<{word[: length // 2]}")
    yield hashed(f"{length}>{word[length // 2 - length :]}")


@lru_cache(maxsize=1)
def _meant() -> frozenset[str]:
    return frozenset(map(compared, FIRST_PERSON | HARM | DENIALS | COMPLAINTS | given_names()))
