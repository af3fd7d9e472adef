"""The beginning of the command line `escucha`: its commands are imported within, so that Ctrl-C is heard by then."""

import sys
from typing import TYPE_CHECKING, Any

from monitor.machine.no_pandas import do_without_pandas

if TYPE_CHECKING:
    from monitor.cli.commands import app as app

_STOPPED = 130  # the exit code of a program that ended by Ctrl-C


def __getattr__(name: str) -> Any:
    if name == "app":
        from monitor.cli import commands

        return commands.app
    raise AttributeError(name)


def main() -> None:
    """Runs the command line; Ctrl-C ends it with exit code 130, also before a command has begun."""
    do_without_pandas()
    try:
        from monitor.cli import commands

        commands.main()
    except KeyboardInterrupt:
        sys.exit(_STOPPED)
