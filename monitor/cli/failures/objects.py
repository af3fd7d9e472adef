"""What a command tells as one JSON object on standard output, also where it fails before it has begun."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import typer

from monitor.cli.failures import faults
from monitor.errors import EscuchaError

_STOPPED = 130  # the exit code of a program that ended by Ctrl-C


@dataclass(slots=True)
class _Told:
    already: bool = False


_told = _Told()


def print_object(value: Mapping[str, Any]) -> None:
    """Prints the object in ASCII, without credentials."""
    from monitor.masking.masks import mask

    _told.already = True
    typer.echo(mask(json.dumps(value, ensure_ascii=True)))


@contextmanager
def of_failure(given: Sequence[str]) -> Iterator[None]:
    """Prints `error` and no questions where `given`, a command and its options, is an import that tells one object."""
    _told.already = False
    try:
        yield
    except BaseException as error:
        text = _text(error)
        if text and not _told.already and given[:1] == ["import"] and "--json" in given:
            print_object({"error": text, "questions": []})
        raise


def _text(error: BaseException) -> str:
    """What went wrong, in English; '' for nothing."""
    if isinstance(error, typer.TyperException):
        return str(error.format_message())
    if isinstance(error, EscuchaError):
        return str(error)
    if isinstance(error, OSError) and faults.is_of_the_system(error):
        return faults.system_text(error)
    is_stopped = isinstance(error, KeyboardInterrupt) or getattr(error, "exit_code", None) == _STOPPED
    if is_stopped:
        return "stopped by Ctrl-C"
    return "a fault in Escucha itself" if isinstance(error, Exception) and not isinstance(error, typer.Exit) else ""
