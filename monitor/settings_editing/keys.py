"""Which settings can be changed from the program, and how they are called.

Not those that say where everything is kept and who gets in, and none that holds a credential or says where one is sent:
who may change settings could read it then. These are changed on the machine.
"""

from collections.abc import Mapping
from typing import Any, Final, get_args, get_origin

from pydantic import SecretStr

from monitor import networks
from monitor.settings_editing.document import SettingPath

EDITABLE: Final[tuple[SettingPath, ...]] = (
    ("language",),
    ("time_zone",),
    ("brands",),
    ("schedule",),
    ("desk", "answer_days"),
    ("desk", "assign"),
    ("desk", "calendars"),
    ("desk", "categories"),
    ("desk", "employees"),
    ("desk", "over_capacity"),
    ("desk", "people"),
    ("desk", "service"),
)
"""These, and all that stands below them."""


def is_editable(path: SettingPath) -> bool:
    """Whether what stands there can be changed from the program."""
    if path[:1] == ("networks",) and len(path) > 2:
        return str(path[2]) in of_network(str(path[1]))
    return any(path[: len(known)] == known for known in EDITABLE)


def of_network(network: str) -> dict[str, type[bool] | type[float] | type[list[str]]]:
    """The keys of a network that can be changed, and whether each is a switch, a number or a list.

    No text: it may be a credential, or an address that credentials are sent to.
    """
    module = networks.modules().get(network)
    kinds = {name: _kind(field.annotation) for name, field in module.SETTINGS.model_fields.items()} if module else {}
    return {name: kind for name, kind in kinds.items() if kind is not None}


def _kind(annotation: Any) -> type[bool] | type[float] | type[list[str]] | None:
    if get_origin(annotation) is tuple:
        return list[str]
    kinds = {annotation, *get_args(annotation)}
    if kinds & {str, SecretStr}:
        return None
    return bool if bool in kinds else float if kinds & {int, float} else None


def dotted(path: SettingPath) -> str:
    """The path as it is written: brands[0].queries."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[SettingPath]:
    """What differs between two settings files, two levels deep: ("language",), ("desk", "people")."""
    paths: list[SettingPath] = []
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if isinstance(old, dict) or isinstance(new, dict):
            old, new = old or {}, new or {}
        if isinstance(old, dict) and isinstance(new, dict):
            paths += [(name, part) for part in dict.fromkeys((*old, *new)) if old.get(part) != new.get(part)]
        elif old != new:
            paths.append((name,))
    return paths
