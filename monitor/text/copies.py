"""Campaigns: one text sent by many accounts, with small changes. Which texts are copies of each other. Pure.

Copies share their words but for a few. Links, handles, emoji, punctuation, repeated letters and a number before or
after the text do not tell them apart, nor do slips of the finger and letters spaced apart; what only one customer knows
does: an amount, an order number, a name, what they say of themselves or of harm. Where a text names a place or a number
its copies may name others. Slogans of few words are copies only word for word, and only where they speak of no harm,
denial or person: in an outage many people say the same in the same six words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, pairwise

from monitor.text.disguises import undisguised
from monitor.text.disguises import word as compared
from monitor.text.facts import Token, numbers_of, places_of, read_tokens
from monitor.text.given_names import given_names
from monitor.text.hashing import hashed
from monitor.text.own_words import COMPLAINTS, DECORATIONS, DENIALS, FIRST_PERSON, GRAMMAR, HARM, lexicon
from monitor.text.respelled import glued, halves, is_slip, split

FEWEST_WORDS = 7
"""Different words of two letters or more, no hashtags, that a text has of which small changes make copies."""
FEWEST_OF_SLOGAN = 3
"""The same for a slogan, whose copies have the same words."""
_WORDS_A_CHANGE = 8  # for each so many words, one may be another
_MOST_CHANGES = 4
_WORDS_A_REPLACEMENT = 4  # for each so many words, one may have a slip or name another place
_LONGEST = 5_000  # characters
_SHARED = 3  # long words that copies have in common
_COUNT = hashed("# *")
_DENIAL = 0
_NUMERALS = lexicon(
    "dos tres cuatro cinco seis siete ocho nueve diez once doce quince veinte treinta cuarenta cincuenta cien mil two"
    " three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty hundred thousand"
)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a text says, as hashes: its different words, and the facts among it (numbers, and names in `places`).

    `own` are the words next to one of the first person. `told` are the words that tell something, as they follow each
    other, `_DENIAL` for one that denies. `counts` are the numbers that nothing marks as one's own, `places` what each
    name stands after, `spelled` the words themselves and `sequence` all as they follow each other, which are not kept.
    `forms` is what a text is kept with to know its words by when they are written otherwise.
    """

    words: frozenset[int]
    numbers: frozenset[int]
    ordered: tuple[int, ...] = ()  # the words, the longest first
    own: frozenset[int] = frozenset()
    told: tuple[int, ...] = ()
    counts: frozenset[int] = frozenset()
    places: Mapping[int, int] = field(default_factory=dict)
    spelled: Mapping[int, str] = field(default_factory=dict)
    sequence: tuple[str, ...] = ()
    forms: frozenset[int] = frozenset()

    @property
    def changes(self) -> int:
        """How many words a copy may have instead of others, and how many besides."""
        return min(len(self.words) // _WORDS_A_CHANGE, _MOST_CHANGES)


@lru_cache(maxsize=4_096)
def signature(text: str) -> Signature | None:
    """What the text is compared by; None for one of too few words."""
    plain = undisguised(text[:_LONGEST])
    tokens = read_tokens(plain)
    spelled = [token.word for token in tokens if not token.is_tagged]
    words = {word for word in spelled if len(word) > 1}
    first_person = _compared(FIRST_PERSON)
    if len(words) < FEWEST_WORDS and not _is_slogan(words, spelled, tokens):
        return None
    words |= first_person & set(spelled)
    numbers, counts = numbers_of(plain, tokens)
    places = places_of(plain, tokens)
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return Signature(
        frozenset(map(hashed, words)),
        frozenset(map(hashed, numbers | counts | (words & _NUMERALS))),
        tuple(map(hashed, ordered)),
        frozenset(hashed(word) for before, word in pairwise(spelled) if before in first_person),
        _told(tokens),
        frozenset() if first_person & set(spelled) else frozenset(map(hashed, counts)),
        {hashed(name): hashed(f"{leading} *") for name, leading in places.items()},
        {hashed(word): word for word in words},
        tuple(spelled),
    )


def forms(text: Signature) -> frozenset[int]:
    """What the text is kept with, for `Signature.forms`."""
    counted = {_COUNT} if text.counts else set()
    return halves(text.spelled.values()) | frozenset(text.places.values()) | counted


def _is_slogan(words: set[str], spelled: list[str], tokens: list[Token]) -> bool:
    speaking = _compared(HARM | DENIALS | COMPLAINTS | FIRST_PERSON)
    if len(words) < FEWEST_OF_SLOGAN or speaking & set(spelled):
        return False
    return all(token.word for token in tokens if not token.is_tagged)


def is_copy(post: Signature, text: Signature) -> bool:
    """Whether a post says what the text says and nothing of its own."""
    added, missing = post.words - text.words, text.words - post.words
    most = len(text.words) // _WORDS_A_REPLACEMENT if text.forms else 0
    if max(len(added), len(missing)) > text.changes + most:
        return False
    regapped, said = _regapped(post, text, added, missing) if most else (frozenset[int](), frozenset[int]())
    added, missing = added - regapped, missing - said
    replaced, replaced_count = _replaced(post, text, added, min(most, len(missing)))
    added -= replaced
    missing_count = len(missing) - replaced_count
    if max(len(added), missing_count) > text.changes:
        return False
    if added & _telling() or (len(added) > missing_count and added & post.own):
        return False
    if _says_own(post, text.words | replaced | regapped, grows=len(added) > missing_count):
        return False
    counts = post.counts if _COUNT in text.forms else frozenset()
    return post.numbers - counts <= text.numbers and added.isdisjoint(post.places)


def _regapped(
    post: Signature, text: Signature, added: frozenset[int], missing: frozenset[int]
) -> tuple[frozenset[int], frozenset[int]]:
    """The words of the post that are words of the text with other gaps, and which these are."""
    regapped, said = set[int](), set[int]()
    for word in added:
        if parts := glued(post.spelled.get(word, ""), text.words):
            regapped.add(word)
            said |= parts
    added_words = {post.spelled.get(word, "") for word in added}
    for first, second in split(post.sequence, added_words, missing):
        regapped |= {hashed(first), hashed(second)}
        said.add(hashed(first + second))
    return frozenset(regapped), frozenset(said)


def _replaced(post: Signature, text: Signature, added: frozenset[int], most: int) -> tuple[frozenset[int], int]:
    """Of the words that the post has and the text has not, those that stand for up to `most` of the text's.

    And for how many: a place of several words is one.
    """
    if not added or most < 1:
        return frozenset(), 0
    shared = halves(post.spelled[word] for word in post.words & text.words if word in post.spelled)
    missing = text.forms - shared
    units: dict[int, set[int]] = {}
    for word in sorted(added):
        place = post.places.get(word, 0)
        if place in text.forms or is_slip(post.spelled.get(word, ""), missing):
            units.setdefault(place if place in text.forms else word, set()).add(word)
    taken = list(units.values())[:most]
    return frozenset(word for unit in taken for word in unit), len(taken)


def _says_own(post: Signature, known: frozenset[int], *, grows: bool) -> bool:
    """Whether words that tell something stand beside each other in the post, and none of them is `known`.

    One replaced here and another there say the same in other words; one that is denied counts where the post `grows`.
    """
    beside: list[int] = []
    for word in post.told:
        beside = [] if word in known else [*beside, word]
        denied = grows and _DENIAL in beside
        if len([word for word in beside if word != _DENIAL]) + denied > 1:
            return True
    return False


def _told(tokens: list[Token]) -> tuple[int, ...]:
    """The words but for grammar, decorations, hashtags and names of people."""
    silent, denials, names = _compared(GRAMMAR | DECORATIONS), _compared(DENIALS), _compared(given_names())
    told: list[int] = []
    after_name = False
    for token in tokens:
        is_name = token.word in names or (after_name and token.written.istitle())
        after_name = is_name
        if len(token.word) < 2 or is_name or token.is_tagged or (token.word in silent and token.word not in denials):
            continue
        told.append(_DENIAL if token.word in denials else hashed(token.word))
    return tuple(told)


def keys(brand: str, text: Signature) -> list[int]:
    """What the text of a brand is kept under: any copy of it has one of its keys among its `search_keys`."""
    return _combined(brand, text.ordered[: text.changes + _SHARED])


def search_keys(brand: str, post: Signature) -> list[int]:
    """What a post is looked for under.

    Two sets that differ by at most c words share k of their first c + k in any common order (prefix filtering, Xiao et
    al. 2011); the text may allow one change more than the post would.
    """
    return _combined(brand, post.ordered[: post.changes + 1 + _SHARED])


def author_key(network: str, author: str | None, mention_id: int) -> int:
    """What counts as one voice: an account; each post of which nobody knows whose it is."""
    return hashed(f"{network} {author.casefold()}" if author else f"{mention_id}")


def shared_words(text: str, words: frozenset[int]) -> str:
    """Those of the text's words that are among these hashes, and single letters, as they were written."""
    tokens = read_tokens(text[:_LONGEST])
    return " ".join(token.written for token in tokens if len(token.word) == 1 or hashed(token.word) in words)


def _combined(brand: str, words: tuple[int, ...]) -> list[int]:
    """A key for each so many of the words together: few texts share them that are no copies."""
    return [hashed(f"{brand} {' '.join(map(str, sorted(some)))}") for some in combinations(words, _SHARED)]


@lru_cache(maxsize=1)
def _telling() -> frozenset[int]:
    """The words that nobody adds to a text who has nothing of their own to say."""
    return frozenset(map(hashed, _compared(FIRST_PERSON | HARM)))


@lru_cache(maxsize=8)
def _compared(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(compared, words))
