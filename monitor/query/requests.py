"""Expressions of requests: terms joined by AND and OR, simplified, cut into what one request takes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class RequestTerm:
    """One term as a network is asked for it. `anchors`: it may stand alone; lang: and exclusions may not."""

    text: str
    anchors: bool
    excludes: bool
    column: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Conjunction:
    """All parts; without parts, everything."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    """At least one part; without parts, nothing."""

    parts: tuple["Expression", ...]


Expression: TypeAlias = RequestTerm | Conjunction | Disjunction
Write: TypeAlias = Callable[[Expression], str]
EVERYTHING, NOTHING = Conjunction(()), Disjunction(())
_MANY = 2000


class TooLongError(Exception):
    """A term alone is longer than a request; the argument is the term."""


class TooManyError(Exception):
    """Thousands of requests would be needed."""


def size(text: str) -> int:
    """Characters as networks count them at the most: one beyond Unicode's basic plane is two."""
    return len(text.encode("utf-16-le")) // 2


def is_anchored(expression: Expression) -> bool:
    """Whether every way to match holds a term that may stand alone."""
    if isinstance(expression, RequestTerm):
        return expression.anchors
    return (
        any(map(is_anchored, expression.parts))
        if isinstance(expression, Conjunction)
        else all(map(is_anchored, expression.parts))
    )


def unanchored_term(expression: Expression) -> RequestTerm:
    """A term to blame for an expression that is not anchored."""
    if isinstance(expression, RequestTerm):
        return expression
    return unanchored_term(next(part for part in expression.parts if not is_anchored(part)))


def is_exclusion(expression: Expression) -> bool:
    """Whether it only excludes."""
    return expression.excludes if isinstance(expression, RequestTerm) else all(map(is_exclusion, expression.parts))


def conjunction(parts: Iterable[Expression]) -> Expression:
    """Their AND, simplified: nothing twice, A in place of `A (A OR B)`; exclusions last."""
    flat = _flat(parts, Conjunction)
    if NOTHING in flat:
        return NOTHING
    essential = [
        part for part in flat if not (isinstance(part, Disjunction) and any(way in flat for way in part.parts))
    ]
    essential.sort(key=is_exclusion)
    return essential[0] if len(essential) == 1 else Conjunction(tuple(essential))


def disjunction(parts: Iterable[Expression]) -> Expression:
    """Their OR, simplified: nothing twice, A in place of `A OR (A B)`.

    A part that only excludes makes it everything: `(a OR -b)` is nearly that, and networks refuse to be asked it.
    """
    flat = _flat(parts, Disjunction)
    if any(map(is_exclusion, (part for part in flat if part != NOTHING))):
        return EVERYTHING
    requirements = [_requirements(part) for part in flat]
    essential = [
        part
        for part, own in zip(flat, requirements, strict=True)
        if not any(requirement < own for requirement in requirements)
    ]
    return essential[0] if len(essential) == 1 else Disjunction(tuple(essential))


def split_to_fit(expression: Expression, write: Write, longest: int) -> Iterator[Expression]:
    """Expressions that together match what `expression` does, or a little more, none written longer than `longest`.

    There may be very many: one choice is halved after the other. Raises TooLongError and TooManyError.
    """
    if size(write(expression)) <= longest:
        yield expression
    elif isinstance(expression, RequestTerm):
        raise TooLongError(expression)
    elif isinstance(expression, Disjunction):
        parts = list(islice((fit for part in expression.parts for fit in split_to_fit(part, write, longest)), _MANY))
        if len(parts) == _MANY:
            raise TooManyError
        yield from _pack(parts, disjunction, write, longest)
    elif not _choices(expression):
        yield _trim(expression, write, longest)
    else:
        for group in _split_choice(expression, write, longest):
            yield from split_to_fit(group, write, longest)


