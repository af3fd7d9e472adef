"""Help and usage errors in the language of the terminal: Typer's own words, and those of each command and option."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from typer import core, rich_utils

from monitor.cli import terminal
from monitor.cli.failures import objects

_TITLES = {
    name: getattr(rich_utils, name)
    for name in (
        "ARGUMENTS_PANEL_TITLE", "OPTIONS_PANEL_TITLE", "COMMANDS_PANEL_TITLE", "ERRORS_PANEL_TITLE", "DEFAULT_STRING",
        "ENVVAR_STRING", "REQUIRED_LONG_STRING", "ABORTED_TEXT", "RICH_HELP",
    )
}  # fmt: skip
"""What Typer says itself, in English."""


class Commands(core.TyperGroup):
    """A group of commands whose help and errors are told in the language of the terminal."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Runs a command; the language is that of now."""
        terminal.choose_language()
        return super().main(*args, **options)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, its help told."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            _tell_help(command)
        return command

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """As Typer's, its errors told."""
        _tell_help(self)
        with _told_errors():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: Any) -> Any:
        """As Typer's, its errors told."""
        with _told_errors(), objects.of_failure([*ctx._protected_args, *ctx.args]):
            return super().invoke(ctx)


@contextmanager
def _told_errors() -> Iterator[None]:
    try:
        yield
    except typer.TyperException as error:
        told = terminal.tell(error.format_message())
        vars(error)["format_message"] = lambda: told
        raise


def _tell_help(command: Any) -> None:
    """Puts the help of a command, of its options and arguments, and its usage line, into the terminal's words."""
    for name, words in _TITLES.items():
        setattr(rich_utils, name, terminal.tell(words))
    for part in (command, *command.params):
        if words := getattr(part, "help", None):
            told = [(paragraph, terminal.tell(paragraph)) for paragraph in paragraphs(words)]
            if any(before != after for before, after in told):
                part.help = "\n\n".join(after for _, after in told)
        if getattr(part, "metavar", None):
            part.metavar = terminal.tell(part.metavar)
    usage, option, title = command.get_usage, command.get_help_option, terminal.tell("Usage:")

    def help_option(ctx: Any) -> Any:
        found = option(ctx)
        if found is not None:
            found.help = terminal.tell(found.help)
        return found

    vars(command)["get_usage"] = lambda ctx: usage(ctx).replace("Usage:", title, 1)
    vars(command)["get_help_option"] = help_option


def paragraphs(text: str) -> Sequence[str]:
    """The paragraphs of a help text, as they are looked up: each on one line."""
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
