"""Posts as angry people write them: shouted, without accents, mistyped."""

import random
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from monitor.training.datasets import Example


def disturb(examples: Sequence[Example], share: float, seed: int) -> list[Example]:
    """Return the examples, a share of them shouted, without accents or mistyped, as angry people write."""
    rng = random.Random(seed)  # noqa: S311
    ways = (str.upper, str.lower, _remove_accents, lambda text: _mistype(text, rng))
    return [
        replace(example, text=rng.choice(ways)(example.text)) if rng.random() < share else example
        for example in examples
    ]


def _remove_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(letter for letter in decomposed if not "\u0300" <= letter <= "\u036f"))


def _mistype(text: str, rng: random.Random) -> str:
    """Swap, double or drop a letter in about one word of six."""
    words = text.split(" ")
    for at, word in enumerate(words):
        if len(word) > 3 and word.isalpha() and rng.random() < 1 / 6:
            place = rng.randrange(1, len(word) - 1)
            left, right = word[place], word[place + 1]
            words[at] = word[:place] + rng.choice((right + left, left + left + right, right)) + word[place + 2 :]
    return " ".join(words)
