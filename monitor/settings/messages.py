"""Turns the faults of a settings file or environment into sentences a person can act on. Values are never shown."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args, get_origin

from pydantic import BaseModel, ValidationError

from monitor.errors import SettingsError
from monitor.settings.toml_faults import TOO_DEEP
from monitor.settings.variables import PREFIX, Variable, at, below

# Read by the programs themselves, not settings.
CONTROLS = {"ESCUCHA_CONFIG", "ESCUCHA_HEADLESS"}
_HEADER = re.compile(r"\s*\[(\[)?\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\-\"']+)\s*=")


def check_variables(settings: type[BaseModel], variables: Iterable[Variable]) -> None:
    """Raises SettingsError for an ESCUCHA_ variable that is no setting: a typing mistake would pass in silence."""
    for variable in variables:
        name = variable.name.upper()
        if name in CONTROLS or (name.startswith(PREFIX) and variable.path[0] in settings.model_fields):
            continue
        if name.startswith(PREFIX) or _is_misspelt(name, settings):
            raise SettingsError(f"{variable.place}: no such setting{_remedy(name, settings)}")


def _is_misspelt(name: str, settings: type[BaseModel]) -> bool:
    """Whether it is about Escucha, with another beginning: ESCUHCA_POLICY__UNSURE_AT."""
    beginning, _, rest = name.partition("_")
    is_near = bool(difflib.get_close_matches(beginning, [PREFIX.rstrip("_")], 1, 0.8))
    return is_near and rest.lower().split("__")[0] in settings.model_fields


def _remedy(name: str, settings: type[BaseModel]) -> str:
    section = name.removeprefix(PREFIX).lower()
    for field in settings.model_fields:
        if section.startswith(f"{field}_") and "__" not in section:
            return f" (between levels stand two underscores: {PREFIX}{field.upper()}__...)"
    variables = [f"{PREFIX}{field.upper()}" for field in settings.model_fields] + sorted(CONTROLS)
    return _nearest(name, variables)


def explain(
    error: ValidationError, settings: type[BaseModel], file: Path | None, text: str, variables: list[Variable]
) -> str:
    """One line per fault: where, which key, what is wrong and how to fix it. `text` is the file's."""
    lines = key_lines(text)
    return "\n".join(
        _sentence(fault["loc"], fault["type"], fault["msg"], settings, _Places(file, lines, variables))
        for fault in error.errors()
    )


def faults(error: ValidationError, settings: type[BaseModel]) -> dict[str, str]:
    """What is wrong with each key, without its place: {"brands[0].queries": "..."}."""
    return {
        _dotted(_named(fault["loc"])): _fault(_named(fault["loc"]), fault["type"], fault["msg"], settings)
        for fault in error.errors()
    }


def explain_variable(error: Exception, settings: type[BaseModel], variables: list[Variable]) -> str:
    """What is wrong with a variable that should be JSON and is not, or is nested deeper than Python reads."""
    if isinstance(error, RecursionError):
        deepest = max(variables, key=lambda variable: len(variable.value), default=None)
        return f"{deepest.place if deepest else 'environment'}: {TOO_DEEP}"
    field = re.search(r'field "(\w+)"', str(error))
    suspects = [variable for variable in variables if field and variable.path[0] == field[1]]
    faulty = [variable for variable in suspects if not _fits(variable, settings)] or suspects
    places = ", or ".join(variable.place for variable in faulty) or "environment"
    return f'{places}: a list or table in a variable is written as JSON, such as ["a", "b"]'


def _fits(variable: Variable, settings: type[BaseModel]) -> bool:
    try:
        field = _section(settings, variable.path[:-1]).model_fields[variable.path[-1]]
    except (KeyError, IndexError):
        return True
    kinds = (field.annotation, *get_args(field.annotation))
    is_complex = any(get_origin(kind) in (tuple, dict, list) or _is_section(kind) for kind in kinds)
    try:
        json.loads(variable.value)
    except (ValueError, RecursionError):
        return not is_complex
    return True


