"""The tree of a query, and how each of its nodes is matched against a mention.

Each node is compiled once (`test`) into a closure. Negations are pushed down to the terms while compiling, so that a
term of unknown truth (`lang:` on a post without a language) can let the post pass in both directions.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from monitor import networks
from monitor.models.posts import Mention
from monitor.text.folding import fold

MatchedTerms: TypeAlias = tuple[str, ...] | None
"""The terms that matched; None: no match."""

_WORDS = re.compile(r"\w+")
PREFIX = re.compile(r"\w{3}\*(?!\w)")
"""In what was written: a beginning of words, three letters or more."""


class Subject:
    """A mention made ready for matching: everything a test looks at, folded once."""

    __slots__ = ("author", "dotless", "language", "text")

    def __init__(self, mention: Mention) -> None:
        self.text = fold(mention.text)
        self.author = mention.author
        self.language = mention.language
        self.dotless = not networks.profile(mention.network).dotted_handles


Test: TypeAlias = Callable[[Subject], MatchedTerms]


def _negate(test: Test) -> Test:
    return lambda subject: () if test(subject) is None else None


@dataclass(frozen=True, slots=True)
class PositionedTerm:
    """Base of the terms. `column` is where one stands in the expression, from 1; terms compare without it."""

    column: int = field(default=0, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class WordTerm(PositionedTerm):
    """A word; one with symbols inside (`H&M`, `wi-fi`) is matched as its parts next to each other."""

    text: str

    def test(self, included: bool) -> Test:
        """The compiled test; `included` False: of the negation."""
        test = _symbols(self.text) or _in_text(self.text, (self.text,))
        return test if included else _negate(test)


@dataclass(frozen=True, slots=True)
class PhraseTerm(PositionedTerm):
    """Words next to each other; white space and punctuation between them do not count."""

    text: str

    def test(self, included: bool) -> Test:
        """The compiled test; `included` False: of the negation."""
        test = _in_text(self.text, (self.text,))
        return test if included else _negate(test)


@dataclass(frozen=True, slots=True)
class PrefixTerm(PositionedTerm):
    """Words in a row of which some are only beginnings. `text` is as written: `malet*`, `#malet*`, `"no funcion*"`."""

    text: str

    def test(self, included: bool) -> Test:
        """The compiled test; `included` False: of the negation."""
        written = fold(self.text.strip('"'))
        sign = written[0] if written[0] in "@#" else ""
        parts = re.findall(r"\w{3,}\*(?!\w)|\w+", written)
        pattern = re.compile(rf"(?<![\w{sign}]){sign}" + row_pattern(parts) + r"(?!\w)")
        test = _contains(max((part.rstrip("*") for part in parts), key=len), pattern, (self.text.strip('"'),))
        return test if included else _negate(test)


@dataclass(frozen=True, slots=True)
class AccountTerm(PositionedTerm):
    """An `@handle` in the text. `text` is without the `@`."""

    text: str

    def test(self, included: bool) -> Test:
        """The compiled test; `included` False: of the negation."""
        needle, match = "@" + fold(self.text), ("@" + self.text,)
        short = re.compile(rf"(?<![\w@]){re.escape(needle)}(?!\w)")
        long = re.compile(rf"(?<![\w@]){re.escape(needle)}(?!\w|[.\-]\w)")

        def test(subject: Subject) -> MatchedTerms:
            if needle not in subject.text:
                return None
            return match if (short if subject.dotless else long).search(subject.text) else None

        return test if included else _negate(test)


@dataclass(frozen=True, slots=True)
class TagTerm(PositionedTerm):
    """A `#tag` in the text. `text` is without the `#`."""

    text: str

    def test(self, included: bool) -> Test:
        """The compiled test; `included` False: of the negation."""
        needle = "#" + fold(self.text)
        test = _contains(needle, re.compile(rf"(?<![\w#]){re.escape(needle)}(?!\w)"), ("#" + self.text,))
        return test if included else _negate(test)


@dataclass(frozen=True, slots=True)
class LanguageTerm(PositionedTerm):
    """The network's language tag, or a regional form of it; an unknown one passes whether included or not."""

    text: str

    def test(self, included: bool) -> Test:
        """The compiled test; `included` False: of the negation."""
        tag, match = self.text, ("lang:" + self.text,) if included else ()

        def test(subject: Subject) -> MatchedTerms:
            if subject.language is None:
                return ()
            language = subject.language.casefold().replace("_", "-")
            return match if (language == tag or language.startswith(tag + "-")) is included else None

        return test


