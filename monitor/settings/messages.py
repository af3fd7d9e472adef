"""Turns the faults of a settings file or environment into sentences a person can act on. Values are never shown."""

import difflib
import re
import tomllib
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ValidationError

from monitor.errors import SettingsError

# Read by the programs themselves, not settings.
CONTROLS = {"ESCUCHA_CONFIG", "ESCUCHA_HEADLESS"}
_HEADER = re.compile(r"\s*\[(\[)?\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\-\"']+)\s*=")


def check_environment(settings: type[BaseModel], environment: Mapping[str, str]) -> None:
    """Raises SettingsError for an ESCUCHA_ variable that is no setting: a typing mistake would pass in silence."""
    for variable in environment:
        name = variable.upper()
        if not name.startswith("ESCUCHA_") or name in CONTROLS:
            continue
        section = name.removeprefix("ESCUCHA_").split("__")[0].lower()
        if section not in settings.model_fields:
            variables = [f"ESCUCHA_{field.upper()}" for field in settings.model_fields] + sorted(CONTROLS)
            raise SettingsError(f"environment variable {variable}: no such setting{_nearest(name, variables)}")


def explain(error: Exception, settings: type[BaseModel], file: Path | None) -> str:
    """One line per fault: where, which key, what is wrong and how to fix it."""
    if isinstance(error, RecursionError):
        frames = traceback.walk_tb(error.__traceback__)
        is_file = any(frame.f_globals["__name__"].startswith("tomllib") for frame, _ in frames)
        return f"{file if is_file else 'environment'}: lists or tables stand in each other too deep"
    if not isinstance(error, ValidationError):
        cause = error.__cause__ or error
        place = file if isinstance(cause, tomllib.TOMLDecodeError | OSError) else "environment"
        return f"{place}: {error if isinstance(cause, tomllib.TOMLDecodeError | OSError) else _variable(error)}"
    text = file.read_text(encoding="utf-8") if file else ""
    lines = key_lines(text)
    return "\n".join(
        _sentence(fault["loc"], fault["type"], fault["msg"], settings, file, lines) for fault in error.errors()
    )


def _variable(error: Exception) -> str:
    return f"{error}; a list or table in the environment is written as JSON"


def _sentence(
    loc: tuple[int | str, ...],
    kind: str,
    message: str,
    settings: type[BaseModel],
    file: Path | None,
    lines: Mapping[tuple[int | str, ...], int],
) -> str:
    loc = tuple(part for part in loc if part != "[key]")  # pydantic's mark of a key that is wrong itself
    if kind == "extra_forbidden":
        keys = sorted(_section(settings, loc[:-1]).model_fields)
        fault = f"no such key{_nearest(str(loc[-1]), keys)}; known here: {', '.join(keys)}"
    else:
        fault = message.removeprefix("Value error, ")
    return f"{_place(loc, file, lines)}: {_dotted(loc)}: {fault}"


def _place(loc: tuple[int | str, ...], file: Path | None, lines: Mapping[tuple[int | str, ...], int]) -> str:
    # A section may stand there by its parts only: then the first of them.
    parts = [line for key, line in lines.items() if key[: len(loc)] == loc] if loc else []
    for line in (
        lines.get(loc),
        min(parts, default=None),
        *(lines.get(loc[:end]) for end in range(len(loc) - 1, 0, -1)),
    ):
        if line:
            return f"{file}, line {line}"
    return (
        f"environment variable ESCUCHA_{'__'.join(str(part) for part in loc).upper()}"
        if loc
        else str(file or "environment")
    )


def _dotted(loc: tuple[int | str, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".") or "settings"


def _section(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel]:
    for part in loc:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        inner = [
            kind
            for kind in (annotation, *get_args(annotation))
            if isinstance(kind, type) and issubclass(kind, BaseModel)
        ]
        model = inner[0]
    return model


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
