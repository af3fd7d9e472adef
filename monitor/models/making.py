"""Values of which millions are made."""

from collections.abc import Callable
from copy import copy
from dataclasses import fields, make_dataclass
from typing import Any, ParamSpec, TypeVar, cast

_P = ParamSpec("_P")
_T = TypeVar("_T")


def quickly(kind: Callable[_P, _T]) -> Callable[_P, _T]:
    """Makes values of a frozen dataclass with slots in a fifth of the time that its own constructor takes.

    That one sets each field through `object.__setattr__`, since its class forbids assignments. Here they are assigned
    in a twin that is not frozen, which then becomes one of that class: it has the same slots.
    """
    frozen = cast(Any, kind)
    twin = make_dataclass(frozen.__name__, [(one.name, one.type, copy(one)) for one in fields(frozen)], slots=True)
    become = object.__dict__["__class__"].__set__

    def make(*values: _P.args, **named: _P.kwargs) -> _T:
        value = twin(*values, **named)
        become(value, frozen)
        return cast(_T, value)

    return make