@dataclass(frozen=True, slots=True)
class AuthorTerm(PositionedTerm):
    """Posts of one account. `text` is without the `@`; `from:ana` also matches `ana@a.server`."""

    text: str

    def test(self, included: bool) -> Test:
        """The compiled test; `included` False: of the negation."""
        handle, match = self.text.casefold(), ("from:" + self.text,)

        def test(subject: Subject) -> MatchedTerms:
            author = (subject.author or "").casefold().removeprefix("@")
            return match if author == handle or author.startswith(handle + "@") else None

        return test if included else _negate(test)


@dataclass(frozen=True, slots=True)
class Not:
    """The negation of a node."""

    node: "Node"

    def test(self, included: bool) -> Test:
        """The compiled test; `included` False: of the negation."""
        return self.node.test(not included)


@dataclass(frozen=True, slots=True)
class All:
    """Every node matches."""

    nodes: tuple["Node", ...]

    def test(self, included: bool) -> Test:
        """The compiled test; `included` False: of the negation, by De Morgan."""
        tests = tuple(node.test(included) for node in self.nodes)
        return _match_every(tests) if included else _match_any(tests)


@dataclass(frozen=True, slots=True)
class Either:
    """At least one node matches; the terms of all that do are told."""

    nodes: tuple["Node", ...]

    def test(self, included: bool) -> Test:
        """The compiled test; `included` False: of the negation, by De Morgan."""
        tests = tuple(node.test(included) for node in self.nodes)
        return _match_any(tests) if included else _match_every(tests)


Node: TypeAlias = (
    WordTerm | PhraseTerm | PrefixTerm | AccountTerm | TagTerm | LanguageTerm | AuthorTerm | Not | All | Either
)


def languages(node: Node) -> tuple[str, ...]:
    """The languages that `lang:` asks for, in their order; those that are excluded are not among them."""
    if isinstance(node, LanguageTerm):
        return (node.text,)
    return tuple(code for part in node.nodes for code in languages(part)) if isinstance(node, All | Either) else ()


def row_pattern(parts: Sequence[str]) -> str:
    """A pattern of words next to each other; `malet*` stands for every word that begins so."""
    return r"\W+".join(re.escape(part.removesuffix("*")) + r"\w*" * part.endswith("*") for part in parts)


def _match_every(tests: tuple[Test, ...]) -> Test:
    def test(subject: Subject) -> MatchedTerms:
        matched: tuple[str, ...] = ()
        for test_node in tests:
            terms = test_node(subject)
            if terms is None:
                return None
            matched += terms
        return matched

    return test


def _match_any(tests: tuple[Test, ...]) -> Test:
    def test(subject: Subject) -> MatchedTerms:
        matched: MatchedTerms = None
        for test_node in tests:
            terms = test_node(subject)
            if terms is not None:
                matched = terms if matched is None else matched + terms
        return matched

    return test


def _in_text(written: str, match: tuple[str, ...]) -> Test:
    """A test for words side by side, as whole words, whatever punctuation stands between them."""
    folded = fold(written)
    words = _WORDS.findall(folded)
    if not words:  # an emoji or a currency sign: nothing to bound
        return lambda subject: match if folded in subject.text else None
    pattern = re.compile(r"(?<!\w)" + row_pattern(words) + r"(?!\w)")
    return _contains(max(words, key=len), pattern, match)


def _symbols(written: str) -> Test | None:
    """A test for a word with symbols at its ends (`C++`, `$AERO`, `100%`), which are then part of it."""
    folded = fold(written)
    words = _WORDS.findall(folded)
    if not words or (folded.startswith(words[0]) and folded.endswith(words[-1])):
        return None
    pattern = re.compile(rf"(?<!\w){re.escape(folded)}(?!\w)")
    return _contains(folded, pattern, (written,))


def _contains(needle: str, pattern: re.Pattern[str], match: tuple[str, ...]) -> Test:
    """Looking for a substring is far quicker than a pattern, and most posts fail there."""

    def test(subject: Subject) -> MatchedTerms:
        return match if needle in subject.text and pattern.search(subject.text) else None

    return test
