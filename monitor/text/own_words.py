"""Words by which people speak of themselves, or of harm: who adds one to a text of many has their own complaint.

And those that say nothing of one's own: grammar, and what decorates a text that is passed on.
"""

import tomllib
from functools import cache
from importlib.resources import files


def lexicon(words: str) -> frozenset[str]:
    """A set of words, as `fold` leaves them, written in a row."""
    return frozenset(words.split())


@cache
def own_words(name: str) -> frozenset[str]:
    """One of the lists of `own_words.toml`."""
    lists: dict[str, str] = tomllib.loads((files("monitor.text") / "own_words.toml").read_text(encoding="utf-8"))
    return lexicon(lists[name])


FIRST_PERSON = own_words("first_person")
HARM = own_words("harm")
COMPLAINTS = own_words("complaints")
GRAMMAR = own_words("grammar")
DENIALS = own_words("denials")
DECORATIONS = own_words("decorations")
