"""The mark of an action that people do: which permission it takes, asked before anything is done."""

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeAlias, TypeVar

from monitor import store
from monitor.access.rights import require
from monitor.access.roles import Permission
from monitor.cases.team.people import fold_name
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.access import places
from monitor.store.access.places import Place

P = ParamSpec("P")
R = TypeVar("R")
_declared: dict[Callable[..., Any], Permission] = {}


def _named(connection: Connection, brands: Collection[str]) -> list[Place]:
    del connection
    return [(brand, "") for brand in brands]


_LookUp: TypeAlias = Callable[[Connection, Collection[Any]], list[Place]]
_PLACES: Mapping[str, _LookUp] = {
    "brands": _named,
    "cases": places.of_cases,
    "posts": places.of_posts,
    "incidents": places.of_incidents,
    "follow_ups": places.of_follow_ups,
    "owners": places.of_owners,
}


def permitted(
    permission: Permission, *, many: Permission | None = None, **of: str
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declares what an action takes: it is refused to whoever may not do it, before it begins.

    The action has the parameters `settings` and `actor` (or `person`, of what is one's own). `of` says by which of its
    parameters, or their fields (several: by spaces), it names brands, cases, posts, incidents, follow-ups or owners: an
    account that is held to brands and teams may act on theirs alone. `many`: what more than one of them takes besides.
    """
    subjects = [(_PLACES[kind], parameter) for kind, parameters in of.items() for parameter in parameters.split()]

    def declare(action: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(action)

        @wraps(action)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            call = signature.bind(*args, **kwargs)
            call.apply_defaults()
            if not call.arguments["settings"].access.is_off:
                _check(call.arguments, [(look_up, _values(call.arguments, name)) for look_up, name in subjects])
            return action(*args, **kwargs)

        def _check(given: Mapping[str, Any], named: Sequence[tuple[_LookUp, Sequence[Any]]]) -> None:
            settings, actor = given["settings"], given.get("actor") or given.get("person") or ""
            needed = [permission, *([many] if many and any(len(values) > 1 for _, values in named) else [])]
            with store.connect(settings.store, read_only=True) as connection:
                where = [place for look_up, values in named for place in look_up(connection, values)]
                for each in needed:
                    require(connection, settings, actor, each, where)

        _declared[checked] = permission
        return checked

    return declare


def permission_of(action: Callable[..., Any]) -> Permission | None:
    """What an action declares to take; None for one that declares nothing."""
    return _declared.get(action)


def require_now(settings: Settings, actor: str, permission: Permission, brands: Collection[str] = ()) -> None:
    """Raises NotPermitted where the actor may not do it now, with what is of these brands."""
    if not settings.access.is_off:
        with store.connect(settings.store, read_only=True) as connection:
            require(connection, settings, actor, permission, _named(connection, brands))


def require_assigning(settings: Settings, fields: Mapping[str, object], actor: str) -> None:
    """Raises NotPermitted where fields of a case give it to somebody else, by an actor who may only take cases."""
    owner = str(fields.get("owner") or "")
    if owner and fold_name(owner) != fold_name(actor):
        require_now(settings, actor, Permission.ASSIGN_OTHERS)


def _values(given: Mapping[str, Any], path: str) -> list[Any]:
    """The ids or names in a parameter: one, several, those by which a mapping goes, or `parameter.field` of it."""
    name, _, field = path.partition(".")
    value = given[name]
    values = list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]
    return [getattr(one, field) for one in values] if field else values
