"""The file `.env` when the program changes it: one variable, and every other line stays as people wrote it."""

import io
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from monitor import atomic_files
from monitor.errors import SettingsError
from monitor.settings import text_files

_PLAIN = re.compile(r"[\w.~+/:@%-]+", re.ASCII)
_changing = Lock()


def change(path: Path, name: str, value: str, before_writing: Callable[[], object]) -> None:
    """Makes the variable say this, '' nothing, in a file that its owner alone may read; written whole or not at all.

    `before_writing` is called once it is known that it can be said there. Raises SettingsError for a link, for what is
    not this user's own file, and where nothing can be written; and whatever `before_writing` raises.
    """
    with _changing:
        before = _read(path)
        after = changed(before, name, value)
        before_writing()
        if _read(path) != before:
            raise SettingsError(f"{path} was changed meanwhile; try again")
        try:
            with atomic_files.replacing(path) as file:
                file.write(after.encode())
        except OSError as error:
            raise SettingsError(
                f"{path} cannot be written ({error.strerror}): let Escucha write it, or set {name} in the environment"
            ) from None


def changed(text: str, name: str, value: str) -> str:
    """The text of such a file with the variable once, where it first stood, else at the end; '' takes it out.

    Raises SettingsError for a value that would not be read again as it is.
    """
    line = f"{name}={_quoted(value)}\n" if value else ""
    parts: list[str] = []
    for binding in parse_stream(io.StringIO(text)):
        written = binding.original.string
        if binding.error or binding.key is None or binding.key.upper() != name:
            parts.append(written)
            continue
        lead = written[: len(written) - len(written.lstrip())]
        parts.append(lead + ("export " if line and written.lstrip().startswith("export ") else "") + line)
        line = ""
    if line and parts and not parts[-1].endswith("\n"):
        parts.append("\n")
    after = "".join([*parts, line])
    if dotenv_values(stream=io.StringIO(after)).get(name) != (value or None) or _others(after, name) != _others(
        text, name
    ):
        raise SettingsError(f"this cannot be kept in .env as it is; set {name} in the environment")
    return after


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _others(text: str, name: str) -> dict[str, str | None]:
    values = dotenv_values(stream=io.StringIO(text), interpolate=False)
    return {other: value for other, value in values.items() if other.upper() != name}


def _read(path: Path) -> str:
    """The file's text; '' where there is none."""
    try:
        state = path.lstat()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}): let Escucha read it, or remove it") from None
    remedy = "no secret is written there; put a file of your own in its place, or set the variable in the environment"
    if stat.S_ISLNK(state.st_mode):
        raise SettingsError(f"{path} is a link: {remedy}")
    if not stat.S_ISREG(state.st_mode):
        raise SettingsError(f"{path} is no file: {remedy}")
    if state.st_uid != os.geteuid():
        raise SettingsError(f"{path} belongs to another user: {remedy}")
    return text_files.read(path)
