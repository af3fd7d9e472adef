"""Presets of the desk (`desk.preset`): defaults that come together, and which own settings go below them. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

PresetName: TypeAlias = Literal["", "es-ley-10-2025", "iso-10002"]
"""'': none, every setting has its own default."""
# What stands behind each figure: docs/ley-10-2025.md. A campaign's further copies would get no case and no code.
_DEFAULTS: Mapping[str, Mapping[str, int | bool]] = MappingProxyType(
    {
        "": {},
        "es-ley-10-2025": {"answer_days": 15, "people_close": True, "record_days": 90, "campaigns.authors": 0},
        "iso-10002": {"people_close": True, "record_days": 90},
    }
)


def with_defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of `[desk]` with the defaults of its preset where they name nothing; what is no preset adds none."""
    filled = dict(given)
    preset = given.get("preset", "")
    for key, value in _DEFAULTS.get(preset if isinstance(preset, str) else "", {}).items():
        section, _, name = key.rpartition(".")
        if not section:
            filled.setdefault(name, value)
        elif isinstance(part := filled.get(section, {}), Mapping):
            filled[section] = {name: value} | dict(part)
    return filled


def looser(preset: PresetName, desk: object) -> dict[str, tuple[Any, int | bool]]:
    """Settings of `[desk]` that ask less than the preset: by key what is set and what the preset says."""
    found = {}
    for key, preset_value in _DEFAULTS[preset].items():
        value = _value(desk, key)
        if _is_looser(key, value, preset_value):
            found[f"desk.{key}"] = (value, preset_value)
    return found


def _value(desk: object, key: str) -> Any:
    value: Any = desk
    for name in key.split("."):
        value = getattr(value, name)
    return value


def _is_looser(key: str, value: Any, preset_value: int | bool) -> bool:
    if key == "answer_days":
        return bool(value == 0 or value > preset_value)  # 0: nothing is promised
    if key == "campaigns.authors":
        return bool(value)
    return bool(value < preset_value)