def relax(expression: Expression, write: Write) -> Expression | None:
    """Without one condition that makes it long, the longest that may go; None when there is none."""
    if isinstance(expression, Conjunction):
        for choice in sorted(_choices(expression), key=lambda option: -size(write(option))):
            remainder = conjunction(part for part in expression.parts if part != choice)
            if is_anchored(remainder):
                return remainder
    if isinstance(expression, Disjunction):
        for branch in sorted(expression.parts, key=lambda option: -size(write(option))):
            relaxed = relax(branch, write)
            if relaxed is not None:
                return disjunction(relaxed if part == branch else part for part in expression.parts)
    return None


def disjuncts(expression: Expression, most: int) -> list[tuple[RequestTerm, ...]]:
    """`expression` as an OR of ANDs of terms; parts whose choices would need more than `most` of them are left out."""
    if isinstance(expression, RequestTerm):
        return [(expression,)]
    if isinstance(expression, Disjunction):
        return [way for part in expression.parts for way in disjuncts(part, most)]
    factors = sorted((disjuncts(part, most) for part in expression.parts), key=len)
    factors.sort(key=lambda ways: not all(any(term.anchors for term in way) for way in ways))
    products: list[tuple[RequestTerm, ...]] = [()]
    for factor in factors:
        if products == [()] or len(products) * len(factor) <= most:
            products = [(*prefix, *way) for prefix in products for way in factor]
    return products


def _flat(parts: Iterable[Expression], kind: type[Conjunction] | type[Disjunction]) -> list[Expression]:
    flat: list[Expression] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else (part,)
    return list(dict.fromkeys(flat))


def _requirements(expression: Expression) -> frozenset[Expression]:
    return frozenset(expression.parts) if isinstance(expression, Conjunction) else frozenset((expression,))


def _choices(expression: Conjunction) -> list[Disjunction]:
    return [part for part in expression.parts if isinstance(part, Disjunction)]


def _split_choice(expression: Conjunction, write: Write, longest: int) -> list[Expression]:
    """Its longest choice in parts: as few as fit when the rest leaves room for some, else in halves."""
    widest = max(_choices(expression), key=lambda choice: size(write(choice)))
    parts = _drop_exclusions(list(expression.parts), write, longest // 2)

    def with_choice(group: Sequence[Expression]) -> Expression:
        return conjunction(disjunction(group) if part == widest else part for part in parts)

    if size(write(expression)) - size(write(widest)) <= longest // 2:
        return _pack(widest.parts, with_choice, write, longest)
    middle = len(widest.parts) // 2
    return [with_choice(widest.parts[:middle]), with_choice(widest.parts[middle:])]


def _pack(
    parts: Sequence[Expression], join: Callable[[Sequence[Expression]], Expression], write: Write, longest: int
) -> list[Expression]:
    """Each part into the first group that stays short enough with it."""
    groups: list[list[Expression]] = []
    for part in parts:
        group = next((terms for terms in groups if size(write(join([*terms, part]))) <= longest), None)
        if group is None:
            groups.append([part])
        else:
            group.append(part)
    return [join(group) for group in groups]


def _drop_exclusions(parts: list[Expression], write: Write, longest: int) -> list[Expression]:
    """Without the last exclusions, when they would take the room of what is searched for."""
    exclusions = [part for part in parts if is_exclusion(part)]
    while exclusions and size(write(Conjunction(tuple(exclusions)))) > longest:
        parts = [part for part in parts if part != exclusions[-1]]
        exclusions.pop()
    return parts


def _trim(expression: Conjunction, write: Write, longest: int) -> Expression:
    """As many of its terms as fit, what may stand alone first, exclusions last: fewer conditions only match more."""
    terms = [part for part in expression.parts if isinstance(part, RequestTerm)]
    fitting: list[Expression] = []
    for term in sorted(terms, key=lambda term: (not term.anchors, term.excludes)):
        if size(write(Conjunction((*fitting, term)))) <= longest:
            fitting.append(term)
    if not is_anchored(Conjunction(tuple(fitting))):
        raise TooLongError(next(term for term in terms if term.anchors))
    return conjunction(term for term in terms if term in fitting)
