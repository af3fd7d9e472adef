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

Step: TypeAlias = Literal["first_contact", "rapport", "development", "conclusion", "confirmation", "follow_up"]
STEPS: tuple[Step, ...] = get_args(Step)
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
    step: Step
    language: str
    text: str
    checklist: tuple[str, ...]


def read(source: str, language: str, checklists: Mapping[str, tuple[str, ...]]) -> list[Template]:
    """The templates of one TOML file, each with the checks of its step before its own.

    Raises ValueError that says which template is wrong, and how.
    """
    try:
        found = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(str(error)) from None
    if set(found) != {"templates"} or not isinstance(found["templates"], list):
        raise ValueError("a file of templates holds [[templates]] and nothing else")
    return [_template(one, at, language, checklists) for at, one in enumerate(found["templates"], start=1)]


def _template(found: Mapping[str, Any], at: int, language: str, checklists: Mapping[str, tuple[str, ...]]) -> Template:
    place = f"template {at}" + (f" ({found['id']})" if found.get("id") else "")
    if unknown := sorted(set(found) - _KEYS):
        raise ValueError(f"{place}: no key {unknown[0]!r}; there are: {', '.join(sorted(_KEYS))}")
    for key in ("id", "category", "step", "text"):
        if not isinstance(found.get(key), str) or not found[key].strip():
            raise ValueError(f"{place}: {key} is missing")
    checks = found.get("checklist", [])
    if not isinstance(checks, list) or not all(isinstance(one, str) and one.strip() for one in checks):
        raise ValueError(f"{place}: checklist is a list of sentences")
    if found["step"] not in STEPS:
        raise ValueError(f"{place}: no step {found['step']!r}; there are: {', '.join(STEPS)}")
    try:
        fill(found["text"], {})
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None
    step: Step = found["step"]
    all_ = (*checklists.get(step, ()), *checks)
    return Template(found["id"].strip(), found["category"].strip(), step, language, found["text"].strip(), all_)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled; an empty value is one that is not known.

    Raises ValueError for a name that is none of `NAMES`, a bracket without its other, and a place outside brackets
    that may be missing (only {brand} and {code} are always known).
    """
    filled = []
    for found in _PARTS.finditer(text):
        inside, instead, plain, stray = found.groups()
        if stray:
            raise ValueError(f"a bracket without its other, or one inside another, near {text[found.start() :][:20]!r}")
        if plain is not None:
            if spare := [name for name in _names(plain) if name not in ("brand", "code")]:
                raise ValueError(f"{{{spare[0]}}} may be missing: put it in brackets, as in [for {{{spare[0]}}}]")
            filled.append(_filled(plain, values))
        elif all(values.get(name) for name in _names(inside)):
            filled.append(_filled(inside, values))
        elif any(_names(instead or "")):
            raise ValueError("what stands after | names nothing: it is there for when a name is not known")
        else:
            filled.append(_filled(instead or "", values))
    return re.sub(r" {2,}", " ", "".join(filled)).strip()


def _names(part: str) -> list[str]:
    if re.search(r"[{}]", _PLACE.sub("", part)):
        raise ValueError("braces that do not fit: each { has its }, and nothing else is in braces")
    names: list[str] = _PLACE.findall(part)
    if unknown := [name for name in names if name not in NAMES]:
        raise ValueError(f"unknown variable {{{unknown[0]}}}; there are: {', '.join(NAMES)}")
    return names


def _filled(part: str, values: Mapping[str, str]) -> str:
    _names(part)
    return _PLACE.sub(lambda place: one_line(values.get(place[1], "")), part)


def has_gap(text: str) -> bool:
    """Whether a gap is left to be filled; the end of a handle such as @ana___ is none."""
    return _GAP.search(text) is not None


def one_line(value: str) -> str:
    """A value as it may stand in an answer: on one line, printable, at most 80 characters."""
    return "".join(one for one in " ".join(value.split()) if one.isprintable())[:80]
