"""A query in the words of a network: never narrower than what is matched locally, as tight as the network allows.

Negations are pushed to the terms, each term is put into the network's words by its `Dialect`, and what the network
cannot say becomes "everything". What is left is simplified and cut into requests: one for each way to match where the
network knows no OR, and several where one would be too long.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

from monitor.errors import QueryRejected
from monitor.query.errors import query_error
from monitor.query.parser import (
    AccountTerm,
    All,
    AuthorTerm,
    Either,
    LanguageTerm,
    Node,
    Not,
    PhraseTerm,
    PrefixTerm,
    Query,
    TagTerm,
    WordTerm,
)
from monitor.query.requests import (
    EVERYTHING,
    NOTHING,
    Conjunction,
    Disjunction,
    Expression,
    RequestTerm,
    TooLongError,
    TooManyError,
    conjunction,
    disjunction,
    disjuncts,
    is_anchored,
    relax,
    split_to_fit,
    unanchored_term,
)

Term: TypeAlias = WordTerm | PhraseTerm | AccountTerm | TagTerm | LanguageTerm | AuthorTerm
_WRITTEN = {
    WordTerm: "{}",
    PhraseTerm: '"{}"',
    PrefixTerm: "{}",
    AccountTerm: "@{}",
    TagTerm: "#{}",
    LanguageTerm: "lang:{}",
    AuthorTerm: "from:{}",
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a network's search understands.

    `term` writes one term, included (True) or excluded (False): the ways to say it, of which any one suffices when it
    is included, and all are asked for when it is excluded. What it writes must find everything that the term matches
    locally; excluded, nothing more than it. None: it cannot say that, and the term is left to local matching. Empty:
    no post of the network matches the term. `either`: it knows OR and parentheses; without them an expression becomes
    several requests. `longest`: characters of one request. `and_sign` stands between parts that must all match.
    """

    network: str
    term: Callable[[Term, bool], tuple[str, ...] | None]
    either: bool
    longest: int
    most_requests: int = 20
    and_sign: str = " "

    def write(self, expression: Expression) -> str:
        """An expression as a request."""
        if isinstance(expression, RequestTerm):
            return expression.text
        parts = [
            self.write(part) if isinstance(part, RequestTerm) else f"({self.write(part)})" for part in expression.parts
        ]
        return (self.and_sign if isinstance(expression, Conjunction) else " OR ").join(parts)


def translate(query: Query, dialect: Dialect) -> tuple[str, ...]:
    """The requests whose answers together hold every post that `query` matches; none when no post there can match.

    Raises QueryRejected, pointing at the column, when nothing narrower than everything is left, a part alone is too
    long, or more than `most_requests` would be needed.
    """
    expression = _translate_node(query.root, True, dialect)
    if not is_anchored(expression):
        raise query_error(query.text, unanchored_term(expression).column - 1, _anchor_hint(dialect))
    try:
        requests = _requests(_simplify(expression), dialect)
    except TooLongError as error:
        piece: RequestTerm = error.args[0]
        expected = f"at most {dialect.longest} characters in one term: {dialect.network} takes no longer request"
        raise query_error(query.text, piece.column - 1, expected) from None
    if requests is None:
        raise QueryRejected(
            f"{dialect.network} would need more than {dialect.most_requests} requests of at most {dialect.longest} "
            f"characters for this query: write it as several shorter queries\n  {query.text}"
        )
    return requests


def left_to_local(query: Query, dialect: Dialect) -> tuple[str, ...]:
    """The terms that the requests do not ask for, or ask for in part only, as written: local matching sees to them."""
    local_terms = []
    for term, included in _terms(query.root, True):
        ways = _ways(term, included, dialect)
        text = to_text(term if included else Not(term))
        if ways is None or (not included and ways and text.casefold() not in map(str.casefold, ways)):
            local_terms.append(text)
    return tuple(dict.fromkeys(local_terms))


def _translate_node(node: Node, included: bool, dialect: Dialect) -> Expression:
    """The tree, negations at its terms, these in the network's words; what it cannot say is a piece without text."""
    if isinstance(node, Not):
        return _translate_node(node.node, not included, dialect)
    if isinstance(node, All | Either):
        parts = tuple(_translate_node(child, included, dialect) for child in node.nodes)
        return Conjunction(parts) if isinstance(node, All) is included else Disjunction(parts)
    ways = _ways(node, included, dialect)
    if ways is None:
        return RequestTerm("", False, False, node.column)
    anchors = included and not isinstance(node, LanguageTerm)
    pieces = tuple(RequestTerm(way, anchors, not included, node.column) for way in ways)
    if not included and not pieces:
        return RequestTerm("", False, False, node.column)
    return pieces[0] if len(pieces) == 1 else Disjunction(pieces) if included else Conjunction(pieces)


def _ways(term: Term | PrefixTerm, included: bool, dialect: Dialect) -> tuple[str, ...] | None:
    """How the network is asked for a term. None: it cannot be; no network knows beginnings of words."""
    return None if isinstance(term, PrefixTerm) else dialect.term(term, included)


def _simplify(expression: Expression) -> Expression:
    if isinstance(expression, RequestTerm):
        return expression if expression.text else EVERYTHING
    parts = map(_simplify, expression.parts)
    return conjunction(parts) if isinstance(expression, Conjunction) else disjunction(parts)


def _requests(expression: Expression, dialect: Dialect) -> tuple[str, ...] | None:
    """As many as are needed; conditions that would need too many are left out. None: there are still too many."""
    if expression == NOTHING:
        return ()
    if not dialect.either:
        expression = disjunction(conjunction(way) for way in disjuncts(expression, dialect.most_requests))
    relaxed: Expression | None = expression
    while relaxed is not None:
        requests = _write_requests(relaxed, dialect)
        if requests is not None:
            return requests
        relaxed = relax(relaxed, dialect.write)
    return None


def _write_requests(expression: Expression, dialect: Dialect) -> tuple[str, ...] | None:
    ways = expression.parts if isinstance(expression, Disjunction) and not dialect.either else (expression,)
    requests: dict[str, None] = {}
    try:
        for part in chain.from_iterable(split_to_fit(way, dialect.write, dialect.longest) for way in ways):
            requests[dialect.write(part)] = None
            if len(requests) > dialect.most_requests:
                return None
    except TooManyError:
        return None
    return tuple(requests)


def _anchor_hint(dialect: Dialect) -> str:
    terms = f'a word, "phrase", @account or #tag that {dialect.network} can search for'
    return f"{terms} beside this, which alone would have it read everything"


def _terms(node: Node, included: bool) -> Iterator[tuple[Term | PrefixTerm, bool]]:
    if isinstance(node, Not):
        yield from _terms(node.node, not included)
    elif isinstance(node, All | Either):
        for child in node.nodes:
            yield from _terms(child, included)
    else:
        yield node, included


def to_text(node: Node) -> str:
    """A node in the query language, in its shortest form."""
    if isinstance(node, Not):
        return "-" + _parenthesise(node.node)
    if isinstance(node, All | Either):
        return (" " if isinstance(node, All) else " OR ").join(map(_parenthesise, node.nodes))
    return _WRITTEN[type(node)].format(node.text)


def _parenthesise(node: Node) -> str:
    return f"({to_text(node)})" if isinstance(node, All | Either) else to_text(node)
