"""Expressions of requests: pieces joined by AND and OR, simplified, cut into what one request takes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Piece:
    """One term as a network is asked for it. `anchors`: it may stand alone; lang: and exclusions may not."""

    text: str
    anchors: bool
    excludes: bool
    column: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Every:
    """All parts; without parts, everything."""

    parts: tuple["Form", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part; without parts, nothing."""

    parts: tuple["Form", ...]


Form: TypeAlias = Piece | Every | Some
Write: TypeAlias = Callable[[Form], str]
EVERYTHING, NOTHING = Every(()), Some(())
_MANY = 2000


class TooLongError(Exception):
    """A piece alone is longer than a request; the argument is the piece."""


class TooManyError(Exception):
    """Thousands of requests would be needed."""


def size(text: str) -> int:
    """Characters as networks count them at the most: one beyond Unicode's basic plane is two."""
    return len(text.encode("utf-16-le")) // 2


def anchored(form: Form) -> bool:
    """Whether every way to match holds a piece that may stand alone."""
    if isinstance(form, Piece):
        return form.anchors
    return any(map(anchored, form.parts)) if isinstance(form, Every) else all(map(anchored, form.parts))


def adrift(form: Form) -> Piece:
    """A piece to blame for a form that is not anchored."""
    if isinstance(form, Piece):
        return form
    return adrift(next(part for part in form.parts if not anchored(part)))


def excluding(form: Form) -> bool:
    """Whether it only excludes."""
    return form.excludes if isinstance(form, Piece) else all(map(excluding, form.parts))


def every(parts: Iterable[Form]) -> Form:
    """Their AND, simplified: nothing twice, A in place of `A (A OR B)`; exclusions last."""
    flat = _flat(parts, Every)
    if NOTHING in flat:
        return NOTHING
    kept = [one for one in flat if not (isinstance(one, Some) and any(part in flat for part in one.parts))]
    kept.sort(key=excluding)
    return kept[0] if len(kept) == 1 else Every(tuple(kept))


def some(parts: Iterable[Form]) -> Form:
    """Their OR, simplified: nothing twice, A in place of `A OR (A B)`.

    A part that only excludes makes it everything: `(a OR -b)` is nearly that, and networks refuse to be asked it.
    """
    flat = _flat(parts, Some)
    if any(map(excluding, (one for one in flat if one != NOTHING))):
        return EVERYTHING
    demands = [_demands(one) for one in flat]
    kept = [one for one, own in zip(flat, demands, strict=True) if not any(other < own for other in demands)]
    return kept[0] if len(kept) == 1 else Some(tuple(kept))


def fitted(form: Form, write: Write, longest: int) -> Iterator[Form]:
    """Forms that together match what `form` does, or a little more, none written longer than `longest`.

    There may be very many: one choice is halved after the other. Raises TooLongError and TooManyError.
    """
    if size(write(form)) <= longest:
        yield form
    elif isinstance(form, Piece):
        raise TooLongError(form)
    elif isinstance(form, Some):
        parts = list(islice((one for part in form.parts for one in fitted(part, write, longest)), _MANY))
        if len(parts) == _MANY:
            raise TooManyError
        yield from _packed(parts, some, write, longest)
    elif not _choices(form):
        yield _trimmed(form, write, longest)
    else:
        for group in _cut(form, write, longest):
            yield from fitted(group, write, longest)


def lighter(form: Form, write: Write) -> Form | None:
    """Without one condition that makes it long, the longest that may go; None when there is none."""
    if isinstance(form, Every):
        for choice in sorted(_choices(form), key=lambda one: -size(write(one))):
            rest = every(part for part in form.parts if part != choice)
            if anchored(rest):
                return rest
    if isinstance(form, Some):
        for branch in sorted(form.parts, key=lambda one: -size(write(one))):
            less = lighter(branch, write)
            if less is not None:
                return some(less if part == branch else part for part in form.parts)
    return None


def disjuncts(form: Form, most: int) -> list[tuple[Piece, ...]]:
    """`form` as an OR of ANDs of pieces; parts whose choices would need more than `most` of them are left out."""
    if isinstance(form, Piece):
        return [(form,)]
    if isinstance(form, Some):
        return [one for part in form.parts for one in disjuncts(part, most)]
    factors = sorted((disjuncts(part, most) for part in form.parts), key=len)
    factors.sort(key=lambda ways: not all(any(piece.anchors for piece in way) for way in ways))
    joined: list[tuple[Piece, ...]] = [()]
    for factor in factors:
        if joined == [()] or len(joined) * len(factor) <= most:
            joined = [(*one, *other) for one in joined for other in factor]
    return joined


def _flat(parts: Iterable[Form], kind: type[Every] | type[Some]) -> list[Form]:
    flat: list[Form] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else (part,)
    return list(dict.fromkeys(flat))


def _demands(form: Form) -> frozenset[Form]:
    return frozenset(form.parts) if isinstance(form, Every) else frozenset((form,))


def _choices(form: Every) -> list[Some]:
    return [part for part in form.parts if isinstance(part, Some)]


def _cut(form: Every, write: Write, longest: int) -> list[Form]:
    """Its longest choice in parts: as few as fit when the rest leaves room for some, else in halves."""
    widest = max(_choices(form), key=lambda one: size(write(one)))
    kept = _light(list(form.parts), write, longest // 2)

    def with_choice(group: Sequence[Form]) -> Form:
        return every(some(group) if part == widest else part for part in kept)

    if size(write(form)) - size(write(widest)) <= longest // 2:
        return _packed(widest.parts, with_choice, write, longest)
    middle = len(widest.parts) // 2
    return [with_choice(widest.parts[:middle]), with_choice(widest.parts[middle:])]


def _packed(parts: Sequence[Form], join: Callable[[Sequence[Form]], Form], write: Write, longest: int) -> list[Form]:
    """Each part into the first group that stays short enough with it."""
    groups: list[list[Form]] = []
    for part in parts:
        group = next((one for one in groups if size(write(join([*one, part]))) <= longest), None)
        if group is None:
            groups.append([part])
        else:
            group.append(part)
    return [join(group) for group in groups]


def _light(parts: list[Form], write: Write, longest: int) -> list[Form]:
    """Without the last exclusions, when they would take the room of what is searched for."""
    excluded = [part for part in parts if excluding(part)]
    while excluded and size(write(Every(tuple(excluded)))) > longest:
        parts = [part for part in parts if part != excluded[-1]]
        excluded.pop()
    return parts


def _trimmed(form: Every, write: Write, longest: int) -> Form:
    """As many of its pieces as fit, what may stand alone first, exclusions last: fewer conditions only match more."""
    pieces = [part for part in form.parts if isinstance(part, Piece)]
    kept: list[Form] = []
    for piece in sorted(pieces, key=lambda one: (not one.anchors, one.excludes)):
        if size(write(Every((*kept, piece)))) <= longest:
            kept.append(piece)
    if not anchored(Every(tuple(kept))):
        raise TooLongError(next(piece for piece in pieces if piece.anchors))
    return every(piece for piece in pieces if piece in kept)
