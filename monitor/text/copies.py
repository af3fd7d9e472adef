"""Campaigns: one text sent by many accounts, with small changes. Which texts are copies of each other. Pure.

Copies share their words but for a few. Links, handles, emoji, punctuation, repeated letters and a number before or
after the text do not tell them apart; what only one customer knows does: an amount, an order number, a name, what they
say of themselves or of harm. Slogans of few words are copies only word for word, and only where they speak of no harm,
denial or person: in an outage many people say the same in the same six words.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations, pairwise

from monitor.text.folding import fold
from monitor.text.given_names import given_names
from monitor.text.own_words import COMPLAINTS, DECORATIONS, DENIALS, FIRST_PERSON, GRAMMAR, HARM, lexicon

FEWEST_WORDS = 7
"""Different words of two letters or more, no hashtags, that a text has of which small changes make copies."""
FEWEST_OF_SLOGAN = 3
"""The same for a slogan, whose copies have the same words."""
_WORDS_A_CHANGE = 8  # for each so many words, one may be another
_MOST_CHANGES = 4
_LONGEST = 5_000  # characters
_SHARED = 3  # long words that copies have in common
_HIDDEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]")
_AWAY = re.compile(r"https?://\S+|www\.\S+|\b[\w.-]+\.[a-z]{2,}/\S*|(?<!\w)@\w+(?:[@.-]\w+)*", re.IGNORECASE)
_TOKEN = re.compile(r"#?[^\W_]+(?:[.,:/-]\d+)*")
_REPEATED = re.compile(r"(.)\1+")
_JOINED = re.compile(r"[ \t,]*")  # between two words of one sentence
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһԛԝкмтвнгαοεικνρτυχ", "aeopcyxijsdhqwkmtbhraoeikvptux")
_LEET = str.maketrans("013456789", "oieasgtbg")
_LETTERS_OF_HASHTAG = 3
_LETTER_DIGITS = frozenset("0134")
_CURRENCY = re.compile(r"\s*[€$£]")
_MARKED = re.compile(r"[€$£#]\s*$")


# A number is one's own beside these words.
_NUMBERED = lexicon(
    "pedido pedidos orden compra factura recibo contrato reserva localizador billete vuelo envio paquete caso ticket"
    " expediente incidencia reclamacion referencia ref numero num poliza linea cuenta telefono order orders invoice"
    " booking flight parcel case reference number account policy contract receipt phone"
)
_DENIAL = 0
_UNITS = lexicon(
    "euro euros eur dolar dolares usd peso pesos hora horas dia dias semana semanas mes meses ano anos minuto minutos"
    " vez veces dollar dollars pound pounds hour hours day days week weeks month months year years minute minutes"
    " times"
)
_NUMERALS = lexicon(
    "dos tres cuatro cinco seis siete ocho nueve diez once doce quince veinte treinta cuarenta cincuenta cien mil two"
    " three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty hundred thousand"
)
# Before a name.
_LEADING = lexicon(
    "en de del al con por para desde hasta soy es san santa calle llamo llama marido mujer hijo hija padre madre"
    " in at from to with near for am is my son daughter wife husband father mother street"
)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a text says, as hashes: its different words, and the facts among it (numbers, and `names` of its words).

    `own` are the words next to one of the first person. `told` are the words that tell something, as they follow each
    other, `_DENIAL` for one that denies.
    """

    words: frozenset[int]
    numbers: frozenset[int]
    names: frozenset[int] = frozenset()
    ordered: tuple[int, ...] = ()  # the words, the longest first
    own: frozenset[int] = frozenset()
    told: tuple[int, ...] = ()

    @property
    def changes(self) -> int:
        """How many words a copy may have instead of others, and how many besides."""
        return min(len(self.words) // _WORDS_A_CHANGE, _MOST_CHANGES)


@lru_cache(maxsize=4_096)
def signature(text: str) -> Signature | None:
    """What the text is compared by; None for one of too few words."""
    visible = _HIDDEN.sub("", text[:_LONGEST]).replace("º", "#").replace("№", "#")  # which would become letters
    plain = _AWAY.sub(" ", unicodedata.normalize("NFKC", visible))
    tokens = list(_TOKEN.finditer(plain))
    spelled = [_word(token[0]) for token in tokens if not token[0].startswith("#")]
    words = {word for word in spelled if len(word) > 1}
    first_person = _compared(FIRST_PERSON)
    if len(words) < FEWEST_WORDS and not _is_slogan(words, spelled, tokens):
        return None
    words |= first_person & set(spelled)
    numbers = {*_numbers(plain, tokens), *(words & _NUMERALS)}
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return Signature(
        frozenset(map(_hash, words)),
        frozenset(map(_hash, numbers)),
        frozenset(map(_hash, _names(plain, tokens))),
        tuple(map(_hash, ordered)),
        frozenset(_hash(word) for before, word in pairwise(spelled) if before in first_person),
        _told(tokens),
    )


def _is_slogan(words: set[str], spelled: list[str], tokens: list[re.Match[str]]) -> bool:
    speaking = _compared(HARM | DENIALS | COMPLAINTS | FIRST_PERSON)
    if len(words) < FEWEST_OF_SLOGAN or speaking & set(spelled):
        return False
    return all(_word(token[0]) for token in tokens if not token[0].startswith("#"))


def is_copy(post: Signature, text: Signature) -> bool:
    """Whether a post says what the text says and nothing of its own."""
    added, missing = post.words - text.words, text.words - post.words
    if max(len(added), len(missing)) > text.changes:
        return False
    if added & _telling() or (len(added) > len(missing) and added & post.own):
        return False
    if _says_own(post, text, grows=len(added) > len(missing)):
        return False
    return post.numbers <= text.numbers and not added & post.names


def _says_own(post: Signature, text: Signature, *, grows: bool) -> bool:
    """Whether words that tell something stand beside each other in the post, and the text has none of them.

    One replaced here and another there say the same in other words; one that is denied counts where the post `grows`.
    """
    beside: list[int] = []
    for word in post.told:
        beside = [] if word in text.words else [*beside, word]
        denied = grows and _DENIAL in beside
        if len([word for word in beside if word != _DENIAL]) + denied > 1:
            return True
    return False


def _told(tokens: list[re.Match[str]]) -> tuple[int, ...]:
    """The words but for grammar, decorations, hashtags and names of people."""
    silent, denials, names = _compared(GRAMMAR | DECORATIONS), _compared(DENIALS), _compared(given_names())
    told: list[int] = []
    after_name = False
    for token in tokens:
        word = _word(token[0])
        is_name = word in names or (after_name and token[0].istitle())
        after_name = is_name
        if len(word) < 2 or is_name or token[0].startswith("#") or word in silent - denials:
            continue
        told.append(_DENIAL if word in denials else _hash(word))
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
    return _hash(f"{network} {author.casefold()}" if author else f"{mention_id}")


def shared_words(text: str, words: frozenset[int]) -> str:
    """Those of the text's words that are among these hashes, and single letters, as they were written."""
    spelled = ((token[0], _word(token[0])) for token in _TOKEN.finditer(text[:_LONGEST]))
    return " ".join(written for written, word in spelled if len(word) == 1 or _hash(word) in words)


def _combined(brand: str, words: tuple[int, ...]) -> list[int]:
    """A key for each so many of the words together: few texts share them that are no copies."""
    return [_hash(f"{brand} {' '.join(map(str, sorted(some)))}") for some in combinations(words, _SHARED)]


@lru_cache(maxsize=1)
def _telling() -> frozenset[int]:
    """The words that nobody adds to a text who has nothing of their own to say."""
    return frozenset(map(_hash, _compared(FIRST_PERSON | HARM)))


@lru_cache(maxsize=8)
def _compared(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(_word, words))


@lru_cache(maxsize=65_536)
def _hash(text: str) -> int:
    """63 bits, the same everywhere: a whole number that every database holds."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big") >> 1


@lru_cache(maxsize=65_536)
def _word(token: str) -> str:
    """The word of a token as it is compared, other scripts and digits for letters undone; '' for a number."""
    word = fold(token.removeprefix("#")).translate(_LOOKALIKES)
    digits = [letter for letter in word if letter.isdigit()]
    if digits:
        letters = len(word) - len(digits)
        reads = letters > len(digits) or (letters == len(digits) and (word[0].isalpha() or word[-1] in "lnrs"))
        word = word.translate(_LEET) if reads else ""
    return _REPEATED.sub(r"\1", word) if word.isalpha() else ""


def _numbers(text: str, tokens: list[re.Match[str]]) -> set[str]:
    """The numbers that say something: between words, or marked as an amount, a time, an order number."""
    plain = [at for at, token in enumerate(tokens) if _word(token[0]) and not token[0].startswith("#")]
    first, last = (plain[0], plain[-1]) if plain else (0, 0)
    disguised = sum(any(map(str.isdigit, tokens[at][0])) for at in plain) > 1
    numbers: set[str] = set()
    for at, token in enumerate(tokens):
        if not any(map(str.isdigit, token[0])) or _is_hashtag(token[0]):
            continue
        is_letter = _word(token[0]) or (disguised and token[0] in _LETTER_DIGITS)
        if _is_marked(text, tokens, at) or (first < at < last and not is_letter):
            numbers.add(fold(token[0]))
    return numbers


def _is_hashtag(token: str) -> bool:
    """Whether it is one, and no order number."""
    letters, digits = (sum(map(kind, token)) for kind in (str.isalpha, str.isdigit))
    return token.startswith("#") and (letters >= _LETTERS_OF_HASHTAG or letters >= digits)


def _is_marked(text: str, tokens: list[re.Match[str]], at: int) -> bool:
    before = _word(tokens[at - 1][0]) if at else ""
    after = _word(tokens[at + 1][0]) if at + 1 < len(tokens) else ""
    start, end = tokens[at].span()
    signs = _CURRENCY.match(text, end) or _MARKED.search(text[max(0, start - 4) : start])
    return bool(signs) or tokens[at][0].startswith("#") or before in _NUMBERED or after in _UNITS


def _names(text: str, tokens: list[re.Match[str]]) -> set[str]:
    """Words with a capital after one that leads to a name: where, whose, who. None where capitals are a habit."""
    capitals = {token.start() for token in tokens if token[0].istitle() and len(token[0]) > 2}
    if len(capitals) * 2 > len(tokens):
        return set()
    return {
        _word(after[0])
        for before, after in pairwise(tokens)
        if after.start() in capitals
        and _word(before[0]) in _LEADING
        and _JOINED.fullmatch(text, before.end(), after.start())
    }
