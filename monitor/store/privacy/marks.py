"""What the list gets of a person who is erased: enough to know them, their posts and what others say of them again."""

import secrets
import unicodedata
from collections.abc import Iterator
from datetime import datetime

from monitor.store.engines.protocol import Connection
from monitor.store.erased.erased_list import ErasedId, ErasedKind, ErasedList, keyed, tokens
from monitor.store.privacy.people import HeldPerson
from monitor.text.given_names import given_names

_OPENING = 8
"""Words of a text that are known again: a shorter text is not told from others that say the same."""
_SHOWN = 50
"""Characters of the beginning of a text by which a file that holds it is found."""
_SHORTEST_ID, _SHORTEST_CUSTOMER, _SHORTEST_NAME = 8, 4, 8
"""Characters of what is looked for in the texts of others; what is shorter stands there for other things too."""


def hints(connection: Connection, person: HeldPerson) -> list[str]:
    """Words of which a text of somebody else's holds one, in small letters, if it says anything of this person."""
    texts = {*person.names, *person.customers, *(part for _, id_, handle in person.accounts for part in (id_, handle))}
    words = {max(_words(text), key=len, default="") for text in texts}
    openings = (_words(text)[:_OPENING] for _, _, text in _said(connection, person))
    words |= {max(opening, key=len) for opening in openings if len(opening) == _OPENING}
    return sorted({form for word in words if len(word) > 1 for form in (word, *tokens(word))})


def openings(connection: Connection, person: HeldPerson) -> list[str]:
    """How their texts begin, as they are written, where that is long enough to tell them from others."""
    return sorted({text.strip()[:_SHOWN] for _, _, text in _said(connection, person) if len(text.split()) >= _OPENING})


def _words(text: str) -> list[str]:
    whole = unicodedata.normalize("NFC", text).lower()
    return "".join(c if c.isalnum() or c == "_" else " " for c in whole).split()


def of_person(
    connection: Connection, person: HeldPerson, known: ErasedList, now: datetime, *, for_ever: bool
) -> list[ErasedId]:
    """The rows of the list for this person. They are hashed with the secret of the list, or the first one is drawn."""
    secret = known.secret or secrets.token_hex(32)
    found = [*_ids(person), *_phrases(person), *_texts(connection, person)]
    with_ids = {(network, handle) for network, id_, handle in person.accounts if id_}
    rows = []
    for kind, parts in found:
        words = int(parts in with_ids) if kind == "handle" else len(parts[-1].split(" "))
        rows.append(ErasedId(keyed(secret, kind, *parts), kind, words, secret, now, for_ever))
    return rows


def _ids(person: HeldPerson) -> Iterator[tuple[ErasedKind, tuple[str, ...]]]:
    for network, id_, handle in person.accounts:
        if id_:
            yield "account", (network, id_)
        if handle:
            yield "handle", (network, handle)
    for customer_id in person.customers:
        yield "customer", (customer_id,)


def _phrases(person: HeldPerson) -> Iterator[tuple[ErasedKind, tuple[str, ...]]]:
    """What is masked in texts: handles, names and ids, as far as they mean nobody and nothing else there."""
    phrases: list[tuple[ErasedKind, list[str]]] = []
    for _, id_, handle in person.accounts:
        words = tokens(handle)
        # Of one word of letters nobody knows whether it is the account or the word.
        phrases.append(("named" if len(words) == 1 and words[0].isalpha() else "words", words))
        if len(id_) >= _SHORTEST_ID:
            phrases.append(("words", tokens(id_)))
    phrases += [("words", tokens(name)) for name in person.names if _is_persons_name(name)]
    phrases += [("words", tokens(id_)) for id_ in person.customers if len(id_) >= _SHORTEST_CUSTOMER]
    for kind, words in phrases:
        if words:
            yield "first", (words[0],)
            yield kind, (" ".join(words),)


def _is_persons_name(name: str) -> bool:
    """Whether it names somebody wherever it stands: what accounts call themselves may be two words like any."""
    words = tokens(name)
    return len(words) > 1 and (len(name) >= _SHORTEST_NAME or words[0] in given_names())


def _texts(connection: Connection, person: HeldPerson) -> Iterator[tuple[ErasedKind, tuple[str, ...]]]:
    for network, post_id, text in _said(connection, person):
        if post_id:
            yield "post", (network, post_id)
        words = tokens(text)[:_OPENING]
        if len(words) == _OPENING:
            yield "first", (words[0],)
            yield "text", (" ".join(words),)


def _said(connection: Connection, person: HeldPerson) -> list[tuple[str, str, str]]:
    """Network, id and text of their posts, and texts that they edited since, without id."""
    rows: list[tuple[str, str, str]] = connection.execute(
        """
        SELECT network, post_id, text FROM mentions WHERE mention_id IN (SELECT unnest($1::BIGINT[]))
        UNION ALL SELECT '', '', text FROM edits WHERE mention_id IN (SELECT unnest($1::BIGINT[]))
        """,
        [list(person.mention_ids)],
    ).fetchall()
    return rows
