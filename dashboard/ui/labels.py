"""What people call the values of a case, in the language of the session."""

from collections.abc import Callable, Mapping
from typing import get_args

from dashboard import session
from dashboard.i18n import language, t
from dashboard.ui import cards, escaping
from monitor.models.cases import CHANNELS, SEVERITIES, Complainant, LostReason, Remedy, Service, Verdict

_OWN = ("service", "product", "delivery", "billing", "digital", "policy", "other")
LANGUAGES = ("es", "en", "ca", "gl", "eu", "pt", "fr", "de", "it", "nl")
# Fields with a fixed set of values, and what these are called.
_NAMES: Mapping[str, tuple[Callable[[str], str], tuple[str, ...]]] = {
    "severity": (lambda one: t(f"severity.{one}"), SEVERITIES),
    "channel": (lambda one: t(f"channel.{one}"), CHANNELS),
    "remedy": (lambda one: t(f"remedy.{one}"), get_args(Remedy)),
    "decision": (lambda one: t(f"verdict.{one}"), get_args(Verdict)),
    "service": (lambda one: t(f"servicekind.{one}"), get_args(Service)),
    "complainant": (lambda one: t(f"complainant.{one}"), get_args(Complainant)),
    "lost_reason": (lambda one: t(f"lost.{one}"), get_args(LostReason)),
    "language": (lambda one: t(f"tongue.{one}"), LANGUAGES),
    "internal": (lambda one: t(f"internal.{one}"), ("true", "false")),
}


def category(name: str) -> str:
    """A category by its label in the settings, else by Escucha's, else by its name (as one that was taken out of them).

    The settings name it in one language or both.
    """
    known = next((one for one in session.load_settings().desk.categories if one.name == name), None)
    if known and (known.es or known.en):
        return escaping.clean((known.es or known.en) if language() == "es" else (known.en or known.es))
    return t(f"category.{name}") if name in _OWN else escaping.clean(name).replace("_", " ").capitalize()


def level(name: str) -> str:
    """A priority: "Alta"."""
    return t(f"level.{name}")


def severity(name: str) -> str:
    """A severity: "Grave"."""
    return t(f"severity.{name}")


def level_chip(name: str) -> str:
    """HTML of a priority."""
    return cards.chip(level(name), f"level-{name}")


def field(name: str) -> str:
    """A field as events name it: "Categoría"."""
    return t(f"field.{name}")


def value(field: str, value: str | None) -> str:
    """A field's value, as events keep it, in words; a dash for none."""
    if value is None or not value.strip():
        return "–"
    if field == "category":
        return category(value)
    name, known = _NAMES.get(field, (escaping.clean, ()))
    return name(value) if value in known else escaping.clean(value)