@dataclass(frozen=True, slots=True)
class _Places:
    """Where settings stand: the file, its lines by path, and variables, which outrank it."""

    file: Path | None
    lines: Mapping[tuple[int | str, ...], int]
    variables: list[Variable]

    def of(self, loc: tuple[int | str, ...]) -> str:
        """The place of a setting; of one that is wrong only together with others, all that take part."""
        if loc and (variable := at(self.variables, loc)):
            return variable.place
        places = [line] if (line := self._line(loc)) else []
        if loc:
            places += [variable.place for variable in below(self.variables, loc)]
        return " and ".join(places) or str(self.file or "environment")

    def _line(self, loc: tuple[int | str, ...]) -> str:
        # A section may stand there by its parts only: then the first of them.
        parts = [line for key, line in self.lines.items() if key[: len(loc)] == loc] if loc else []
        outer = (self.lines.get(loc[:end]) for end in range(len(loc) - 1, 0, -1))
        line = next(filter(None, (self.lines.get(loc), min(parts, default=None), *outer)), None)
        return f"{self.file}, line {line}" if line else ""


def _sentence(loc: tuple[int | str, ...], kind: str, message: str, settings: type[BaseModel], places: _Places) -> str:
    loc = _named(loc)
    return f"{places.of(loc)}: {_dotted(loc)}: {_fault(loc, kind, message, settings)}"


def _named(loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    return tuple(part for part in loc if part != "[key]")  # pydantic's mark of a key that is wrong itself


def _fault(loc: tuple[int | str, ...], kind: str, message: str, settings: type[BaseModel]) -> str:
    if kind == "extra_forbidden":
        keys = sorted(_section(settings, loc[:-1]).model_fields)
        return f"no such key{_nearest(str(loc[-1]), keys)}; known here: {', '.join(keys)}"
    if kind in ("model_type", "model_attributes_type", "dataclass_type"):
        heading = f"[[{_dotted(loc[:-1])}]]" if isinstance(loc[-1], int) else f"[{_dotted(loc)}]"
        return f"this is a section: write {heading}, and its keys below"
    if kind == "tuple_type":
        is_section = _is_list_of_sections(settings, loc)
        return f"write [[{_dotted(loc)}]]" if is_section else 'this is a list: write ["..."], also for one'
    return message.removeprefix("Value error, ")


def _is_list_of_sections(settings: type[BaseModel], loc: tuple[int | str, ...]) -> bool:
    try:
        annotation = _section(settings, loc[:-1]).model_fields[str(loc[-1])].annotation
    except (KeyError, IndexError):  # within a table of free names
        return False
    return any(map(_is_section, get_args(annotation)))


def _is_section(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _dotted(loc: tuple[int | str, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".") or "settings"


def _section(model: type[BaseModel], loc: Sequence[int | str]) -> type[BaseModel]:
    """The section at `loc`. Raises KeyError or IndexError where there is none."""
    is_free_name = False  # of a table of sections, such as [exports.selections.monday]
    for part in loc:
        if isinstance(part, int) or is_free_name:
            is_free_name = False
            continue
        annotation = model.model_fields[part].annotation
        model = _sections(annotation)[0]
        is_free_name = any(get_origin(kind) is dict for kind in (annotation, *get_args(annotation)))
    return model


def _sections(kind: object) -> list[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [kind]
    return [section for part in get_args(kind) for section in _sections(part)]


def _nearest(name: str, names: list[str]) -> str:
    matches = difflib.get_close_matches(name, names, 1)
    return f" (did you mean {matches[0]}?)" if matches else ""


def key_lines(text: str) -> dict[tuple[int | str, ...], int]:
    """The line (from 1) of each table header and key of a TOML text, by its path: ("brands", 0, "name") -> 12."""
    lines: dict[tuple[int | str, ...], int] = {}
    table: tuple[int | str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = tuple(part.strip(" \"'") for part in header[2].split("."))
            if header[1]:
                index = sum(1 for path in lines if path[:-1] == table and isinstance(path[-1], int))
                table = (*table, index)
            lines[table] = number
        elif key := _KEY.match(line):
            lines.setdefault((*table, *(part.strip("\"'") for part in key[1].split("."))), number)
    return lines
