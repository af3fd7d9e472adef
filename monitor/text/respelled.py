"""Words that stand for others of a text: the same with a slip of the finger, glued together or split. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from monitor.text.disguises import word as compared
from monitor.text.given_names import given_names
from monitor.text.hashing import hashed
from monitor.text.own_words import COMPLAINTS, DENIALS, FIRST_PERSON, HARM

_FEWEST_LETTERS = 5
_FEWEST_OF_A_PART = 4  # letters that one of several words in one has
_LONGEST_PART = 20
_FEWEST_GLUED = 6
_ONE_LETTER = "aeouy"  # words of one letter


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


def glued(word: str, known: Collection[int]) -> frozenset[int]:
    """The known words that stand in the word without a gap, as hashes; none where it holds more than these."""
    if len(word) < _FEWEST_GLUED or word in _meant():
        return frozenset()
    reached: dict[int, frozenset[int]] = {0: frozenset()}
    longest = 0
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _LONGEST_PART), end):
            part = word[start:end]
            if start in reached and (part in _ONE_LETTER or hashed(part) in known):
                reached[end] = reached[start] | ({hashed(part)} if len(part) > 1 else set())
                longest = max(longest, len(part))
                break
    parts = reached.get(len(word), frozenset())
    return parts if longest >= _FEWEST_OF_A_PART else frozenset()


def split(sequence: Sequence[str], added: Collection[str], missing: Collection[int]) -> Iterator[tuple[str, str]]:
    """Neighbours, one of them among the added words, that are one of the missing words together."""
    return (
        (first, second)
        for first, second in pairwise(sequence)
        if (first in added or second in added) and hashed(first + second) in missing
    )


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
