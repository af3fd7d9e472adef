"""What people call the values of a case, in the language of the session."""

from typing import get_args

from dashboard import cards, plain, session
from dashboard.i18n import language, t
from monitor.casework import CHANNELS, SEVERITIES, Complainant, LostReason, Remedy, Service, Verdict

_OWN = ("service", "product", "delivery", "billing", "digital", "policy", "other")
LANGUAGES = ("es", "en", "ca", "gl", "eu", "pt", "fr", "de", "it", "nl")
# Fields with a fixed set of values: the section of the catalogue that names them.
_SECTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "severity": ("severity", SEVERITIES),
    "channel": ("channel", CHANNELS),
    "remedy": ("remedy", get_args(Remedy)),
    "decision": ("verdict", get_args(Verdict)),
    "service": ("servicekind", get_args(Service)),
    "complainant": ("complainant", get_args(Complainant)),
    "lost_reason": ("lost", get_args(LostReason)),
    "language": ("tongue", LANGUAGES),
    "internal": ("internal", ("true", "false")),
}


def category(name: str) -> str:
    """A category by its label in the settings, else by Escucha's, else by its name (as one that was taken out of them).

    The settings name it in one language or both.
    """
    known = next((one for one in session.load_settings().desk.categories if one.name == name), None)
    if known and (known.es or known.en):
        return plain.clean((known.es or known.en) if language() == "es" else (known.en or known.es))
    return t(f"category.{name}") if name in _OWN else plain.clean(name).replace("_", " ").capitalize()


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
    """A field that people may set: "Categoría"."""
    return t(f"field.{name}")


def value(field: str, value: str | None) -> str:
    """A field's value, as events keep it, in words; a dash for none."""
    if value is None or not value.strip():
        return "–"
    if field == "category":
        return category(value)
    section, words = _SECTIONS.get(field, ("", ()))
    return t(f"{section}.{value}") if value in words else plain.clean(value)
