"""Help and usage errors in the language of the terminal: Typer's own words, and those of each command and option."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from typer import core, rich_utils

from monitor.cli import terminal
from monitor.cli.acting import actor
from monitor.cli.failures import objects

_TITLES = {
    name: getattr(rich_utils, name)
    for name in (
        "ARGUMENTS_PANEL_TITLE", "OPTIONS_PANEL_TITLE", "COMMANDS_PANEL_TITLE", "ERRORS_PANEL_TITLE", "DEFAULT_STRING",
        "ENVVAR_STRING", "REQUIRED_LONG_STRING", "ABORTED_TEXT", "RICH_HELP",
    )
}  # fmt: skip
"""What Typer says itself, in English."""
_USAGE = ("Usage:", "[OPTIONS]", "COMMAND [ARGS]...")
"""The same, in the line of usage."""


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
            actor.check([*_words(ctx), *ctx._protected_args])
            return super().invoke(ctx)


def _words(ctx: Any) -> list[str]:
    """What the groups are called that lead to this one, the program's own name left out."""
    return [*_words(ctx.parent), str(ctx.info_name)] if ctx.parent is not None else []


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
    for parameter in command.params:
        _tell_form(parameter)
    usage, option = command.get_usage, command.get_help_option

    def help_option(ctx: Any) -> Any:
        found = option(ctx)
        if found is not None:
            found.help = terminal.tell(found.help)
            _tell_form(found)
        return found

    def told_usage(ctx: Any) -> str:
        line = usage(ctx)
        for words in _USAGE:
            line = line.replace(words, terminal.tell(words), 1)
        return str(line)

    vars(command)["get_usage"] = told_usage
    vars(command)["get_help_option"] = help_option


def _tell_form(parameter: Any) -> None:
    """Puts the name of an argument and the type of a value, as help and usage show them, into the terminal's words."""
    if isinstance(parameter, core.TyperArgument) and parameter.metavar is None:
        name = str(parameter.name)
        told = terminal.tell(name.upper()).lower()
        parameter.metavar = told if told != name else None
    display = parameter.display_type_rich
    vars(parameter)["display_type_rich"] = lambda ctx: terminal.tell(display(ctx) or "")


def paragraphs(text: str) -> Sequence[str]:
    """The paragraphs of a help text, as they are looked up: each on one line."""
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
