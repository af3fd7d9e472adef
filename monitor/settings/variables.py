"""Settings from variables: those of the environment and of `.env`, with the place where each stands, for messages."""

import io
import json
import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic_settings import BaseSettings, EnvSettingsSource

from monitor.errors import SettingsError
from monitor.masking import masks
from monitor.settings import text_files

PREFIX = "ESCUCHA_"
_FOR_LIBRARIES = ("HF_TOKEN",)
_CREDENTIAL = re.compile(r"(?i)(token|secret|password|passwd|api_?key|auth_string)$")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable: its name as it was written, its value, and where it stands."""

    name: str
    value: str
    place: str

    @property
    def path(self) -> tuple[str, ...]:
        """The setting it is for: ("policy", "unsure_at")."""
        return tuple(self.name.lower().removeprefix(PREFIX.lower()).split("__"))

    def holds(self, path: tuple[int | str, ...]) -> bool:
        """Whether its value, as JSON, says something of the part at `path` below it."""
        try:
            value = json.loads(self.value)
        except (ValueError, RecursionError):
            return True
        for part in path:
            if not isinstance(value, dict) or part not in value:
                return isinstance(value, list)
            value = value[part]
        return True


class VariableSource(EnvSettingsSource):
    """The settings that variables hold; other variables are nothing to us."""

    def __init__(self, settings_cls: type[BaseSettings], given: list[Variable]) -> None:
        self._given = {variable.name.lower(): variable.value for variable in given}
        super().__init__(settings_cls)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self._given


def of_environment(environment: Mapping[str, str]) -> list[Variable]:
    """All variables of the environment."""
    return [Variable(name, value, f"environment variable {name}") for name, value in environment.items()]


def of_file(path: Path) -> list[Variable]:
    """The variables of an `.env` file; none when there is no such file, or a folder of that name.

    Raises SettingsError for a file that cannot be read, and for a line about Escucha that says nothing.
    """
    if not path.exists() or path.is_dir():
        return []
    text = text_files.read(path)
    lines = {}
    for binding in parse_stream(io.StringIO(text)):
        place = f"{path}, line {binding.original.line + _blank_lines(binding.original.string)}"
        is_ours = PREFIX in binding.original.string.upper()
        if binding.key is None or binding.error:
            if is_ours and binding.error:
                raise SettingsError(f"{place}: this cannot be read; write NAME=value on one line, and close quotes")
            continue
        if binding.value is None and binding.key.upper().startswith(PREFIX):
            raise SettingsError(f"{place}: {binding.key} has no value; write {binding.key}=value")
        lines[binding.key] = place
    values = dotenv_values(stream=io.StringIO(text))
    return [Variable(name, value, f"{lines[name]}: {name}") for name, value in values.items() if value is not None]


def _blank_lines(text: str) -> int:
    return text[: len(text) - len(text.lstrip())].count("\n")


def know_credentials(variables: list[Variable]) -> None:
    """From now on no text holds the credentials of these variables, whichever program they are for."""
    for variable in variables:
        if _CREDENTIAL.search(variable.name):
            masks.know(variable.value)
        for secret in masks.in_address(variable.value):
            masks.know(secret, part_of_address=True)


def pass_on(of_file: list[Variable], environment: MutableMapping[str, str]) -> None:
    """Gives libraries that we call what `.env` holds for them; they look into the environment only."""
    for variable in of_file:
        if variable.name in _FOR_LIBRARIES:
            environment.setdefault(variable.name, variable.value)


def below(variables: list[Variable], path: tuple[int | str, ...]) -> Iterator[Variable]:
    """Those that say something of a part of what stands at `path`."""
    return (variable for variable in variables if len(variable.path) > len(path) and variable.path[: len(path)] == path)


def at(variables: list[Variable], path: tuple[int | str, ...]) -> Variable | None:
    """The one that sets what stands at `path`, itself or as a part of its value."""
    for end in range(len(path), 0, -1):
        for variable in variables:
            if variable.path == path[:end] and (end == len(path) or variable.holds(path[end:])):
                return variable
    return None
