"""What Ctrl-C leaves: which steps had stored what, and how the rest is done."""

import functools
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import typer

from monitor.cli import common
from monitor.errors import EscuchaError

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.store.runs import StoppedRun

_STOPPED = 130  # the exit code of a program that ended by Ctrl-C
_Given = ParamSpec("_Given")
_Returned = TypeVar("_Returned")


def told(command: Callable[_Given, _Returned]) -> Callable[_Given, _Returned]:
    """The command; one that Ctrl-C stops says what was kept, and ends with exit code 130."""

    @functools.wraps(command)
    def run(*args: _Given.args, **options: _Given.kwargs) -> _Returned:
        from monitor.runs import now

        begun = now()
        try:
            return command(*args, **options)
        except KeyboardInterrupt:
            for line in _lines(begun):
                common.stderr.print(line, soft_wrap=True)
            raise typer.Exit(_STOPPED) from None

    return run


def _lines(begun: "datetime") -> Iterator[str]:
    try:
        runs = _runs(begun)
    except EscuchaError:
        yield "Stopped. What was stored until then is kept. Next: escucha status"
        return
    if not runs:
        yield "Stopped. Nothing was stored, and no file was changed."
        return
    yield "Stopped. What was stored until then is kept:"
    for run in runs:
        name = common.escape(" ".join(filter(None, (common.tell(run.step), run.subject))))
        yield (
            f"  {name}: read {run.asked:,} · stored {run.stored:,} · duplicates {run.duplicates:,} · "
            f"rejected {run.rejected:,}"
        )
    yield "Next: the same command again does the rest; what is stored already is not stored twice"


def _runs(begun: "datetime") -> "list[StoppedRun]":
    """What this process has run since then."""
    from monitor import store
    from monitor.store import runs

    settings = common.current_settings()
    if not store.exists(settings.store):
        return []
    with store.connect(settings.store, read_only=True) as connection:
        return runs.of_process(connection, os.getpid(), begun)
