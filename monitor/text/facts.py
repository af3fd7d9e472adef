"""Words of a text, and what only one customer knows among them: numbers that are theirs, places and names. Pure."""

import re
from itertools import pairwise
from typing import NamedTuple

from monitor.text.disguises import word as compared
from monitor.text.folding import fold
from monitor.text.own_words import lexicon

_TOKEN = re.compile(r"#?[^\W_]+(?:[.,:/-]\d+)*")
_JOINED = re.compile(r"[ \t,]*")  # between two words of one sentence
_LETTERS_OF_HASHTAG = 3
_LETTER_DIGITS = frozenset("0134")
_CURRENCY = re.compile(r"\s*[€$£]")
_MARKED = re.compile(r"[€$£#]\s*$")
_FEWEST_DISGUISED = 3  # words with digits for letters, from which on all such are read as words

# A number is one's own beside these words.
_NUMBERED = lexicon(
    "pedido pedidos orden compra factura recibo contrato reserva localizador billete vuelo envio paquete caso ticket"
    " expediente incidencia reclamacion referencia ref numero num poliza linea cuenta telefono order orders invoice"
    " booking flight parcel case reference number account policy contract receipt phone"
)
_UNITS = lexicon(
    "euro euros eur dolar dolares usd peso pesos hora horas dia dias semana semanas mes meses ano anos minuto minutos"
    " vez veces dollar dollars pound pounds hour hours day days week weeks month months year years minute minutes"
    " times"
)
# Before a name.
_LEADING = lexicon(
    "en de del al con por para desde hasta soy es san santa calle llamo llama marido mujer hijo hija padre madre"
    " in at from to with near for am is my son daughter wife husband father mother street"
)


class Token(NamedTuple):
    """A token of a text: as it was written, as a word that is compared ('' for a number), and where it stands."""

    written: str
    word: str
    start: int
    end: int

    @property
    def is_tagged(self) -> bool:
        """Whether it is a hashtag, or a number marked by that sign."""
        return self.written.startswith("#")


def read_tokens(plain: str) -> list[Token]:
    """The words, hashtags and numbers of a text, in order."""
    found = list(_TOKEN.finditer(plain))
    mixed = [token[0] for token in found if not token[0].isalpha() and any(map(str.isdigit, token[0]))]
    disguised = sum(bool(compared(token)) for token in mixed if token[0] != "#") >= _FEWEST_DISGUISED
    return [
        Token(token[0], compared(token[0], digits_are_letters=disguised), token.start(), token.end()) for token in found
    ]


def numbers_of(text: str, tokens: list[Token]) -> tuple[set[str], set[str]]:
    """The numbers that say something: marked as an amount, a time, an order number; and those between words."""
    plain = [at for at, token in enumerate(tokens) if token.word and not token.is_tagged]
    first, last = (plain[0], plain[-1]) if plain else (0, 0)
    disguised = sum(any(map(str.isdigit, tokens[at].written)) for at in plain) > 1
    marked, between = set[str](), set[str]()
    for at, token in enumerate(tokens):
        if not any(map(str.isdigit, token.written)) or _is_hashtag(token.written):
            continue
        is_letter = token.word or (disguised and token.written in _LETTER_DIGITS)
        if _is_marked(text, tokens, at):
            marked.add(fold(token.written))
        elif first < at < last and not is_letter:
            between.add(fold(token.written))
    return marked, between


def _is_hashtag(token: str) -> bool:
    """Whether it is one, and no order number."""
    letters, digits = (sum(map(kind, token)) for kind in (str.isalpha, str.isdigit))
    return token.startswith("#") and (letters >= _LETTERS_OF_HASHTAG or letters >= digits)


def _is_marked(text: str, tokens: list[Token], at: int) -> bool:
    before = tokens[at - 1].word if at else ""
    after = tokens[at + 1].word if at + 1 < len(tokens) else ""
    start, end = tokens[at].start, tokens[at].end
    signs = _CURRENCY.match(text, end) or _MARKED.search(text[max(0, start - 4) : start])
    return bool(signs) or tokens[at].is_tagged or before in _NUMBERED or after in _UNITS


def places_of(text: str, tokens: list[Token]) -> dict[str, str]:
    """Words with a capital after one that leads to a name (where, whose, who), with that. None where it is a habit."""
    capitals = {token.start for token in tokens if token.written.istitle() and len(token.written) > 2}
    if len(capitals) * 2 > len(tokens):
        return {}
    places: dict[str, str] = {}
    for before, after in pairwise(tokens):
        leading = places.get(before.word) or (before.word if before.word in _LEADING else "")
        if after.start in capitals and leading and _JOINED.fullmatch(text, before.end, after.start):
            places[after.word] = leading
    return places
