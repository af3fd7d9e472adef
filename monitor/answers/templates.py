"""Answer templates: reading them, and filling one with what is known of a case. Pure.

A template's text names what is to be filled in as {customer}, {due} and so on (`NAMES`). A part in brackets stands only
where everything that it names is known; after a bar it may say what stands instead: "[Hello {customer}. |Hello. ]".
Three low lines, ___, are a gap that a person fills before sending. What is filled in is never read as a template.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

ProtocolStep: TypeAlias = Literal["first_contact", "rapport", "development", "conclusion", "confirmation", "follow_up"]
STEPS: tuple[ProtocolStep, ...] = get_args(ProtocolStep)
"""The protocol of after-sales care, in its order; the last two ask for agreement and look back after closing."""
NAMES = ("customer", "brand", "code", "agent", "due", "category", "remedy", "private")
GAP = "___"
_KEYS = {"id", "category", "step", "text", "checklist"}
_GAP = re.compile(rf"(?<![\w@.\-]){GAP}")
_PARTS = re.compile(r"\[([^\[\]|]*)(?:\|([^\[\]|]*))?\]|([^\[\]]+)|([\[\]])")
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """An answer to be filled: `checklist` is what a person makes sure of before sending it."""

    id: str
    category: str
    step: ProtocolStep
    language: str
    text: str
    checklist: tuple[str, ...]


def parse(source: str, language: str, checklists: Mapping[str, tuple[str, ...]]) -> list[Template]:
    """The templates of one TOML file, each with the checks of its step before its own.

    Raises ValueError that says which template is wrong, and how.
    """
    try:
        document = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(str(error)) from None
    if set(document) != {"templates"} or not isinstance(document["templates"], list):
        raise ValueError("a file of templates holds [[templates]] and nothing else")
    return [_template(table, at, language, checklists) for at, table in enumerate(document["templates"], start=1)]


def _template(table: Mapping[str, Any], at: int, language: str, checklists: Mapping[str, tuple[str, ...]]) -> Template:
    place = f"template {at}" + (f" ({table['id']})" if table.get("id") else "")
    if unknown := sorted(set(table) - _KEYS):
        raise ValueError(f"{place}: no key {unknown[0]!r}; there are: {', '.join(sorted(_KEYS))}")
    for key in ("id", "category", "step", "text"):
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise ValueError(f"{place}: {key} is missing")
    checks = table.get("checklist", [])
    if not isinstance(checks, list) or not all(isinstance(check, str) and check.strip() for check in checks):
        raise ValueError(f"{place}: checklist is a list of sentences")
    if table["step"] not in STEPS:
        raise ValueError(f"{place}: no step {table['step']!r}; there are: {', '.join(STEPS)}")
    try:
        fill(table["text"], {})
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None
    step: ProtocolStep = table["step"]
    checklist = (*checklists.get(step, ()), *checks)
    return Template(table["id"].strip(), table["category"].strip(), step, language, table["text"].strip(), checklist)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled; an empty value is one that is not known.

    Raises ValueError for a name that is none of `NAMES`, a bracket without its other, and a place outside brackets
    that may be missing (only {brand} and {code} are always known).
    """
    parts = []
    for part in _PARTS.finditer(text):
        content, fallback, plain, bracket = part.groups()
        if bracket:
            raise ValueError(f"a bracket without its other, or one inside another, near {text[part.start() :][:20]!r}")
        if plain is not None:
            if optional_names := [name for name in _names(plain) if name not in ("brand", "code")]:
                raise ValueError(
                    f"{{{optional_names[0]}}} may be missing: put it in brackets, as in [for {{{optional_names[0]}}}]"
                )
            parts.append(_fill_part(plain, values))
        elif all(values.get(name) for name in _names(content)):
            parts.append(_fill_part(content, values))
        elif any(_names(fallback or "")):
            raise ValueError("what stands after | names nothing: it is there for when a name is not known")
        else:
            parts.append(_fill_part(fallback or "", values))
    return re.sub(r" {2,}", " ", "".join(parts)).strip()


def _names(part: str) -> list[str]:
    if re.search(r"[{}]", _PLACE.sub("", part)):
        raise ValueError("braces that do not fit: each { has its }, and nothing else is in braces")
    names: list[str] = _PLACE.findall(part)
    if unknown := [name for name in names if name not in NAMES]:
        raise ValueError(f"unknown variable {{{unknown[0]}}}; there are: {', '.join(NAMES)}")
    return names


def _fill_part(part: str, values: Mapping[str, str]) -> str:
    _names(part)
    return _PLACE.sub(lambda place: one_line(values.get(place[1], "")), part)


def has_gap(text: str) -> bool:
    """Whether a gap is left to be filled; the end of a handle such as @ana___ is none."""
    return _GAP.search(text) is not None


def one_line(value: str) -> str:
    """A value as it may stand in an answer: on one line, printable, at most 80 characters."""
    return "".join(character for character in " ".join(value.split()) if character.isprintable())[:80]
