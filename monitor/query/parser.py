"""The query language in which a brand says what to listen for: `parse` it, then `match` mentions locally.

    ("Aerolínea Sur" OR @aerosur) -empleo lang:es -from:aerosur

| written | matches |
|---|---|
| `maleta` | the word, also as `#maleta` or `@maleta`; never part of a longer word |
| `malet*` | words that begin so (three letters or more), also in a phrase, `#malet*` and `@malet*` |
| `"no funciona"` | the words next to each other, whatever punctuation stands between them |
| `@aerosur` | the handle in the text, never the beginning of a longer handle |
| `#aerosur` | the tag, never the beginning of a longer tag |
| `lang:es` | the network's language tag (`es-MX` too); a post without one passes, negated or not |
| `from:aerosur` | posts of that account |

Side by side means AND; `or`, `o` and `|` between terms mean OR, `and`, `y` and `&` AND; `NOT` in capitals, or `-`
before a term, is NOT; AND binds tighter than OR. Upper and lower case, accents and the tilde of ñ do not count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from monitor.errors import QueryRejected
from monitor.models.posts import Mention
from monitor.query import habits
from monitor.query.errors import query_error
from monitor.query.terms import (
    PREFIX,
    AccountTerm,
    All,
    AuthorTerm,
    Either,
    LanguageTerm,
    Node,
    Not,
    PhraseTerm,
    PrefixTerm,
    Subject,
    TagTerm,
    Test,
    WordTerm,
)

__all__ = [
    "AccountTerm",
    "All",
    "AuthorTerm",
    "Either",
    "LanguageTerm",
    "Node",
    "Not",
    "PhraseTerm",
    "PrefixTerm",
    "Query",
    "TagTerm",
    "WordTerm",
]
__all__ += ["match_all", "parse"]

_GRAMMAR = rf"""
    start: any
    any: all (_OR all)*
    all: _unary (_AND? _unary)*
    _unary: not | term | "(" any ")"
    not: (_NOT | _MINUS) _unary
    term: PHRASE | OPERATOR | WORD

    _OR.3: /OR(?![^\s()"])|{habits.OR_SIGN}/
    _AND.3: /AND(?![^\s()"])|{habits.AND_SIGN}/
    _NOT.3: /NOT(?![^\s()"])/
    _MINUS.2: /-/
    PHRASE: /"[^"]*"/
    OPERATOR.1: /[A-Za-z_]+:[^\s()"{habits.OR_SIGN}]*/
    WORD: /[^\s()"\-{habits.OR_SIGN}{habits.AND_SIGN}][^\s()"{habits.OR_SIGN}]*/
    %ignore /\s+/
"""
_EXPECTED = {
    "LPAR": "'('",
    "RPAR": "')'",
    "_OR": "OR",
    "$END": "the end",
    "PHRASE": 'a "phrase"',
    "WORD": "a word",
}
_DEEPEST, _LONGEST = 100, 20_000
"""Parentheses, and negations, inside each other; characters of a query."""
_PUNCTUATION = ".,;!?¿¡…"


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A parsed expression. `text` is what was written, `root` the tree (see `monitor.query.terms`).

    `hints` are sentences about words in it that may be meant as signs.
    """

    text: str
    root: Node
    hints: tuple[str, ...]
    _test: Test = field(repr=False)

    def match(self, mention: Mention) -> tuple[str, ...] | None:
        """The terms that matched, as written, in the order of the expression; None when the mention does not match.

        An empty tuple means that it matched only by what it does not contain (`-empleo`).
        """
        terms = self._test(Subject(mention))
        return None if terms is None else tuple(dict.fromkeys(terms))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Query) and self.root == other.root

    def __hash__(self) -> int:
        return hash(self.root)


def match_all(queries: Iterable[Query], mention: Mention) -> list[tuple[str, ...] | None]:
    """`Query.match` for several queries, in their order; the text is folded once for all of them."""
    subject = Subject(mention)
    return [(terms := query._test(subject)) and tuple(dict.fromkeys(terms)) for query in queries]


def parse(text: str) -> Query:
    """Reads an expression. Raises QueryRejected naming the column (from 1) of the fault and what was expected there."""
    if not text.strip():
        raise QueryRejected("the query is empty: write at least one word, @account or #tag")
    if len(text) > _LONGEST:
        raise QueryRejected(f"the query has {len(text):,} characters, {_LONGEST:,} are the most: write several queries")
    replaced, hints = habits.replaced(text)
    _check_balance(text, replaced)
    root = _tree(text, replaced)
    return Query(text, root, hints, root.test(True))


def _tree(text: str, replaced: str) -> Node:
    from lark import UnexpectedInput

    try:
        tree = _parser().parse(replaced)
    except UnexpectedInput as error:
        raise query_error(text, _column(error, text) - 1, _expected(error)) from None
    return _build(text, tree.children[0], 0)


def _build(text: str, branch: Any, negations: int) -> Node:
    """The tree of a branch that stands inside so many negations."""
    if branch.data == "term":
        return _term(text, str(branch.children[0]), branch.children[0].start_pos)
    negations += branch.data == "not"
    if negations > _DEEPEST:
        raise query_error(text, _first_term(branch), f"at most {_DEEPEST} times NOT or - inside each other")
    nodes = [_build(text, child, negations) for child in branch.children]
    if branch.data == "not":
        return Not(nodes[0])
    if len(nodes) == 1:
        return nodes[0]
    return Either(tuple(nodes)) if branch.data == "any" else All(tuple(nodes))


def _first_term(branch: Any) -> int:
    while branch.data != "term":
        branch = branch.children[0]
    return int(branch.children[0].start_pos)


def _term(text: str, written: str, start: int) -> Node:
    if written[0] == '"':
        return _phrase(text, written[1:-1].strip(), start)
    if written[0].isalpha() and ":" in written:
        return _operator(text, written, start)
    if written[0] in "@#" and (len(written) == 1 or not (written[1].isalnum() or written[1] == "_")):
        raise query_error(text, start + 1, "an account after @" if written[0] == "@" else "a tag after #")
    if PREFIX.search(written):
        return PrefixTerm(written.strip(_PUNCTUATION), column=start + 1)
    if written[0] in "@#":
        kind: type[AccountTerm] | type[TagTerm] = AccountTerm if written[0] == "@" else TagTerm
        return kind(written[1:].rstrip(_PUNCTUATION), column=start + 1)
    return WordTerm(written.strip(_PUNCTUATION) or written, column=start + 1)


def _phrase(text: str, phrase: str, start: int) -> Node:
    if not phrase:
        raise query_error(text, start, "words between the quotes")
    if PREFIX.search(phrase):
        return PrefixTerm(f'"{phrase}"', column=start + 1)
    return PhraseTerm(phrase, column=start + 1)


def _operator(text: str, written: str, start: int) -> Node:
    name, _, value = written.partition(":")
    value = value.removeprefix("@")
    if name.casefold() not in ("lang", "from"):
        raise query_error(text, start, f'lang: or from: ("{name}:" is not known; put quotes around text with a colon)')
    if not value:
        example = "a language, such as lang:es" if name.casefold() == "lang" else "an account, such as from:aerosur"
        raise query_error(text, start + len(written), example)
    if name.casefold() == "lang":
        return LanguageTerm(value.casefold(), column=start + 1)
    return AuthorTerm(value, column=start + 1)


def _check_balance(text: str, replaced: str) -> None:
    """The two commonest faults, told better than a grammar can; they are shown in the text as it was written."""
    if replaced.count('"') % 2:
        raise query_error(text, replaced.rindex('"'), "a closing quote for this one")
    opened: list[int] = []
    is_quoted = False
    for position, character in enumerate(replaced):
        is_quoted ^= character == '"'
        if is_quoted or character not in "()":
            continue
        if character == "(":
            opened.append(position)
        elif opened:
            opened.pop()
        else:
            raise query_error(text, position, "no ')' without a '(' before it")
        if len(opened) > _DEEPEST:
            raise query_error(text, position, f"at most {_DEEPEST} parentheses inside each other")
    if opened:
        raise query_error(text, opened[-1], "a ')' that closes this '('")


def _column(error: Any, text: str) -> int:
    token = getattr(error, "token", None)
    if token is not None and token.type == "$END":
        return len(text.rstrip()) + 1
    return (error.pos_in_stream or 0) + 1


def _expected(error: Any) -> str:
    names: Sequence[str] = sorted(getattr(error, "accepts", None) or getattr(error, "expected", None) or ())
    expected = [_EXPECTED[name] for name in _EXPECTED if name in names]
    return " or ".join(expected) or "a word"


@cache
def _parser() -> Any:
    """Lark takes about 80 ms to import, which a program without queries need not pay."""
    from lark import Lark

    return Lark(_GRAMMAR, parser="lalr", lexer="basic")
