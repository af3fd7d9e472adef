"""What people call the values of a case, in the language of the session."""

from collections.abc import Callable, Mapping
from typing import get_args

from dashboard import session
from dashboard.i18n import language, t
from dashboard.ui import cards, escaping
from monitor.cases import codes, stages
from monitor.models.cases import (
    CHANNELS,
    SEVERITIES,
    Case,
    Complainant,
    ComplaintOutcome,
    LostReason,
    Remedy,
    ServiceMode,
)
from monitor.store.cases.incidents import Incident

_OWN = ("service", "product", "delivery", "billing", "digital", "policy", "other")
LANGUAGES = ("es", "en", "ca", "gl", "eu", "pt", "fr", "de", "it", "nl")
# Fields with a fixed set of values, and what these are called.
_NAMES: Mapping[str, tuple[Callable[[str], str], tuple[str, ...]]] = {
    "severity": (lambda value: t(f"severity.{value}"), SEVERITIES),
    "channel": (lambda value: t(f"channel.{value}"), CHANNELS),
    "remedy": (lambda value: t(f"remedy.{value}"), get_args(Remedy)),
    "decision": (lambda value: t(f"verdict.{value}"), get_args(ComplaintOutcome)),
    "service": (lambda value: t(f"servicekind.{value}"), get_args(ServiceMode)),
    "complainant": (lambda value: t(f"complainant.{value}"), get_args(Complainant)),
    "lost_reason": (lambda value: t(f"lost.{value}"), get_args(LostReason)),
    "language": (lambda value: t(f"tongue.{value}"), LANGUAGES),
    "internal": (lambda value: t(f"internal.{value}"), ("true", "false")),
}


def category(name: str) -> str:
    """A category by its label in the settings, else by Escucha's, else by its name (as one that was taken out of them).

    The settings name it in one language or both.
    """
    own = next((setting for setting in session.load_settings().desk.categories if setting.name == name), None)
    if own and (own.es or own.en):
        return escaping.clean((own.es or own.en) if language() == "es" else (own.en or own.es))
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
    name, values = _NAMES.get(field, (escaping.clean, ()))
    return name(value) if value in values else escaping.clean(value)


def incident(of: Incident) -> str:
    """The code and title of an incident; a campaign has no title of its own."""
    return f"{of.code} · {of.title or t('campaigns.name')}"


def place(case: Case) -> str:
    """In which view of the list the case is, or which case took it in."""
    if case.merged_into is not None:
        return t("cases.at_merged", code=case.code, home=codes.format_code(case.merged_into))
    place = "open" if case.stage in stages.OPEN else case.stage
    return t(f"cases.at_{place}", code=case.code)
