"""Expressions of requests: pieces joined by AND and OR, simplified, cut into what one request takes."""

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
    """A piece alone is longer than a request; the argument is the piece."""


class TooManyError(Exception):
    """Thousands of requests would be needed."""


def size(text: str) -> int:
    """Characters as networks count them at the most: one beyond Unicode's basic plane is two."""
    return len(text.encode("utf-16-le")) // 2


def is_anchored(form: Expression) -> bool:
    """Whether every way to match holds a piece that may stand alone."""
    if isinstance(form, RequestTerm):
        return form.anchors
    return any(map(is_anchored, form.parts)) if isinstance(form, Conjunction) else all(map(is_anchored, form.parts))


def unanchored_term(form: Expression) -> RequestTerm:
    """A piece to blame for a form that is not anchored."""
    if isinstance(form, RequestTerm):
        return form
    return unanchored_term(next(part for part in form.parts if not is_anchored(part)))


def is_exclusion(form: Expression) -> bool:
    """Whether it only excludes."""
    return form.excludes if isinstance(form, RequestTerm) else all(map(is_exclusion, form.parts))


def conjunction(parts: Iterable[Expression]) -> Expression:
    """Their AND, simplified: nothing twice, A in place of `A (A OR B)`; exclusions last."""
    flat = _flat(parts, Conjunction)
    if NOTHING in flat:
        return NOTHING
    kept = [one for one in flat if not (isinstance(one, Disjunction) and any(part in flat for part in one.parts))]
    kept.sort(key=is_exclusion)
    return kept[0] if len(kept) == 1 else Conjunction(tuple(kept))


def disjunction(parts: Iterable[Expression]) -> Expression:
    """Their OR, simplified: nothing twice, A in place of `A OR (A B)`.

    A part that only excludes makes it everything: `(a OR -b)` is nearly that, and networks refuse to be asked it.
    """
    flat = _flat(parts, Disjunction)
    if any(map(is_exclusion, (one for one in flat if one != NOTHING))):
        return EVERYTHING
    demands = [_requirements(one) for one in flat]
    kept = [one for one, own in zip(flat, demands, strict=True) if not any(other < own for other in demands)]
    return kept[0] if len(kept) == 1 else Disjunction(tuple(kept))


def split_to_fit(form: Expression, write: Write, longest: int) -> Iterator[Expression]:
    """Forms that together match what `form` does, or a little more, none written longer than `longest`.

    There may be very many: one choice is halved after the other. Raises TooLongError and TooManyError.
    """
    if size(write(form)) <= longest:
        yield form
    elif isinstance(form, RequestTerm):
        raise TooLongError(form)
    elif isinstance(form, Disjunction):
        parts = list(islice((one for part in form.parts for one in split_to_fit(part, write, longest)), _MANY))
        if len(parts) == _MANY:
            raise TooManyError
        yield from _pack(parts, disjunction, write, longest)
    elif not _choices(form):
        yield _trim(form, write, longest)
    else:
        for group in _split_choice(form, write, longest):
            yield from split_to_fit(group, write, longest)


def relax(form: Expression, write: Write) -> Expression | None:
    """Without one condition that makes it long, the longest that may go; None when there is none."""
    if isinstance(form, Conjunction):
        for choice in sorted(_choices(form), key=lambda one: -size(write(one))):
            rest = conjunction(part for part in form.parts if part != choice)
            if is_anchored(rest):
                return rest
    if isinstance(form, Disjunction):
        for branch in sorted(form.parts, key=lambda one: -size(write(one))):
            less = relax(branch, write)
            if less is not None:
                return disjunction(less if part == branch else part for part in form.parts)
    return None


def disjuncts(form: Expression, most: int) -> list[tuple[RequestTerm, ...]]:
    """`form` as an OR of ANDs of pieces; parts whose choices would need more than `most` of them are left out."""
    if isinstance(form, RequestTerm):
        return [(form,)]
    if isinstance(form, Disjunction):
        return [one for part in form.parts for one in disjuncts(part, most)]
    factors = sorted((disjuncts(part, most) for part in form.parts), key=len)
    factors.sort(key=lambda ways: not all(any(piece.anchors for piece in way) for way in ways))
    joined: list[tuple[RequestTerm, ...]] = [()]
    for factor in factors:
        if joined == [()] or len(joined) * len(factor) <= most:
            joined = [(*one, *other) for one in joined for other in factor]
    return joined


def _flat(parts: Iterable[Expression], kind: type[Conjunction] | type[Disjunction]) -> list[Expression]:
    flat: list[Expression] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else (part,)
    return list(dict.fromkeys(flat))


def _requirements(form: Expression) -> frozenset[Expression]:
    return frozenset(form.parts) if isinstance(form, Conjunction) else frozenset((form,))


def _choices(form: Conjunction) -> list[Disjunction]:
    return [part for part in form.parts if isinstance(part, Disjunction)]


def _split_choice(form: Conjunction, write: Write, longest: int) -> list[Expression]:
    """Its longest choice in parts: as few as fit when the rest leaves room for some, else in halves."""
    widest = max(_choices(form), key=lambda one: size(write(one)))
    kept = _drop_exclusions(list(form.parts), write, longest // 2)

    def with_choice(group: Sequence[Expression]) -> Expression:
        return conjunction(disjunction(group) if part == widest else part for part in kept)

    if size(write(form)) - size(write(widest)) <= longest // 2:
        return _pack(widest.parts, with_choice, write, longest)
    middle = len(widest.parts) // 2
    return [with_choice(widest.parts[:middle]), with_choice(widest.parts[middle:])]


def _pack(
    parts: Sequence[Expression], join: Callable[[Sequence[Expression]], Expression], write: Write, longest: int
) -> list[Expression]:
    """Each part into the first group that stays short enough with it."""
    groups: list[list[Expression]] = []
    for part in parts:
        group = next((one for one in groups if size(write(join([*one, part]))) <= longest), None)
        if group is None:
            groups.append([part])
        else:
            group.append(part)
    return [join(group) for group in groups]


def _drop_exclusions(parts: list[Expression], write: Write, longest: int) -> list[Expression]:
    """Without the last exclusions, when they would take the room of what is searched for."""
    excluded = [part for part in parts if is_exclusion(part)]
    while excluded and size(write(Conjunction(tuple(excluded)))) > longest:
        parts = [part for part in parts if part != excluded[-1]]
        excluded.pop()
    return parts


def _trim(form: Conjunction, write: Write, longest: int) -> Expression:
    """As many of its pieces as fit, what may stand alone first, exclusions last: fewer conditions only match more."""
    pieces = [part for part in form.parts if isinstance(part, RequestTerm)]
    kept: list[Expression] = []
    for piece in sorted(pieces, key=lambda one: (not one.anchors, one.excludes)):
        if size(write(Conjunction((*kept, piece)))) <= longest:
            kept.append(piece)
    if not is_anchored(Conjunction(tuple(kept))):
        raise TooLongError(next(piece for piece in pieces if piece.anchors))
    return conjunction(piece for piece in pieces if piece in kept)
