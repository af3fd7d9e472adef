"""A query in the words of a network: never narrower than what is matched locally, as tight as the network allows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from monitor.query import Account, Author, Language, Phrase, Query, Tag, Word

Term: TypeAlias = Word | Phrase | Account | Tag | Language | Author


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a network's search understands.

    `term` writes one term, wanted (True) or excluded (False); None: it cannot say that, so that the term is left to
    local matching. What it writes must find everything that the term matches locally; excluded, nothing more than it.
    `either`: it knows OR and parentheses; without them an expression becomes several requests. `longest`: characters of
    one request.
    """

    network: str
    term: Callable[[Term, bool], str | None]
    either: bool
    longest: int
    most_requests: int = 20


def translate(query: Query, dialect: Dialect) -> tuple[str, ...]:
    """The requests whose answers together hold every post that `query` matches.

    Raises QueryRejected, pointing at the column, when nothing narrower than everything is left, a part alone is too long,
    or more than `most_requests` would be needed.
    """
    raise NotImplementedError
