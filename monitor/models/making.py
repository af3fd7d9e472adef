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
    in a twin that is not frozen, which becomes one of that class at the end of its constructor: it has the same slots.
    """
    frozen = cast(Any, kind)
    become = object.__dict__["__class__"].__set__
    twin = make_dataclass(
        frozen.__name__,
        [(one.name, one.type, copy(one)) for one in fields(frozen)],
        slots=True,
        namespace={"__post_init__": lambda value: become(value, frozen)},
    )
    return cast(Callable[_P, _T], twin)
